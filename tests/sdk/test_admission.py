"""Promise 1, of machines: what the host cannot give is not offered, what it has no room for now is not started, and what
runs is left alone. A simulated host with 4 vCPUs, 16 GB and no GPU, each given out once."""

import pytest
import requests
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import code_of, create, create_user, dsw_client, eas_client, rest, rpc, status_of
from conftest import Server, wait_until
from services import create as create_service
from services import delete_all, instances, scale, wait_for

HOST = ("--simulated-cpus", "4", "--simulated-memory-gib", "16", "--simulated-gpus", "0",
        "--cpu-overcommit-percent", "100", "--memory-overcommit-percent", "100")


@pytest.fixture
def small(tmp_path):
    s = Server(tmp_path, arguments=HOST).start()
    yield s
    s.stop()


def refusal(do):
    with pytest.raises(ClientException) as raised:
        do()
    return raised.value.status_code, raised.value.code, raised.value.message


def reaches(client, instance_id, status):
    wait_until(lambda: status_of(client, instance_id) == status, what=f"{instance_id} being {status}")


def stop(client, instance_id):
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    reaches(client, instance_id, "Stopped")


def available(client):
    specs = client.list_ecs_specs(dsw.ListEcsSpecsRequest(accelerator_type="CPU")).body.ecs_specs
    return {spec.instance_type: spec.is_available for spec in specs}


def metrics(server):
    return requests.get(f"{server.endpoint}/metrics", timeout=10).text.splitlines()


def service(name, count, **metadata):
    return {"name": name, "metadata": {"instance": count, **metadata}, "containers": [{"script": "serve"}]}


def test_promise_1_what_the_host_does_not_have_is_neither_listed_nor_taken(small):
    client = dsw_client(small)
    offered = {kind: [s.instance_type for s in client.list_ecs_specs(
        dsw.ListEcsSpecsRequest(accelerator_type=kind)).body.ecs_specs] for kind in ("CPU", "GPU")}
    assert offered == {"CPU": ["ecs.g6.xlarge", "ecs.c6.large"], "GPU": []}
    status, code, message = refusal(lambda: create(client, "gpu", spec="ecs.gn7i-c8g1.2xlarge"))
    assert (status, code) == (400, "ValidationError")
    assert "ecs.gn7i-c8g1.2xlarge is not offered here: It needs 8 vCPU and 30 GB of memory" in message
    assert client.list_instances(dsw.ListInstancesRequest()).body.total_count == 0
    assert "ecs.gn7i-c8g1.2xlarge" in next(line for line in small.log().splitlines() if " catalogue.withheld " in line)


def test_what_fits_exactly_runs_and_one_more_is_refused_until_something_stops(small):
    client = dsw_client(small)
    first, second = create(client, "first"), create(client, "second")
    for one in (first, second):
        reaches(client, one, "Running")
    status, code, message = refusal(lambda: create(client, "third"))
    assert (status, code) == (400, "ValidationError")
    assert "4 vCPU of 4 vCPU are taken by 2 instances (of this user: 2 instances). Stop what is not needed" in message
    assert available(client) == {"ecs.g6.xlarge": False, "ecs.c6.large": False}
    assert {'atelier_room_total{resource="vcpu"} 4', 'atelier_room_held{resource="vcpu"} 4',
            'atelier_room_held{resource="memory_mib"} 8192'} <= set(metrics(small))
    assert client.list_instances(dsw.ListInstancesRequest()).body.total_count == 2

    stop(client, first)
    assert available(client) == {"ecs.g6.xlarge": False, "ecs.c6.large": True}
    third = create(client, "third")
    status, code, message = refusal(lambda: client.start_instance(first))
    assert (status, code) == (400, "ValidationError") and "There is no room on this server now" in message
    assert status_of(client, first) == "Stopped"
    client.delete_instance(third)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest()).body.total_count == 2, what="the deletion")
    client.start_instance(first)
    reaches(client, first, "Running")


def test_a_new_server_counts_what_runs(small):
    client = dsw_client(small)
    first, second = create(client, "first"), create(client, "second")
    for one in (first, second):
        reaches(client, one, "Running")
    small.stop()
    small.start()
    client = dsw_client(small)
    assert "There is no room" in refusal(lambda: create(client, "third"))[2]
    stop(client, second)
    reaches(client, create(client, "third"), "Running")


def test_a_smaller_host_offers_less_and_ends_nothing(small):
    client = dsw_client(small)
    large = create(client, "large", spec="ecs.g6.xlarge")
    reaches(client, large, "Running")
    small.stop()
    small.arguments = ["--simulated-cpus", "2", *HOST[2:]]
    small.start()
    client = dsw_client(small)
    # The simulated world went with its server: what was lost with its host starts again, large as it is.
    reaches(client, large, "Running")
    assert "There is no room" in refusal(lambda: create(client, "small"))[2]
    stop(client, large)
    status, code, message = refusal(lambda: client.start_instance(large))
    assert (status, code) == (400, "ValidationError")
    assert "It needs 4 vCPU and 16 GB of memory, and this server's host has 2 vCPU" in message
    client.update_instance(large, dsw.UpdateInstanceRequest(ecs_spec="ecs.c6.large", start_instance=True))
    reaches(client, large, "Running")


def test_service_instances_without_room_wait_and_say_why(small):
    notebooks, client = dsw_client(small), eas_client(small)
    notebook = create(notebooks, "notebook")
    reaches(notebooks, notebook, "Running")
    create_service(client, service("waits", 3))
    waiting = wait_until(lambda: [i for i in instances(client, "waits").instances
                                  if i.reason == "InsufficientResource"], what="an instance that waits")
    assert len(waiting) == 1 and waiting[0].status == "Pending"
    scale(small, "waits", 2)
    wait_for(client, "waits")
    stop(notebooks, notebook)
    scale(small, "waits", 4)
    wait_for(client, "waits")
    assert "There is no room on this server now" in refusal(lambda: create(notebooks, "another"))[2]
    delete_all(client)


def test_a_service_that_can_never_fit_is_refused(small):
    client = eas_client(small)
    assert refusal(lambda: create_service(client, service("large", 1, cpu=8)))[:2] == (400, "InvalidParameter")
    status, code, message = refusal(lambda: create_service(client, service("many", 1000)))
    assert (status, code) == (400, "InvalidParameter")
    assert "This server has room for 4 of 1 vCPU and 1 GB of memory each" in message


def test_a_user_has_no_more_than_the_cap(fresh_server):
    fresh_server.arguments = ["--max-running-per-user", "1"]
    owner = dsw_client(fresh_server.start())
    first = create(owner, "first")
    assert "The limit of this user is 1 running at once" in refusal(lambda: create(owner, "second"))[2]
    reaches(owner, first, "Running")
    stop(owner, first)
    create(owner, "second")


def fit(server, *types, key=None, **query):
    if types:
        query["EcsSpec"] = ",".join(types)
    return rest(server, "GET", "/atelier/v1/instances/fit", "CheckInstanceFit", version="", query=query, key=key)


def told(answer):
    return {one["InstanceType"]: one.get("Reason", "") for one in answer["Fits"]}


def test_what_fits_is_told_before_by_the_numbers_that_decide(small):
    client = dsw_client(small)
    answer = fit(small)
    assert told(answer) == {"ecs.c6.large": "", "ecs.g6.xlarge": ""}
    assert answer["Left"] == answer["Room"] == {"CPU": 4.0, "Memory": 16.0, "GPU": 0.0}
    never = fit(small, "ecs.gn7i-c8g1.2xlarge")["Fits"][0]
    assert (never["Reason"], "Lacks" in never) == ("HostTooSmall", False) and "is not offered here" in never["Message"]

    first = create(client, "first")
    answer = fit(small)
    assert told(answer) == {"ecs.c6.large": "", "ecs.g6.xlarge": "HostFull"}
    assert answer["Left"] == {"CPU": 2.0, "Memory": 12.0, "GPU": 0.0}
    large = next(one for one in answer["Fits"] if not one["Fits"])
    assert large["Lacks"] == {"CPU": 2.0, "Memory": 4.0}
    assert large["Message"] in refusal(lambda: create(client, "large", spec="ecs.g6.xlarge"))[2]
    create(client, "second")
    assert told(fit(small)) == {"ecs.c6.large": "HostFull", "ecs.g6.xlarge": "HostFull"}

    reaches(client, first, "Running")
    stop(client, first)
    assert told(fit(small)) == {"ecs.c6.large": "", "ecs.g6.xlarge": "HostFull"}
    reaches(client, create(client, "third"), "Running")


def test_what_fits_counts_the_limits_of_the_user(fresh_server):
    fresh_server.arguments = ["--max-running-per-user", "1"]
    owner = dsw_client(fresh_server.start())
    assert fit(fresh_server)["Room"]["Instances"] == 1
    create(owner, "first")
    answer = fit(fresh_server, "ecs.c6.large")
    assert answer["Fits"][0]["Reason"] == "UserLimit" and answer["Fits"][0]["Lacks"] == {"Instances": 1}
    assert answer["Fits"][0]["Message"] in refusal(lambda: create(owner, "second"))[2]


def test_what_fits_is_for_who_may_create_there(small):
    _, key = create_user(small, "ada", [])
    workspace = fit(small)["WorkspaceId"]
    assert code_of(lambda: fit(small, key=key, WorkspaceId=workspace)) == (403, "NoPermission")
    rpc(small, "AttachPolicyToUser", {"UserName": "ada", "PolicyName": "AliyunPAIDSWFullAccess", "PolicyType": "System"})
    assert code_of(lambda: fit(small, key=key, WorkspaceId=workspace)) == (403, "NoPermission")  # no member
    assert code_of(lambda: fit(small, "ecs.none")) == (400, "InvalidParameter")
