"""A real JupyterLab behind the gateway: opened by a link, a kernel executes code over its WebSocket, and both
outlive the server."""

import json
import uuid

import pytest
import requests
import websocket
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, wait_until
from gateway_session import browser

pytestmark = pytest.mark.jupyter


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("lab"), runtime="process", arguments=["--sample-every", "1"])
    server.start()
    client = dsw_client(server)
    instance_id = create(client, "lab", environment_variables={"GREETING": "hello"},
                         user_command=dsw.CreateInstanceRequestUserCommand(
                             on_start=dsw.CreateInstanceRequestUserCommandOnStart(content="echo 6 > started.txt\n")))
    wait_until(lambda: status_of(client, instance_id) in ("Running", "Failed"), 120, "JupyterLab's start")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.status == "Running", body.reason_message
    yield server, instance_id
    client = dsw_client(server)
    client.delete_instance(instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()


def execute(session, server, instance_id, kernel, code):
    """Runs `code` in the kernel over the gateway's WebSocket; returns what it printed."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in session.cookies)
    socket = websocket.create_connection(
        f"ws://{server.address}/{instance_id}/api/kernels/{kernel}/channels", cookie=cookies,
        origin=f"http://{server.address}", timeout=60)
    try:
        message_id = uuid.uuid4().hex
        socket.send(json.dumps({
            "header": {"msg_id": message_id, "username": "test", "session": uuid.uuid4().hex,
                       "msg_type": "execute_request", "version": "5.3"},
            "parent_header": {}, "metadata": {}, "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": False, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True}}))
        printed = ""
        while True:
            message = json.loads(socket.recv())
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
            if message["msg_type"] == "error":
                pytest.fail("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return printed
    finally:
        socket.close()


def test_a_kernel_executes_code_and_outlives_the_server(lab):
    server, instance_id = lab
    session = browser(dsw_client(server), instance_id)
    kernel = session.post(f"{server.endpoint}/{instance_id}/api/kernels", json={"name": "python3"},
                          headers={"Origin": server.endpoint}, timeout=60)
    assert kernel.status_code == 201, kernel.text
    kernel = kernel.json()["id"]
    code = "import os; x = 7 * int(open('started.txt').read()); print(os.environ['GREETING'], x)"
    assert execute(session, server, instance_id, kernel, code) == "hello 42\n"

    server.kill()
    server.start()
    wait_until(lambda: status_of(dsw_client(server), instance_id) == "Running", 30)
    session = browser(dsw_client(server), instance_id)
    assert execute(session, server, instance_id, kernel, "print(x + 1)") == "43\n", "the same process, its memory kept"


def test_terminal_and_proxy_open_what_their_names_say(lab):
    server, instance_id = lab
    session = browser(dsw_client(server), instance_id)
    terminal = session.get(f"{server.endpoint}/{instance_id}/tty/", timeout=60)
    assert terminal.status_code == 200 and "text/html" in terminal.headers["Content-Type"]
    kernel = session.post(f"{server.endpoint}/{instance_id}/api/kernels", json={"name": "python3"},
                          headers={"Origin": server.endpoint}, timeout=60).json()["id"]
    execute(session, server, instance_id, kernel,
            "import subprocess; web = subprocess.Popen(['python3', '-m', 'http.server', '8123', '--bind', '127.0.0.1'])")
    listed = wait_until(lambda: (r := session.get(f"{server.endpoint}/{instance_id}/proxy/8123/", timeout=60)).ok and r, 30)
    assert "started.txt" in listed.text


def test_strangers_get_403(lab):
    server, instance_id = lab
    for path in ("lab/", "api/kernels", "tty/", "proxy/8123/"):
        assert requests.get(f"{server.endpoint}/{instance_id}/{path}", timeout=30).status_code == 403
    with pytest.raises(websocket.WebSocketBadStatusException) as raised:
        websocket.create_connection(f"ws://{server.address}/{instance_id}/api/kernels/x/channels", timeout=30)
    assert raised.value.status_code == 403


def test_metrics_are_samples_of_its_processes(lab):
    server, instance_id = lab
    client = dsw_client(server)

    def memory():
        body = client.get_instance_metrics(instance_id, dsw.GetInstanceMetricsRequest(metric_type="MemoryUsage")).body
        return body.pod_metrics and body.pod_metrics[0].metrics

    samples = wait_until(memory, 30, "a first sample")
    assert all(sample.value > 0 for sample in samples)
