"""Promise 8: what a request means is decided by signed bytes only. An RPC signature covers the parameters and no
header, so what somebody adds to such a request is refused or means nothing."""

import base64
import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

import pytest
from signed import receive, send


def presigned(server, method="GET"):
    """The parameters of a GetCallerIdentity as they are handed to others to prove an identity."""
    credentials = server.credentials()
    parameters = {"AccessKeyId": credentials["access_key_id"], "Action": "GetCallerIdentity", "Format": "JSON",
                  "SignatureMethod": "HMAC-SHA1", "SignatureNonce": secrets.token_hex(16), "SignatureVersion": "1.0",
                  "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "Version": "2015-04-01"}
    canonical = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(parameters.items()))
    key = (credentials["access_key_secret"] + "&").encode()
    text = f"{method}&%2F&{quote(canonical, safe='-_.~')}".encode()
    signature = base64.b64encode(hmac.new(key, text, hashlib.sha1).digest()).decode()
    return f"{canonical}&Signature={quote(signature, safe='')}"


def ask(server, headers=(), query_end="", form=False):
    """The answer to such a request with `headers` added, and `query_end` behind its parameters."""
    parameters = presigned(server, "POST" if form else "GET") + query_end
    lines = [f"Host: {server.address}", *headers]
    if form:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(parameters)}"]
    start = "POST / HTTP/1.1" if form else f"GET /?{parameters} HTTP/1.1"
    data = "\r\n".join([start, *lines, "", parameters if form else ""])
    return receive(send(server, data.encode()))


ADDED = {
    "another action": ["x-acs-action: CreateAccessKey", "x-acs-version: 2015-05-01"],
    "another action, upper case": ["X-ACS-ACTION: CreateAccessKey", "X-ACS-VERSION: 2015-05-01"],
    "another action alone": ["x-acs-action: CreateAccessKey"],
    "another version alone": ["x-acs-version: 2015-05-01"],
    "an empty action": ["x-acs-action:"],
    "the action twice": ["x-acs-action: GetCallerIdentity", "x-acs-action: CreateAccessKey"],
    "a bearer's token": ["x-acs-bearer-token: t", "x-acs-action: CreateAccessKey", "x-acs-version: 2015-05-01"],
    "another method": ["X-HTTP-Method-Override: DELETE"],
    "an authorization that is none": ["Authorization: ACS3-", "x-acs-action: CreateAccessKey"],
}


def means_the_same_or_nothing(status, answer):
    assert "AccessKey" not in answer, "a key was made"
    if status == 200:
        assert "AccountId" in answer, "the answer to what was signed"
    else:
        assert status == 400
        assert answer["Code"] in {"IncompleteSignature", "SignatureDoesNotMatch", "InvalidSignatureMethod",
                                  "InvalidVersion"}


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
def test_promise_8_what_was_signed_is_answered(server, form):
    status, answer = ask(server, form=form)
    assert status == 200 and "AccountId" in answer


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
@pytest.mark.parametrize("headers", ADDED.values(), ids=ADDED.keys())
def test_promise_8_an_added_header_never_changes_what_was_signed(server, headers, form):
    means_the_same_or_nothing(*ask(server, headers, form=form))


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
@pytest.mark.parametrize("headers", [ADDED["another action"], ADDED["another action alone"],
                                     ADDED["another version alone"]])
def test_promise_8_another_name_beside_the_signed_one_is_refused(server, headers, form):
    status, answer = ask(server, headers, form=form)
    assert (status, answer["Code"]) == (400, "IncompleteSignature")


@pytest.mark.parametrize("end", ["&UserName=", "&Foo=", "&Action=CreateAccessKey", "&action=CreateAccessKey"])
def test_promise_8_a_parameter_that_was_not_signed_is_refused(server, end):
    status, answer = ask(server, query_end=end)
    assert (status, answer["Code"]) in {(400, "SignatureDoesNotMatch"), (400, "IncompleteSignature")}


@pytest.mark.parametrize(("credentials", "code"), [([], "MissingAccessKeyId"),
                                                   (["x-acs-bearer-token: t"], "InvalidBearerToken")])
def test_promise_9_who_shows_no_key_is_told_so_whatever_names_the_action(server, credentials, code):
    lines = [f"Host: {server.address}", "x-acs-action: GetCallerIdentity", "x-acs-version: 2015-04-01", *credentials]
    status, answer = receive(send(server, "\r\n".join(["POST / HTTP/1.1", *lines, "Content-Length: 0", "", ""]).encode()))
    assert (status, answer["Code"]) == (400, code)
