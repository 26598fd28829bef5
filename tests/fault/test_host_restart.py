"""The host goes down with all that runs on it: what ran starts again by itself (docs/contract/lifecycle.md section 1,
"Running | node lost | Recovering -> Running or Failed"), what was stopped stays so."""

import json
import os
import signal

from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until
from sandboxes import boot_of, shims_of, processes_of


def restart_host(server, ids):
    """Everything is killed, and what is on the disk is of another boot then."""
    server.kill()
    for instance_id in ids:
        for shim in shims_of(instance_id):
            os.kill(shim, signal.SIGKILL)
        wait_until(lambda: not processes_of(instance_id), what=f"the end of {instance_id}")
        for record in (server.data / "instances" / instance_id).glob("run-*/keeper.pid"):
            shim = json.loads(record.read_text())
            record.write_text(json.dumps({**shim, "boot_id": "00000000-0000-0000-0000-000000000000"}))
    server.start()


def test_what_ran_starts_again_and_what_was_stopped_does_not(process_server):
    server = process_server.start()
    client = dsw_client(server)
    ran, stopped = (create(client, name, image="image-fake") for name in ("ran", "stopped"))
    for instance_id in (ran, stopped):
        wait_until(lambda: status_of(client, instance_id) == "Running")
    client.stop_instance(stopped, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, stopped) == "Stopped")
    boot = boot_of(server, client, ran)

    restart_host(server, [ran, stopped])
    client = dsw_client(server)
    wait_until(lambda: status_of(client, ran) == "Running" and len(shims_of(ran)) == 1, what="the recovery")
    assert boot_of(server, client, ran) != boot
    sessions = client.get_lifecycle(ran, dsw.GetLifecycleRequest()).body.lifecycle
    assert [step.status for step in sessions[-1]][-3:] == ["Running", "Recovering", "Running"]
    events = client.get_instance_events(ran, dsw.GetInstanceEventsRequest()).body.events
    assert any("the host was restarted. Starting it again." in event for event in events), events
    assert status_of(client, stopped) == "Stopped"
    assert not processes_of(stopped)
