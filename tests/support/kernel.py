"""A Jupyter kernel behind the gateway, spoken to as the page in a browser does."""

import json
import uuid

import pytest
import websocket


def start_kernel(session, server, instance_id):
    """The id of a new Python kernel of the instance."""
    answer = session.post(f"{server.endpoint}/{instance_id}/api/kernels", json={"name": "python3"},
                          headers={"Origin": server.endpoint}, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def connect(session, server, instance_id, kernel):
    """An open WebSocket to the kernel's channels, over TLS where the server speaks it."""
    scheme = "wss" if server.scheme == "https" else "ws"
    cookies = "; ".join(f"{c.name}={c.value}" for c in session.cookies)
    trust = {"ca_certs": str(server.certificate)} if server.scheme == "https" else {}
    return websocket.create_connection(
        f"{scheme}://{server.address}/{instance_id}/api/kernels/{kernel}/channels", cookie=cookies,
        origin=server.endpoint, timeout=60, sslopt=trust)


def send_code(socket, code):
    """Asks for execution; returns the id that the answers will name."""
    message_id = uuid.uuid4().hex
    socket.send(json.dumps({
        "header": {"msg_id": message_id, "username": "test", "session": uuid.uuid4().hex,
                   "msg_type": "execute_request", "version": "5.3"},
        "parent_header": {}, "metadata": {}, "channel": "shell",
        "content": {"code": code, "silent": False, "store_history": False, "user_expressions": {},
                    "allow_stdin": False, "stop_on_error": True}}))
    return message_id


def printed_by(socket, message_id):
    """Waits for the end of an execution and returns what it printed; an exception in the cell fails the test."""
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


def execute(session, server, instance_id, kernel, code):
    """Runs `code` in the kernel over the gateway's WebSocket; returns what it printed."""
    socket = connect(session, server, instance_id, kernel)
    try:
        return printed_by(socket, send_code(socket, code))
    finally:
        socket.close()
