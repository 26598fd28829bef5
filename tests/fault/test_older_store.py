"""The store forgets: an older one is put back, or its log is damaged. What runs runs on, and the server says so
(promises 1, 3 and 5)."""

import json
import shutil
import subprocess

import requests
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until
from sandboxes import boot_of, shims_of, processes_of


def running(client, name):
    instance_id = create(client, name, image="image-fake")
    wait_until(lambda: status_of(client, instance_id) == "Running", what=f"the start of {name}")
    return instance_id


def stopped(client, instance_id):
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, instance_id) == "Stopped", what="the stop")


def put_back(server, backup):
    """Kills the server and puts an older store in the place of its own."""
    server.kill()
    shutil.rmtree(server.data / "store")
    shutil.copytree(backup, server.data / "store")


def ready_page(server):
    return requests.get(f"{server.endpoint}/readyz", timeout=10).json()


def orphan(server, *arguments):
    """`atelier orphan ...` by the main account: its answer."""
    done = subprocess.run([server.binary, "orphan", *arguments, "-o", "json", "--endpoint", server.endpoint,
                           "--credentials", str(server.data / "credentials.json")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_promise_3_an_older_store_ends_nothing_that_was_started_since(process_server):
    server = process_server.start()
    client = dsw_client(server)
    kept, deleted = running(client, "kept"), running(client, "deleted")
    server.stop()
    backup = server.folder / "backup"
    shutil.copytree(server.data / "store", backup)

    server.start()
    client = dsw_client(server)
    young = running(client, "young")
    client.delete_instance(deleted)
    wait_until(lambda: not (server.data / "instances" / deleted).exists(), what="the deletion")
    shims = {i: shims_of(i) for i in (kept, young)}
    boot = boot_of(server, client, young)
    put_back(server, backup)

    server.start()
    client = dsw_client(server)
    first = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances
    assert {i.instance_id: i.status for i in first} == {kept: "Running", deleted: "Failed"}, "what has no home"
    assert "The store went back from revision" in ready_page(server)["StoreWentBack"]
    assert " store.went_back " in server.log()
    wait_until(lambda: ready_page(server)["Orphans"] == 1, what="the report of the orphan")
    lost = client.get_instance(deleted, dsw.GetInstanceRequest()).body
    assert lost.reason_code == "HomeMissing"
    assert not (server.data / "instances" / deleted).exists()
    assert status_of(client, kept) == "Running"
    assert {i: shims_of(i) for i in (kept, young)} == shims, "something was ended"
    metrics = requests.get(f"{server.endpoint}/metrics", timeout=10).text
    assert 'atelier_orphans{kind="instance"} 1\n' in metrics
    assert "atelier_store_went_back 1\n" in metrics

    listed = orphan(server, "list")
    assert [(o["Id"], o["State"], o["Reason"], o["ImageId"]) for o in listed["Orphans"]] == [
        (young, "Running", "NoRecord", "image-fake")]
    assert "went back" in listed["StoreWentBack"]
    orphan(server, "adopt", young, "--owner", server.credentials()["account_id"], "--name", "young")
    wait_until(lambda: status_of(client, young) == "Running", what="the adoption")
    assert boot_of(server, client, young) == boot, "it was not adopted but started again"
    assert ready_page(server)["Orphans"] == 0
    orphan(server, "dismiss")
    assert ready_page(server)["StoreWentBack"] == ""


def test_promise_4_with_an_older_store_what_was_stopped_since_starts_at_once(process_server):
    server = process_server.start()
    client = dsw_client(server)
    rested, ran = running(client, "rested"), running(client, "ran")
    stopped(client, rested)
    server.stop()
    backup = server.folder / "backup"
    shutil.copytree(server.data / "store", backup)

    server.start()
    client = dsw_client(server)
    stopped(client, ran)
    for instance_id in (rested, rested, rested, ran):
        client.start_instance(instance_id)
        wait_until(lambda: status_of(client, instance_id) == "Running", what="a start")
        stopped(client, instance_id)
    put_back(server, backup)

    server.start()
    client = dsw_client(server)
    assert orphan(server, "list")["Orphans"] == []
    client.start_instance(rested)
    for instance_id in (rested, ran):
        wait_until(lambda: status_of(client, instance_id) == "Running" and len(shims_of(instance_id)) == 1,
                   what="the start with the older record")
        lifecycle = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest()).body.lifecycle
        assert not any(step.status == "Failed" for session in lifecycle for step in session)


def test_promise_2_a_damaged_log_is_told_and_ends_nothing(process_server):
    server = process_server.start()
    client = dsw_client(server)
    ids = [running(client, f"early_{n}") for n in range(2)]
    log = server.data / "store" / "atelier.db-wal"
    damage = log.stat().st_size + 100
    ids += [running(client, f"late_{n}") for n in range(3)]
    shims = {i: shims_of(i) for i in ids}
    server.kill()
    with open(log, "r+b") as file:
        file.seek(damage)
        byte = file.read(1)[0]
        file.seek(damage)
        file.write(bytes([byte ^ 1]))

    server.start()
    client = dsw_client(server)
    listed = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=100)).body.instances
    lost = set(ids) - {i.instance_id for i in listed}
    assert lost == set(ids[2:])
    assert "The log of the store is damaged" in ready_page(server)["StoreWentBack"]
    assert "went back" in ready_page(server)["StoreWentBack"]
    wait_until(lambda: ready_page(server)["Orphans"] == len(lost), what="the report of the orphans")
    assert {i: shims_of(i) for i in ids} == shims, "something was ended"
    for instance_id in lost:
        orphan(server, "stop", instance_id)
    wait_until(lambda: not any(processes_of(i) for i in lost), what="the end of the orphans")
    assert all((server.data / "instances" / i / "home").is_dir() for i in lost), "files were deleted unasked"
    wait_until(lambda: [o["State"] for o in orphan(server, "list")["Orphans"]] == ["Ended"] * len(lost),
               what="the ended orphans")
    for instance_id in lost:
        orphan(server, "stop", "--delete-files", instance_id)
    wait_until(lambda: not any((server.data / "instances" / i).exists() for i in lost), what="the deletion")
    assert orphan(server, "list")["Orphans"] == []
