"""What somebody who has nothing but /openapi.json sends, and what they may expect: requests that the document allows,
made by schemathesis and signed, and the answers held against the document.

    strangers.py ENDPOINT KEY_ID SECRET EXAMPLES

Runs in an environment of its own (requirements.txt). Prints each finding once, as JSON, one a line; ends with 1 if there
is any."""

import functools
import hashlib
import json
import pathlib
import re
import secrets
import sys
import time
import urllib.parse
import urllib.request
from unittest import SkipTest

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bench"))

import acs3  # noqa: E402 (after the path): the one signer in Python that is ours

CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "negative_data_rejection")

# A request that the document allows can be refused for what it refers to, or for what stands there now: that an image is
# offered, a user exists, two members go together. The document cannot say so, the message must.
REFERS = re.compile(
    r"not offered|does not exist|names no|no such|unknown|not supported by this server yet|already|"
    r"possible in this state|exclude each other|without them|either|must name|has no |is not the |beyond|room|"
    r"must hold|must not hold|must not be after|names |needs |differs|cannot|larger|smaller|repeats", re.I)


def canonical(query):
    """The same parameters, encoded and in the order of their names, as they are signed."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return "&".join(f"{acs3.encode(name)}={acs3.encode(value)}" for name, value in sorted(pairs, key=lambda pair: (
        pair[0].encode(errors="surrogateescape"))))


class Signature(requests.auth.AuthBase):
    """Signs what is sent, as it is sent."""

    def __init__(self, key_id, secret, operation):
        self.key_id, self.secret = key_id, secret
        self.action = operation["operationId"]
        self.version = operation["x-acs-version"]

    def __call__(self, request):
        url = urllib.parse.urlsplit(request.url)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        payload_hash = hashlib.sha256(body).hexdigest()
        headers = {"host": url.netloc, "x-acs-content-sha256": payload_hash,
                   "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                   "x-acs-signature-nonce": secrets.token_hex(16)}
        if self.version:
            headers |= {"x-acs-action": self.action, "x-acs-version": self.version}
        query = canonical(url.query)
        request.url = urllib.parse.urlunsplit(url._replace(query=query))
        names, signed = acs3.signature(self.secret, request.method, url.path, query, headers, payload_hash)
        request.headers.update(headers)
        request.headers["authorization"] = (
            f"{acs3.ALGORITHM} Credential={self.key_id},SignedHeaders={names},Signature={signed}")
        return request


def checks():
    schemathesis.checks.load_all_checks()
    found = {check.__name__: check for check in schemathesis.checks.CHECKS.get_all()}
    return [found[name] for name in CHECKS]


def problem_of(case, response, all_checks):
    """One sentence, or None."""
    allowed = case.meta.generation.mode == GenerationMode.POSITIVE
    if allowed and response.status_code == 400 and not REFERS.search(response.text):
        return f"allowed by the document, refused: {response.json().get('Message')}"
    if allowed and response.status_code in (405, 413, 414, 415, 431):
        return f"allowed by the document, answered {response.status_code}"
    if "SignatureDoesNotMatch" in response.text:
        return f"the signature of this program is wrong for {response.request.url}"
    try:
        case.validate_response(response, checks=all_checks)
    except FailureGroup as failures:
        return "; ".join(f"{failure.title}: {' '.join(failure.message.split())[:200]}" for failure in failures.exceptions)
    return None


def for_each(operation, mode, examples, ask):
    """Calls `ask` with requests to `operation`: such as the document allows (POSITIVE), or such as it does not."""
    asked = given(case=operation.as_strategy(generation_mode=mode))(lambda case: ask(case))
    bounded = settings(max_examples=examples, derandomize=True, database=None, deadline=None,
                       phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    try:
        bounded(asked)()
    except (Unsatisfiable, SkipTest):
        pass  # nothing can be wrong with a request that has no parts


class Stranger:
    def __init__(self, endpoint, key_id, secret):
        self.endpoint, self.key_id, self.secret = endpoint, key_id, secret
        self.session = requests.Session()
        self.checks = checks()
        self.findings = {}
        self.tried = 0

    def ask(self, raw, case):
        """Sends it, and keeps what is wrong with the answer."""
        self.tried += 1
        response = case.call(base_url=self.endpoint, session=self.session, timeout=30,
                             auth=Signature(self.key_id, self.secret, raw))
        problem = problem_of(case, response, self.checks)
        if problem:
            self.findings.setdefault((raw["operationId"], problem[:60]), {
                "operation": raw["operationId"], "problem": problem, "status": response.status_code,
                "request": f"{response.request.method} {response.request.url}"[:600],
                "body": str(response.request.body)[:600], "answer": response.text[:300]})


def main(endpoint, key_id, secret, examples):
    with urllib.request.urlopen(f"{endpoint}/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    # RPC style operations share one path, told apart by a parameter: no path of OpenAPI's.
    document["paths"] = {path: operations for path, operations in document["paths"].items() if "?" not in path}
    del document["components"], document["security"]  # every request is signed
    stranger = Stranger(endpoint, key_id, secret)
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        raw = document["paths"][operation.path][operation.method.lower()]
        # Time that jumps by a year ends the validity of everything.
        if raw["x-atelier-supported"] and raw["operationId"] != "AdvanceClock":
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                for_each(operation, mode, examples, functools.partial(stranger.ask, raw))
    for finding in stranger.findings.values():
        print(json.dumps(finding))
    print(f"{stranger.tried} requests", file=sys.stderr)
    return 1 if stranger.findings or not stranger.tried else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], int(sys.argv[4])))
