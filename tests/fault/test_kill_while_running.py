"""kill -9 of the server, again and again, while clients make, stop, start and delete real processes; a quarter of the
kills hit a server that is starting. Nothing acknowledged is lost, nothing is there twice, the instances that run are
the same processes throughout, and in the end nothing is left over (promises 2, 3, 4 and 7)."""

import random
import secrets
import threading
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import create, dsw_client, rest, status_of
from conftest import wait_until
from sandboxes import boot_of, shims_of, left_over_of

SETTLED = {"Running", "Stopped", "Failed"}


def make(server, name, token):
    return rest(server, "POST", "/api/v2/instances", "CreateInstance", query={"ClientToken": token},
                body={"InstanceName": name, "ImageId": "image-fake", "EcsSpec": "ecs.c6.large"})["InstanceId"]


def start(client, instance_id):
    return client.start_instance(instance_id)


def stop(client, instance_id):
    return client.stop_instance(instance_id, dsw.StopInstanceRequest())


def delete(client, instance_id):
    return client.delete_instance(instance_id)


class Clients:
    """They go on whatever becomes of the server, and remember what it told them."""

    def __init__(self, server, seed, number):
        self.server = server
        self.over = threading.Event()
        self.answers = 0  # changes that were acknowledged; counted for the killer, so a lost count does no harm
        self.made = {}  # name by id, of each acknowledged create
        self.deleted = set()  # each whose delete was asked for: without an answer it may be there or gone
        self.gone = set()  # of them, those whose delete was acknowledged
        self.doubled = []
        self.broken = []
        self.threads = [threading.Thread(target=self._live, args=(random.Random(f"{seed} {n}"), n)) for n in range(number)]
        for thread in self.threads:
            thread.start()

    def finish(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.broken

    def _live(self, rng, number):
        kept = []  # not deleted at once; few, for the host has room for so many
        try:
            for n in range(1_000_000):
                if self.over.is_set():
                    return
                kept += self._one_life(rng, f"life_{number}_{n}")
                if len(kept) > 1:
                    self._delete(kept.pop(0))
        except BaseException as failure:  # finish() shows it
            self.broken.append(repr(failure))

    def _try(self, do):
        """The answer, or None when there was none, or one that refuses."""
        try:
            answer = do()
        except Exception:  # all that a client can see of a server that dies or starts, or that says no
            self.over.wait(0.05)  # the pace of somebody who tries again
            return None
        self.answers += 1
        return answer or True

    def _delete(self, instance_id):
        """Until it is done: what is left over takes the room of the next."""
        self.deleted.add(instance_id)
        while not self.over.wait(0.05):
            try:
                delete(dsw_client(self.server), instance_id)
                self.answers += 1
                self.gone.add(instance_id)
                return
            except ClientException as refusal:
                if refusal.status_code == 404:
                    return  # by one whose answer was lost
            except Exception:  # as in _try
                pass

    def _one_life(self, rng, name):
        """What it has not deleted."""
        token, instance_id = secrets.token_hex(8), None
        while not instance_id:  # a create without an answer is repeated with its token until it has one
            if self.over.is_set():
                return []
            instance_id = self._try(lambda: make(self.server, name, token))
        self.made[instance_id] = name
        if rng.random() < 0.3 and self._try(lambda: make(self.server, name, token)) not in {None, instance_id}:
            self.doubled.append(name)
        client = dsw_client(self.server)
        for change in rng.choices([start, stop], k=rng.randint(0, 4)):
            self._try(lambda: change(client, instance_id))
        if rng.random() < 0.2:
            return [instance_id]
        self._delete(instance_id)
        return []


def kill_again_and_again(server, rng, clients, enough):
    """Until `enough(kills)` says so. The moment of each kill is a number of answers, or of lines in a start's log."""
    kills = 0
    while not enough(kills):
        if rng.random() < 0.25:
            server.launch()
            lines = rng.randint(0, 12)
            wait_until(lambda: server.log().count("\n") >= lines or " serve.ready " in server.log(), what="a start")
        else:
            server.start(60)
            answers = clients.answers + rng.randint(0, 40)
            wait_until(lambda: clients.answers >= answers, 60, "answers after the start")
        server.kill()
        kills += 1
    server.start(60)
    return kills


def instances(client):
    body = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=1000)).body
    assert body.total_count == len(body.instances)
    return {i.instance_id: i for i in body.instances}


def check(clients, client):
    now = wait_until(lambda: (found := instances(client)) and
                     all(i.status in SETTLED for i in found.values()) and found, 120, "a settled state")
    lost = set(clients.made) - set(now) - clients.deleted
    assert not lost, "acknowledged and gone"
    assert not clients.gone & set(now), "deleted and there"
    assert all(now[i].instance_name == clients.made[i] for i in set(clients.made) & set(now))
    names = [i.instance_name for i in now.values()]
    assert len(names) == len(set(names)) and not clients.doubled, "one token, two instances"
    failed = [(i.instance_name, i.reason_message) for i in now.values() if i.status == "Failed"]
    assert not failed, "a killed server is no fault of an instance"
    for instance_id, instance in now.items():
        assert len(shims_of(instance_id)) == (instance.status == "Running"), (instance.instance_name, instance.status)
    return now


def kill_loop(server, seed, number_of_clients, number_of_steady, enough):
    server.start()
    client = dsw_client(server)
    steady = [create(client, f"steady_{n}", image="image-fake") for n in range(number_of_steady)]
    wait_until(lambda: all(status_of(client, i) == "Running" for i in steady), what="the steady ones")
    boots = [boot_of(server, client, i) for i in steady]
    server.kill()

    clients = Clients(server, seed, number_of_clients)
    try:
        kills = kill_again_and_again(server, random.Random(seed), clients, enough)
    finally:
        clients.finish()
    now = check(clients, client)
    assert [now[i].status for i in steady] == ["Running"] * len(steady)
    assert [boot_of(server, client, i) for i in steady] == boots, "other processes"
    print(f"seed {seed}: {kills} kills, {clients.answers} answers, {len(clients.made)} made, {len(now)} left")

    for instance_id in now:
        client.delete_instance(instance_id)
    wait_until(lambda: not instances(client), 120, "the end of the instances")
    for instance_id in {*clients.made, *now}:
        wait_until(lambda: not left_over_of(server, instance_id), what=f"nothing left of {instance_id}")


def test_the_running_instance_is_the_same_process(process_server):
    kill_loop(process_server, seed=1, number_of_clients=2, number_of_steady=3,
              enough=lambda kills: kills == 5)


@pytest.mark.long
def test_promise_2_300_seconds_of_kills_lose_nothing(process_server):
    end = time.monotonic() + 300
    kill_loop(process_server, seed=secrets.randbits(32), number_of_clients=4, number_of_steady=3,
              enough=lambda _: time.monotonic() > end)


def test_a_workload_that_dies_is_failed_with_its_reason(process_server):
    server = process_server.start()
    client = dsw_client(server)
    failing = create(client, "failing", image="image-fake", user_command=dsw.CreateInstanceRequestUserCommand(
        on_start=dsw.CreateInstanceRequestUserCommandOnStart(content="echo nothing to see >&2\nexit 3\n")))
    wait_until(lambda: status_of(client, failing) == "Failed", 60)
    body = client.get_instance(failing, dsw.GetInstanceRequest()).body
    assert body.reason_code
    assert "3" in body.reason_message and "nothing to see" in body.reason_message
