"""Notebooks and services have an origin of their own (--apps-listen), and only then does anybody sign in."""

import json
import urllib.error
import urllib.request

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, rest, status_of
from conftest import Server, wait_until


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def ask(base, method, path, **headers):
    """(status, headers, body), without following anything."""
    request = urllib.request.Request(base + path, method=method,
                                     headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("atelier"), arguments=["--apps-listen", "127.0.0.1:0"])
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def notebook(apart):
    """(its id, the address that its links have)."""
    client = dsw_client(apart)
    instance = create(client, "apart")
    wait_until(lambda: status_of(client, instance) == "Running", what="Running")
    url = client.get_instance(instance, dsw.GetInstanceRequest()).body.jupyterlab_url
    base, found, _ = url.partition(f"/{instance}/lab/")
    assert found, url
    return instance, base


def test_links_lead_to_the_other_origin(apart, notebook):
    _, base = notebook
    assert base.startswith("http://127.0.0.1:") and base != apart.endpoint


def test_promise_8_no_page_of_a_notebook_or_a_service_is_served_on_the_consoles_origin(apart, notebook):
    instance, base = notebook
    for method, path, headers in [("GET", f"/{instance}/lab/?Token=x", {}), ("POST", f"/{instance}/api", {}),
                                  ("GET", "/api/predict/model", {}), ("HEAD", "/api/predict/model", {}),
                                  ("POST", "/api/predict/model", {"Origin": "http://evil.example"}),
                                  ("POST", "/api/predict/model", {"Sec_Fetch_Site": "cross-site"})]:
        status, answer, body = ask(apart.endpoint, method, path, **headers)
        assert (status, answer["Location"], body) == (307, base + path, b""), (method, path)
    # A program's call is no page's.
    status, _, body = ask(apart.endpoint, "POST", "/api/predict/model")
    assert (status, json.loads(body)["Code"]) == (401, "Unauthorized")


def test_promise_8_the_other_origin_has_neither_the_api_nor_a_sign_in(apart, notebook):
    _, base = notebook
    for path in ("/atelier/v1/session", "/api/v2/instances", "/openapi.json", "/metrics", "/console/", "/"):
        assert ask(base, "GET", path)[0] == 404, path
    assert ask(base, "POST", "/atelier/v1/sign-in")[0] == 404
    assert ask(base, "GET", "/api/predict/model")[0] == 401  # of the gateway


def test_promise_8_nobody_signs_in_where_notebooks_share_the_origin(server):
    status, _, body = ask(server.endpoint, "GET", "/atelier/v1/session", Sec_Fetch_Site="same-origin")
    assert (status, json.loads(body)["SignInMethods"]) == (401, [])
    with pytest.raises(Exception, match="SharedOrigin"):
        rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="")


def test_a_shared_origin_is_said_aloud(tmp_path):
    server = Server(tmp_path, arguments=["--allow-shared-origin", "true"]).start()
    assert rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="")["Ticket"]
    server.stop()


# ----------------------------------------------------------------------------------------------------------------------
# From the console to a notebook
# ----------------------------------------------------------------------------------------------------------------------


def open_link(server, instance):
    link = rest(server, "POST", f"/atelier/v1/instances/{instance}/open-links", "CreateOpenLink", version="", body={})
    return link["Url"].partition("/_open#ticket="), link["PortUrl"].partition("/_open#ticket=")


def redeem(base, ticket, host, **headers):
    """What the page at /_open does: (status, cookie, target)."""
    body = json.dumps({"Ticket": ticket}).encode()
    request = urllib.request.Request(base + "/_open", body, {
        "Host": host, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()}})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Set-Cookie"], json.load(answer)["Target"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["Set-Cookie"], None


def test_a_ticket_opens_its_instance_at_its_own_name_and_at_the_port(apart, notebook):
    instance, base = notebook
    port = base.rpartition(":")[2]
    (named, _, ticket), (by_port, _, same) = open_link(apart, instance)
    assert (named, by_port, same) == (f"http://{instance}.localhost:{port}", base, ticket)
    host = f"{instance}.localhost:{port}"
    assert ask(base, "GET", "/_open", Host=host)[0] == 200
    status, cookie, target = redeem(base, ticket, host)
    assert (status, target) == (200, f"/{instance}/lab/")
    assert cookie.startswith(f"atelier-{instance}=") and f"Path=/{instance}/" in cookie and "HttpOnly" in cookie
    held = cookie.partition(";")[0]
    opened = ask(base, "GET", target, Host=host, Cookie=held)[0]
    assert opened not in (401, 403)  # it is let in; a simulated notebook has no server
    assert ask(base, "GET", target, Host=host)[0] == 403
    assert ask(base, "GET", target, Host=f"dsw-other.localhost:{port}", Cookie=held)[0] == 403
    # And at the port, for who cannot resolve the name.
    _, (_, _, ticket) = open_link(apart, instance)
    assert redeem(base, ticket, f"127.0.0.1:{port}")[0] == 200


def test_promise_8_a_ticket_is_used_once_and_by_its_own_page(apart, notebook):
    instance, base = notebook
    port = base.rpartition(":")[2]
    (_, _, ticket), _ = open_link(apart, instance)
    host = f"{instance}.localhost:{port}"
    assert redeem(base, ticket, host, Sec_Fetch_Site="cross-site")[0] == 403
    assert redeem(base, ticket, host, Origin="http://evil.example")[0] == 403
    assert redeem(base, ticket, host, Content_Type="text/plain")[0] == 403
    assert redeem(base, ticket, host)[0] == 200
    assert redeem(base, ticket, host)[:2] == (403, None)
    (_, _, foreign), _ = open_link(apart, instance)
    assert redeem(base, foreign, f"dsw-other.localhost:{port}")[0] == 403
    assert redeem(base, foreign, host)[0] == 403  # used up
    assert ticket not in apart.log() and foreign not in apart.log()


def test_a_link_of_get_token_is_opened_by_a_plain_client(apart, notebook):
    instance, base = notebook
    token = dsw_client(apart).get_token(dsw.GetTokenRequest(instance_id=instance, type="Access")).body.token
    status, headers, _ = ask(base, "GET", f"/{instance}/lab/?Token={token}")
    assert (status, headers["Location"]) == (302, f"/{instance}/lab/")


# ----------------------------------------------------------------------------------------------------------------------
# A name for each (--apps-url https://*.apps.example)
# ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("atelier"),
                    arguments=["--apps-url", "https://*.apps.example", "--public-url", "https://lab.example"])
    server.start()
    instance = create(dsw_client(server), "named")
    wait_until(lambda: status_of(dsw_client(server), instance) == "Running", what="Running")
    yield server, instance
    server.stop()


def test_each_instance_has_a_name_in_every_url(named):
    server, instance = named
    body = dsw_client(server).get_instance(instance, dsw.GetInstanceRequest()).body
    assert body.jupyterlab_url == f"https://{instance}.apps.example/{instance}/lab/"
    (base, _, ticket), _ = open_link(server, instance)
    assert base == f"https://{instance}.apps.example"
    status, cookie, target = redeem(server.endpoint, ticket, f"{instance}.apps.example", Origin=base)
    assert (status, target) == (200, f"/{instance}/lab/")
    assert cookie.startswith(f"__Host-atelier-{instance}=") and "; Path=/;" in cookie and cookie.endswith("; Secure")
    held = cookie.partition(";")[0]
    assert ask(server.endpoint, "GET", target, Host=f"{instance}.apps.example", Cookie=held)[0] not in (401, 403)
    # A neighbour can set neither this name nor have another one believed.
    tossed = held.replace("__Host-", "")
    assert ask(server.endpoint, "GET", target, Host=f"{instance}.apps.example", Cookie=tossed)[0] == 403


def test_promise_8_the_consoles_host_serves_no_page_of_anybody(named):
    server, instance = named
    for path, host in [(f"/{instance}/lab/?Token=x", f"{instance}.apps.example"),
                       ("/api/predict/model", "eas.apps.example")]:
        status, headers, body = ask(server.endpoint, "GET", path, Host="lab.example")
        assert (status, headers["Location"], body) == (307, f"https://{host}{path}", b"")
    for path in ("/dsw-evil.example/x", "/dsw-a@evil.example/x", "/dsw-a%2eevil.example/", "/_open",
                 f"/dsw-{'a' * 60}/x"):
        assert ask(server.endpoint, "GET", path, Host="lab.example")[0] == 404, path  # and no Location


def test_promise_8_an_instances_host_serves_nothing_else(named):
    server, instance = named
    for host in (f"{instance}.apps.example", "eas.apps.example", "x.apps.example", "a.b.apps.example",
                 f"{instance}.APPS.example.", f"{instance}.apps.example:8443"):
        for path in ("/atelier/v1/session", "/api/v2/instances", "/openapi.json", "/console/", "/", "/metrics"):
            assert ask(server.endpoint, "GET", path, Host=host)[0] == 404, (host, path)
        assert ask(server.endpoint, "POST", "/atelier/v1/sign-in", Host=host, Sec_Fetch_Site="same-origin")[0] == 404
    assert ask(server.endpoint, "GET", "/api/predict/model", Host=f"{instance}.apps.example")[0] == 404
    assert ask(server.endpoint, "GET", f"/{instance}/lab/", Host="eas.apps.example")[0] == 403


@pytest.mark.parametrize("arguments", [
    ["--apps-url", "https://*.example.org", "--public-url", "https://lab.example.org"],
    ["--apps-url", "https://apps.*.org"], ["--apps-url", "https://apps.example.org"],
    ["--apps-listen", "127.0.0.1:0", "--apps-url", "https://lab.example", "--public-url", "https://lab.example"],
    ["--apps-listen", "localhost:0"]], ids=" ".join)
def test_origins_that_are_not_two_are_refused_at_the_start(tmp_path, arguments):
    server = Server(tmp_path, arguments=arguments)
    assert server.launch().wait(30) != 0
    assert "apps-" in server.log() or "public-url" in server.log()
