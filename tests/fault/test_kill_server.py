"""kill -9 of the server at each of its failpoints: nothing acknowledged is lost, nothing doubled, nothing stuck
(promises 2, 3, 4 and 7)."""

import sqlite3

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until

FAILPOINTS = ["writer.before_commit", "writer.after_commit", "store.before_commit", "store.after_commit",
              "store.before_apply", "control.before_intent", "control.after_intent", "control.after_ensure",
              "control.before_observed", "identity.after_nonce"]
SETTLED = {"Running", "Stopped", "Failed"}


def instances(client):
    body = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=1000)).body
    assert body.total_count == len(body.instances)
    return {i.instance_id: i for i in body.instances}


def audit_lines(server):
    with sqlite3.connect(f"file:{server.data}/store/atelier.db?mode=ro", uri=True) as store:
        return [row[0] for row in store.execute("SELECT body FROM records WHERE kind = 13")]


def work(client, acknowledged, deleted):
    """A short life for some instances; raises when the server dies under it."""
    for n in range(4):
        name = f"work_{n}_{len(acknowledged)}"
        instance_id = create(client, name)
        acknowledged[instance_id] = name
    ids = list(acknowledged)[-4:]
    for instance_id in ids:
        wait_until(lambda: status_of(client, instance_id) == "Running")
    client.stop_instance(ids[0], dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, ids[0]) == "Stopped")
    client.start_instance(ids[0])
    deleting = acknowledged.pop(ids[1])  # until the answer is here it may be there or gone, and both are right
    client.delete_instance(ids[1])
    acknowledged[ids[1]] = deleting
    deleted.add(ids[1])
    wait_until(lambda: status_of(client, ids[0]) == "Running")


def check(server, client, acknowledged, deleted):
    wait_until(lambda: all(i.status in SETTLED for i in instances(client).values()), 60, "a settled state")
    now = instances(client)
    for instance_id, name in acknowledged.items():
        if instance_id not in deleted:
            assert instance_id in now, "an acknowledged instance is lost"
            assert now[instance_id].instance_name == name
    names = [i.instance_name for i in now.values()]
    assert len(names) == len(set(names)), "an instance is there twice"
    for instance_id in deleted & now.keys():
        pytest.fail(f"{instance_id} was deleted and is still {now[instance_id].status}")


def kill_at(server, failpoint, hit):
    acknowledged, deleted = {}, set()
    server.start()
    server.stop()
    server.launch({"ATELIER_FAILPOINT": f"{failpoint}:{hit}"})
    try:
        wait_until(lambda: server.process.poll() is not None or " serve.ready " in server.log())
        if server.process.poll() is None:
            client = dsw_client(server)
            for _ in range(3):
                work(client, acknowledged, deleted)
    except Exception:  # whatever a client sees when its server dies; the next lines say whether it did
        wait_until(lambda: server.process.poll() is not None, what="the failpoint's end of the server")
    died = server.process.poll() == 137
    server.kill()
    server.start()
    check(server, dsw_client(server), acknowledged, deleted)
    lines = audit_lines(server)
    for instance_id in acknowledged:
        created = [line for line in lines if f'"{instance_id}"' in line and '"CreateInstance"' in line]
        assert len(created) == 1, "an acknowledged mutation has exactly one audit record"
    return died


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_at_the_first_hits(fresh_server, failpoint):
    assert kill_at(fresh_server, failpoint, 3), f"{failpoint} was never reached"


@pytest.mark.long
@pytest.mark.parametrize("failpoint", FAILPOINTS)
@pytest.mark.parametrize("hit", [1, 2, 4, 5, 7, 9, 12, 16, 21, 27, 35])
def test_at_each_hit(fresh_server, failpoint, hit):
    kill_at(fresh_server, failpoint, hit)
