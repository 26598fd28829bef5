"""A real JupyterLab behind the gateway: opened by a link, a kernel executes code over its WebSocket, and both
outlive the server."""

import json
import os
import shutil
import signal
import socketserver
import subprocess
import threading

import pytest
import requests
import websocket
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, wait_until
from gateway_session import browser
from kernel import execute, start_kernel

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


def test_a_kernel_executes_code_and_outlives_the_server(lab):
    server, instance_id = lab
    session = browser(dsw_client(server), instance_id)
    kernel = start_kernel(session, server, instance_id)
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
    kernel = start_kernel(session, server, instance_id)
    execute(session, server, instance_id, kernel,
            "import subprocess; web = subprocess.Popen(['python3', '-m', 'http.server', '8123', '--bind', '127.0.0.1'])")
    listed = wait_until(lambda: (r := session.get(f"{server.endpoint}/{instance_id}/proxy/8123/", timeout=60)).ok and r, 30)
    assert "started.txt" in listed.text


def test_a_kernel_that_died_is_told_as_an_event_although_it_was_started_again(lab):
    server, instance_id = lab
    client = dsw_client(server)
    session = browser(client, instance_id)
    victim, other = (start_kernel(session, server, instance_id) for _ in range(2))

    def died():
        events = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body.events
        return [event for event in events if "died and started again" in event]

    def pid():
        return int(execute(session, server, instance_id, victim, "import os; print(os.getpid())"))

    first = pid()
    restarted = session.post(f"{server.endpoint}/{instance_id}/api/kernels/{victim}/restart",
                             headers={"Origin": server.endpoint}, timeout=60)
    assert restarted.ok and pid() != first, "by its user: no news"
    second = pid()
    execute(session, server, instance_id, other, f"import os, signal; os.kill({second}, signal.SIGKILL)")
    told = wait_until(died, 60, "the event")
    assert len(told) == 1 and "1 notebook kernel died and started again, without what was in memory." in told[0]
    assert status_of(client, instance_id) == "Running" and pid() != second
    for kernel in (victim, other):
        assert session.delete(f"{server.endpoint}/{instance_id}/api/kernels/{kernel}",
                              headers={"Origin": server.endpoint}, timeout=60).ok


def test_a_network_that_broke_down_is_set_up_again(lab):
    server, instance_id = lab
    client = dsw_client(server)
    run = max((server.data / "instances" / instance_id).glob("run-*"))
    uplink = json.loads((run / "sandbox.json").read_text())["uplink"]
    if uplink is None:
        pytest.skip("without a network of its own (docs/security.md)")
    os.kill(uplink["pid"], signal.SIGKILL)
    wait_until(lambda: (json.loads((run / "sandbox.json").read_text())["uplink"] or uplink)["pid"] != uplink["pid"], 30)
    session = browser(client, instance_id)
    kernel = start_kernel(session, server, instance_id)
    assert execute(session, server, instance_id, kernel,
                   "import socket; print(len(socket.if_nameindex()))") == "2\n"


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

    def values(metric):
        pods = client.get_instance_metrics(instance_id, dsw.GetInstanceMetricsRequest(metric_type=metric)).body.pod_metrics
        return [point.value for point in pods[0].metrics] if pods else []

    memory = wait_until(lambda: values("MemoryUsage"), 30, "a first sample")
    assert all(0 < value < 100 for value in memory)

    session = browser(client, instance_id)
    kernel = start_kernel(session, server, instance_id)
    execute(session, server, instance_id, kernel,
            "import subprocess, sys\nspins = subprocess.Popen([sys.executable, '-c', 'while True: pass'])")
    # One thread that never waits, of two vCPUs: half of what the instance has, if the host has it to give.
    wait_until(lambda: max(values("CpuCoreUsage")) > 5, 60, "the CPU's sample")
    execute(session, server, instance_id, kernel, "spins.kill()")
    assert max(values("CpuCoreUsage")) <= 110


@pytest.fixture
def other_address():
    """One more address of this host, for as long as a test: the instance's network has a copy of the first, so what it
    sends there stays inside. The address is one for documentation (RFC 5737); nothing leaves the host."""
    address = "198.51.100.77"
    change = ["ip", "address", "add", f"{address}/32", "dev", "lo"]
    if not shutil.which("ip") or subprocess.run(change, capture_output=True).returncode != 0:
        pytest.skip("this user may not give the host an address")
    yield address
    subprocess.run([*change[:2], "del", *change[3:]], check=True)


def test_network_metrics_count_what_the_instance_receives_and_sends(lab, other_address):
    server, instance_id = lab
    if "process.not_isolated control=network" in server.log():
        pytest.skip("without a network of its own the instance's traffic is not counted (docs/security.md)")
    client = dsw_client(server)
    session = browser(client, instance_id)
    kernel = start_kernel(session, server, instance_id)
    size = 3_000_000
    with socketserver.TCPServer((other_address, 0), Exchange) as peer:
        threading.Thread(target=peer.serve_forever, daemon=True).start()
        port = peer.server_address[1]
        got = execute(session, server, instance_id, kernel, f"""
import socket
with socket.create_connection(({other_address!r}, {port}), timeout=30) as peer:
    peer.sendall(bytes({size}) + b"!")
    print(len(peer.makefile("rb").read()))
""")
        peer.shutdown()
    assert got == f"{size}\n"

    def carried(metric):
        """Bytes, from the rates of the samples: each is of the second before it (--sample-every 1)."""
        pods = client.get_instance_metrics(instance_id, dsw.GetInstanceMetricsRequest(metric_type=metric)).body.pod_metrics
        points = pods[0].metrics if pods else []
        return sum(later.value * (later.time - earlier.time) for earlier, later in zip(points, points[1:]))

    for metric in ("NetworkInputRate", "NetworkOutputRate"):
        wait_until(lambda: carried(metric) > size / 2, 30, f"{metric} of the {size} bytes")
        assert carried(metric) < size * 4, "the bytes and what carries them, counted once"


class Exchange(socketserver.BaseRequestHandler):
    """Takes everything up to an exclamation mark and answers with as many zeros."""

    def handle(self):
        taken = 0
        while piece := self.request.recv(65536):
            taken += len(piece)
            if piece.endswith(b"!"):
                self.request.sendall(bytes(taken - 1))
                return
