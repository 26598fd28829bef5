"""The live feed, against the real server: who is told of what, until when, and how one goes on (docs/api.md)."""

import http.client
import json
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_pai_dsw20220101.client import Client as DswClient
from browsers import signed_in
from clients import config, create, create_user, dsw_client, rest, rpc, status_of
from conftest import Server, wait_until

APART = ["--apps-listen", "127.0.0.1:0"]
PATH = "/atelier/v1/watch"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("atelier"), arguments=APART).start()
    yield s
    s.stop()


@pytest.fixture
def fresh_server(tmp_path):
    s = Server(tmp_path, arguments=[*APART, "--max-streams", "3", "--max-streams-per-user", "2"])
    yield s
    s.kill()


class Stream:
    """What EventSource does: one connection, its events, and the id to go on from."""

    def __init__(self, server, browser, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Cookie": browser.cookie, "Sec-Fetch-Site": "same-origin", "Accept": "text/event-stream"}
        if last:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", PATH, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.id = last

    def close(self):
        self.answer.close()
        self.connection.close()

    def refusal(self):
        return self.status, json.loads(self.answer.read())["Code"]

    def next(self):
        """The next event and its data, beats apart; None at the end of the stream."""
        event, data = None, None
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "id":
                self.id = value
            elif name == "event":
                event = value
            elif name == "data":
                data = json.loads(value)
            elif event and not name:
                if event != "beat":
                    return event, data
                event = None
        return None

    def until(self, instance):
        """Reads on until it is told of this one; everything that was told meanwhile, ids only."""
        told = []
        while True:
            event, data = self.next()
            assert event == "changed", event
            told += [change["Id"] for change in data["Changes"]]
            if instance in told:
                return told


@pytest.fixture(scope="module")
def world(server):
    """A workspace with two members, and what they are."""
    workspace = rest(server, "POST", "/api/v1/workspaces", "CreateWorkspace", version="2021-02-04", body={
        "WorkspaceName": "shared", "Description": "d", "EnvTypes": ["prod"]})["WorkspaceId"]
    people = {}
    for name in ("ada", "bob"):
        user, key = create_user(server, name, ["AliyunPAIDSWFullAccess"])
        rest(server, "POST", f"/api/v1/workspaces/{workspace}/members", "CreateMember", version="2021-02-04",
             body={"Members": [{"UserId": user, "Roles": ["PAI.AlgoDeveloper"]}]})
        browser, _ = signed_in(server, key)
        people[name] = (DswClient(config(server, key)), browser)
    return workspace, people


def create_running(client, name, **more):
    """Of which nothing more is told until somebody changes it."""
    instance = create(client, name, **more)
    wait_until(lambda: status_of(client, instance) == "Running", what=f"{name} to run")
    return instance


def rename(client, instance, name):
    client.update_instance(instance, dsw.UpdateInstanceRequest(instance_name=name))


def test_a_browser_is_told_to_look_again_at_once_and_of_nothing_else(server):
    browser, _ = signed_in(server)
    client = dsw_client(server)
    instance = create_running(client, "mine")
    stream = Stream(server, browser)
    assert stream.next() == ("reset", {})
    began = time.monotonic()
    rename(client, instance, "renamed")
    event, data = stream.next()
    assert event == "changed"
    assert [set(change) for change in data["Changes"]] == [{"Kind", "Id", "Revision"}]
    assert (data["Changes"][0]["Kind"], data["Changes"][0]["Id"]) == ("Instance", instance)
    assert time.monotonic() - began < 5  # a bound for slow machines; the budget is a bench's
    stream.close()


def test_promise_8_each_hears_of_what_is_in_their_own_list(server, world):
    workspace, people = world
    (ada, hers), (bob, his) = people["ada"], people["bob"]
    of_ada = create_running(ada, "of_ada", workspace_id=workspace, accessibility="PRIVATE")
    of_bob = create_running(bob, "of_bob", workspace_id=workspace, accessibility="PRIVATE")
    to_ada, to_bob = Stream(server, hers), Stream(server, his)
    assert to_ada.next()[0] == to_bob.next()[0] == "reset"
    rename(bob, of_bob, "of_bob_2")
    rename(ada, of_ada, "of_ada_2")
    assert of_bob not in to_ada.until(of_ada)
    rename(bob, of_bob, "of_bob_3")
    assert of_ada not in to_bob.until(of_bob)
    bob.update_instance(of_bob, dsw.UpdateInstanceRequest(accessibility="PUBLIC"))
    to_ada.until(of_bob)
    bob.update_instance(of_bob, dsw.UpdateInstanceRequest(accessibility="PRIVATE"))
    to_ada.until(of_bob)  # it has left her list
    rename(bob, of_bob, "of_bob_4")
    rename(ada, of_ada, "of_ada_3")
    assert of_bob not in to_ada.until(of_ada)
    to_ada.close(), to_bob.close()


def test_promise_8_a_revoked_policy_is_felt_by_an_open_stream(server, world):
    workspace, people = world
    user, key = create_user(server, "eve", ["AliyunPAIDSWFullAccess"])
    rest(server, "POST", f"/api/v1/workspaces/{workspace}/members", "CreateMember", version="2021-02-04",
         body={"Members": [{"UserId": user, "Roles": ["PAI.AlgoDeveloper"]}]})
    eve, (browser, _) = DswClient(config(server, key)), signed_in(server, key)
    instance = create_running(eve, "of_eve", workspace_id=workspace)
    stream = Stream(server, browser)
    assert stream.next()[0] == "reset"
    policy = {"UserName": "eve", "PolicyName": "AliyunPAIDSWFullAccess", "PolicyType": "System"}
    rpc(server, "DetachPolicyFromUser", policy)
    assert stream.next()[0] == "reset"
    rename(dsw_client(server), instance, "no_more_of_hers")
    rpc(server, "AttachPolicyToUser", policy)
    assert stream.next()[0] == "reset"  # and nothing in between
    rename(dsw_client(server), instance, "hers_again")
    assert stream.until(instance) == [instance]
    stream.close()


def test_promise_8_a_stream_ends_with_its_session(server):
    browser, _ = signed_in(server)
    stream = Stream(server, browser)
    assert stream.next()[0] == "reset"
    session = next(one for one in browser.ask("GET", "/atelier/v1/sessions")[1]["Sessions"] if one["Current"])
    rest(server, "DELETE", f"/atelier/v1/sessions/{session['SessionId']}", "DeleteSession", version="")
    assert stream.next() == ("ended", {"Code": "InvalidSession"})
    assert stream.next() is None
    stream.close()
    again = Stream(server, browser, stream.id)
    assert again.refusal() == (401, "InvalidSession")
    again.close()


def test_streams_are_few_for_one_user_and_in_all_and_hinder_no_request(fresh_server):
    server = fresh_server.start()
    _, key = create_user(server, "ada")
    root, (ada, _) = signed_in(server)[0], signed_in(server, key)
    first, second = Stream(server, root), Stream(server, root)
    assert first.next()[0] == second.next()[0] == "reset"
    assert Stream(server, root).refusal() == (429, "Throttling.User")
    third = Stream(server, ada)
    assert third.next()[0] == "reset"
    assert Stream(server, ada).refusal() == (503, "ServiceUnavailable")
    assert root.ask("GET", "/atelier/v1/sessions")[0] == 200
    first.close()
    deadline = time.monotonic() + 10
    while Stream(server, root).status != 200:  # the place is free once the server has seen it go
        assert time.monotonic() < deadline
    server.stop()


def test_a_stream_goes_on_after_each_event_and_over_a_restart_with_a_gap(fresh_server):
    server = fresh_server.start()
    browser, _ = signed_in(server)
    client = dsw_client(server)
    instances = [create_running(client, f"one_{i}") for i in range(3)]
    stream = Stream(server, browser)
    assert stream.next()[0] == "reset"
    for round_ in range(3):
        for instance in instances:
            stream.close()
            rename(client, instance, f"round_{round_}_{instance[-4:]}")
            stream = Stream(server, browser, stream.id)
            stream.until(instance)  # which fails at a reset
    stream.close()
    server.kill()
    server.start()
    create(dsw_client(server), "while_nobody_looked")
    stream = Stream(server, browser, stream.id)
    assert stream.next() == ("reset", {})
    began = time.monotonic()
    server.stop()  # streams end first, and hold nothing up
    assert time.monotonic() - began < 8
    assert stream.next() is None
    stream.close()
