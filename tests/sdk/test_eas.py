"""EAS through the unmodified SDK: a real model server deployed, called, scaled, broken and updated on the process
runtime; the filters of ListServiceInstances on a population; error classes."""

import json
import os
import signal
import threading
import time

import pytest
from alibabacloud_eas20210701 import models as eas
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import code_of, create_user, eas_client, rest, rpc, simulate
from conftest import wait_until
from services import REGION, call, create, http_status, instances, ready, scale, status, wait_for
from tiny_model import service_json


def processes_of(folder, name):
    """Host pids of the model server's processes in the sandboxes below `folder`, by instance host name."""
    record = folder / "instances" / name
    newest = max((r for r in record.glob("run-*")), key=lambda r: int(r.name.split("-")[1]))
    init = json.loads((newest / "sandbox.json").read_text())["init"]["pid"]
    found, queue = [], [init]
    while queue:
        pid = queue.pop()
        try:
            line = open(f"/proc/{pid}/cmdline", "rb").read()
            queue += [int(p) for t in os.listdir(f"/proc/{pid}/task")
                      for p in open(f"/proc/{pid}/task/{t}/children").read().split()]
        except OSError:
            continue
        if b"serve.py" in line and line.startswith(b"python3"):
            found.append(pid)
    return found


def test_the_life_of_a_service(model_server):
    client = eas_client(model_server)
    made = create(client, service_json("iris", "one", labels={"team": "a"}))
    assert made.service_name == "iris" and made.service_id.startswith("eas-m-") and made.status == "Creating"
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    url, token = service.internet_endpoint, service.access_token
    assert (service.total_instance, service.running_instance, service.pending_instance) == (1, 1, 0)
    assert (service.current_version, service.memory) == (1, 512)

    assert call(url, token, "/any", {"x": [1, 2, 3]})["y"] == 6
    assert call(url, "Bearer " + token, "/deep/path?q=1")["path"] == "/deep/path?q=1"
    assert http_status(lambda: call(url, "wrong")) == 401
    assert http_status(lambda: call(url.replace("iris", "rose"), token)) == 401

    scale(model_server, "iris", 3)
    wait_until(lambda: len(ready(client, "iris")) == 3, 30, "three ready instances")
    wait_until(lambda: len({call(url, token)["boot"] for _ in range(9)}) == 3, 10, "traffic to all three")
    shown = ready(client, "iris")[0]
    assert shown.instance_name.startswith("iris-") and shown.instance_port == 8501
    assert (shown.restart_count, shown.last_state, shown.isolated, shown.role) == (0, [], False, "Standard")
    assert shown.start_at == shown.start_time

    client.update_service_instance(REGION, "iris", shown.instance_name, eas.UpdateServiceInstanceRequest(isolate=True))
    assert len({call(url, token)["boot"] for _ in range(9)}) == 2
    client.update_service_instance(REGION, "iris", shown.instance_name, eas.UpdateServiceInstanceRequest(isolate=False))

    logs = client.describe_service_log(REGION, "iris", eas.DescribeServiceLogRequest(keyword="weight")).body
    assert [line.split(" ", 1)[1] for line in logs.logs] == ["serving weight 1"] * 3
    times = sorted(line.split(" ", 1)[0] for line in logs.logs)
    assert all(service.create_time[:19] <= t[:19] for t in times), "each has the time at which it was printed"
    later = times[-1][:19].replace("T", " ")
    shown = client.describe_service_log(REGION, "iris", eas.DescribeServiceLogRequest(
        keyword="weight", start_time=later)).body.logs
    assert shown == [line for line in logs.logs if line[:19] >= times[-1][:19]] and len(shown) >= 1
    # A change of the number alone is a scaling, too.
    client.update_service(REGION, "iris", eas.UpdateServiceRequest(body=json.dumps({"metadata": {"instance": 1}})))
    wait_until(lambda: len(instances(client, "iris").instances) == 1, 60, "one instance")

    client.stop_service(REGION, "iris")
    wait_for(client, "iris", "Stopped")
    assert instances(client, "iris").instances == []
    assert http_status(lambda: call(url, token)) == 503
    client.start_service(REGION, "iris")
    wait_for(client, "iris")
    assert call(url, token, "", {"x": [4]})["y"] == 4
    reasons = {e.reason for e in client.describe_service_event(REGION, "iris", eas.DescribeServiceEventRequest()).body.events}
    assert {"Created", "Scaling", "Stopping", "Starting", "Started", "Ready"} <= reasons

    client.delete_service(REGION, "iris")

    def gone():
        try:
            return status(client, "iris") is None
        except ClientException as error:
            return (error.status_code, error.code) == (404, "InvalidService.NotFound")

    wait_until(gone, 60, "the end of the service")


def test_what_is_killed_comes_back_with_its_story(model_server):
    client = eas_client(model_server)
    create(client, service_json("iris", "one", instances=2))
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    url, token = service.internet_endpoint, service.access_token
    victim = ready(client, "iris")[0]

    killed = time.monotonic()
    for pid in processes_of(model_server.data, victim.host_name):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: victim.instance_name not in {i.instance_name for i in ready(client, "iris")}, 5,
               "the victim being out of rotation")
    assert time.monotonic() - killed < 1.0
    assert call(url, token, "", {"x": [1]})["y"] == 1, "the other one serves"

    def back():
        now = instances(client, "iris", instance_name=victim.instance_name).instances[0]
        return now if now.ready_processes == 1 else None

    now = wait_until(back, 30, "the victim being back")
    assert now.restart_count == 1
    last = now.last_state[0]
    assert last["Signal"] == 9 and last["Reason"] == "Error"
    assert "serving weight 1" in last["Log"]
    assert last["StartedAt"] <= last["FinishedAt"] <= now.start_time

    # The server itself: its replicas run on and are adopted.
    boots = wait_until(lambda: (lambda b: b if len(b) == 2 else None)(
        {call(url, token)["boot"] for _ in range(6)}), 10, "traffic to both")
    model_server.kill()
    model_server.start()
    assert {call(url, token)["boot"] for _ in range(6)} == boots
    assert sorted(i.restart_count for i in instances(client, "iris").instances) == [0, 1]


def test_an_update_under_load_fails_no_request(model_server):
    client = eas_client(model_server)
    create(client, service_json("iris", "one", instances=2))
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    url, token = service.internet_endpoint, service.access_token
    seen, failures, over = [], [], threading.Event()

    def load():
        while not over.is_set():
            try:
                seen.append(call(url, token, "", {"x": [1]})["y"])
            except Exception as error:  # whatever it is, it is a failed request
                failures.append(repr(error))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        client.update_service(REGION, "iris", eas.UpdateServiceRequest(body=json.dumps({"model_path": "two"})))
        wait_for(client, "iris")
        wait_until(lambda: len(instances(client, "iris").instances) == 2, 60, "the end of the old instances")
        assert call(url, token, "", {"x": [1]})["y"] == 2
        versions = client.list_service_versions(REGION, "iris", eas.ListServiceVersionsRequest()).body.versions
        assert [v.image_id for v in versions] == [2, 1]
        client.update_service_version(REGION, "iris", eas.UpdateServiceVersionRequest(version=1))
        wait_for(client, "iris")
        wait_until(lambda: call(url, token, "", {"x": [1]})["y"] == 1 and len(instances(client, "iris").instances) == 2,
                   60, "the first version")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(seen) > 50 and set(seen) == {1, 2}


def test_a_model_that_cannot_start_fails_with_its_words(hasty_server):
    client = eas_client(hasty_server)
    create(client, {"name": "broken", "containers": [{"script": "echo no such model; exit 3", "port": 8501}]})
    wait_for(client, "broken", "Failed")
    assert "exited with code 3" in client.describe_service(REGION, "broken").body.message
    with pytest.raises(ClientException) as raised:
        create(client, service_json("outside", "/etc"))
    assert "not one of those that the server opens" in raised.value.message


@pytest.fixture(scope="module")
def population(server):
    """Three instances of one simulated service; what each claims to be is scripted by its version."""
    client = eas_client(server)

    def config(**script):
        environment = [{"name": k, "value": v} for k, v in simulate(**script).items()]
        return {"name": "fleet", "metadata": {"instance": 2},
                "cloud": {"computing": {"instance_type": "ecs.c6.large"}},
                "containers": [{"script": "serve", "port": 9000, "env": environment}]}

    create(client, config(host_ip="10.0.0.1", inner_ip="172.17.0.2"))
    wait_for(client, "fleet")
    first, second = (i.instance_name for i in instances(client, "fleet", order="asc").instances)
    # Version 2 never gets ready, so its one surging replica stays Pending beside the two.
    client.update_service(REGION, "fleet", eas.UpdateServiceRequest(
        body=json.dumps(config(host_ip="10.0.0.2", inner_ip="172.17.0.20", hang_start=True)), update_type="replace"))
    third = wait_until(lambda: [i.instance_name for i in instances(client, "fleet").instances
                                if i.status == "Pending"], what="the third instance")[0]
    yield client, first, second, third
    client.delete_service(REGION, "fleet")


def test_every_filter_of_the_list(population):
    client, first, second, third = population

    def names(**filters):
        return [i.instance_name for i in instances(client, "fleet", **filters).instances]

    both, all_three = {first, second}, {first, second, third}
    assert set(names()) == all_three
    assert set(names(filter=first[-5:].upper())) == {first}
    assert set(names(filter="172.17.0.2")) == both
    assert set(names(filter="10.0.0")) == both
    assert set(names(filter="C6.LARGE")) == all_three
    assert set(names(instance_status="Running")) == both
    assert set(names(instance_status="Pending")) == {third}
    assert names(instance_status="Failed") == []
    assert set(names(host_ip="10.0.0.1")) == both
    assert set(names(instance_ip="172.17.0.2")) == both
    assert names(instance_ip="172.17.0") == [], "the keyword search is Filter alone"
    assert names(instance_name=second) == [second]
    assert set(names(instance_type="ecs.c6.large")) == all_three
    assert names(instance_type="ecs.g6.xlarge") == []
    assert set(names(resource_type="PublicResource")) == all_three
    assert names(resource_type="DedicatedResource") == []
    assert set(names(is_spot=False)) == all_three and names(is_spot=True) == []
    assert set(names(role="Standard")) == all_three and names(role="Queue") == []
    assert names(filter="172.17.0.2", instance_status="Pending") == []


def test_order_and_pages_of_the_list(population):
    client, first, second, third = population
    down = [i.instance_name for i in instances(client, "fleet").instances]
    up = [i.instance_name for i in instances(client, "fleet", sort="StartTime", order="asc").instances]
    assert up == down[::-1] and down[0] == third, "the youngest first"
    page = instances(client, "fleet", page_number=2, page_size=2)
    assert [i.instance_name for i in page.instances] == down[2:]
    assert (page.total_count, page.page_number, page.page_size) == (3, 2, 2)
    beyond = instances(client, "fleet", page_number=9, page_size=2)
    assert (beyond.instances, beyond.total_count) == ([], 3)
    latest = {i.instance_name for i in instances(client, "fleet").instances if i.to_map().get("IsLatest")}
    assert latest <= {third}


def test_error_classes(server):
    client = eas_client(server)
    good = {"name": "errors", "containers": [{"script": "x"}]}
    assert code_of(lambda: instances(client, "none")) == (404, "InvalidService.NotFound")
    assert code_of(lambda: client.list_service_instances("cn-shanghai", "none", eas.ListServiceInstancesRequest())) == (
        404, "InvalidService.NotFound")
    assert code_of(lambda: create(client, {"name": "errors"})) == (400, "InvalidParameter")
    assert code_of(lambda: create(client, {**good, "processor": "tensorflow_cpu"})) == (400, "InvalidParameter")
    create(client, good)
    assert code_of(lambda: create(client, good)) == (409, "InvalidService.AlreadyExists")
    wait_for(client, "errors")
    assert code_of(lambda: client.start_service(REGION, "errors")) == (409, "InvalidService.StatusConflict")
    for bad in (dict(page_size=0), dict(page_size=1001), dict(sort="Name"), dict(order="up"), dict(role="Chef")):
        assert code_of(lambda: instances(client, "errors", **bad)) == (400, "InvalidParameter"), bad
    for do in (lambda: client.describe_service_mirror(REGION, "errors"),
               lambda: client.list_benchmark_task(eas.ListBenchmarkTaskRequest())):
        with pytest.raises(ClientException) as raised:
            do()
        assert raised.value.status_code == 400 and "not supported by this server yet" in raised.value.message


def test_the_right_to_list_one_service(server):
    rpc(server, "CreatePolicy", {"PolicyName": "OnlyErrors", "PolicyDocument": json.dumps({
        "Version": "1", "Statement": [{"Effect": "Allow", "Action": "eas:ListServiceInstances",
                                       "Resource": f"acs:eas:{REGION}:*:service/errors"}]})})
    _, key = create_user(server, "lister", policies=())
    rpc(server, "AttachPolicyToUser", {"UserName": "lister", "PolicyName": "OnlyErrors", "PolicyType": "Custom"})
    client = eas_client(server, key=key)
    # RAM lets them pass; the workspace they have no role in does not, nor tell that the service exists.
    assert code_of(lambda: instances(client, "errors")) == (404, "InvalidService.NotFound")
    assert code_of(lambda: instances(client, "fleet")) == (403, "NoPermission")


def test_a_body_that_is_no_service_json(server):
    with pytest.raises(ClientException) as raised:
        rest(server, "POST", "/api/v2/services", "CreateService", version="2021-07-01", body=[1])
    assert (raised.value.status_code, raised.value.code) == (400, "InvalidParameter")
