"""What SIGINT and SIGTERM do to the server (docs/operating.md): the first asks, the second forces."""

import contextlib
import signal
import socket

import pytest
from conftest import wait_until


def refuses_connections(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.fixture
def shutting_down(fresh_server):
    """Asks a server to end while a request is under way, so that it does not end yet."""
    with contextlib.ExitStack() as stack:
        def ask(number):
            fresh_server.start()
            request = stack.enter_context(socket.create_connection(("127.0.0.1", fresh_server.port), timeout=30))
            # A form may hold its signature, so its body is waited for before anybody is known.
            request.sendall(b"POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n"
                            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
            # The answer to Expect comes from the first read of the body: the request is under way.
            assert request.recv(100).startswith(b"HTTP/1.1 100 ")
            fresh_server.process.send_signal(number)
            wait_until(lambda: refuses_connections(fresh_server), what="the end of the listening")
            assert fresh_server.process.poll() is None, "it waits for the request"
            return request
        yield ask


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_forces_the_end_and_says_so(fresh_server, shutting_down, number, code):
    shutting_down(number)
    fresh_server.process.send_signal(number)
    assert fresh_server.process.wait(30) == code
    assert f" serve.forced signal={int(number)}" in fresh_server.log()


def test_one_signal_lets_the_request_end(fresh_server, shutting_down):
    request = shutting_down(signal.SIGTERM)
    request.sendall(b"a=b&")
    answer = b""
    while piece := request.recv(4096):
        answer += piece
    assert answer.startswith(b"HTTP/1.1 ")
    assert fresh_server.process.wait(30) == 0
    assert " serve.stopped" in fresh_server.log() and " serve.forced" not in fresh_server.log()
