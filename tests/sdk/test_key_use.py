"""When, from where and for what an access key was used last: GetAccessKeyLastUsed."""

import sqlite3

from clients import advance, code_of, create_user, rest, rpc
from conftest import wait_until


def last_use(server, name, key, **more):
    return rpc(server, "GetAccessKeyLastUsed", {"UserName": name, "UserAccessKeyId": key}, **more)["AccessKeyLastUsed"]


def written(server):
    with sqlite3.connect(f"file:{server.data}/store/atelier.db?mode=ro", uri=True) as store:
        return store.execute("SELECT count(*) FROM records WHERE kind = 29").fetchone()[0]


def test_promise_1_a_key_tells_its_last_use_and_nothing_before_it(server):
    _, key = create_user(server, "grace", ["AliyunPAIFullAccess"])
    assert last_use(server, "grace", key[0]) == {}
    rest(server, "GET", "/api/v2/userconfig", "GetUserConfig", key=key)
    first = last_use(server, "grace", key[0])
    assert (first["ServiceName"], first["SourceIp"]) == ("DSW", "127.0.0.1")
    advance(server, minutes=1)
    rest(server, "GET", "/api/v1/workspaces", "ListWorkspaces", version="2021-02-04", key=key)
    second = last_use(server, "grace", key[0])
    assert second["ServiceName"] == "AIWorkSpace" and second["LastUsedDate"] > first["LastUsedDate"]


def test_the_last_use_of_a_key_outlives_kill_9(fresh_server):
    fresh_server.start()
    _, key = create_user(fresh_server, "grace", ["AliyunPAIFullAccess"])
    rest(fresh_server, "GET", "/api/v2/userconfig", "GetUserConfig", key=key)
    use = last_use(fresh_server, "grace", key[0])
    assert written(fresh_server) == 0  # not beside the request
    advance(fresh_server, minutes=5)
    wait_until(lambda: written(fresh_server) >= 2, what="the uses of both keys in the store")
    fresh_server.kill()
    fresh_server.start()
    assert last_use(fresh_server, "grace", key[0]) == use


def test_a_stop_writes_down_what_was_noted(fresh_server):
    fresh_server.start()
    _, key = create_user(fresh_server, "grace", ["AliyunPAIFullAccess"])
    rest(fresh_server, "GET", "/api/v2/userconfig", "GetUserConfig", key=key)
    use = last_use(fresh_server, "grace", key[0])
    fresh_server.stop()
    fresh_server.start()
    assert last_use(fresh_server, "grace", key[0]) == use


def test_what_is_not_there_has_no_use(server):
    create_user(server, "without_use")
    assert code_of(lambda: last_use(server, "without_use", "LTAI-none")) == (404, "EntityNotExist.User.AccessKey")
    assert code_of(lambda: last_use(server, "nobody", "LTAI-none")) == (404, "EntityNotExist.User")
