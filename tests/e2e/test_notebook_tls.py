"""A real JupyterLab over TLS: the link, the page and a kernel's WebSocket, all with the certificate checked; and an
idle one that is stopped, but not while a cell executes."""

import time

import pytest
import requests
import websocket
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import make_tls_server, wait_until
from gateway_session import browser
from kernel import connect, execute, printed_by, send_code, start_kernel

pytestmark = pytest.mark.jupyter


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    server = make_tls_server(tmp_path_factory.mktemp("lab-tls"), ["--sample-every", "1"], runtime="process").start()
    client = dsw_client(server)
    instance_id = create(client, "lab")
    wait_until(lambda: status_of(client, instance_id) in ("Running", "Failed"), 120, "JupyterLab's start")
    assert status_of(client, instance_id) == "Running"
    yield server, client, instance_id
    client.delete_instance(instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()


def test_a_kernel_executes_code_over_wss(lab):
    server, client, instance_id = lab
    session = browser(client, instance_id, server.certificate)
    assert all(cookie.secure for cookie in session.cookies if cookie.name == f"atelier-{instance_id}")
    page = session.get(f"{server.endpoint}/{instance_id}/lab/", timeout=60)
    assert page.status_code == 200 and "JupyterLab" in page.text
    kernel = start_kernel(session, server, instance_id)
    assert execute(session, server, instance_id, kernel, "print(6 * 7)") == "42\n"


def test_strangers_get_403_over_tls_too(lab):
    server, _, instance_id = lab
    answer = requests.get(f"{server.endpoint}/{instance_id}/lab/", verify=str(server.certificate), timeout=30)
    assert answer.status_code == 403
    with pytest.raises(websocket.WebSocketBadStatusException) as raised:
        connect(requests.Session(), server, instance_id, "x")
    assert raised.value.status_code == 403


@pytest.mark.long
def test_an_executing_cell_keeps_it_alive_and_an_idle_one_is_warned_and_stopped(lab):
    """In real minutes, which no clock can turn here: the shortest rule is one minute."""
    server, client, instance_id = lab
    session = browser(client, instance_id, server.certificate)
    kernel = start_kernel(session, server, instance_id)

    def events():
        return client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body.events

    client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=50, max_idle_time_in_minutes=1))
    socket = connect(session, server, instance_id, kernel)
    asked = time.monotonic()
    execution = send_code(socket, "import time; time.sleep(80); print('slept')")  # hardly any CPU: not busy by that
    socket.settimeout(120)
    assert printed_by(socket, execution) == "slept\n"
    socket.close()
    assert time.monotonic() - asked > 75
    assert status_of(client, instance_id) == "Running", "a kernel that executes is work, whatever the CPU says"
    assert not any(event.split(" ")[1] == "Warning" for event in events())

    idle_since = time.monotonic()
    wait_until(lambda: status_of(client, instance_id) in ("Stopping", "Stopped"), 150, "the stop")
    assert time.monotonic() - idle_since > 55, "never with less idle time than its policy says (promise 5)"
    wait_until(lambda: status_of(client, instance_id) == "Stopped", 60, "the end of the stop")
    told = events()
    warned = [n for n, event in enumerate(told) if event.split(" ")[1] == "Warning" and "will be stopped" in event]
    stopped = [n for n, event in enumerate(told) if "CPU at most" in event and "threshold 50 %" in event
               and "no kernel executing" in event and n not in warned]
    assert warned and stopped and warned[0] < stopped[-1], told
