"""Promise 4: no instance stays in a transient state past its deadline. Promise 10: a hung driver does not hurt
others. In the emulator, whose clock is turned."""

import time

from alibabacloud_pai_dsw20220101 import models as dsw
from clients import advance, create, dsw_client, simulate, status_of
from conftest import wait_until


def reason_of(client, instance_id):
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    return body.reason_code, body.reason_message


def test_promise_4_a_start_that_never_ends_is_failed_at_its_deadline(server):
    client = dsw_client(server)
    instance_id = create(client, "never_ready", environment_variables=simulate(hang_start=True))
    wait_until(lambda: status_of(client, instance_id) == "Starting")
    advance(server, seconds=110)  # --start-deadline is 120 s
    assert status_of(client, instance_id) == "Starting"
    advance(server, seconds=20)
    wait_until(lambda: status_of(client, instance_id) == "Failed")
    code, message = reason_of(client, instance_id)
    assert code and message
    client.start_instance(instance_id)  # the way out
    wait_until(lambda: status_of(client, instance_id) == "Starting")


def test_promise_4_a_start_script_that_never_ends_is_failed_at_its_deadline(server):
    client = dsw_client(server)
    instance_id = create(client, "never_prepared", environment_variables=simulate(prepare_ms=900_000))
    wait_until(lambda: status_of(client, instance_id) == "EnvPreparing")
    advance(server, seconds=590)  # --prepare-deadline is 600 s
    assert status_of(client, instance_id) == "EnvPreparing"
    advance(server, seconds=20)
    wait_until(lambda: status_of(client, instance_id) == "Failed")
    assert all(reason_of(client, instance_id))


def test_promise_4_a_stop_that_never_ends_has_a_way_out(server):
    client = dsw_client(server)
    instance_id = create(client, "never_stopped", environment_variables=simulate(hang_stop=True))
    wait_until(lambda: status_of(client, instance_id) == "Running")
    client.stop_instance(instance_id, dsw.StopInstanceRequest())

    def settled():
        advance(server, seconds=61)  # --stop-deadline is 60 s; it is tried again before it is given up
        return status_of(client, instance_id) in ("Stopped", "Failed")

    wait_until(settled, what="a way out of Stopping")
    if status_of(client, instance_id) == "Failed":
        assert all(reason_of(client, instance_id))


def test_the_server_ends_when_asked_whatever_an_instance_is_yet_to_do(fresh_server):
    client = dsw_client(fresh_server.start())
    instance_id = create(client, "in_a_week", environment_variables=simulate(prepare_ms=7 * 86_400_000))
    wait_until(lambda: status_of(client, instance_id) == "EnvPreparing")
    fresh_server.process.terminate()
    assert fresh_server.process.wait(5) == 0


def test_promise_10_a_hung_driver_call_hurts_nobody_else(server):
    client = dsw_client(server)
    hung = [create(client, f"hung_{n}", environment_variables=simulate(hang_calls=True)) for n in range(40)]
    began = time.monotonic()
    other = create(client, "other")
    wait_until(lambda: status_of(client, other) == "Running", 20, "the start of another instance")
    client.stop_instance(other, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, other) == "Stopped", 20, "its stop")
    assert client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", instance_name="hung_")).body.total_count == 40
    assert time.monotonic() - began < 20
    assert {status_of(client, i) for i in hung} <= {"Creating", "ResourceAllocating"}

    def failed():
        advance(server, seconds=60)
        return {status_of(client, i) for i in hung} == {"Failed"}

    wait_until(failed, 60, "the deadlines of the hung ones (promise 4)")
    assert all(all(reason_of(client, i)) for i in hung)
    advance(server, seconds=3600)  # past everything the simulated world has yet to do: see the expected failure above
