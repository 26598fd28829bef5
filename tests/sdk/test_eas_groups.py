"""Groups of services, instances taken out of a service, and tokens at rest: the unmodified SDK on real processes."""

import collections
import json

from alibabacloud_eas20210701 import models as eas
from clients import code_of, eas_client, rest
from conftest import wait_until
from services import REGION, call, create, http_status, instances, ready, status, wait_for
from tiny_model import service_json

VERSION = "2021-07-01"


def group_call(server, method, path="", body=None, action="CreateGroup"):
    """Through the generic door: this version of the package has only what reads of groups."""
    return rest(server, method, f"/api/v2/groups{path}", action, version=VERSION, body=body)


def answers(url, token, times):
    """How often each model answered."""
    return collections.Counter(call(url, token, "", {"x": [1]})["y"] for _ in range(times))


def test_a_group_parts_its_requests_by_weight(model_server):
    client = eas_client(model_server)
    for name, weight in (("blue", "one"), ("green", "two")):
        config = service_json(name, weight)
        config["metadata"]["group"] = "iris"
        create(client, config)
    for name in ("blue", "green"):
        wait_for(client, name)
    group = client.describe_group(REGION, "iris").body
    assert group.traffic_mode == "auto" and [g.name for g in client.list_groups(
        eas.ListGroupsRequest()).body.groups] == ["iris"]
    url, token = group.internet_endpoint, group.access_token
    assert url.endswith("/api/predict/iris")
    assert answers(url, token, 10) == {1: 5, 2: 5}, "one instance each"
    endpoints = client.describe_group_endpoints(REGION, "iris").body
    assert endpoints.access_token == token and endpoints.endpoints[0].path_type == "Group"

    client.release_service(REGION, "blue", eas.ReleaseServiceRequest(weight=90))
    client.release_service(REGION, "green", eas.ReleaseServiceRequest(weight=10))
    assert answers(url, token, 40) == {1: 36, 2: 4}
    client.release_service(REGION, "blue", eas.ReleaseServiceRequest(traffic_state="standalone"))
    assert answers(url, token, 5) == {2: 5}
    blue = client.describe_service(REGION, "blue").body
    assert (blue.service_group, blue.traffic_state, blue.weight) == ("iris", "standalone", 90)
    assert answers(blue.internet_endpoint, blue.access_token, 3) == {1: 3}, "by its own name as before"
    assert http_status(lambda: call(url, blue.access_token)) == 401

    assert code_of(lambda: group_call(model_server, "DELETE", f"/{REGION}/iris", action="DeleteGroup")) == (
        409, "InvalidGroup.StatusConflict")
    assert code_of(lambda: client.release_service(REGION, "blue", eas.ReleaseServiceRequest(weight=1001))) == (
        400, "InvalidParameter")


def test_a_detached_instance_is_replaced_and_kept(model_server):
    client = eas_client(model_server)
    create(client, service_json("iris", "one"))
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    before = ready(client, "iris")[0].instance_name
    boot = call(service.internet_endpoint, service.access_token)["boot"]
    rest(model_server, "PUT", f"/api/v2/services/{REGION}/iris/instances/{before}", "UpdateServiceInstance",
         version=VERSION, body={"Detach": True})
    wait_until(lambda: len(ready(client, "iris")) == 2, 30, "another one in its place")
    assert {call(service.internet_endpoint, service.access_token)["boot"] for _ in range(4)} != {boot}
    containers = client.list_service_containers(REGION, "iris", before).body.containers
    assert [(c.current_status, c.ready, c.port, c.restart_count) for c in containers] == [("Running", True, 8501, 0)]
    client.delete_service_instances(REGION, "iris", eas.DeleteServiceInstancesRequest(instance_list=before))
    wait_until(lambda: before not in {i.instance_name for i in instances(client, "iris").instances}, 60, "its end")
    assert len(ready(client, "iris")) == 1


def test_no_token_is_on_the_disk(model_server):
    client = eas_client(model_server)
    given = "chosen-by-the-user-0123456789"
    create(client, service_json("iris", "one", token=given))
    create(client, service_json("rose", "two"))
    made = client.describe_service(REGION, "rose").body.access_token
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    assert service.access_token == given and call(service.internet_endpoint, given)
    assert "token" not in json.loads(service.service_config)
    for file in (model_server.data / "store").rglob("*"):
        held = file.read_bytes()
        assert given.encode() not in held and made.encode() not in held, file
    model_server.kill()
    model_server.start()
    assert client.describe_service(REGION, "iris").body.access_token == given
    assert call(service.internet_endpoint, given)
    assert status(client, "iris") == "Running"
