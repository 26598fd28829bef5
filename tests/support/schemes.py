"""Requests of every signature scheme, signed by hand by the rules of docs/contract/signing.md, as parts that a test may
change before they are sent."""

import base64
import dataclasses
import email.utils
import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

from signed import acs3, send

JSON = "application/json; charset=utf-8"


@dataclasses.dataclass
class Request:
    method: str
    target: str  # as on the request line
    headers: list  # of (name, value)
    body: bytes = b""

    def with_(self, method=None, target=None, body=None, add=(), change=None):
        """A copy with other parts: `add` is [(name, value)], `change` {lower-case name: value, or None to leave out}."""
        change = change or {}
        headers = [(name, change.get(name.lower(), value)) for name, value in self.headers]
        return Request(method or self.method, self.target if target is None else target,
                       [(name, value) for name, value in headers if value is not None] + list(add),
                       self.body if body is None else body)

    def has(self, name):
        return any(name == n.lower() for n, _ in self.headers)

    def raw(self):
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        if self.body and not self.has("transfer-encoding"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + self.body

    def send(self, server):
        """The status and the bytes of the answer's body."""
        with send(server, self.raw()) as connection, connection.makefile("rb") as stream:
            head, _, body = stream.read().partition(b"\r\n\r\n")
            return int(head.split()[1]), body


def key_of(server):
    credentials = server.credentials()
    return credentials["access_key_id"], credentials["access_key_secret"]


def with_acs3(server, method, path, query=(), body=b"", content_type=JSON, action="Any", version="2022-01-01", extra=(),
              nonce=None, at=None):
    key_id, secret = key_of(server)
    payload_hash = hashlib.sha256(body).hexdigest()
    headers = {"host": server.address, "x-acs-action": action, "x-acs-content-sha256": payload_hash,
               "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
               "x-acs-signature-nonce": nonce or secrets.token_hex(16), "x-acs-version": version, **dict(extra)}
    if body:
        headers["content-type"] = content_type
    names, signature = acs3.signature(secret, method, path, query, headers, payload_hash)
    headers["authorization"] = f"{acs3.ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    text = acs3.canonical_query(query)
    return Request(method, f"{path}?{text}" if text else path, list(headers.items()), body)


def with_roa(server, method, path, query=(), body=b"", content_type=JSON, md5=True, extra=(), nonce=None, at=None):
    """The older scheme. The target holds `query` strictly encoded, the signature covers it decoded. `nonce`: False for
    none, as the CLI sends it."""
    key_id, secret = key_of(server)
    headers = {"accept": "application/json", "date": email.utils.formatdate(at, usegmt=True),
               "x-acs-signature-method": "HMAC-SHA1", "x-acs-signature-nonce": nonce or secrets.token_hex(16),
               "x-acs-signature-version": "1.0", "x-acs-version": "2022-01-01", **dict(extra)}
    if nonce is False:
        del headers["x-acs-signature-nonce"]
    if md5:
        headers["content-md5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
    if body:
        headers["content-type"] = content_type
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-acs-"))
    resource = path + ("?" + "&".join(f"{name}={value}" for name, value in sorted(query)) if query else "")
    text = "\n".join([method, headers["accept"], headers.get("content-md5", ""), headers.get("content-type", ""),
                      headers["date"], lines + resource])
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    headers["authorization"] = f"acs {key_id}:{signature}"
    target = path + ("?" + acs3.canonical_query(query) if query else "")
    return Request(method, target, [("host", server.address), *headers.items()], body)


def with_rpc(server, action, parameters=(), version="2015-05-01", form=False, nonce=None, at=None):
    """All parameters, the signature included, in the query of a GET or in the form of a POST."""
    key_id, secret = key_of(server)
    method = "POST" if form else "GET"
    signed = {"AccessKeyId": key_id, "Action": action, "Format": "JSON", "SignatureMethod": "HMAC-SHA1",
              "SignatureNonce": nonce or secrets.token_hex(16), "SignatureVersion": "1.0",
              "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)), "Version": version,
              **dict(parameters)}
    canonical = "&".join(f"{acs3.encode(name)}={acs3.encode(value)}" for name, value in sorted(signed.items()))
    text = f"{method}&%2F&{acs3.encode(canonical)}".encode()
    signature = base64.b64encode(hmac.new((secret + "&").encode(), text, hashlib.sha1).digest()).decode()
    everything = f"{canonical}&Signature={quote(signature, safe='')}"
    headers = [("host", server.address)]
    if not form:
        return Request(method, f"/?{everything}", headers)
    return Request(method, "/", [*headers, ("content-type", "application/x-www-form-urlencoded")], everything.encode())


def with_bearer(server, method, path, version="2022-01-01"):
    """Nothing of it is signed, and no token is known."""
    return Request(method, path, [("host", server.address), ("x-acs-bearer-token", "token"), ("x-acs-version", version),
                                  ("x-acs-signature-type", "BEARERTOKEN")])
