"""Disk full on the data folder: reads, stops and deletes go on, writes are refused clearly, and it heals
(promise 10)."""

import os
import subprocess

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ServerException
from clients import create, dsw_client, status_of
from conftest import Server, wait_until


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_writes_are_refused_clearly_reads_go_on_and_it_heals(small_disk):
    server = Server(small_disk).start()
    try:
        client = dsw_client(server)
        kept = create(client, "kept")
        ended = create(client, "ended")
        for instance_id in (kept, ended):
            wait_until(lambda: status_of(client, instance_id) == "Running")
        ballast = small_disk / "ballast"
        with open(ballast, "wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass  # full: what the test is about
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


def try_create(client):
    try:
        return create(client, "healed")
    except Exception:
        return None
