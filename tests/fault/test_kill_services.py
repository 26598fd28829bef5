"""kill -9 of the server at each failpoint on the way of services and their replicas: nothing acknowledged is lost,
nothing doubled, nothing stuck (promises 2, 3, 4 and 7)."""

import pytest
import services
from alibabacloud_eas20210701 import models as eas
from clients import eas_client
from conftest import wait_until

FAILPOINTS = ["store.before_commit", "store.after_commit", "store.before_apply", "control.before_intent",
              "control.after_intent", "control.after_ensure", "control.before_observed"]
SETTLED = {"Running", "Stopped", "Failed"}
REPLICAS = 2


def config(name):
    return {"name": name, "metadata": {"instance": REPLICAS}, "containers": [{"script": "serve"}]}


def all_services(client):
    body = client.list_services(eas.ListServicesRequest(page_size=100)).body
    assert body.total_count == len(body.services)
    return {s.service_name: s for s in body.services}


def work(server, client, acknowledged, deleted):
    """A short life for two services; raises when the server dies under it."""
    made = len(acknowledged) + len(deleted)  # no name twice: one that was deleted must not be there again
    names = [f"work{made}", f"work{made + 1}"]
    for name in names:
        services.create(client, config(name))
        acknowledged.add(name)
    for name in names:
        services.wait_for(client, name)
    client.stop_service(services.REGION, names[0])
    services.wait_for(client, names[0], "Stopped")
    client.start_service(services.REGION, names[0])
    services.scale(server, names[0], REPLICAS)
    acknowledged.discard(names[1])  # until the answer is here it may be there or gone, and both are right
    client.delete_service(services.REGION, names[1])
    deleted.add(names[1])
    services.wait_for(client, names[0])


def settled(client):
    """All of them in a tuple, once none is on its way; a Running one may yet find that its replicas are gone."""
    now = all_services(client)
    return (now,) if all(s.status in SETTLED for s in now.values()) else None


def check(client, acknowledged, deleted):
    wait_until(lambda: not deleted & all_services(client).keys(), 60, "the end of what was deleted")
    (now,) = wait_until(lambda: settled(client), 60, "a settled state")
    assert acknowledged <= now.keys(), "an acknowledged service is lost"
    for name, service in now.items():
        if service.status == "Running":
            wait_until(lambda name=name: len(services.ready(client, name)) == REPLICAS, 60, f"the replicas of {name}")
        found = services.instances(client, name).instances
        assert len(found) == (REPLICAS if service.status == "Running" else 0), "a replica too many"


def kill_at(server, failpoint, hit):
    acknowledged, deleted = set(), set()
    server.start()
    server.stop()
    server.launch({"ATELIER_FAILPOINT": f"{failpoint}:{hit}"})
    try:
        wait_until(lambda: server.process.poll() is not None or " serve.ready " in server.log())
        if server.process.poll() is None:
            for _ in range(3):
                work(server, eas_client(server), acknowledged, deleted)
    except Exception:  # whatever a client sees when its server dies; the next lines say whether it did
        wait_until(lambda: server.process.poll() is not None, what="the failpoint's end of the server")
    died = server.process.poll() == 137
    server.kill()
    server.start()
    check(eas_client(server), acknowledged, deleted)
    return died


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_at_the_first_hits(fresh_server, failpoint):
    assert kill_at(fresh_server, failpoint, 3), f"{failpoint} was never reached"


@pytest.mark.long
@pytest.mark.parametrize("failpoint", FAILPOINTS)
@pytest.mark.parametrize("hit", [1, 2, 4, 5, 7, 9, 12, 16, 21, 27, 35])
def test_at_each_hit(fresh_server, failpoint, hit):
    kill_at(fresh_server, failpoint, hit)
