"""The whole life of an instance through the official Python client: both signatures, in the clear and over TLS."""

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, simulate, status_of
from conftest import wait_until


WAYS = {"ACS3": ("server", None), "ROA": ("server", "v2"), "ACS3_TLS": ("tls_server", None),
        "ROA_TLS": ("tls_server", "v2")}


@pytest.fixture(scope="module", params=WAYS)
def way(request):
    return request.param


@pytest.fixture(scope="module")
def client(request, way):
    fixture, signature = WAYS[way]
    return dsw_client(request.getfixturevalue(fixture), signature=signature)


def wait_for(client, instance_id, status):
    return wait_until(lambda: status_of(client, instance_id) == status, what=f"{instance_id} being {status}")


def test_an_instance_is_created_runs_stops_starts_and_is_deleted(client, way):
    name = f"life_{way}"
    instance_id = create(client, name, environment_variables=simulate(cpu_percent=50))
    assert instance_id.startswith("dsw-")
    wait_for(client, instance_id, "Running")

    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.success is True
    assert body.http_status_code == 200
    assert body.code is None and body.message is None
    assert body.instance_name == name
    assert body.ecs_spec == "ecs.c6.large"
    assert body.image_name == "jupyterlab:4"
    assert body.payment_type == "PayAsYouGo"
    assert body.accelerator_type == "CPU"
    assert body.accessibility == "PRIVATE"
    scheme = "https" if way.endswith("TLS") else "http"
    assert body.jupyterlab_url.startswith(f"{scheme}://127.0.0.1:")
    assert body.jupyterlab_url.endswith(f"/{instance_id}/lab/")
    assert body.proxy_path == f"{instance_id}/proxy/"

    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    wait_for(client, instance_id, "Stopped")
    counted = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.accumulated_running_time_in_ms
    assert counted > 0
    again = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.accumulated_running_time_in_ms
    assert again == counted, "running time counts Running only"

    client.start_instance(instance_id)
    wait_for(client, instance_id, "Running")

    sessions = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest(order="ASC")).body
    assert sessions.total_count == 2
    first = [step.status for step in sessions.lifecycle[0]]
    assert first[:5] == ["Creating", "ResourceAllocating", "EnvPreparing", "Starting", "Running"]
    assert first[-1] == "Stopped"

    client.delete_instance(instance_id)

    def gone():
        try:
            client.get_instance(instance_id, dsw.GetInstanceRequest())
        except Exception as error:  # the SDK's own exception class is checked in test_errors.py
            return error.data["statusCode"] == 404 if hasattr(error, "data") else "404" in str(error)
        return False

    wait_until(gone, what="the instance's end")


def test_a_start_that_fails_says_why(client, way):
    name = f"fails_{way}"
    instance_id = create(client, name, environment_variables=simulate(fail_at="start"))
    wait_for(client, instance_id, "Failed")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.reason_code
    assert body.reason_message
    client.start_instance(instance_id)
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.reason_code == ""


def test_labels_timer_and_culler(client, way):
    instance_id = create(client, f"parts_{way}")
    client.update_instance_labels(instance_id, dsw.UpdateInstanceLabelsRequest(
        labels=[dsw.UpdateInstanceLabelsRequestLabels(key="team", value="vision"),
                dsw.UpdateInstanceLabelsRequestLabels(key="run", value="1")]))
    client.delete_instance_labels(instance_id, dsw.DeleteInstanceLabelsRequest(label_keys="run,unknown"))
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert [(label.key, label.value) for label in body.labels] == [("team", "vision")]

    client.create_instance_shutdown_timer(instance_id, dsw.CreateInstanceShutdownTimerRequest(
        remaining_time_in_ms=3_600_000))
    timer = client.get_instance_shutdown_timer(instance_id).body
    assert 3_500_000 < timer.remaining_time_in_ms <= 3_600_000
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_shutdown_timer.due_time == timer.due_time
    client.delete_instance_shutdown_timer(instance_id)
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_shutdown_timer is None

    client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=20, max_idle_time_in_minutes=60))
    culler = client.get_idle_instance_culler(instance_id).body
    assert (culler.cpu_percent_threshold, culler.max_idle_time_in_minutes, culler.idle_time_in_minutes) == (20, 60, 0)
    client.delete_idle_instance_culler(instance_id)


def test_sharing_tokens_and_events(client, way):
    instance_id = create(client, f"shared_{way}")
    token = client.get_token(dsw.GetTokenRequest(instance_id=instance_id, expire_time=60)).body.token
    assert token
    wait_for(client, instance_id, "Running")
    events = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body
    assert any("Running" in event for event in events.events), events.events
