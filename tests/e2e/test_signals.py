"""What SIGINT and SIGTERM do to the server (docs/operating.md): the first asks, the second forces."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import urllib.request

import pytest
from conftest import Server, make_tls_server, wait_until


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


def test_the_first_signal_asks_as_soon_as_it_says_that_it_serves(fresh_server):
    process = subprocess.Popen(
        [fresh_server.binary, "serve", "--data", str(fresh_server.data), "--runtime", "simulated", "--listen", "127.0.0.1:0"],
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    with process, contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        log = []
        for line in process.stderr:
            log.append(line)
            if " serve.ready " in line:
                process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, log
    assert " serve.stopped" in log[-1]


def test_one_signal_lets_the_request_end(fresh_server, shutting_down):
    request = shutting_down(signal.SIGTERM)
    request.sendall(b"a=b&")
    answer = b""
    while piece := request.recv(4096):
        answer += piece
    assert answer.startswith(b"HTTP/1.1 ")
    assert fresh_server.process.wait(30) == 0
    assert " serve.stopped" in fresh_server.log() and " serve.forced" not in fresh_server.log()


@pytest.fixture
def unread(tmp_path):
    """A server whose log goes into a pipe that is full and that nobody reads."""
    server = Server(tmp_path)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    server.process = subprocess.Popen(
        [server.binary, "serve", "--data", str(server.data), "--runtime", "simulated", "--listen", "127.0.0.1:0"],
        stderr=writer, stdin=subprocess.DEVNULL)
    os.close(writer)
    yield server
    server.kill()
    os.close(reader)


def test_sigterm_ends_it_though_nobody_reads_its_log(unread):
    credentials = unread.data / "credentials.json"
    wait_until(credentials.exists, what="the end of the start")
    unread.port = int(json.loads(credentials.read_text())["endpoint"].rsplit(":", 1)[1])
    for _ in range(200):  # each leaves a line in the log
        urllib.request.urlopen(f"http://{unread.address}/healthz", timeout=10).close()
    unread.process.terminate()
    assert unread.process.wait(30) == 0


def test_sigterm_ends_a_start_that_hangs(fresh_server):
    fifo = fresh_server.folder / "catalogue"
    os.mkfifo(fifo)  # opening it waits for somebody who writes
    fresh_server.arguments = ["--catalogue", str(fifo)]
    process = fresh_server.launch()
    wait_until(lambda: catches(process, signal.SIGTERM), what="its care for signals")
    process.terminate()
    assert process.wait(30) == 143
    assert " serve.forced signal=15" in fresh_server.log()


def catches(process, number):
    """Whether the process has a handler: the first process of a container is spared signals without one."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return int(caught, 16) >> (number - 1) & 1


def test_a_second_signal_ends_a_server_that_hangs(tmp_path):
    server = make_tls_server(tmp_path).start()
    server.certificate.unlink()
    os.mkfifo(server.certificate)  # opening it waits for somebody who writes
    server.process.send_signal(signal.SIGHUP)
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGINT)  # another one: of two that are the same, one may be lost
    assert server.process.wait(30) in (130, 143)


@pytest.mark.parametrize("sent", [
    b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n1",
    b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 1000])  # without reading the answers
def test_clients_that_hang_do_not_hold_it_up(fresh_server, sent):
    fresh_server.arguments = ["--shutdown-grace", "1"]
    fresh_server.start()
    with socket.create_connection(("127.0.0.1", fresh_server.port), timeout=30) as client:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.send(sent)
        fresh_server.process.terminate()
        assert fresh_server.process.wait(15) == 0
