"""Hundreds of instances outlive their server and are there in the next one's first list (promise 3). As many real ones as
the host has room for, 200 at most; 250 of the simulated runtime: unit/control/restart_test.cpp."""

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import create, dsw_client
from conftest import CATALOGUE, Server, catalogue_with, wait_until
from fake_lab import make_image
from sandboxes import command_lines

MOST = 200
SMALL = {"InstanceType": "ecs.small", "Accelerator": "CPU", "Cpu": 1, "MemoryGb": 1}


def statuses(client):
    body = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=MOST)).body
    assert body.total_count == len(body.instances)
    return {i.instance_id: i.status for i in body.instances}


def keepers(server):
    folder = f"{server.data}/instances/".encode()
    return sorted(pid for pid, words in command_lines().items() if words[1:2] == [b"keep"] and folder in words[2])


@pytest.fixture
def roomy(tmp_path):
    catalogue = catalogue_with(make_image(tmp_path))
    s = Server(tmp_path, runtime="process", catalogue={**catalogue, "Specs": [*CATALOGUE["Specs"], SMALL]},
               arguments=["--cpu-overcommit-percent", "100000", "--memory-overcommit-percent", "10000"])
    yield s
    client = dsw_client(s)
    for instance_id in statuses(client):
        client.delete_instance(instance_id)
    wait_until(lambda: not statuses(client), 120, "the end of the instances")
    s.stop()


@pytest.mark.long
def test_promise_3_all_that_run_are_in_the_first_list_of_the_next_server(roomy):
    client = dsw_client(roomy.start())
    made = []
    try:
        while len(made) < MOST:
            made.append(create(client, f"n{len(made)}", image="image-fake", spec="ecs.small"))
    except ClientException as full:
        assert "There is no room on this server now" in full.message
    assert len(made) >= 16
    wait_until(lambda: set(statuses(client).values()) == {"Running"}, 300, "the starts")
    kept = keepers(roomy)
    assert len(kept) == len(made)
    roomy.kill()
    roomy.start()
    assert statuses(dsw_client(roomy)) == dict.fromkeys(made, "Running")
    assert keepers(roomy) == kept
