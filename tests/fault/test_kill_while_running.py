"""kill -9 of the server at random while real processes start, run and stop: the running workload is the same
process (promise 3), and nothing is left over in the end."""

import random
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until
from sandboxes import boot_of, processes_of


def torture(server, seed, rounds):
    rng = random.Random(seed)
    server.start()
    client = dsw_client(server)
    steady = create(client, "steady", image="image-fake")
    wait_until(lambda: status_of(client, steady) == "Running")
    boot = boot_of(server, client, steady)
    others = []
    for n in range(rounds):
        others.append(create(client, f"other_{n}", image="image-fake"))
        if n >= 2:
            try:
                client.stop_instance(others[n - 2], dsw.StopInstanceRequest())
            except Exception:  # it may still be Creating, which has no stop; the state is checked below
                pass
        time.sleep(rng.uniform(0.0, 0.4))  # the moment of the blow, not a wait for anything
        server.kill()
        server.start()
        client = dsw_client(server)
        wait_until(lambda: status_of(client, steady) == "Running", 30, "the adoption")
        assert boot_of(server, client, steady) == boot, f"another process after round {n} (seed {seed})"
    for instance_id in others:
        wait_until(lambda: status_of(client, instance_id) in ("Running", "Stopped", "Failed"), 60)
    for instance_id in [steady, *others]:
        client.delete_instance(instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    for instance_id in [steady, *others]:
        wait_until(lambda: not processes_of(instance_id), what=f"the end of the processes of {instance_id}")


def test_the_running_instance_is_the_same_process(process_server):
    torture(process_server, seed=1, rounds=4)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
def test_many_times(process_server, seed):
    torture(process_server, seed, rounds=20)


def test_a_workload_that_dies_is_failed_with_its_reason(process_server):
    server = process_server.start()
    client = dsw_client(server)
    failing = create(client, "failing", image="image-fake", user_command=dsw.CreateInstanceRequestUserCommand(
        on_start=dsw.CreateInstanceRequestUserCommandOnStart(content="echo nothing to see >&2\nexit 3\n")))
    wait_until(lambda: status_of(client, failing) == "Failed", 60)
    body = client.get_instance(failing, dsw.GetInstanceRequest()).body
    assert body.reason_code
    assert "3" in body.reason_message and "nothing to see" in body.reason_message
