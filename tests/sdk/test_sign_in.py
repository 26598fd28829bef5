"""A browser's way in, against the real server: link, session, restart, revocation (docs/security.md)."""

import json
import pathlib
import subprocess

import pytest
from browsers import Browser, link_for, signed_in
from clients import advance, create_user, rest
from conftest import Server


APART = ["--apps-listen", "127.0.0.1:0"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("atelier"), arguments=APART)
    s.start()
    yield s
    s.stop()


@pytest.fixture
def fresh_server(tmp_path):
    s = Server(tmp_path, arguments=APART)
    yield s
    s.kill()


def test_a_browser_works_as_its_user_and_survives_a_restart(fresh_server):
    server = fresh_server.start()
    user, key = create_user(server, "ada", ["AliyunPAIFullAccess"])
    browser, who = signed_in(server, key)
    assert (who["UserId"], who["UserName"]) == (user, "ada")
    status, made = browser.ask("POST", "/api/v1/workspaces", {
        "WorkspaceName": "by_browser", "Description": "d", "EnvTypes": ["prod"]})
    assert status == 200, made
    status, caller = browser.ask("POST", "/?Action=GetCallerIdentity&Version=2015-04-01")
    assert (status, caller["UserId"]) == (200, user)
    assert browser.ask("GET", "/atelier/v1/orphans")[0] == 403
    server.kill()  # as at a power cut: what was answered is on disk
    server.start()
    status, again = browser.ask("GET", "/atelier/v1/session")
    assert (status, again["UserName"], again["ExpiresAt"]) == (200, "ada", who["ExpiresAt"])
    server.stop()


def test_promise_8_what_is_on_disk_and_in_the_log_opens_nothing(fresh_server):
    server = fresh_server.start()
    link = link_for(server)
    browser = Browser(server)
    assert browser.sign_in(link["Ticket"])[0] == 200
    secret = browser.cookie.partition("=")[2]
    assert browser.ask("GET", "/atelier/v1/sessions")[0] == 200
    server.stop()
    for path in [p for p in pathlib.Path(server.folder).rglob("*") if p.is_file()]:
        content = path.read_bytes()
        assert secret.encode() not in content and link["Ticket"].encode() not in content, path


def test_promise_8_tickets_and_sessions_that_are_over_open_nothing(server):
    link = link_for(server)
    assert link["Url"] == f"{server.endpoint}/console/sign-in#ticket={link['Ticket']}"
    first = Browser(server)
    assert first.sign_in(link["Ticket"])[0] == 200
    second = Browser(server)
    assert second.sign_in(link["Ticket"])[1]["Code"] == "SignInFailed"
    late = link_for(server)["Ticket"]
    advance(server, minutes=1)
    assert second.sign_in(late)[1]["Code"] == "SignInFailed"
    assert second.cookie is None
    assert first.ask("GET", "/atelier/v1/session")[0] == 200
    advance(server, hours=12)
    status, nobody = first.ask("GET", "/atelier/v1/session")
    assert (status, nobody["SignInMethods"]) == (401, ["Link"])
    assert first.ask("GET", "/atelier/v1/sessions")[1]["Code"] == "InvalidSession"


@pytest.mark.parametrize("instead", [
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "http://evil.example"},
    {"Content_Type": "text/plain"}, {"Content_Type": "application/x-www-form-urlencoded"},
    {"X_Atelier_Console": "0"}, {"Origin": "null"}], ids=str)
def test_promise_8_a_hostile_page_changes_nothing(server, instead):
    browser, _ = signed_in(server)
    before = rest(server, "GET", "/atelier/v1/sessions", "ListSessions", version="")["TotalCount"]
    status, answer = browser.ask("POST", "/atelier/v1/sign-out", **instead)
    assert status in (400, 403), answer
    status, answer = browser.ask("POST", "/?Action=CreateUser&Version=2015-05-01&UserName=eve", **instead)
    assert status in (400, 403), answer
    assert browser.ask("GET", "/atelier/v1/session")[0] == 200
    assert rest(server, "GET", "/atelier/v1/sessions", "ListSessions", version="")["TotalCount"] == before
    status, users = browser.ask("POST", "/?Action=ListUsers&Version=2015-05-01")
    assert status == 200 and "eve" not in json.dumps(users)


def test_promise_8_the_cookie_opens_neither_services_nor_instances(server):
    browser, _ = signed_in(server)
    for path in ("/api/predict/model", "/dsw-some/lab"):  # led to the other origin
        status, answer = browser.ask("GET", path)
        anonymous = Browser(server).ask("GET", path)
        assert (status, answer["Code"]) == (anonymous[0], anonymous[1]["Code"])


def test_sessions_are_listed_and_ended_by_the_command_line(server):
    def atelier(*arguments):
        return subprocess.run(
            [server.binary, *arguments, "--endpoint", server.endpoint, "--credentials", str(server.data / "credentials.json")],
            capture_output=True, text=True, timeout=60, check=True).stdout

    browser = Browser(server)
    url = atelier("console").strip()
    assert url.startswith(f"{server.endpoint}/console/sign-in#ticket=")
    assert browser.sign_in(url.partition("ticket=")[2])[0] == 200
    mine = [s for s in browser.ask("GET", "/atelier/v1/sessions")[1]["Sessions"] if s["Current"]]
    assert len(mine) == 1
    assert mine[0]["SessionId"] in atelier("session", "list", "-q").split()
    atelier("session", "end", mine[0]["SessionId"])
    assert browser.ask("GET", "/atelier/v1/session")[0] == 401
    assert "SignIn" in atelier("audit", "--operation", "SignIn")


@pytest.mark.parametrize("trusted", [True, False])
def test_promise_8_only_a_trusted_proxy_speaks_for_its_client(tmp_path, trusted):
    """Without the option the same headers are a stranger's, and change neither the address nor the cookie."""
    server = Server(tmp_path, arguments=APART + (["--trusted-proxies", "127.0.0.1"] if trusted else []))
    try:
        server.start()
        said = {"X_Forwarded_For": "198.51.100.1, 203.0.113.9", "X_Forwarded_Proto": "https"}
        if trusted:
            said["Origin"] = server.endpoint.replace("http://", "https://")
        browser = Browser(server)
        status, who = browser.ask("POST", "/atelier/v1/sign-in", {"Ticket": link_for(server)["Ticket"]}, **said)
        assert status == 200, who
        assert browser.cookie.partition("=")[0] == ("__Host-atelier" if trusted else "atelier-session")
        status, listed = browser.ask("GET", "/atelier/v1/sessions", **said)
        assert status == 200, listed
        assert [s["SourceIp"] for s in listed["Sessions"]] == ["203.0.113.9" if trusted else "127.0.0.1"]
    finally:
        server.stop()
