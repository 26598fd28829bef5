"""Requests signed by hand, for what no client lets through: broken bytes, reused nonces, many at once."""

import hashlib
import json
import pathlib
import secrets
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bench"))

import acs3  # noqa: E402 (after the path): the one signer in Python that is ours


def request(server, method, path, action, raw_query="", query=(), body=b"", key=None, date=None, nonce=None,
            version="2022-01-01"):
    """The bytes of a signed request. `raw_query` goes on the request line as it is, `query` is what is signed;
    `body` is bytes."""
    credentials = server.credentials()
    key_id, secret = key or (credentials["access_key_id"], credentials["access_key_secret"])
    payload_hash = hashlib.sha256(body).hexdigest()
    headers = {"host": server.address, "x-acs-action": action, "x-acs-content-sha256": payload_hash,
               "x-acs-date": date or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
               "x-acs-signature-nonce": nonce or secrets.token_hex(16), "x-acs-version": version}
    if body:
        headers["content-type"] = "application/json"
    names, signed = acs3.signature(secret, method, path, query, headers, payload_hash)
    headers["authorization"] = f"{acs3.ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signed}"
    if body:
        headers["content-length"] = str(len(body))
    target = path + (f"?{raw_query or acs3.canonical_query(query)}" if raw_query or query else "")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body


def send(server, data):
    """Opens a connection and sends; the answer is waiting for `receive`."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(data)
    return connection


def receive(connection):
    """(status, the answer's JSON object). Closes the connection."""
    with connection, connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        length = 0
        while (line := stream.readline().strip()):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, json.loads(stream.read(length))


def ask(server, *arguments, **more):
    return receive(send(server, request(server, *arguments, **more)))
