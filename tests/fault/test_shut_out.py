"""Strangers without a key who take every connection there is shut nobody out (promise 10, docs/security.md)."""

import contextlib
import os
import socket
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import dsw_client
from conftest import BINARY, Server


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
