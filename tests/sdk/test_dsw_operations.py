"""The operations around the life of an instance, each through the official product package and its own models.
What a field must be is written here by hand, from the request, the catalogue of conftest.py and the contract."""

import calendar
import json
import re
import time

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import advance, create, create_user, dsw_client, rest, simulate, status_of, workspace_client
from conftest import wait_until

SECONDS_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
MILLIS_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
REQUEST_ID = re.compile(r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")


@pytest.fixture(scope="module")
def client(server):
    return dsw_client(server)


def running(client, name, **more):
    instance_id = create(client, name, **more)
    wait_until(lambda: status_of(client, instance_id) == "Running", what=f"{name} being Running")
    return instance_id


def refused(call):
    with pytest.raises(ClientException) as raised:
        call()
    return raised.value.status_code, raised.value.code


def seconds_of(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))


def expect_envelope(body):
    assert body.success is True and body.code is None and body.message is None
    assert REQUEST_ID.match(body.request_id)


# The catalogue and the account

def test_list_ecs_specs_shows_the_catalogue(client):
    body = client.list_ecs_specs(dsw.ListEcsSpecsRequest(accelerator_type="CPU", order="ASC")).body
    expect_envelope(body)
    assert body.http_status_code == 200 and body.total_count == 2
    assert [(s.instance_type, s.accelerator_type, s.cpu, s.memory, s.gpu, s.gputype, s.gpumemory_size, s.is_available)
            for s in body.ecs_specs] == [("ecs.c6.large", "CPU", 2, 4, 0, "", 0, True),
                                         ("ecs.g6.xlarge", "CPU", 4, 16, 0, "", 0, True)]
    gpu = client.list_ecs_specs(dsw.ListEcsSpecsRequest(accelerator_type="GPU")).body
    assert [(s.instance_type, s.cpu, s.memory, s.gpu, s.gputype, s.gpumemory_size, s.labels, s.spot_stock_status)
            for s in gpu.ecs_specs] == [("ecs.gn7i-c8g1.2xlarge", 8, 30, 1, "NVIDIA A10", 24, [], "NoStock")]


def test_list_ecs_specs_pages_newest_first_by_default(client):
    pages = [client.list_ecs_specs(dsw.ListEcsSpecsRequest(accelerator_type="CPU", page_size=1, page_number=n)).body
             for n in (1, 2, 3)]
    assert [[s.instance_type for s in page.ecs_specs] for page in pages] == [["ecs.g6.xlarge"], ["ecs.c6.large"], []]
    assert [page.total_count for page in pages] == [2, 2, 2]
    assert refused(lambda: client.list_ecs_specs(dsw.ListEcsSpecsRequest())) == (400, "ValidationError")


def test_get_user_config_says_that_nothing_is_billed(client):
    body = client.get_user_config().body
    expect_envelope(body)
    assert body.http_status_code == 200
    assert (body.account_sufficient, body.enable_eci_disk, body.free_tier_spec_available) == (True, False, False)
    assert body.free_tier.is_free_tier_user is False
    assert (body.free_tier.status, body.free_tier.init_base_value) == ("", 0)


# Statistics

def test_list_instance_statistics_counts_by_state(client, server):
    made = workspace_client(server).create_workspace(ws.CreateWorkspaceRequest(
        workspace_name="counted", description="for counting", env_types=["prod"])).body.workspace_id
    for name in ("count_a", "count_b"):
        running(client, name, workspace_id=made)
    failed = create(client, "count_c", workspace_id=made, environment_variables=simulate(fail_at="start"))
    wait_until(lambda: status_of(client, failed) == "Failed")
    body = client.list_instance_statistics(dsw.ListInstanceStatisticsRequest(workspace_ids=f"{made},999999")).body
    expect_envelope(body)
    counts = body.statistics[made]
    assert {name: count for name, count in counts.items() if count} == {
        "RunningCount": 2, "FailedCount": 1, "TotalCount": 3}
    assert counts["StoppedCount"] == 0 and len(counts) == 15 + 1, "the documented fifteen states and their sum"
    assert set(body.statistics["999999"].values()) == {0}
    assert refused(lambda: client.list_instance_statistics(dsw.ListInstanceStatisticsRequest())) == (
        400, "ValidationError")


# The start script

def test_get_user_command_reads_the_start_script_back(client):
    script = "echo 'grüß' > made.txt\n"
    instance_id = create(client, "scripted", user_command=dsw.CreateInstanceRequestUserCommand(
        on_start=dsw.CreateInstanceRequestUserCommandOnStart(content=script)))
    command_id = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.user_command_id
    assert command_id.isdigit()
    for request in (dsw.GetUserCommandRequest(), dsw.GetUserCommandRequest(instance_id=instance_id)):
        body = client.get_user_command(command_id, request).body
        expect_envelope(body)
        assert (body.user_command_id, body.on_start.content) == (command_id, script)
    assert refused(lambda: client.get_user_command("1", dsw.GetUserCommandRequest())) == (404, "InternalError")


# What stops an instance

def test_a_shutdown_timer_is_made_read_replaced_and_deleted(client):
    instance_id = running(client, "with_timer")
    got = refused(lambda: client.get_instance_shutdown_timer(instance_id))
    assert got == (404, "InternalError")
    made = client.create_instance_shutdown_timer(instance_id, dsw.CreateInstanceShutdownTimerRequest(
        due_time="2099-01-31T08:00:00Z")).body
    expect_envelope(made)
    assert (made.instance_id, made.http_status_code) == (instance_id, 200)
    timer = client.get_instance_shutdown_timer(instance_id).body
    expect_envelope(timer)
    assert (timer.instance_id, timer.due_time) == (instance_id, "2099-01-31T08:00:00Z")
    assert SECONDS_TIME.match(timer.gmt_create_time) and SECONDS_TIME.match(timer.gmt_modified_time)
    assert timer.remaining_time_in_ms > 60 * 365 * 86_400_000
    client.create_instance_shutdown_timer(instance_id, dsw.CreateInstanceShutdownTimerRequest(
        remaining_time_in_ms=7_200_000))
    remaining = client.get_instance_shutdown_timer(instance_id).body.remaining_time_in_ms
    assert 7_100_000 < remaining <= 7_200_000, "a second timer replaces the first"
    shown = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_shutdown_timer
    assert shown.instance_id == instance_id and 7_000_000 < shown.remaining_time_in_ms <= remaining
    expect_envelope(client.delete_instance_shutdown_timer(instance_id).body)
    assert refused(lambda: client.get_instance_shutdown_timer(instance_id)) == (404, "InternalError")


def test_a_bad_timer_is_refused_and_changes_nothing(client):
    instance_id = create(client, "no_timer")
    for wish in (dict(), dict(due_time="2099-01-31T08:00:00Z", remaining_time_in_ms=1000),
                 dict(due_time="2020-01-31T08:00:00Z"), dict(due_time="tomorrow"),
                 dict(remaining_time_in_ms=0), dict(remaining_time_in_ms=-5)):
        assert refused(lambda: client.create_instance_shutdown_timer(
            instance_id, dsw.CreateInstanceShutdownTimerRequest(**wish))) == (400, "ValidationError"), wish
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_shutdown_timer is None


def test_an_idle_culler_is_one_and_its_numbers_are_checked(client):
    instance_id = running(client, "with_culler")
    assert refused(lambda: client.get_idle_instance_culler(instance_id)) == (404, "InternalError")
    for wish in (dict(cpu_percent_threshold=0, max_idle_time_in_minutes=5),
                 dict(cpu_percent_threshold=101, max_idle_time_in_minutes=5),
                 dict(cpu_percent_threshold=20, max_idle_time_in_minutes=0),
                 dict(cpu_percent_threshold=20, gpu_percent_threshold=10, max_idle_time_in_minutes=5),  # no GPU here
                 dict(cpu_percent_threshold=20), dict(max_idle_time_in_minutes=5)):
        assert refused(lambda: client.create_idle_instance_culler(
            instance_id, dsw.CreateIdleInstanceCullerRequest(**wish))) == (400, "ValidationError"), wish
    made = client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=20, max_idle_time_in_minutes=45)).body
    expect_envelope(made)
    assert made.instance_id == instance_id
    culler = client.get_idle_instance_culler(instance_id).body
    expect_envelope(culler)
    assert (culler.instance_id, culler.cpu_percent_threshold, culler.max_idle_time_in_minutes) == (instance_id, 20, 45)
    assert culler.gpu_percent_threshold is None and culler.idle_time_in_minutes >= 0
    shown = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.idle_instance_culler
    assert (shown.instance_id, shown.cpu_percent_threshold, shown.max_idle_time_in_minutes) == (instance_id, 20, 45)
    assert refused(lambda: client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=30, max_idle_time_in_minutes=45))) == (400, "ValidationError"), "one for an instance"
    expect_envelope(client.delete_idle_instance_culler(instance_id).body)
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.idle_instance_culler is None


def test_query_auto_shutdown_policies_lists_the_rules_of_running_instances(client, server):
    ruled = running(client, "ruled")
    plain = running(client, "plain")
    resting = running(client, "resting")
    for instance_id in (ruled, resting):
        client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
            cpu_percent_threshold=15, max_idle_time_in_minutes=90))
    client.stop_instance(resting, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, resting) == "Stopped")
    # The Python package of this release has no model of the operation; its generic door sends the same request.
    body = rest(server, "PUT", "/api/v2/batch/autoshutdownpolicies/query", "QueryAutoShutdownPolicies",
                body={"InstanceIds": [ruled, plain, resting]})
    assert set(body) == {"RequestId", "AutoShutdownPolicies"}
    policy, = body["AutoShutdownPolicies"]
    assert policy["InstanceId"] == ruled
    condition, = policy["Conditions"]
    assert condition["SourceType"] == "Instance"
    context = condition["Context"]
    assert (context["CpuPercentThreshold"], context["MaxIdleTimeInMinutes"]) == (15, 90)
    assert "15" in condition["Expression"] and "90" in condition["Expression"]


# Labels

def test_labels_are_added_overwritten_and_removed(client):
    instance_id = create(client, "labelled", labels=[dsw.CreateInstanceRequestLabels(key="a", value="1")])

    def labels():
        return {label.key: label.value for label in
                client.get_instance(instance_id, dsw.GetInstanceRequest()).body.labels}

    answer = client.update_instance_labels(instance_id, dsw.UpdateInstanceLabelsRequest(labels=[
        dsw.UpdateInstanceLabelsRequestLabels(key="a", value="2"),
        dsw.UpdateInstanceLabelsRequestLabels(key="b", value="")])).body
    assert REQUEST_ID.match(answer.request_id)
    assert labels() == {"a": "2", "b": ""}
    for key, value in (("", "x"), ("k" * 129, "x"), ("k", "v" * 129), ("acs:k", "x"), ("aliyun-k", "x"),
                       ("k", "see http://x")):
        assert refused(lambda: client.update_instance_labels(instance_id, dsw.UpdateInstanceLabelsRequest(labels=[
            dsw.UpdateInstanceLabelsRequestLabels(key=key, value=value)]))) == (400, "ValidationError"), (key, value)
    assert labels() == {"a": "2", "b": ""}, "a refused request changes nothing"
    client.delete_instance_labels(instance_id, dsw.DeleteInstanceLabelsRequest(label_keys="a,never"))
    assert labels() == {"b": ""}


# Batches

def test_stop_instances_and_delete_instances_act_on_all_or_none(client):
    ids = [running(client, f"batch_{n}") for n in range(3)]
    assert refused(lambda: client.stop_instances(dsw.StopInstancesRequest(instance_ids=[ids[0], "dsw-none"]))) == (
        404, "InternalError")
    assert [status_of(client, i) for i in ids] == ["Running"] * 3
    stopped = client.stop_instances(dsw.StopInstancesRequest(instance_ids=ids[:2])).body
    expect_envelope(stopped)
    assert sorted(stopped.instance_ids) == sorted(ids[:2]) and stopped.http_status_code == 200
    wait_until(lambda: [status_of(client, i) for i in ids] == ["Stopped", "Stopped", "Running"])
    deleted = client.delete_instances(dsw.DeleteInstancesRequest(instance_ids=ids)).body
    expect_envelope(deleted)
    assert sorted(deleted.instance_ids) == sorted(ids)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", instance_id=",".join(ids))).body.total_count == 0)
    assert refused(lambda: client.delete_instances(dsw.DeleteInstancesRequest(instance_ids=[]))) == (
        400, "ValidationError")


def test_a_stop_right_after_the_creation_is_accepted_every_time(client):
    for n in range(10):
        ids = [create(client, f"young_{n}_{twin}") for twin in "ab"]
        assert client.stop_instances(dsw.StopInstancesRequest(instance_ids=ids)).body.http_status_code == 200
        alone = create(client, f"young_{n}")
        assert client.stop_instance(alone, dsw.StopInstanceRequest()).body.http_status_code == 200
        wait_until(lambda: {status_of(client, i) for i in (*ids, alone)} == {"Stopped"})
        client.delete_instances(dsw.DeleteInstancesRequest(instance_ids=[*ids, alone]))


# Looking at an instance

def test_a_view_token_lets_a_stranger_read_one_instance_and_no_other(client, server):
    shared, other = running(client, "shared"), running(client, "not_shared")
    _, key = create_user(server, "stranger")
    stranger = dsw_client(server, key=key)
    answer = client.get_token(dsw.GetTokenRequest(instance_id=shared, expire_time=300, type="View")).body
    expect_envelope(answer)
    token = answer.token
    assert refused(lambda: stranger.get_instance(shared, dsw.GetInstanceRequest())) == (403, "NoPermissionError")
    assert stranger.get_instance(shared, dsw.GetInstanceRequest(token=token)).body.instance_name == "shared"
    assert stranger.get_lifecycle(shared, dsw.GetLifecycleRequest(token=token)).body.total_count == 1
    assert stranger.get_instance_events(shared, dsw.GetInstanceEventsRequest(token=token)).body.events
    assert refused(lambda: stranger.get_instance(other, dsw.GetInstanceRequest(token=token))) == (
        403, "NoPermissionError")
    assert refused(lambda: stranger.stop_instance(shared, dsw.StopInstanceRequest())) == (403, "NoPermissionError")
    advance(server, seconds=301)
    assert refused(lambda: stranger.get_instance(shared, dsw.GetInstanceRequest(token=token))) == (
        403, "NoPermissionError"), "an expired token opens nothing"
    for wish in (dict(type="Both"), dict(expire_time=0), dict(audience="Everybody")):
        assert refused(lambda: client.get_token(dsw.GetTokenRequest(instance_id=shared, **wish))) == (
            400, "ValidationError")


def test_get_lifecycle_has_a_session_for_each_start(client):
    instance_id = running(client, "sessions")
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, instance_id) == "Stopped")
    client.start_instance(instance_id)
    wait_until(lambda: status_of(client, instance_id) == "Running")
    newest_first = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest()).body
    expect_envelope(newest_first)
    assert newest_first.total_count == 2
    assert newest_first.lifecycle[0][0].status == "Starting" and newest_first.lifecycle[1][0].status == "Creating"
    for session in newest_first.lifecycle:
        for step, following in zip(session, session[1:]):
            assert SECONDS_TIME.match(step.gmt_create_time)
            assert step.gmt_create_time <= step.gmt_end_time == following.gmt_create_time
            assert (step.reason_code, step.reason_message) == ("", "")
    assert newest_first.lifecycle[0][-1].gmt_end_time == "", "the present step has no end"
    numbers = [step.lifecycle_id for session in newest_first.lifecycle for step in session]
    assert len(set(numbers)) == len(numbers)
    second = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest(
        order="ASC", session_number=1, limit=1)).body
    assert second.total_count == 2 and [s[0].status for s in second.lifecycle] == ["Starting"]
    past = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest(end_time="2020-01-01T00:00:00Z")).body
    assert (past.lifecycle, past.total_count) == ([], 0)


def test_get_instance_events_can_be_narrowed(client, server):
    instance_id = create(client, "eventful", environment_variables=simulate(fail_at="start"))
    wait_until(lambda: status_of(client, instance_id) == "Failed")
    body = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body
    expect_envelope(body)
    assert (body.instance_id, body.http_status_code) == (instance_id, 200)
    assert all(SECONDS_TIME.match(event.split(" ")[0]) for event in body.events)
    assert body.events == sorted(body.events, key=lambda event: event.split(" ")[0])
    errors = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest(event_level="Error")).body.events
    assert errors and all(event.split(" ")[1] == "Error" for event in errors)
    assert any("Failed" in event for event in errors)
    first = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest(max_events_num=1)).body.events
    assert first == body.events[:1]
    # Offset and Reverse are in the documents, not in this release of the package.
    turned = rest(server, "GET", f"/api/v2/instances/{instance_id}/events", "GetInstanceEvents",
                  query={"Reverse": "true", "Offset": "1"})
    assert turned["Events"] == body.events[::-1][1:]
    assert turned["TotalCount"] == len(body.events)
    assert client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest(
        end_time="2020-01-01T00:00:00Z")).body.events == []
    assert refused(lambda: client.get_instance_events("dsw-none", dsw.GetInstanceEventsRequest())) == (
        404, "InternalError")


@pytest.fixture(scope="module")
def sampled(client, server):
    """An instance with several samples of 50 percent of its two vCPUs and 1 of its 4 GiB."""
    instance_id = running(client, "sampled", environment_variables=simulate(cpu_percent=50, memory_mib=1024))

    def points():
        advance(server, seconds=15)
        pods = client.get_instance_metrics(instance_id, dsw.GetInstanceMetricsRequest(
            metric_type="CpuCoreUsage")).body.pod_metrics
        return pods and len(pods[0].metrics) >= 4

    wait_until(points, what="four samples")
    return instance_id


def test_get_instance_metrics_shows_what_was_sampled(client, sampled):
    def values(metric, **more):
        body = client.get_instance_metrics(sampled, dsw.GetInstanceMetricsRequest(metric_type=metric, **more)).body
        expect_envelope(body)
        assert (body.instance_id, body.http_status_code) == (sampled, 200)
        pod, = body.pod_metrics
        assert pod.pod_id == sampled
        times = [point.time for point in pod.metrics]
        assert times == sorted(times) and all(isinstance(t, int) for t in times)
        return [point.value for point in pod.metrics]

    assert values("CpuCoreUsage") == pytest.approx([50] * len(values("CpuCoreUsage")), abs=1)
    memory = values("MemoryUsage")
    assert len(memory) >= 4 and set(memory) == {25}
    assert set(values("NetworkInputRate")) == {0} and set(values("DiskWriteRate")) == {0}
    assert values("GpuCoreUsage") == [] and values("GpuMemoryUsage") == [], "no GPU, no samples"
    assert len(values("MemoryUsage", time_step="1h")) == 1
    assert values("MemoryUsage", end_time="2020-01-01T00:00:00Z") == []
    for wish in (dict(metric_type="Heat"), dict(metric_type="MemoryUsage", time_step="soon"), dict()):
        assert refused(lambda: client.get_instance_metrics(sampled, dsw.GetInstanceMetricsRequest(**wish))) == (
            400, "ValidationError")


def test_get_metrics_is_the_same_in_the_cloud_monitors_form(client, sampled):
    wish = dict(metric_name="MemoryUsage", namespace="acs_pai_dsw",
                dimensions=json.dumps([{"instanceId": sampled}]), period="60")
    body = client.get_metrics(sampled, dsw.GetMetricsRequest(**wish)).body
    assert (body.code, body.message, body.success, body.period) == ("200", "Succeed", True, "60")
    points = json.loads(body.datapoints)
    assert points and all((p["instanceId"], p["Average"], p["Minimum"], p["Maximum"]) == (sampled, 25, 25, 25)
                          for p in points)
    stamps = [p["timestamp"] for p in points]
    assert stamps == sorted(stamps) and all(later - earlier >= 60_000 for earlier, later in zip(stamps, stamps[1:]))
    fine = {**wish, "period": "1"}
    together, token, pages = [], None, 0
    while token != "":
        page = client.get_metrics(sampled, dsw.GetMetricsRequest(**fine, length="2", next_token=token)).body
        together += json.loads(page.datapoints)
        token, pages = page.next_token, pages + 1
    whole = json.loads(client.get_metrics(sampled, dsw.GetMetricsRequest(**fine)).body.datapoints)
    assert pages >= 2 and len(together) == len(whole) >= 4
    assert refused(lambda: client.get_metrics(sampled, dsw.GetMetricsRequest(
        **{**wish, "dimensions": '[{"instanceId":"dsw-other"}]'}))) == (400, "ValidationError")
    assert refused(lambda: client.get_metrics(sampled, dsw.GetMetricsRequest(
        **{**wish, "namespace": "acs_ecs"}))) == (400, "ValidationError")


def test_list_system_logs_has_events_and_output(client):
    instance_id = create(client, "logging", environment_variables=simulate(fail_at="start"))
    wait_until(lambda: status_of(client, instance_id) == "Failed")
    body = client.list_system_logs(dsw.ListSystemLogsRequest(instance_id=instance_id)).body
    timed = [log for log in body.system_logs if log.gmt_create_time]
    assert timed and all(MILLIS_TIME.match(log.gmt_create_time) for log in timed)
    assert any(log.level == "Error" and "Failed" in log.content for log in timed)
    assert body.offset == "", "nothing is left for a further page"
    problems = client.list_system_logs(dsw.ListSystemLogsRequest(
        instance_id=instance_id, problem_category="InstanceCreateFailed")).body.system_logs
    reason = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert [log.content for log in problems] == [f"{reason.reason_code}: {reason.reason_message}"]
    assert client.list_system_logs(dsw.ListSystemLogsRequest(
        instance_id=instance_id, problem_category="InstanceTerminating")).body.system_logs == []
    turned = client.list_system_logs(dsw.ListSystemLogsRequest(instance_id=instance_id, order="DESC")).body.system_logs
    assert [log.content for log in turned] == [log.content for log in body.system_logs][::-1]
    assert refused(lambda: client.list_system_logs(dsw.ListSystemLogsRequest(instance_id="dsw-none"))) == (
        404, "InternalError")
    assert refused(lambda: client.list_system_logs(dsw.ListSystemLogsRequest(log_level="Loud"))) == (
        400, "ValidationError")


# Update

def test_update_instance_changes_what_was_sent_and_nothing_else(client):
    instance_id = create(client, "before", environment_variables={"A": "1"})
    wait_until(lambda: status_of(client, instance_id) == "Running")
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, instance_id) == "Stopped")
    answer = client.update_instance(instance_id, dsw.UpdateInstanceRequest(
        instance_name="after", accessibility="PUBLIC", ecs_spec="ecs.g6.xlarge", image_id="image-torch",
        priority=7)).body
    expect_envelope(answer)
    assert (answer.instance_id, answer.http_status_code) == (instance_id, 200)
    wait_until(lambda: status_of(client, instance_id) == "Stopped")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert (body.instance_name, body.accessibility, body.ecs_spec, body.image_name, body.priority) == (
        "after", "PUBLIC", "ecs.g6.xlarge", "torch-2.0", 7)
    assert body.environment_variables == {"A": "1"}
    client.update_instance(instance_id, dsw.UpdateInstanceRequest(disassociate_environment_variables=True,
                                                                  start_instance=True))
    wait_until(lambda: status_of(client, instance_id) == "Running")
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.environment_variables == {}


def test_get_instance_with_fields_answers_those_alone(client, server):
    instance_id = running(client, "fields")
    body = rest(server, "GET", f"/api/v2/instances/{instance_id}", "GetInstance",
                query={"Fields": "Status, InstanceName,Nonsense"})
    envelope = {"RequestId", "Success", "HttpStatusCode", "Code", "Message"}
    assert set(body) - envelope == {"InstanceId", "Status", "InstanceName"}
    assert (body["Success"], body["HttpStatusCode"]) == (True, 200)
    through_the_package = client.get_instance(instance_id, dsw.GetInstanceRequest(fields="Status")).body
    assert through_the_package.status == "Running" and through_the_package.instance_name is None


def test_times_are_in_utc_and_of_now(server, client):
    """Of the workshop's clock, which other tests of this file turned."""
    told = rest(server, "GET", "/atelier/v1/clock", "GetClock")
    before = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", json.dumps(told)).group(0)
    body = client.get_instance(create(client, "timed_now"), dsw.GetInstanceRequest()).body
    assert SECONDS_TIME.match(body.gmt_create_time) and SECONDS_TIME.match(body.gmt_modified_time)
    passed = seconds_of(body.gmt_create_time[:-1]) - seconds_of(before)
    assert 0 <= passed < 60
