"""The serving path with real replicas: killed under thousands of idle WebSockets, and ended while they answer."""

import concurrent.futures
import contextlib
import json
import os
import resource
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request

import pytest
from alibabacloud_eas20210701 import models as eas
from clients import eas_client, rest
from conftest import Server, wait_until
from patient_model import make_patient_model, patient_service

REGION = "local"
SOCKETS = 3500


@pytest.fixture
def patient(tmp_path):
    """(server, client, url, token) of a service with two instances."""
    yield from serve_patient(Server(tmp_path, runtime="process"), patient_service("patient", 2))


@pytest.fixture
def hasty(tmp_path):
    """The same of one instance that sets no time for its answers, at a server that gives them a second."""
    config = patient_service("patient", 1)
    del config["metadata"]["rpc"]["keepalive"]
    yield from serve_patient(
        Server(tmp_path, runtime="process", arguments=["--answer-timeout", "1", "--websocket-idle", "1"]), config)


def serve_patient(s, config):
    make_patient_model(s.data / "models")
    s.start()
    client = eas_client(s)
    try:
        client.create_service(eas.CreateServiceRequest(body=json.dumps(config)))
        wait_until(lambda: service(client).status == "Running", 60, "the service")
        yield s, client, service(client).internet_endpoint, service(client).access_token
        client.delete_service(REGION, "patient")
        wait_until(lambda: client.list_services(eas.ListServicesRequest()).body.total_count == 0, 60, "its end")
    finally:
        s.stop()


def service(client):
    return client.describe_service(REGION, "patient").body


def listed(client):
    return client.list_service_instances(REGION, "patient", eas.ListServiceInstancesRequest()).body.instances


def call(url, token, path=""):
    request = urllib.request.Request(url + path, headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def status_of(url, token):
    try:
        call(url, token)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def first_processes(server):
    """Host pids of the first process of each sandbox."""
    return [json.loads(record.read_text())["init"]["pid"]
            for record in (server.data / "instances").glob("easr-*/run-*/sandbox.json")]


def raise_limit():
    """How many sockets one owner's services may have: each takes two descriptors of the server and of the relays, and to
    others is left half of what is passed on and a quarter of all (docs/security.md)."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(SOCKETS, (hard - 500) * 3 // 16)


def open_websocket(url, token):
    where = urllib.parse.urlsplit(url)
    s = socket.create_connection((where.hostname, where.port), timeout=20)
    s.sendall(f"GET {where.path}/ws HTTP/1.1\r\nHost: h\r\nAuthorization: {token}\r\n"
              "Connection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = s.recv(4096)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return s


def test_idle_websockets_of_killed_replicas_give_their_descriptors_back(patient):
    server, client, url, token = patient
    number = raise_limit()
    before = descriptors(server)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(open_websocket(url, token)) for _ in range(number)]
        assert descriptors(server) > 2 * number
        for pid in first_processes(server):
            os.kill(pid, signal.SIGKILL)
        # Although no client closes its end.
        wait_until(lambda: descriptors(server) <= before + 8, 30, "the descriptors to be given back")
        for s in sockets:
            assert s.recv(1) == b""
    wait_until(lambda: [i.restart_count for i in listed(client) if i.ready_processes == 1] == [1, 1], 60,
               "both instances being back")
    assert len({call(url, token)["host"] for _ in range(8)}) == 2
    wait_until(lambda: descriptors(server) <= before + 8, 30, "what the checks opened to be closed")


def test_an_instance_is_not_asked_to_end_while_it_answers(patient):
    server, client, url, token = patient
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(call, url, token, "/slow") for _ in range(8)]
        wait_until(lambda: not any(a.done() for a in answers) and all(a.running() for a in answers), 5, "the calls")
        rest(server, "PUT", f"/api/v2/services/{REGION}/patient/scale", "ScaleService", version="2021-07-01",
             body={"Instance": 1})
        got = [answer.result() for answer in answers]
    assert len({a["host"] for a in got}) == 2, "both had some of them"
    assert not any(a["asked_to_end"] for a in got)
    wait_until(lambda: len(listed(client)) == 1, 30, "the end of the other")
    assert call(url, token)["host"] in {a["host"] for a in got}


def test_the_operator_bounds_answers_and_silent_websockets(hasty):
    _, _, url, token = hasty
    with pytest.raises(urllib.error.HTTPError) as late:
        call(url, token, "/slow")
    assert late.value.code == 504
    with open_websocket(url, token) as silent:
        assert silent.recv(1) == b"", "closed, not left until the 20 s of the socket"


def test_a_client_that_gave_up_frees_the_only_place(tmp_path):
    config = patient_service("patient", 1)
    config["metadata"]["rpc"] |= {"worker_threads": 1, "max_queue_size": 0}
    for _, _, url, token in serve_patient(Server(tmp_path, runtime="process"), config):
        where = urllib.parse.urlsplit(url)
        request = f"GET {where.path}/hold HTTP/1.1\r\nHost: h\r\nAuthorization: {token}\r\n\r\n".encode()
        for _ in range(3):
            # The replica holds this one for as long as its connection stands.
            with socket.create_connection((where.hostname, where.port), timeout=20) as s:
                s.sendall(request)
                wait_until(lambda: status_of(url, token) == 450, 10, "the place to be taken")
            wait_until(lambda: status_of(url, token) == 200, 10, "the place to be free")
