"""The service JSONs of docs/examples/services, deployed and called as docs/services.md says."""

import json
import pathlib
import shutil

import pytest
from alibabacloud_eas20210701 import models as eas
from clients import eas_client, rest
from conftest import CATALOGUE, Server
from services import REGION, call, create, delete_all, http_status, ready, wait_for

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/examples/services"
X = [1, 2]  # what each is asked
# What each answers to it: the sum, by the weight of its model and its variables.
ANSWERS = {"model": 3, "image": 30, "checked": 3, "limited": 3, "scaled": 3, "canary-1": 3, "canary-2": 6,
           "storage": 3, "processor": 3}


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """(client, answers to CreateService by example) of a server whose models are those of the examples."""
    lab = next(image for image in CATALOGUE["Images"] if image["ImageUrl"] == "local/jupyterlab:4")
    s = Server(tmp_path_factory.mktemp("examples"), runtime="process", catalogue={**CATALOGUE, "Images": [lab]})
    shutil.copytree(EXAMPLES / "models", s.data / "models")
    s.start()
    client = eas_client(s)
    try:
        made = {path.stem: create(client, json.loads(path.read_text())) for path in sorted(EXAMPLES.glob("*.json"))}
        for answer in made.values():
            wait_for(client, answer.service_name)
        yield s, client, made
    finally:
        delete_all(client)
        s.stop()


def token(client, name):
    return client.describe_service(REGION, name).body.access_token


def test_every_example_is_tried(examples):
    _, _, made = examples
    assert set(made) == set(ANSWERS) | {"smallest"}


@pytest.mark.parametrize("example", sorted(ANSWERS))
def test_an_example_answers(examples, example):
    _, client, made = examples
    service = made[example]
    assert call(service.internet_endpoint, token(client, service.service_name), body={"x": X}) == {"y": ANSWERS[example]}


def test_the_smallest_serves_its_home(examples):
    _, client, made = examples
    assert http_status(lambda: call(made["smallest"].internet_endpoint, "not its token")) == 401
    assert [i.status for i in ready(client, "hello")] == ["Running"]


def test_the_group_of_the_canary_takes_both(examples):
    s, client, _ = examples
    for name, weight in (("canary_one", 90), ("canary_two", 10)):
        client.release_service(REGION, name, eas.ReleaseServiceRequest(weight=weight))
    group = rest(s, "GET", f"/api/v2/groups/{REGION}/canary", "DescribeGroup", version="2021-07-01")
    answers = [call(f"{s.scheme}://{s.address}/api/predict/canary", group["AccessToken"], body={"x": X})["y"]
               for _ in range(20)]
    assert sorted(answers) == [3] * 18 + [6] * 2


def test_the_scaler_of_the_example_is_set(examples):
    _, client, _ = examples
    rule = client.describe_service_auto_scaler(REGION, "scaled").body
    assert (rule.min_replica, rule.max_replica) == (0, 3)
