"""Too much at once: one key's share is a throttling exception, the server's own limit a server exception."""

import contextlib
import json
import selectors
import sqlite3
import time

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ServerException, ThrottlingException
from clients import create, create_user, dsw_client, rpc, workspace_client
from conftest import Server, wait_until
from schemes import with_acs3, with_roa
from signed import receive, request, send

PER_KEY = 256  # api/api.h: requests under way with one access key


@contextlib.contextmanager
def slow_disk(server):
    """Holds the database's write lock, so that commits wait (for up to 5 s) as they would for a slow disk."""
    store = sqlite3.connect(f"file:{server.data}/store/atelier.db?mode=rw", uri=True, isolation_level=None)
    store.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        store.execute("ROLLBACK")
        store.close()


def creation(server, n, key=None):
    """The bytes of a mutation, each of its own instance, so that they wait for nothing but the disk."""
    wish = {"InstanceName": f"waiting_{n}", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"}
    return request(server, "POST", "/api/v2/instances", "CreateInstance", body=json.dumps(wish).encode(), key=key)


def test_a_key_with_its_share_under_way_is_throttled_and_others_are_not(fresh_server):
    server = fresh_server.start()
    owner = dsw_client(server)
    made = create(owner, "seen")
    workspace = owner.get_instance(made, dsw.GetInstanceRequest()).body.workspace_id
    user_id, key = create_user(server, "greedy", policies=("AdministratorAccess",))
    workspace_client(server).create_member(workspace, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user_id, roles=["PAI.WorkspaceAdmin"])]))
    greedy = dsw_client(server, key=key)

    def throttled():
        try:
            rpc(server, "ListUsers", key=key)
        except ThrottlingException as refused:
            return refused
        return None

    mutations = [creation(server, n, key) for n in range(PER_KEY)]  # signed before the disk is slow: 5 s are short
    with slow_disk(server):
        waiting = [send(server, mutation) for mutation in mutations]
        refused = wait_until(throttled, 4, "the refusal")
        assert (refused.status_code, refused.code) == (429, "Throttling.User")
        assert refused.retry_after == 1000, "milliseconds that the SDK may wait by itself"
        with pytest.raises(ThrottlingException):
            greedy.list_instances(dsw.ListInstancesRequest())
        assert owner.get_instance(made, dsw.GetInstanceRequest()).body.instance_name == "seen"
    assert {receive(connection)[0] for connection in waiting} == {200}
    assert rpc(server, "ListUsers", key=key)["Users"]["User"], "the share is given back"


@pytest.mark.parametrize(("make", "waiting", "code"), [
    (with_acs3, 1, "SignatureNonceUsed"), (with_roa, 1, "SignatureNonceUsed"),
    (lambda *a, **k: with_roa(*a, nonce=False, **k), 4, "Throttling.User")], ids=["ACS3", "ROA", "ROA, no nonce"])
def test_copies_of_a_seen_head_do_not_hold_the_places_of_its_key(server, make, waiting, code):
    """Whoever has seen a head sends it PER_KEY times and more, and never a body."""
    wish = json.dumps({"InstanceName": f"s{time.monotonic_ns()}", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"})
    seen = make(server, "POST", "/api/v2/instances", body=wish.encode())
    head = seen.raw().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    copies = [send(server, head) for _ in range(PER_KEY + 44)]
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as answered:
        for copy in copies:
            stack.enter_context(copy)
            answered.register(copy, selectors.EVENT_READ)
        while len(answered.get_map()) > waiting:
            ready = answered.select(30)
            assert ready, "a copy is neither answered nor one of those that wait"
            for key, _ in ready:
                answered.unregister(key.fileobj)
                assert receive(key.fileobj)[1]["Code"] == code
        assert dsw_client(server).list_instances(dsw.ListInstancesRequest()).body.success, "the key's owner is served"
    # The copies used up nothing: their bodies never came.
    status, answer = wait_until(lambda: (got := seen.send(server))[0] == 200 and got, what="the request itself")
    assert json.loads(answer)["InstanceId"]
    if waiting == 1:
        status, answer = receive(send(server, head))
        assert (status, answer["Code"]) == (400, code), "once it was answered, a copy does not wait at all"


def test_more_than_the_server_takes_is_503(tmp_path):
    server = Server(tmp_path, arguments=["--max-requests", "4"]).start()
    try:
        client = dsw_client(server)
        made = create(client, "seen")

        def unavailable():
            try:
                client.list_instances(dsw.ListInstancesRequest())
            except ServerException as refused:
                return refused
            return None

        with slow_disk(server):
            waiting = [send(server, creation(server, n)) for n in range(4)]
            refused = wait_until(unavailable, 4, "the refusal")
            assert (refused.status_code, refused.code) == (503, "ServiceUnavailable")
        assert {receive(connection)[0] for connection in waiting} == {200}
        assert client.get_instance(made, dsw.GetInstanceRequest()).body.instance_name == "seen"
    finally:
        server.kill()
