"""kill -9 of the server at each failpoint on the way to real processes: the instance that runs is the same process
throughout, no life is kept twice, and nothing is left over (promises 2, 3 and 4)."""

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until
from sandboxes import boot_of, shims_of, left_over_of

# How often the trial sandbox of a start passes them, before any instance does.
IN_TRIAL = {"runtime.folder_made": 2, "runtime.folder_given": 2, "runtime.folder_placed": 2, "runtime.run_made": 1}
FAILPOINTS = [*IN_TRIAL, "runtime.before_prepare", "runtime.before_shim", "runtime.after_shim", "runtime.before_stop_signal",
              "runtime.after_trash",
              "control.before_intent", "control.after_intent", "control.after_ensure", "control.before_observed"]
SETTLED = {"Running", "Stopped", "Failed"}


def statuses(client):
    body = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=100)).body
    return {i.instance_id: i.status for i in body.instances}


def work(client):
    """Two short lives, each started twice, stopped once and deleted; raises when the server dies under it."""
    made = [create(client, name, image="image-fake") for name in ("one", "two")]
    for instance_id in made:
        wait_until(lambda: status_of(client, instance_id) == "Running")
        client.stop_instance(instance_id, dsw.StopInstanceRequest())
        wait_until(lambda: status_of(client, instance_id) == "Stopped")
        client.start_instance(instance_id)
        wait_until(lambda: status_of(client, instance_id) == "Running")
    for instance_id in made:
        client.delete_instance(instance_id)
    wait_until(lambda: not statuses(client).keys() & set(made))


def run_until_it_dies(server, failpoint, hit):
    server.launch({"ATELIER_FAILPOINT": f"{failpoint}:{hit}"})
    try:
        wait_until(lambda: server.process.poll() is not None or " serve.ready " in server.log())
        work(dsw_client(server))
    except Exception:  # whatever a client sees when its server dies; the next lines say whether it did
        wait_until(lambda: server.process.poll() is not None, what="the failpoint's end of the server")
    assert server.process.poll() == 137, f"{failpoint} was not reached {hit} times"


def kill_at(server, failpoint, hit):
    server.start()
    client = dsw_client(server)
    steady = create(client, "steady", image="image-fake")
    wait_until(lambda: status_of(client, steady) == "Running")
    boot, shims = boot_of(server, client, steady), shims_of(steady)
    server.stop()

    run_until_it_dies(server, failpoint, IN_TRIAL.get(failpoint, 0) + hit)
    assert shims_of(steady) == shims
    server.start()
    client = dsw_client(server)
    wait_until(lambda: all(status in SETTLED for status in statuses(client).values()), 60, "a settled state")
    now = statuses(client)
    assert now[steady] == "Running"
    assert boot_of(server, client, steady) == boot, "another process"
    assert "Failed" not in now.values(), "a killed server is no fault of an instance"
    for instance_id, status in now.items():
        assert len(shims_of(instance_id)) == (1 if status == "Running" else 0), status

    for instance_id in now:
        client.delete_instance(instance_id)
    wait_until(lambda: not statuses(client), 60, "the end of the instances")
    for instance_id in now:
        wait_until(lambda: not left_over_of(server, instance_id), what=f"nothing left of {instance_id}")


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_at_the_first_hit(process_server, failpoint):
    kill_at(process_server, failpoint, 1)


@pytest.mark.long
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_at_the_second_hit(process_server, failpoint):
    kill_at(process_server, failpoint, 2)
