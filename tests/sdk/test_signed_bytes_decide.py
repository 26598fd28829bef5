"""Promise 8: what a request means is decided by signed bytes only. For each scheme a good request is sent with one
thing added, doubled or changed: it is refused, or answered as the good one is."""

import json
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, wait_until
from schemes import JSON, with_acs3, with_bearer, with_roa, with_rpc

FORM = "application/x-www-form-urlencoded"
TIMES = {"RequestId", "AccumulatedRunningTimeInMs", "GmtModifiedTime"}  # not the same in two answers
EVIL = "evil.example"


@pytest.fixture(scope="module")
def instance(server):
    """A running one, whose answer holds URLs."""
    client = dsw_client(server)
    made = create(client, "signed_bytes")
    create(client, "another")
    wait_until(lambda: status_of(client, made) == "Running", what="a running instance")
    return made


QUERY = [("InstanceName", "signed_bytes"), ("PageSize", "10"), ("Status", "Running,Stopped"), ("WorkspaceId", "ALL")]
LIST = "/api/v2/instances"


def one(instance):
    return f"{LIST}/{instance}"


READS = {
    "ACS3 list": lambda s, i: with_acs3(s, "GET", LIST, QUERY),
    "ACS3 get": lambda s, i: with_acs3(s, "GET", one(i)),
    "ROA list": lambda s, i: with_roa(s, "GET", LIST, QUERY),
    "ROA get": lambda s, i: with_roa(s, "GET", one(i)),
    "ROA list, no MD5": lambda s, i: with_roa(s, "GET", LIST, QUERY, md5=False),
    "RPC query": lambda s, i: with_rpc(s, "GetCallerIdentity", version="2015-04-01"),
    "RPC form": lambda s, i: with_rpc(s, "GetCallerIdentity", version="2015-04-01", form=True),
    "RPC of a user": lambda s, i: with_rpc(s, "ListAccessKeys", [("UserName", "nobody")]),
}


def update(scheme, **how):
    """A change of the instance's name to one that no other request asks for."""
    return lambda s, i, name: scheme(s, "PUT", one(i), body=json.dumps({"InstanceName": name}).encode(), **how)


WRITES = {"ACS3": update(with_acs3), "ROA": update(with_roa), "ROA, no MD5": update(with_roa, md5=False)}


def adds(*headers):
    return lambda request: request.with_(add=headers)


def changes(**headers):
    return lambda request: request.with_(change={name.replace("_", "-"): value for name, value in headers.items()})


def query(end):
    """Puts `end` behind the query, or makes it the query."""
    return lambda request: request.with_(target=request.target + ("&" if "?" in request.target else "?") + end)


def target(old, new):
    return lambda request: request.with_(target=request.target.replace(old, new, 1))


HEADERS = {
    "another host": changes(host=EVIL),
    "a second host": adds(("Host", EVIL)),
    "no host": changes(host=None),
    "forwarded host": adds(("X-Forwarded-Host", EVIL), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "1")),
    "forwarded": adds(("Forwarded", f"host={EVIL};proto=https"), ("X-Forwarded-Server", EVIL)),
    "forwarded prefix": adds(("X-Forwarded-Prefix", "/evil"), ("X-Script-Name", "/evil")),
    "forwarded client": adds(("X-Forwarded-For", "10.0.0.1"), ("X-Real-IP", "10.0.0.1"),
                             ("x-acs-source-ip", "10.0.0.1")),
    "another path": adds(("X-Original-URL", "/api/v2/instances"), ("X-Rewrite-URL", "/api/v2/instances")),
    "another method": adds(("X-HTTP-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE"),
                           ("X-Method-Override", "DELETE")),
    "another action": adds(("x-acs-action", "CreateAccessKey"), ("x-acs-version", "2015-05-01")),
    "another action, upper case": adds(("X-ACS-ACTION", "CreateAccessKey"), ("X-ACS-VERSION", "2015-05-01")),
    "another action alone": adds(("x-acs-action", "CreateAccessKey")),
    "another version alone": adds(("x-acs-version", "2015-05-01")),
    "an empty action": adds(("x-acs-action", "")),
    "the action twice": adds(("x-acs-action", "GetCallerIdentity"), ("x-acs-action", "CreateAccessKey")),
    "another region": adds(("x-acs-region-id", "elsewhere")),
    "a security token": adds(("x-acs-security-token", "token")),
    "another key": adds(("x-acs-accesskey-id", "somebody")),
    "a second nonce": adds(("x-acs-signature-nonce", "fresh")),
    "a second date": adds(("x-acs-date", "2026-01-01T00:00:00Z"), ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")),
    "another date": changes(date="Thu, 01 Jan 2026 00:00:00 GMT", x_acs_date="2026-01-01T00:00:00Z"),
    "a bearer's token": adds(("x-acs-bearer-token", "t"), ("x-acs-signature-type", "BEARERTOKEN")),
    "an identity token": adds(("x-acs-zero-trust-idtoken", "t")),
    "an authorization that is none": adds(("Authorization", "ACS3-")),
    "an older authorization": adds(("Authorization", "acs id:signature")),
    "a basic authorization": adds(("Authorization", "Basic dTpw"), ("Proxy-Authorization", "Basic dTpw")),
    "a client token": adds(("ClientToken", "t"), ("x-acs-client-token", "t")),
    "a plain client token": adds(("ClientToken", "t")),
    "a cookie": adds(("Cookie", "atelier=x; Action=CreateAccessKey; WorkspaceId=1")),
    "another accept": changes(accept="application/xml"),
    "an accept": adds(("Accept", "application/xml")),
    "an accepted language": adds(("Accept-Language", "zh"), ("Accept-Encoding", "gzip")),
    "a content type": adds(("Content-Type", FORM)),
    "another content type": changes(content_type="text/plain"),
    "no content type": changes(content_type=None),
    "an MD5": adds(("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")),
    "no MD5": changes(content_md5=None),
    "a content encoding": adds(("Content-Encoding", "gzip")),
    "an expectation": adds(("Expect", "200-ok")),
    "a condition": adds(("If-None-Match", "*"), ("If-Match", '"x"'), ("Range", "bytes=0-1")),
    "an upgrade": adds(("Upgrade", "websocket"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")),
    "an origin": adds(("Origin", f"https://{EVIL}"), ("Referer", f"https://{EVIL}/?Token=x")),
}
TARGETS = {
    "a parameter": query("InstanceName=another"),
    "an unknown parameter": query("Foo=bar"),
    "an empty parameter": query("UserName="),
    "a bare parameter": query("Foo"),
    "a second page size": query("PageSize=1"),
    "a second page size first": target("?", "?PageSize=1&"),
    "another action in the query": query("Action=CreateAccessKey"),
    "a twin of the action": query("action=CreateAccessKey"),
    "another format": query("Format=XML"),
    "a signature in the query": query("Signature=x"),
    "a signature's name, encoded": query("%53ignature=x"),
    "a bearer's token in the query": query("BearerToken=t"),
    "a twin of a parameter": target("InstanceName=", "instancename="),
    "an encoded name": target("InstanceName=", "%49nstanceName="),
    "a blank for a letter": target("signed_bytes", "signed+bytes"),
    "an encoded letter": target("signed_bytes", "%73igned_bytes"),
    "an encoded border": target("&PageSize=", "%26PageSize%3D"),
    "an encoded border in the name": target("InstanceName=signed_bytes&PageSize=",
                                            "InstanceName%3Dsigned_bytes%26PageSize="),
    "an encoded equals sign": target("InstanceName=", "InstanceName%3D"),
    "a list as repeated names": target("Status=Running%2CStopped", "Status=Running&Status=Stopped"),
    "a list as an empty name first": target("Status=Running%2CStopped", "Status=Running&Status=&Status=Stopped"),
    "a semicolon": target("&PageSize=", ";PageSize="),
    "a second question mark": target("?", "??"),
    "an empty piece": target("?", "?&&"),
    "a plus after encoding": target("PageSize=10", "PageSize=10+"),
    "a fragment": lambda request: request.with_(target=request.target + "#&Action=CreateAccessKey"),
    "a slash at the end": target("?", "/?"),
    "two slashes": target("/", "//"),
    "a dot segment": target("/", "/./"),
    "up and back": target("/api", "/x/../api"),
    "up": target("/api/v2/instances", "/api/v2/instances/../instances"),
    "an encoded slash": target("/v2/", "/v2%2F"),
    "an encoded letter in the path": target("/instances", "/%69nstances"),
    "another case of the path": target("/instances", "/Instances"),
    "a path parameter": target("/instances", "/instances;a=b"),
    "the absolute form": lambda request: request.with_(target=f"http://{EVIL}{request.target}"),
}
METHODS = {method: lambda request, method=method: request.with_(method=method)
           for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get")}
BODIES = {
    "a body": lambda request: request.with_(body=b'{"InstanceName":"evil","Priority":9}'),
    "a JSON body": lambda request: request.with_(body=b'{"InstanceName":"evil","Priority":9}',
                                                 add=[("Content-Type", JSON)]),
    "a form": lambda request: request.with_(body=b"Action=CreateAccessKey&InstanceName=evil&UserName=evil",
                                            add=[("Content-Type", FORM)]),
    "a longer body": lambda request: request.with_(body=request.body + b"&Foo=bar"),
    "a chunked body": lambda request: request.with_(body=b"2\r\n{}\r\n0\r\n\r\n",
                                                    add=[("Transfer-Encoding", "chunked")]),
    "no body": lambda request: request.with_(body=b""),
}
EVERYTHING = {**HEADERS, **TARGETS, **{f"the method {name}": change for name, change in METHODS.items()}, **BODIES}


def everything(of):
    return pytest.mark.parametrize("change", of.values(), ids=of.keys())


def meaning(answer):
    """What is answered, without what differs from one time to the next."""
    if isinstance(answer, dict):
        return {name: meaning(value) for name, value in answer.items() if name not in TIMES}
    return [meaning(value) for value in answer] if isinstance(answer, list) else answer


def refused(status, answer):
    return 400 <= status < 500 and (not answer or "Code" in json.loads(answer))


@everything(EVERYTHING)
@pytest.mark.parametrize("make", READS.values(), ids=READS.keys())
def test_promise_8_a_changed_request_is_refused_or_means_the_same(server, instance, make, change):
    good = make(server, instance)
    status, answer = change(good).send(server)
    if refused(status, answer):
        return
    expected_status, expected = make(server, instance).send(server)
    assert (status, meaning(json.loads(answer))) == (expected_status, meaning(json.loads(expected)))


@pytest.mark.parametrize("make", READS.values(), ids=READS.keys())
def test_promise_8_what_was_signed_is_answered(server, instance, make):
    status, answer = make(server, instance).send(server)
    assert status in (200, 404) and EVIL.encode() not in answer
    if status == 404:
        assert json.loads(answer)["Code"] == "EntityNotExist.User", "signed, and of a user who is not there"


@everything({name: change for name, change in EVERYTHING.items() if name not in {"a body", "a longer body", "no body"}})
@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES.keys())
def test_promise_8_a_changed_write_does_what_was_signed_or_nothing(server, instance, make, change):
    client = dsw_client(server)
    before = client.get_instance(instance, dsw.GetInstanceRequest()).body.to_map()
    name = f"n{time.monotonic_ns()}"
    change(make(server, instance, name)).send(server)
    after = client.get_instance(instance, dsw.GetInstanceRequest()).body.to_map()
    assert after["InstanceName"] in (before["InstanceName"], name)
    rest = TIMES | {"InstanceName"}
    assert {k: v for k, v in after.items() if k not in rest} == {k: v for k, v in before.items() if k not in rest}
    client.update_instance(instance, dsw.UpdateInstanceRequest(instance_name="signed_bytes"))


@pytest.mark.parametrize("scheme", ["ACS3", "ROA"])
@everything(BODIES)
def test_promise_8_a_body_that_was_not_signed_is_refused(server, instance, scheme, change):
    """ROA without Content-MD5 does not cover the text of a body (docs/security.md)."""
    request = WRITES[scheme](server, instance, "signed_bytes")
    request = change(request)
    if request.has("transfer-encoding") or request.body != WRITES[scheme](server, instance, "signed_bytes").body:
        status, answer = request.send(server)
        assert refused(status, answer)


@pytest.mark.parametrize("content_type", [None, JSON, FORM, "application/octet-stream", "text/plain"])
@pytest.mark.parametrize("scheme", [with_acs3, with_roa, lambda *a: with_roa(*a, md5=False)],
                         ids=["ACS3", "ROA", "ROA, no MD5"])
def test_promise_8_a_request_signed_without_a_body_gets_none(server, instance, scheme, content_type):
    add = [("Content-Type", content_type)] if content_type else []
    request = scheme(server, "PUT", one(instance)).with_(body=b'{"InstanceName":"evil"}', add=add)
    status, answer = request.send(server)
    assert (status, json.loads(answer)["Code"]) in {(400, "SignatureDoesNotMatch"), (400, "IncompleteSignature"),
                                                    (400, "ContentMD5NotMatched")}


def test_promise_8_a_server_may_ask_that_the_older_scheme_covers_every_body(tmp_path):
    server = Server(tmp_path, arguments=["--roa-content-md5", "require"]).start()
    try:
        client = dsw_client(server)
        made = create(client, "covered")
        wait_until(lambda: status_of(client, made) == "Running", what="the instance")
        status, answer = WRITES["ROA, no MD5"](server, made, "open").send(server)
        assert (status, json.loads(answer)["Code"]) == (400, "IncompleteSignature")
        for good in (WRITES["ROA"](server, made, "closed"), with_roa(server, "GET", one(made), md5=False)):
            status, answer = good.send(server)
            assert status == 200, answer
        assert client.get_instance(made, dsw.GetInstanceRequest()).body.instance_name == "closed"
    finally:
        server.stop()


def test_promise_8_of_the_older_scheme_no_body_is_taken_away(server, instance):
    request = WRITES["ROA, no MD5"](server, instance, "signed_bytes").with_(body=b"")
    status, answer = request.send(server)
    assert (status, json.loads(answer)["Code"]) == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("sent", ["Label.a%2520b", "Label.a%2Bb", "Label.a%252520b", "Labela%20b", "Label.A%20b"])
def test_promise_8_a_name_that_reads_like_the_signed_one_is_refused(server, sent):
    """Clients sign names decoded or encoded, so one text may be the form of two."""
    request = with_acs3(server, "GET", "/api/v2/services", [("Label.a%20b", "1")], version="2021-07-01")
    assert request.send(server)[0] == 200
    request = with_acs3(server, "GET", "/api/v2/services", [("Label.a%20b", "1")], version="2021-07-01")
    status, answer = request.with_(target=request.target.replace("Label.a%20b", sent)).send(server)
    assert (status, json.loads(answer)["Code"]) == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("scheme", [with_acs3, with_roa], ids=["ACS3", "ROA"])
@pytest.mark.parametrize(("signed", "sent"), [("x%20y", "x+y"), ("x%2By", "x+y"), ("x+y", "x%2By"), ("x+y", "x%20y"),
                                              ("x%2Ay", "x*y"), ("x~y", "x%7Ey"), ("x%20y", "x%2520y")])
def test_promise_8_a_path_that_reads_like_the_signed_one_means_the_same(server, scheme, signed, sent):
    """Clients rewrite a path while they sign it. The answer names what was asked for."""
    def request():
        return scheme(server, "GET", f"{LIST}/{signed}")

    expected = json.loads(request().send(server)[1])
    assert expected["Code"] in ("InternalError", "SignatureDoesNotMatch"), expected  # DSW: not there
    answer = json.loads(request().with_(target=f"{LIST}/{sent}").send(server)[1])
    assert answer["Code"] == "SignatureDoesNotMatch" or meaning(answer) == meaning(expected)


@everything(EVERYTHING)
def test_promise_8_nothing_opens_for_a_bearer(server, instance, change):
    status, answer = change(with_bearer(server, "GET", one(instance))).send(server)
    assert refused(status, answer)


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
@pytest.mark.parametrize("name", ["another action", "another action alone", "another version alone"])
def test_promise_8_another_name_beside_the_signed_one_is_refused(server, name, form):
    status, answer = HEADERS[name](with_rpc(server, "GetCallerIdentity", version="2015-04-01", form=form)).send(server)
    assert (status, json.loads(answer)["Code"]) == (400, "IncompleteSignature")


@pytest.mark.parametrize("end", ["&UserName=", "&Foo=", "&Action=CreateAccessKey", "&action=CreateAccessKey"])
def test_promise_8_a_parameter_that_was_not_signed_is_refused(server, end):
    request = with_rpc(server, "GetCallerIdentity", version="2015-04-01")
    status, answer = request.with_(target=request.target + end).send(server)
    assert (status, json.loads(answer)["Code"]) in {(400, "SignatureDoesNotMatch"), (400, "IncompleteSignature")}


def test_promise_8_links_lead_to_this_server_whatever_host_is_named(server, instance):
    """ROA does not cover Host: whoever passes a request on may change it, and must get no link to a place of theirs."""
    for host in (server.address, EVIL, f"user@{EVIL}"):
        status, answer = with_roa(server, "GET", one(instance)).with_(change={"host": host}).send(server)
        assert status == 200
        assert json.loads(answer)["JupyterlabUrl"] == f"http://{server.address}/{instance}/lab/"


def test_promise_8_a_value_with_an_ampersand_is_no_other_parameter(server, instance):
    """In the older scheme "a=x%26b%3Dy" and "a=x&b=y" have one signature: what may be both is refused, and its nonce is
    used up, so that it cannot be sent split. Text of JSON that cannot be a parameter is let through."""
    values = [("Labels", '{"team":"R&D"}'), ("InstanceName", "a&PageSize=1"), ("InstanceName", "a&b")]
    status, _ = with_roa(server, "GET", LIST, values[:1]).send(server)
    assert status == 200
    for value in values[1:]:
        request = with_roa(server, "GET", LIST, [value])
        status, answer = request.send(server)
        assert (status, json.loads(answer)["Code"]) == (400, "IncompleteSignature")
        split = request.with_(target=request.target.replace("%26", "&").replace("%3D", "="))
        status, answer = split.send(server)
        assert (status, json.loads(answer)["Code"]) == (400, "SignatureNonceUsed")


def test_promise_8_in_the_older_scheme_a_repeated_name_is_a_list_as_it_is_signed(server, instance):
    """As pop-core sends arrays, and so that a list cannot be cut down to its first item."""
    request = with_roa(server, "GET", LIST, [("Status", "Stopped,Running"), ("WorkspaceId", "ALL")])
    split = request.with_(target=f"{LIST}?Status=Stopped&Status=Running&WorkspaceId=ALL")
    status, answer = split.send(server)
    assert status == 200 and json.loads(answer)["TotalCount"] == 2


@pytest.mark.parametrize(("credentials", "code"), [([], "MissingAccessKeyId"),
                                                   ([("x-acs-bearer-token", "t")], "InvalidBearerToken")])
def test_promise_9_who_shows_no_key_is_told_so_whatever_names_the_action(server, credentials, code):
    names = [("x-acs-action", "GetCallerIdentity"), ("x-acs-version", "2015-04-01")]
    bare = with_bearer(server, "POST", "/").with_(change={"x-acs-bearer-token": None, "x-acs-version": None,
                                                          "x-acs-signature-type": None})
    status, answer = bare.with_(add=[*names, *credentials]).send(server)
    assert (status, json.loads(answer)["Code"]) == (400, code)
