"""Disk full on the data folder: reads, stops and deletes go on, writes are refused clearly, and it heals
(promise 10)."""

import os
import subprocess

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ServerException
from clients import create, dsw_client, status_of
from conftest import Server, catalogue_with, wait_until
from fake_lab import make_image
from gateway_session import browser
from signed import ask, receive, request, send


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Leaves no byte free; returns the file to delete."""
    ballast = folder / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue  # full for pieces of this size: what the tests are about
    return ballast


def test_promise_10_writes_are_refused_clearly_reads_go_on_and_it_heals(small_disk):
    server = Server(small_disk).start()
    try:
        client = dsw_client(server)
        kept = create(client, "kept")
        ended = create(client, "ended")
        for instance_id in (kept, ended):
            wait_until(lambda: status_of(client, instance_id) == "Running")
        ballast = fill(small_disk)
        with pytest.raises(ServerException) as raised:
            create(client, "refused")
        assert (raised.value.status_code, raised.value.code) == (503, "ServiceUnavailable")
        assert status_of(client, kept) == "Running", "reads go on"
        client.stop_instance(kept, dsw.StopInstanceRequest())
        wait_until(lambda: status_of(client, kept) == "Stopped", what="the stop")
        client.delete_instance(ended)
        wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 1,
                   what="the deletion")
        os.unlink(ballast)
        made = wait_until(lambda: try_create(client), what="the healing")
        wait_until(lambda: status_of(client, made) == "Running")
        client.start_instance(kept)
        wait_until(lambda: status_of(client, kept) == "Running")
    finally:
        server.stop()


def test_promise_10_a_full_disk_and_many_requests_shut_nobody_out_and_nothing_works_twice(small_disk, tmp_path):
    """Where accepted requests are recorded there is no place left, as after 100,000 of them in half an hour."""
    server = Server(small_disk)
    server.logs = tmp_path  # its readiness is read there
    try:
        server.start()
        client = dsw_client(server)
        deleted = create(client, "deleted")
        wait_until(lambda: status_of(client, deleted) == "Running")
        server.stop()
        nonces = next(small_disk.rglob("nonces"))
        recorded = nonces.read_bytes().rstrip(b"\0")
        with open(nonces, "r+b") as file:
            file.seek(len(recorded))
            file.write(b"\xa5" * (nonces.stat().st_size - len(recorded)))
        ballast = fill(small_disk)
        server.start()
        client = dsw_client(server)
        once = request(server, "GET", f"/api/v2/instances/{deleted}", "GetInstance")
        assert receive(send(server, once))[0] == 200
        assert receive(send(server, once))[1]["Code"] == "SignatureNonceUsed"
        client.delete_instance(deleted)
        server.kill()
        server.start()
        status, answer = receive(send(server, once))
        assert (status, answer["Code"]) == (400, "InvalidTimeStamp.Expired"), "it cannot tell, so it refuses"
        listing = ("GET", "/api/v2/instances", "ListInstances")
        wait_until(lambda: ask(server, *listing)[0] == 200, what="a date that nothing was accepted with")
        wait_until(lambda: ask(server, *listing)[1]["TotalCount"] == 0, what="the deletion")
        os.unlink(ballast)
        wait_until(lambda: try_create(client), what="the healing")
    finally:
        server.stop()


def try_create(client):
    try:
        return create(client, "healed")
    except Exception:
        return None


def test_promise_10_the_gateway_passes_bytes_while_the_disk_is_full(small_disk, tmp_path):
    server = Server(small_disk, runtime="process", catalogue=catalogue_with(make_image(tmp_path))).start()
    client = dsw_client(server)
    instance_id = create(client, "open", image="image-fake")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    page = f"{server.endpoint}/{instance_id}/lab/"
    before = browser(client, instance_id)
    boot = before.get(page, timeout=30).json()["boot"]
    ballast = fill(small_disk)
    try:
        with pytest.raises(ServerException):
            create(client, "refused")
        for _ in range(50):
            assert before.get(page, timeout=30).json()["boot"] == boot
        assert browser(client, instance_id).get(page, timeout=30).json()["boot"] == boot, "newcomers get in, too"
        assert status_of(client, instance_id) == "Running"
    finally:
        os.unlink(ballast)
        client.delete_instance(instance_id)
        wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0)
        server.stop()


@pytest.fixture
def few_inodes(tmp_path):
    """A server's folder whose data lies on a disk with few inodes; its log does not."""
    folder = tmp_path / "few"
    data = folder / "data"
    data.mkdir(parents=True)
    options = "size=64m,nr_inodes=600"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(data)], check=True)


def use_up_inodes(folder):
    try:
        for number in range(1000):
            (folder / str(number)).touch()
    except OSError:
        pass  # none left: what the tests are about


def inodes_left(folder):
    return os.statvfs(folder / "data").f_ffree


def test_promise_10_without_an_inode_left_instances_stop_and_go_and_others_can_start(few_inodes, tmp_path):
    server = Server(few_inodes, runtime="process", catalogue=catalogue_with(make_image(tmp_path))).start()
    client = dsw_client(server)
    try:
        stopped, deleted = (create(client, name, image="image-fake") for name in ("stopped", "deleted"))
        for instance_id in (stopped, deleted):
            wait_until(lambda: status_of(client, instance_id) == "Running")
        home = next(few_inodes.rglob(f"instances/{deleted}/home"))
        use_up_inodes(home)
        assert inodes_left(few_inodes) == 0
        for instance_id in (stopped, deleted):
            client.stop_instance(instance_id, dsw.StopInstanceRequest())
        for instance_id in (stopped, deleted):
            wait_until(lambda: status_of(client, instance_id) == "Stopped", what="the stop")
        client.delete_instance(deleted)
        wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 1,
                   what="the deletion")
        wait_until(lambda: inodes_left(few_inodes) > 300, what="the room it took")
        other = create(client, "other", image="image-fake")
        for instance_id in (other, stopped):
            if instance_id == stopped:
                client.start_instance(stopped)
            wait_until(lambda: status_of(client, instance_id) == "Running", what="a start afterwards")
    finally:
        server.stop()


@pytest.mark.parametrize("ended", ["killed", "stopped"])
@pytest.mark.parametrize("use_up", [use_up_inodes, fill])
def test_promise_10_a_server_that_starts_on_a_full_disk_stops_and_deletes(few_inodes, tmp_path, ended, use_up):
    def used_up():
        disk = os.statvfs(few_inodes / "data")
        return min(disk.f_ffree, disk.f_bfree) == 0

    server = Server(few_inodes, runtime="process", catalogue=catalogue_with(make_image(tmp_path))).start()
    try:
        deleted = create(dsw_client(server), "deleted", image="image-fake")
        wait_until(lambda: status_of(dsw_client(server), deleted) == "Running")
        use_up(next(few_inodes.rglob(f"instances/{deleted}/home")))
        server.kill() if ended == "killed" else server.stop()
        server.start()
        assert used_up(), "what the start needs was there"
        client = dsw_client(server)
        assert status_of(client, deleted) == "Running"
        client.delete_instance(deleted)
        wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0,
                   what="the deletion")
        wait_until(lambda: not used_up(), what="the room it took")
    finally:
        server.stop()
