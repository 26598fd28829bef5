"""Bad input of every kind gets the documented error, as the SDK's own exception, and changes nothing (promise 9)."""

import json
import re

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import create, create_user, dsw_client, rest, simulate, status_of, workspace_client
from conftest import wait_until
from signed import ask

GOOD = {"InstanceName": "never_made", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"}
BAD = (400, "ValidationError")


@pytest.fixture(scope="module")
def client(server):
    return dsw_client(server)


@pytest.fixture
def unchanged(client):
    """What is there, with every property that a request may change, is the same after the test."""
    def everything():
        body = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", resource_id="ALL",
                                                              page_size=1000, sort_by="GmtCreateTime")).body
        assert body.total_count == len(body.instances)
        return {i.instance_id: (i.instance_name, i.status, i.gmt_modified_time, i.ecs_spec, i.priority,
                                [(label.key, label.value) for label in i.labels]) for i in body.instances}

    before = everything()
    yield
    assert everything() == before


@pytest.fixture(scope="module")
def present(client):
    """An instance that is there and Running."""
    instance_id = create(client, "present", labels=[dsw.CreateInstanceRequestLabels(key="a", value="1")])
    wait_until(lambda: status_of(client, instance_id) == "Running")
    return instance_id


def refused(call, says=None):
    with pytest.raises(ClientException) as raised:
        call()
    if says:
        assert says in raised.value.message
    return raised.value.status_code, raised.value.code


def create_raw(server, **changes):
    body = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return rest(server, "POST", "/api/v2/instances", "CreateInstance", body=body)


# CreateInstance: the parameter, its bad value

@pytest.mark.parametrize("name, value", [
    ("InstanceName", "x" * 28), ("InstanceName", ""), ("InstanceName", "with-hyphen"), ("InstanceName", "grüße"),
    ("InstanceName", 5), ("InstanceName", ["a"]), ("InstanceName", None),
    ("ImageId", "image-none"), ("ImageId", None), ("EcsSpec", "ecs.none"), ("EcsSpec", None),
    ("Accessibility", "public"), ("Accessibility", "SECRET"), ("Priority", 0), ("Priority", 10), ("Priority", "high"),
    ("Priority", 1.5), ("OversoldType", "Maybe"), ("WorkspaceId", 7.5),
    ("Labels", {"a": "b"}), ("Labels", [{"Key": "k" * 129, "Value": "v"}]), ("Labels", [{"Value": "v"}]),
    ("Labels", ["a"]), ("Tag", "a"), ("EnvironmentVariables", ["A"]), ("EnvironmentVariables", {"1A": "x"}),
    ("EnvironmentVariables", {"HOME": "/"}), ("UserCommand", "echo"), ("UserCommand", {"OnStart": {"Content": 5}}),
])
def test_create_instance_refuses(server, unchanged, name, value):
    assert refused(lambda: create_raw(server, **{name: value}), says=name) == BAD


@pytest.mark.parametrize("workspace", ["999999", "ALL", "x"])
def test_an_unknown_workspace_is_a_bad_parameter(client, unchanged, workspace):
    assert refused(lambda: create(client, "nowhere", workspace_id=workspace), says="WorkspaceId") == BAD
    # Asked for in a list it is an empty page, as docs/contract/requests.md section 3 resolves it.
    if workspace != "ALL":
        body = client.list_instances(dsw.ListInstancesRequest(workspace_id=workspace)).body
        assert (body.total_count, body.instances) == (0, [])


def test_a_name_is_there_once_in_a_workspace(client, server, present, unchanged):
    workspace = client.get_instance(present, dsw.GetInstanceRequest()).body.workspace_id
    assert refused(lambda: create(client, "present"), says="present") == BAD
    other = create(client, "Present")  # case counts
    try:
        assert refused(lambda: client.update_instance(other, dsw.UpdateInstanceRequest(instance_name="present"))) == BAD
    finally:
        client.delete_instance(other)
    made = workspace_client(server).create_workspace(ws.CreateWorkspaceRequest(
        workspace_name="second_home", description="another", env_types=["prod"])).body.workspace_id
    assert made != workspace
    namesake = create(client, "present", workspace_id=made)
    client.delete_instance(namesake)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", instance_id=f"{other},{namesake}")).body.total_count == 0)


# The wrong state

def test_the_wrong_state_is_told(client):
    running = create(client, "state_running")
    wait_until(lambda: status_of(client, running) == "Running")
    assert refused(lambda: client.start_instance(running), says="Running") == BAD
    client.stop_instance(running, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, running) == "Stopped")
    assert refused(lambda: client.stop_instance(running, dsw.StopInstanceRequest()), says="Stopped") == BAD
    failed = create(client, "state_failed", environment_variables=simulate(fail_at="start"))
    wait_until(lambda: status_of(client, failed) == "Failed")
    assert refused(lambda: client.stop_instance(failed, dsw.StopInstanceRequest()), says="Failed") == BAD
    stuck = create(client, "state_stuck", environment_variables=simulate(hang_stop=True))
    wait_until(lambda: status_of(client, stuck) == "Running")
    client.delete_instance(stuck)
    for call in (lambda: client.start_instance(stuck), lambda: client.stop_instance(stuck, dsw.StopInstanceRequest()),
                 lambda: client.update_instance(stuck, dsw.UpdateInstanceRequest(priority=2))):
        assert refused(call, says="Deleting") == BAD


# Other people's instances

def test_someone_elses_private_instance_is_out_of_reach(client, server, present, unchanged):
    workspace = client.get_instance(present, dsw.GetInstanceRequest()).body.workspace_id
    user_id, key = create_user(server, "neighbour")
    workspace_client(server).create_member(workspace, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user_id, roles=["PAI.AlgoDeveloper"])]))
    neighbour = dsw_client(server, key=key)
    timer = dsw.CreateInstanceShutdownTimerRequest(remaining_time_in_ms=1000)
    culler = dsw.CreateIdleInstanceCullerRequest(cpu_percent_threshold=20, max_idle_time_in_minutes=60)
    label = dsw.UpdateInstanceLabelsRequest(labels=[dsw.UpdateInstanceLabelsRequestLabels(key="a", value="2")])
    calls = {
        "GetInstance": lambda: neighbour.get_instance(present, dsw.GetInstanceRequest()),
        "UpdateInstance": lambda: neighbour.update_instance(present, dsw.UpdateInstanceRequest(priority=9)),
        "StartInstance": lambda: neighbour.start_instance(present),
        "StopInstance": lambda: neighbour.stop_instance(present, dsw.StopInstanceRequest()),
        "DeleteInstance": lambda: neighbour.delete_instance(present),
        "StopInstances": lambda: neighbour.stop_instances(dsw.StopInstancesRequest(instance_ids=[present])),
        "DeleteInstances": lambda: neighbour.delete_instances(dsw.DeleteInstancesRequest(instance_ids=[present])),
        "UpdateInstanceLabels": lambda: neighbour.update_instance_labels(present, label),
        "DeleteInstanceLabels": lambda: neighbour.delete_instance_labels(
            present, dsw.DeleteInstanceLabelsRequest(label_keys="a")),
        "CreateInstanceShutdownTimer": lambda: neighbour.create_instance_shutdown_timer(present, timer),
        "DeleteInstanceShutdownTimer": lambda: neighbour.delete_instance_shutdown_timer(present),
        "CreateIdleInstanceCuller": lambda: neighbour.create_idle_instance_culler(present, culler),
        "DeleteIdleInstanceCuller": lambda: neighbour.delete_idle_instance_culler(present),
        "GetToken": lambda: neighbour.get_token(dsw.GetTokenRequest(instance_id=present)),
        "GetLifecycle": lambda: neighbour.get_lifecycle(present, dsw.GetLifecycleRequest()),
        "GetInstanceEvents": lambda: neighbour.get_instance_events(present, dsw.GetInstanceEventsRequest()),
        "GetInstanceMetrics": lambda: neighbour.get_instance_metrics(
            present, dsw.GetInstanceMetricsRequest(metric_type="CpuCoreUsage")),
        "ListSystemLogs": lambda: neighbour.list_system_logs(dsw.ListSystemLogsRequest(instance_id=present)),
    }
    for name, call in calls.items():
        status, code = refused(call)
        assert status == 403 and code in ("NoPermissionError", "PermissionError"), (name, status, code)
    # A stranger cannot tell an instance that is not his from one that is not there.
    assert refused(lambda: neighbour.get_instance("dsw-none", dsw.GetInstanceRequest())) in (
        (403, "NoPermissionError"), (404, "InternalError"))


# ListInstances

@pytest.mark.parametrize("query", [
    {"Labels": json.dumps({str(n): "x" for n in range(5)})}, {"Labels": "not json"}, {"Labels": "[]"},
    {"Labels": '{"a":{"b":"c"}}'}, {"Labels": '{"a":null}'}, {"Labels": "5"},
    {"Tag": json.dumps([{"Key": str(n)} for n in range(5)])}, {"Tag": '[{"Value":"x"}]'}, {"Tag": '["x"]'},
    {"Status": "Running,Unknown"}, {"Status": "RUNNING"}, {"Accessibility": "private"}, {"AcceleratorType": "TPU"},
    {"PaymentType": "Free"}, {"OversoldInfo": "AcceptQuotaOverSold"}, {"OversoldType": "PendingQuotaOverSold"},
    {"SortBy": "Name"}, {"Order": "asc"}, {"PageNumber": "0"}, {"PageNumber": "-1"}, {"PageNumber": "1.5"},
    {"PageNumber": "99999999999999999999"}, {"PageSize": "0"}, {"PageSize": "1001"}, {"PageSize": "ten"},
    {"MinCpu": "-1"}, {"MaxCpu": "1e"}, {"MinMemory": "8Gi"}, {"MaxGpu": "NaN"}, {"MinGpuMemory": "0x10"},
    {"CreateTimeAfter": "2024-01-12"}, {"CreateTimeBefore": "2024-13-12T14:36:01Z"}, {"CreateTimeAfter": "1705070161"},
], ids=lambda query: " ".join(f"{k}={v}" for k, v in query.items())[:60])
def test_list_instances_refuses(server, query):
    parameter, = query
    assert refused(lambda: rest(server, "GET", "/api/v2/instances", "ListInstances", query=query),
                   says=parameter) == BAD


def test_four_labels_are_not_too_many(server):
    four = json.dumps({str(n): "x" for n in range(4)})
    assert rest(server, "GET", "/api/v2/instances", "ListInstances", query={"Labels": four})["TotalCount"] == 0


def test_all_faults_of_a_request_are_told_at_once(server):
    with pytest.raises(ClientException) as raised:
        rest(server, "GET", "/api/v2/instances", "ListInstances", query={"PageSize": "0", "Order": "up", "MinCpu": "x"})
    assert all(name in raised.value.message for name in ("PageSize", "Order", "MinCpu"))


# The body as JSON, the request as bytes

@pytest.mark.parametrize("path", ["list", "object"])
def test_a_json_depth_bomb_is_refused(server, unchanged, path):
    deep = "x"
    for _ in range(64):
        deep = [deep] if path == "list" else {"a": deep}
    assert refused(lambda: create_raw(server, EnvironmentVariables={"A": deep})) == BAD
    bomb = (b"[" if path == "list" else b'{"a":') * 150_000
    status, answer = ask(server, "POST", "/api/v2/instances", "CreateInstance", body=bomb)
    assert (status, answer["Code"], answer["Success"], answer["HttpStatusCode"]) == (400, "ValidationError", False, 400)
    status, answer = ask(server, "GET", "/api/v2/instances", "ListInstances",
                         query=[("Labels", '{"a":' * 1000 + "1" + "}" * 1000)])
    assert (status, answer["Code"]) == BAD


@pytest.mark.parametrize("body", [
    b'{"InstanceName":"\xff\xfe","ImageId":"image-lab","EcsSpec":"ecs.c6.large"}',
    b'{"InstanceName":"ok","ImageId":"image-lab","EcsSpec":"ecs.c6.large","EnvironmentVariables":{"A":"\xc3\x28"}}',
    b'{"InstanceName":"ok","ImageId":"image-lab","EcsSpec":"ecs.c6.large","EnvironmentVariables":{"A":"\xed\xa0\x80"}}',
    b'{"InstanceName":"ok","ImageId":"image-lab","EcsSpec":"ecs.c6.large","EnvironmentVariables":{"A":"\\udc80"}}',
    b'{"InstanceName":"ok","ImageId":"image-lab","EcsSpec":"ecs.c6.large"', b"null", b"[]", b'"text"', b"5",
    b'{"InstanceName":"ok"} {"ImageId":"image-lab"}', b"\x00", b"InstanceName=ok",
], ids=["no UTF-8", "cut sequence", "surrogate", "escaped surrogate", "cut", "null", "array", "text", "number",
        "two objects", "zero byte", "form"])
def test_a_body_that_is_no_json_object_is_refused(server, unchanged, body):
    status, answer = ask(server, "POST", "/api/v2/instances", "CreateInstance", body=body)
    assert (status, answer["Code"], answer["Success"]) == (400, "ValidationError", False)
    assert re.match(r"^[0-9A-F-]{36}$", answer["RequestId"])


@pytest.mark.parametrize("raw", ["InstanceName=%FF%FE", "InstanceName=%C3%28", "Labels=%7B%22a%22%3A%22%FF%22%7D"])
def test_broken_utf8_in_a_query_is_refused(server, raw):
    name, _, value = raw.partition("=")
    decoded = bytes.fromhex(value.replace("%", "")) if value.count("%") * 3 == len(value) else {
        "%C3%28": b"\xc3\x28", "%7B%22a%22%3A%22%FF%22%7D": b'{"a":"\xff"}'}[value]
    status, answer = ask(server, "GET", "/api/v2/instances", "ListInstances", raw_query=raw, query=[(name, decoded)])
    assert (status, answer["Code"]) == BAD
    json.dumps(answer)  # what came back is text, whatever was sent


def test_a_body_that_is_too_large_is_413(server, client, unchanged):
    with pytest.raises(ClientException) as raised:
        create(client, "huge", environment_variables={"A": "x" * (1 << 20)})
    assert (raised.value.status_code, raised.value.code) == (413, "ValidationError")
    status, answer = ask(server, "PUT", "/", "CreateUser", body=b"x" * ((1 << 20) + 1))
    assert status in (404, 413) and answer["Code"]


def test_ids_of_every_form_that_name_nothing_are_404(server, client):
    for instance_id in ("dsw-none", "DSW-NONE", "none", "dsw-../../etc", "dsw-%00", "dsw-" + "x" * 60, "日本"):
        assert refused(lambda: rest(server, "GET", f"/api/v2/instances/{percent(instance_id)}", "GetInstance")) == (
            404, "InternalError"), instance_id
    assert refused(lambda: client.get_instance("dsw-" + "x" * 61, dsw.GetInstanceRequest())) == BAD, "over 64"


def percent(text):
    return "".join(c if c.isalnum() and c.isascii() or c in "-_." else "".join(f"%{b:02X}" for b in c.encode())
                   for c in text)
