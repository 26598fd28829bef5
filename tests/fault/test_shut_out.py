"""Strangers without a key who take every connection there is shut nobody out (promise 10, docs/security.md)."""

import contextlib
import os
import resource
import socket
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import dsw_client
from conftest import BINARY, Server, wait_until
from held import held


@contextlib.contextmanager
def taken(server, count, sent, strangers):
    """`count` connections of so many strangers, who say `sent` on each and nothing more."""
    with contextlib.ExitStack() as stack:
        for number in range(count):
            with contextlib.suppress(OSError):  # closed at once: none is promised to them
                stranger = (f"127.0.0.{2 + number % strangers}", 0)
                connection = socket.create_connection(("127.0.0.1", server.port), timeout=5, source_address=stranger)
                stack.enter_context(connection)
                connection.sendall(sent)
        yield


def ask(server, path):
    """The status of GET `path`."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
        return int(client.recv(100).split()[1])


@pytest.fixture(params=["connections", "descriptors"])
def small(request, tmp_path):
    """A server of 32 connections, or one that may open 64 descriptors."""
    server = Server(tmp_path, arguments=["--max-connections", "32"])
    if request.param == "descriptors":
        wrapper = tmp_path / "limited"
        wrapper.write_text(f'#!/bin/sh\nexec prlimit --nofile=64:64 "{os.path.abspath(BINARY)}" "$@"\n')
        wrapper.chmod(0o755)
        server = Server(tmp_path, binary=wrapper)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("strangers", [1, 8, 12])
@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_strangers_who_take_every_connection_shut_nobody_out(small, sent, strangers):
    with taken(small, 200, sent, strangers):
        assert ask(small, "/healthz") == 200
        assert ask(small, "/openapi.json") == 200
        dsw_client(small).list_instances(dsw.ListInstancesRequest())


@pytest.mark.parametrize("strangers", [1, 8, 16])
def test_forms_without_an_end_leave_others_their_places(fresh_server, strangers):
    server = fresh_server.start()
    form = (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na")
    body = b"Action=ListUsers&Version=2015-05-01"
    with taken(server, 70, form, strangers):
        deadline = time.monotonic() + 4
        while True:
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
                client.sendall(form.replace(b"60000", str(len(body)).encode())[:-1] + body)
                answer = client.recv(4096)
            if not answer.startswith(b"HTTP/1.1 503") or time.monotonic() > deadline:
                break
        assert answer.startswith(b"HTTP/1.1 400"), "it has no key: the form was read"


def grown(server, before):
    """MiB and descriptors more than before."""
    now = held(server)
    return now[0] - before[0], now[1] - before[1]


def answers_at_once(server):
    began = time.monotonic()
    dsw_client(server).list_instances(dsw.ListInstancesRequest())
    assert ask(server, "/healthz") == 200
    return time.monotonic() - began < 5


@pytest.mark.long
@pytest.mark.parametrize(("count", "sent", "kib"), [
    pytest.param(3000, b"GET / HTTP/1.1\r\nX: " + b"a" * 60000, 128, id="slow heads"),
    pytest.param(300, b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 50, 128, id="stuck readers"),
])
def test_promise_10_thousands_who_are_slow_cost_little_keep_nobody_waiting_and_go(fresh_server, count, sent, kib):
    """F14. Nothing is read of what the server answers, so its writes get stuck."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[1], 4 * count + 1000), limit[1]))  # the server inherits it
    server = fresh_server.start()
    try:
        answers_at_once(server)
        before = held(server)
        with taken(server, count, sent, 16):
            wait_until(lambda: grown(server, before)[1] >= count - 10, 60, "all of them")
            assert answers_at_once(server)
            assert grown(server, before)[0] < count * kib / 1024
            wait_until(lambda: grown(server, before)[1] < 10, 120, "the end of each")
        assert answers_at_once(server)
        assert grown(server, before)[0] < 32
    finally:
        server.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
