"""ACS3-HMAC-SHA256 requests, signed ahead of the load so that signing costs the load generator nothing."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.parse

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


def encode(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical_query(query):
    """Of pairs, with names as they are: every documented one is made of unreserved characters. Text is canonical."""
    if isinstance(query, str):
        return query
    return "&".join(f"{name}={encode(value)}" for name, value in sorted(query))


def signature(secret, method, path, query, headers, payload_hash):
    """`headers`: the signed ones by lower-case name. Returns (names, hex signature)."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"{method}\n{path or '/'}\n{canonical_query(query)}\n{lines}\n{names}\n{payload_hash}"
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return names, hmac.digest(secret.encode(), text.encode(), "sha256").hex()


class Signer:
    """Whole HTTP/1.1 requests for one server, under one access key."""

    def __init__(self, host, key_id, secret):
        self.host, self.key_id, self.secret = host, key_id, secret

    def request(self, method, path, action, query=(), body=None, version="2022-01-01"):
        payload = b"" if body is None else json.dumps(body).encode()
        payload_hash = hashlib.sha256(payload).hexdigest() if payload else EMPTY_HASH
        headers = {
            "host": self.host,
            "x-acs-action": action,
            "x-acs-content-sha256": payload_hash,
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": version,
        }
        if payload:
            headers["content-type"] = "application/json; charset=utf-8"
        names, signed = signature(self.secret, method, path, query, headers, payload_hash)
        headers["accept"] = "application/json"
        headers["authorization"] = f"{ALGORITHM} Credential={self.key_id},SignedHeaders={names},Signature={signed}"
        if payload:
            headers["content-length"] = str(len(payload))
        target = path + ("?" + canonical_query(query) if query else "")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + payload


def check(vectors_file):
    """Compares with the requests captured from real clients; returns how many were checked."""
    checked = 0
    for vector in json.loads(vectors_file.read_text())["vectors"]:
        expected = vector["expected"]
        if vector["scheme"] != ALGORITHM or (expected["uri_form"], expected["query_form"]) != ("raw", "raw-names"):
            continue
        named = expected["signed_headers"].split(";")
        headers = {name.lower(): value for name, value in vector["headers"] if name.lower() in named}
        query = urllib.parse.parse_qsl(vector["raw_query"], keep_blank_values=True)
        _, signed = signature(vector["access_key_secret"], vector["method"], vector["path"], query, headers,
                              headers["x-acs-content-sha256"])
        if signed != expected["signature"]:
            raise SystemExit(f"bench: the signature of {vector['id']} differs from the captured one")
        checked += 1
    return checked
