"""A server that answers reads on four threads (docs/decisions/0050-request-threads.md): what a client may rely on is
the same on each of its connections."""

import http.client
import itertools
import json
import pathlib
import threading

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, wait_until
from signed import receive, request, send

CONNECTIONS = 8  # more than threads, and dealt evenly
INSTANCES = "/api/v2/instances"


@pytest.fixture(scope="module")
def threaded(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("atelier"), arguments=["--request-threads", "4"]).start()
    yield s
    s.stop()


class Connection:
    """Kept open, so that its requests are answered on one thread."""

    def __init__(self, server):
        self.server = server
        self.stream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def ask(self, data):
        self.stream.connect() if self.stream.sock is None else None
        self.stream.sock.sendall(data)
        answer = http.client.HTTPResponse(self.stream.sock)
        answer.begin()
        return answer.status, json.loads(answer.read())

    def get(self, instance_id, key=None):
        return self.ask(request(self.server, "GET", f"{INSTANCES}/{instance_id}", "GetInstance", key=key))

    def list(self, **query):
        query = sorted({"WorkspaceId": "ALL", "PageSize": "100", **query}.items())
        return self.ask(request(self.server, "GET", INSTANCES, "ListInstances", query=query))


@pytest.fixture
def connections(threaded):
    all_of_them = [Connection(threaded) for _ in range(CONNECTIONS)]
    for one in all_of_them:
        one.stream.connect()
    yield all_of_them
    for one in all_of_them:
        one.stream.close()


def test_an_acknowledged_write_is_read_at_once_on_every_connection_while_others_read(threaded, connections):
    writer = dsw_client(threaded)
    instance_id = create(writer, "threads_0")
    wait_until(lambda: status_of(writer, instance_id) == "Running", what="the instance to run")
    over, failures, reads = threading.Event(), [], itertools.count()

    def read(connection):
        try:
            while not over.is_set():
                status, _ = connection.list() if next(reads) % 2 else connection.get(instance_id)
                assert status == 200
        except Exception as failure:  # shown by the test, which is in another thread
            failures.append(failure)

    readers = [threading.Thread(target=read, args=(c,), daemon=True) for c in connections[:4]]
    for reader in readers:
        reader.start()
    for n in range(1, 31):
        writer.update_instance(instance_id, dsw.UpdateInstanceRequest(instance_name=f"threads_{n}"))
        for connection in connections[4:]:
            assert connection.get(instance_id)[1]["InstanceName"] == f"threads_{n}"
            names = [i["InstanceName"] for i in connection.list()[1]["Instances"] if i["InstanceId"] == instance_id]
            assert names == [f"threads_{n}"]
    over.set()
    for reader in readers:
        reader.join(30)
    assert not failures
    assert next(reads) > 30
    writer.delete_instance(instance_id)


def test_a_request_is_taken_once_whichever_connections_it_is_sent_on(threaded):
    instance_id = create(dsw_client(threaded), "replayed")
    for _ in range(20):
        data = request(threaded, "GET", f"{INSTANCES}/{instance_id}", "GetInstance")
        answers = [receive(c) for c in [send(threaded, data) for _ in range(CONNECTIONS)]]
        assert sorted(status for status, _ in answers) == [200] + [400] * (CONNECTIONS - 1)
        assert {body["Code"] for status, body in answers if status != 200} == {"SignatureNonceUsed"}


def test_the_threads_have_names_and_their_requests_are_counted_together(threaded, connections):
    instance_id = create(dsw_client(threaded), "counted")

    def counted():
        page = http.client.HTTPConnection("127.0.0.1", threaded.port, timeout=30)
        page.request("GET", "/metrics")
        lines = page.getresponse().read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines
                   if line.startswith('atelier_requests_total{product="DSW",operation="GetInstance",code="OK"'))

    before = counted()
    for connection in connections:
        assert connection.get(instance_id)[0] == 200
    assert counted() - before == CONNECTIONS
    tasks = f"/proc/{threaded.process.pid}/task"
    names = [p.read_text().strip() for p in pathlib.Path(tasks).glob("*/comm")]
    assert names.count("requests") == 3
