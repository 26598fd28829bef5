"""Files and terminals of a JupyterLab behind the gateway, used as its page in a browser uses them."""

import base64
import json
import re
import uuid

import websocket


def upload(session, server, instance_id, path, data):
    """Puts `data` into the file `path` below the instance's home, as a drop on the file browser does."""
    contents = f"{server.endpoint}/{instance_id}/api/contents"
    headers = {"Origin": server.endpoint}
    folder = path.rpartition("/")[0]
    if folder and not session.get(f"{contents}/{folder}?content=0", timeout=60).ok:
        made = session.put(f"{contents}/{folder}", json={"type": "directory"}, headers=headers, timeout=60)
        assert made.ok, made.text
    sent = session.put(f"{contents}/{path}", headers=headers, timeout=60,
                       json={"type": "file", "format": "base64", "content": base64.b64encode(data).decode()})
    assert sent.ok, sent.text


def in_terminal(session, server, instance_id, command):
    """Types `command` into a new terminal: (exit code, what the terminal showed of it)."""
    headers = {"Origin": server.endpoint}
    terminals = f"{server.endpoint}/{instance_id}/api/terminals"
    name = session.post(terminals, json={}, headers=headers, timeout=60).json()["name"]
    cookies = "; ".join(f"{c.name}={c.value}" for c in session.cookies)
    socket = websocket.create_connection(f"ws://{server.address}/{instance_id}/terminals/websocket/{name}",
                                         cookie=cookies, origin=server.endpoint, timeout=120)
    mark = uuid.uuid4().hex
    # The mark is put together by the shell only, so that the echo of what was typed is not taken for its output.
    typed = f"echo {mark[:8]}''{mark[8:]}; {command}; echo {mark[8:]}''{mark[:8]} $?\r"
    try:
        socket.send(json.dumps(["set_size", 50, 1000]))
        socket.send(json.dumps(["stdin", typed]))
        shown = ""
        while True:
            kind, *rest = json.loads(socket.recv())
            shown += rest[0] if kind == "stdout" else ""
            found = re.search(f"{mark}\r?\n(.*){mark[8:]}{mark[:8]} ([0-9]+)", shown, re.DOTALL)
            if found:
                return int(found[2]), found[1].replace("\r\n", "\n")
    finally:
        socket.close()
        session.delete(f"{terminals}/{name}", headers=headers, timeout=60)
