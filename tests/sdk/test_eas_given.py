"""What a replica is given to run in: its share of the host, as containers[].resources says, and its place."""

import textwrap
import urllib.error
import urllib.request

import pytest
from alibabacloud_eas20210701 import models as eas
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import eas_client
from conftest import Server, wait_until
from services import REGION, create, delete_all, instances

# Takes as many MiB as the path says, and tells whether it got them.
GREEDY = textwrap.dedent("""\
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                got = len(bytearray(b"x") * (int(self.path[1:] or 0) << 20)) >= 0
            except MemoryError:
                got = False
            self.send_response(200 if got else 507)
            self.send_header("Content-Length", "0")
            self.end_headers()

    http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
    """)


def greedy(resources, **more):
    return {"name": "greedy", "model_path": "greedy", **more,
            "containers": [{"command": "python3 /model/app.py", "resources": resources}]}


def instance(client):
    return wait_until(lambda: instances(client, "greedy").instances, 10, "an instance")[0]


@pytest.fixture
def server(tmp_path):
    s = Server(tmp_path, runtime="process", arguments=["--zone", "local-b"])
    (s.data / "models" / "greedy").mkdir(parents=True)
    (s.data / "models" / "greedy" / "app.py").write_text(GREEDY)
    s.start()
    client = eas_client(s)
    try:
        yield s
        delete_all(client)
    finally:
        s.stop()


def test_limits_hold_and_the_place_is_told(server):
    client = eas_client(server)
    create(client, greedy({"limits": {"cpu": "500m", "memory": "192Mi"}, "requests": {"memory": "64Mi"}},
                          metadata={"instance": 1, "cpu": 2, "memory": 1024}))
    now = wait_until(lambda: (i := instance(client)).ready_processes == 1 and i, 60, "a ready instance")
    assert (now.zone, now.inner_ip) == ("local-b", ""), "its zone is configured; nothing but the gateway leads to it"
    service = client.describe_service(REGION, "greedy").body
    assert (service.cpu, service.memory) == (1, 192), "what it may use, whole vCPUs"

    def ask(mib):
        request = urllib.request.Request(f"{service.internet_endpoint}/{mib}",
                                         headers={"Authorization": service.access_token})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    assert ask(16) == 200
    # Where the host lets us limit memory by control groups it is killed, elsewhere it is told no.
    if ask(256) != 507:
        last = wait_until(lambda: instance(client).last_state, 30, "its end")[0]
        assert last["Reason"] == "OOMKilled"


@pytest.mark.parametrize("resources, problem", [
    ({"limits": {"nvidia.com/gpu": 1}}, "containers[0].resources.limits.nvidia.com/gpu is not supported"),
    ({"limits": {"cpu": "3"}}, "containers[0].resources must ask for at most metadata.cpu"),
    ({"requests": {"memory": "many"}}, "containers[0].resources.requests.memory must be a quantity"),
])
def test_what_cannot_be_given_is_refused_by_name(server, resources, problem):
    client = eas_client(server)
    with pytest.raises(ClientException) as raised:
        create(client, greedy(resources, metadata={"instance": 1, "cpu": 2}))
    assert raised.value.status_code == 400 and problem in raised.value.message
    assert client.list_services(eas.ListServicesRequest()).body.total_count == 0


def test_a_machine_gives_no_more_than_it_has(server):
    client = eas_client(server)
    with pytest.raises(ClientException) as raised:
        create(client, greedy({"requests": {"memory": "1Ti"}},
                              cloud={"computing": {"instance_type": "ecs.c6.large"}}))
    assert "asks for more than the instance type ecs.c6.large has" in raised.value.message
