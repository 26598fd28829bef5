"""Idle rules that people need not ask for, and one call that says "I am still here"."""

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import advance, create, create_user, dsw_client, rest, simulate, status_of, workspace_client
from conftest import Server, wait_until

RULE = {"MaxIdleTimeInMinutes": 60, "CpuPercentThreshold": 10}


def default_workspace(server):
    return workspace_client(server).get_default_workspace(ws.GetDefaultWorkspaceRequest()).body.workspace_id


def idle_rule(server, method, workspace, body=None, key=None):
    name = {"PUT": "Set", "GET": "Get", "DELETE": "Delete"}[method] + "WorkspaceIdleRule"
    return rest(server, method, f"/atelier/v1/workspaces/{workspace}/idlerule", name, version="", body=body, key=key)


def extend(server, instance_id, key=None):
    return rest(server, "POST", f"/atelier/v1/instances/{instance_id}/extend", "ExtendInstance", version="", key=key)


def culler_of(client, instance_id):
    return client.get_instance(instance_id, dsw.GetInstanceRequest()).body.idle_instance_culler


def said(client, instance_id, text):
    events = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body.events
    return any(text in event for event in events)


def running(client, name, **more):
    instance_id = create(client, name, environment_variables=simulate(cpu_percent=1), **more)
    wait_until(lambda: status_of(client, instance_id) == "Running")
    return instance_id


@pytest.fixture
def ruled(server):
    """The default workspace, with a rule for the length of a test."""
    workspace = default_workspace(server)
    idle_rule(server, "PUT", workspace, RULE)
    yield workspace
    idle_rule(server, "DELETE", workspace)


def test_new_instances_get_the_rule_of_their_workspace_and_say_so(server, ruled):
    client = dsw_client(server)
    shown = idle_rule(server, "GET", ruled)
    assert (shown["MaxIdleTimeInMinutes"], shown["CpuPercentThreshold"]) == (60, 10)
    instance_id = running(client, "by_default")
    culler = culler_of(client, instance_id)
    assert (culler.max_idle_time_in_minutes, culler.cpu_percent_threshold) == (60, 10)
    policies = rest(server, "PUT", "/api/v2/batch/autoshutdownpolicies/query", "QueryAutoShutdownPolicies",
                    body={"InstanceIds": [instance_id]})["AutoShutdownPolicies"]
    assert policies[0]["SourceType"] == "Workspace"
    assert said(client, instance_id, "Idle rule of the workspace: stop after 60 minutes with CPU below 10 %.")


def test_a_rule_of_its_own_takes_the_place_of_the_workspaces(server, ruled):
    client = dsw_client(server)
    instance_id = create(client, "of_its_own")
    client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        max_idle_time_in_minutes=240, cpu_percent_threshold=5))
    assert culler_of(client, instance_id).max_idle_time_in_minutes == 240
    with pytest.raises(ClientException):  # as documented: a second one waits until the first is deleted
        client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
            max_idle_time_in_minutes=60, cpu_percent_threshold=5))
    client.delete_idle_instance_culler(instance_id)
    assert culler_of(client, instance_id) is None, "none at all, the workspace's neither"


def test_without_a_rule_nothing_is_culled(server):
    client = dsw_client(server)
    assert "MaxIdleTimeInMinutes" not in idle_rule(server, "GET", default_workspace(server))
    assert culler_of(client, create(client, "free")) is None


def test_the_operators_rule_is_for_workspaces_without_one(tmp_path):
    server = Server(tmp_path, arguments=["--idle-minutes", "90", "--idle-cpu-percent", "20"]).start()
    client = dsw_client(server)
    culler = culler_of(client, create(client, "first"))
    assert (culler.max_idle_time_in_minutes, culler.cpu_percent_threshold) == (90, 20)
    idle_rule(server, "PUT", default_workspace(server), RULE)
    assert culler_of(client, create(client, "second")).max_idle_time_in_minutes == 60
    server.stop()


@pytest.mark.parametrize("rule", [{}, {"MaxIdleTimeInMinutes": 0, "CpuPercentThreshold": 10},
                                  {"MaxIdleTimeInMinutes": 60, "CpuPercentThreshold": 0},
                                  {"MaxIdleTimeInMinutes": 60, "CpuPercentThreshold": 101},
                                  {**RULE, "GpuPercentThreshold": 0}, {**RULE, "MaxIdleTimeInMinutes": 10**9}])
def test_rules_that_cannot_be_are_refused(server, rule):
    with pytest.raises(ClientException) as raised:
        idle_rule(server, "PUT", default_workspace(server), rule)
    assert raised.value.status_code == 400
    assert "MaxIdleTimeInMinutes" not in idle_rule(server, "GET", default_workspace(server))


def test_promise_5_an_extended_instance_gets_its_whole_idle_time_again(server, ruled):
    client = dsw_client(server)
    instance_id = running(client, "in_use")
    advance(server, minutes=55)
    wait_until(lambda: said(client, instance_id, "Without use it will be stopped"))
    answer = extend(server, instance_id)
    assert (answer["InstanceId"], answer["MaxIdleTimeInMinutes"]) == (instance_id, 60)
    assert said(client, instance_id, "Extended. Idle time counts from zero.")
    assert culler_of(client, instance_id).idle_time_in_minutes == 0
    advance(server, minutes=55)
    assert status_of(client, instance_id) == "Running", "110 minutes without use, 55 since it was extended"
    advance(server, minutes=10)
    wait_until(lambda: status_of(client, instance_id) == "Stopped")


def test_what_cannot_be_extended_says_why(server, ruled):
    client = dsw_client(server)
    stopped = running(client, "stopped")
    client.stop_instance(stopped, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, stopped) == "Stopped")
    idle_rule(server, "DELETE", ruled)
    unruled = running(client, "unruled")
    for instance_id, why in ((stopped, "does not run"), (unruled, "has no idle rule")):
        with pytest.raises(ClientException) as raised:
            extend(server, instance_id)
        assert raised.value.status_code == 409 and why in str(raised.value)


def test_who_may_set_an_idle_rule_may_extend_and_who_may_only_read_may_not(server, ruled):
    client = dsw_client(server)
    instance_id = running(client, "guarded", accessibility="PUBLIC")
    _, reader = create_user(server, "idle_reader", ["AliyunPAIDSWFullAccess"])
    with pytest.raises(ClientException) as raised:
        extend(server, instance_id, key=reader)
    assert raised.value.status_code in (403, 404)
