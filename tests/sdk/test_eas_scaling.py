"""Services whose number of instances follows the load or the clock: the unmodified SDK, real processes in real time,
and days of the emulator's clock."""

import json
import threading
import time

import pytest
from alibabacloud_eas20210701 import models as eas
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import advance, code_of, create_user, eas_client, rpc
from conftest import wait_until
from services import REGION, call, create, instances, ready, wait_for
from tiny_model import service_json

SIMULATED = {"metadata": {"instance": 1}, "containers": [{"script": "serve"}]}


def rule(least, most, metric="qps", threshold=5.0, **behavior):
    return dict(min=least, max=most,
                scale_strategies=[eas.CreateServiceAutoScalerRequestScaleStrategies(
                    metric_name=metric, threshold=threshold)],
                behavior=eas.CreateServiceAutoScalerRequestBehavior(**behavior))


def events(client, name, reason):
    listed = client.describe_service_event(REGION, name, eas.DescribeServiceEventRequest()).body.events
    return [e.message for e in listed if e.reason == reason]


def test_to_zero_and_back_by_the_first_requests(model_server):
    client = eas_client(model_server)
    create(client, service_json("iris", "one"))
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    url, token = service.internet_endpoint, service.access_token
    client.create_service_auto_scaler(REGION, "iris", eas.CreateServiceAutoScalerRequest(**rule(
        0, 2, on_zero=eas.CreateServiceAutoScalerRequestBehaviorOnZero(scale_down_grace_period_seconds=1))))
    wait_until(lambda: instances(client, "iris").instances == [], 60, "the end of the last instance")
    assert events(client, "iris", "AutoScaling") == ["From 1 to 0 instances: no request for 1 s."]
    wait_for(client, "iris")

    answers = []
    callers = [threading.Thread(target=lambda: answers.append(call(url, token, "", {"x": [2]})["y"]))
               for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [2] * 4, "held until there is an instance, and not failed"
    assert "the first instance" in events(client, "iris", "AutoScaling")[0]
    shown = client.describe_service_auto_scaler(REGION, "iris").body
    assert (shown.min_replica, shown.max_replica) == (0, 2)
    client.delete_service_auto_scaler(REGION, "iris")


def test_more_instances_for_more_requests(model_server):
    client = eas_client(model_server)
    create(client, service_json("iris", "one"))
    wait_for(client, "iris")
    service = client.describe_service(REGION, "iris").body
    client.create_service_auto_scaler(REGION, "iris", eas.CreateServiceAutoScalerRequest(**rule(1, 2)))
    failures, over = [], time.monotonic() + 30
    while len(ready(client, "iris")) < 2 and time.monotonic() < over:
        for _ in range(20):  # far more than 5 a second
            try:
                call(service.internet_endpoint, service.access_token)
            except Exception as error:  # whatever it is, it is a failed request
                failures.append(repr(error))
    assert len(ready(client, "iris")) == 2 and failures == []
    assert "qps is" in events(client, "iris", "AutoScaling")[0]
    metric = client.describe_service_auto_scaler(REGION, "iris").body.current_metrics[0]
    assert metric.metric_name == "qps" and metric.value > 5 and metric.service == "iris"


def test_jobs_at_their_times(server):
    client = eas_client(server)
    create(client, {"name": "clockwork", **SIMULATED})
    wait_for(client, "clockwork")
    client.create_service_cron_scaler(REGION, "clockwork", eas.CreateServiceCronScalerRequest(scale_jobs=[
        eas.CreateServiceCronScalerRequestScaleJobs(name="hourly", schedule="0 30 * * * *", target_size=3)]))
    shown = client.describe_service_cron_scaler(REGION, "clockwork").body
    assert (shown.scale_jobs[0].state, shown.scale_jobs[0].last_probe_time) == ("Submitted", None)
    advance(server, seconds=3600)
    wait_until(lambda: len(ready(client, "clockwork")) == 3, 30, "three instances")
    shown = client.describe_service_cron_scaler(REGION, "clockwork").body
    assert (shown.scale_jobs[0].state, shown.scale_jobs[0].name) == ("Succeed", "hourly")
    assert "job hourly (0 30 * * * *, UTC) was due at" in events(client, "clockwork", "CronScaling")[0]
    client.update_service_cron_scaler(REGION, "clockwork", eas.UpdateServiceCronScalerRequest(scale_jobs=[
        eas.UpdateServiceCronScalerRequestScaleJobs(name="hourly", schedule="0 30 * * * *", target_size=1)]))
    client.delete_service_cron_scaler(REGION, "clockwork")
    assert code_of(lambda: client.describe_service_cron_scaler(REGION, "clockwork")) == (
        404, "InvalidCronScaler.NotFound")


def test_bad_rules_and_jobs_are_refused(server):
    client = eas_client(server)
    create(client, {"name": "strict", **SIMULATED})
    for bad in (rule(2, 2), rule(-1, 2), rule(1, 2, metric="moon"), rule(1, 2, threshold=0.0)):
        do = lambda: client.create_service_auto_scaler(  # noqa: E731
            REGION, "strict", eas.CreateServiceAutoScalerRequest(**bad))
        assert code_of(do) == (400, "InvalidParameter"), bad
    for schedule in ("0 8 * * *", "61 * * * * *", "soon"):
        do = lambda: client.create_service_cron_scaler(  # noqa: E731
            REGION, "strict", eas.CreateServiceCronScalerRequest(scale_jobs=[
                eas.CreateServiceCronScalerRequestScaleJobs(schedule=schedule, target_size=1)]))
        assert code_of(do) == (400, "InvalidParameter"), schedule


def test_the_right_to_scale_one_service(server):
    rpc(server, "CreatePolicy", {"PolicyName": "OnlyScaling", "PolicyDocument": json.dumps({
        "Version": "1", "Statement": [{"Effect": "Allow", "Action": "eas:*ServiceAutoScaler",
                                       "Resource": f"acs:eas:{REGION}:*:service/strict"}]})})
    _, key = create_user(server, "scaler", policies=())
    rpc(server, "AttachPolicyToUser", {"UserName": "scaler", "PolicyName": "OnlyScaling", "PolicyType": "Custom"})
    client = eas_client(server, key=key)
    # RAM lets them pass; the workspace they have no role in does not, nor tell that the service exists.
    assert code_of(lambda: client.describe_service_auto_scaler(REGION, "strict")) == (
        404, "InvalidService.NotFound")
    with pytest.raises(ClientException) as raised:
        client.describe_service_cron_scaler(REGION, "strict")
    assert (raised.value.status_code, raised.value.code) == (403, "NoPermission")
