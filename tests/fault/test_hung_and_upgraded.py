"""Promise 3: the control plane never takes a workload down with it, hung or upgraded. (Killed: the files beside this
one.) Real sandboxed processes, from an image that starts in milliseconds."""

import json
import os
import pathlib
import shutil
import signal
import socket

import pytest
import services
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, eas_client, status_of
from conftest import BINARY, Server, catalogue_with, wait_until
from fake_lab import make_image
from patient_model import make_patient_model, patient_service
from sandboxes import boot_of, processes_of


def start_of(pid):
    """When the kernel started it: with the pid the identity of a process (proc(5), field 22)."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return int(text[text.rindex(")") + 2:].split()[19])


def identity_of(instance_id):
    """{(pid, start time)} of everything that belongs to the instance."""
    return {(pid, start_of(pid)) for pid in processes_of(instance_id)}


def ask_by_its_own_door(server, instance_id):
    """What the notebook answers on its own socket, without the server."""
    doors = [p for p in server.data.rglob("http.sock") if p.is_socket() and instance_id in str(p)]
    assert doors, "the notebook's socket"
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(10)
        # The path of a socket may be longer than an address holds: by way of its folder's descriptor it never is.
        folder = os.open(doors[0].parent, os.O_RDONLY)
        try:
            door.connect(f"/proc/self/fd/{folder}/{doors[0].name}")
        finally:
            os.close(folder)
        door.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while piece := door.recv(65536):
            answer += piece
    return answer


def test_promise_3_a_hung_server_leaves_the_notebook_alone(process_server):
    server = process_server.start()
    client = dsw_client(server)
    instance_id = create(client, "outlives", image="image-fake")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    boot, before = boot_of(server, client, instance_id), identity_of(instance_id)
    assert before
    server.process.send_signal(signal.SIGSTOP)
    try:
        wait_until(lambda: state_of(server.process.pid) == "T", what="the server's standstill")
        answer = ask_by_its_own_door(server, instance_id)
        assert answer.startswith(b"HTTP/1.0 403"), "it is there, and knows nobody without its token"
        assert json.loads(answer.split(b"\r\n\r\n", 1)[1]) == {"message": "Forbidden"}
        assert identity_of(instance_id) == before
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert status_of(client, instance_id) == "Running"
    assert boot_of(server, client, instance_id) == boot and identity_of(instance_id) == before


def state_of(pid):
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2]


@pytest.fixture
def upgradable(tmp_path):
    """A server whose binary is its own copy, so that it can be replaced."""
    old = tmp_path / "old" / "atelier"
    old.parent.mkdir()
    shutil.copy(BINARY, old)
    server = Server(tmp_path, runtime="process", catalogue=catalogue_with(make_image(tmp_path)), binary=old)
    yield server
    if server.process.poll() is not None:
        server.start()
    client = dsw_client(server)
    everything = dsw.ListInstancesRequest(workspace_id="ALL")
    for instance in client.list_instances(everything).body.instances:
        if instance.status != "Deleting":
            client.delete_instance(instance.instance_id)
    wait_until(lambda: client.list_instances(everything).body.total_count == 0)
    server.stop()


def test_promise_3_an_upgraded_server_adopts_the_notebook(upgradable, tmp_path):
    """The package manager's way: the old binary is gone from the disk, the new one lies at another path. What keeps
    the sandbox still runs from the old one."""
    server = upgradable.start()
    client = dsw_client(server)
    instance_id = create(client, "adopted", image="image-fake")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    boot, before = boot_of(server, client, instance_id), identity_of(instance_id)
    server.stop()
    assert identity_of(instance_id) == before, "a stop of the server is none of the notebook"

    new = tmp_path / "new" / "atelier"
    new.parent.mkdir()
    shutil.copy(BINARY, new)
    os.unlink(server.binary)
    server.binary = str(new)
    server.start()
    client = dsw_client(server)
    wait_until(lambda: status_of(client, instance_id) == "Running", what="the adoption")
    assert boot_of(server, client, instance_id) == boot and identity_of(instance_id) == before

    # The new server holds the reins: it ends what the old one began, and begins anew.
    second = create(client, "second", image="image-fake")
    wait_until(lambda: status_of(client, second) == "Running")
    client.delete_instance(instance_id)
    wait_until(lambda: not processes_of(instance_id), what="the end of the adopted processes")
    assert boot_of(server, client, second) != boot


def test_promise_3_replicas_that_an_older_version_kept_apart_run_on(tmp_path):
    """Up to 2026-11 what ran of services was in a folder of its own (docs/decisions/0045-one-driver.md)."""
    server = Server(tmp_path, runtime="process")
    make_patient_model(server.data / "models")
    client = eas_client(server.start())
    services.create(client, patient_service("patient", 1))
    services.wait_for(client, "patient")
    (replica,) = (server.data / "instances").glob("easr-*")
    before = identity_of(replica.name)
    assert before
    server.stop()
    apart = server.data / "services" / replica.name
    apart.parent.mkdir()
    replica.rename(apart)
    replica.symlink_to(apart)  # by which its shim, of this version, still finds it
    server.start()
    client = eas_client(server)
    try:
        wait_until(lambda: len(services.ready(client, "patient")) == 1, what="the adoption")
        assert services.ready(client, "patient")[0].restart_count == 0
        assert identity_of(replica.name) == before
        assert replica.is_dir() and not replica.is_symlink() and apart.is_symlink()
        body = client.describe_service(services.REGION, "patient").body
        assert services.call(body.internet_endpoint, body.access_token)["asked_to_end"] is False
    finally:
        services.delete_all(client)
        server.stop()
    wait_until(lambda: not processes_of(replica.name), what="its end")
    server.start()
    server.stop()
    assert not apart.parent.exists() and not replica.exists()
