"""Sign-in by an OpenID provider, against a real one (docs/openid.md, docs/decisions/0052-openid.md)."""

import pathlib
import time
import urllib.parse

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from clients import rest, rpc, workspace_client
from conftest import Server, wait_until
from openid import CALLBACK, Browser, Provider, free_port, provided_server, wait_for_line

RULES = [
    {"Group": "vision", "Workspace": "vision", "Roles": ["AlgoDeveloper"]},
    {"Group": "speech", "Workspace": "Speech", "Roles": ["AlgoDeveloper", "LabelManager"]},
    {"Group": "*", "Policies": ["AliyunPAIDSWFullAccess"]},
    {"Group": "admins", "Policies": ["AliyunPAIFullAccess"]},
    {"Group": "vision", "Workspace": "not_there", "Roles": ["AlgoDeveloper"]},
]


def make_workspace(server, name):
    return rest(server, "POST", "/api/v1/workspaces", "CreateWorkspace", version="2021-02-04", body={
        "WorkspaceName": name, "Description": "d", "EnvTypes": ["prod"]})["WorkspaceId"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A server and its provider, with two workspaces."""
    server = Server(tmp_path_factory.mktemp("atelier"))
    server.port = free_port()
    provider = Provider(f"http://127.0.0.1:{server.port}{CALLBACK}").start()
    provided_server(server, provider, "--oidc-make-users", "true", rules=RULES).start()
    server.provider = provider
    server.workspaces = {name: make_workspace(server, name) for name in ("vision", "speech")}
    yield server
    server.stop()
    provider.stop()


@pytest.fixture
def provider(world):
    """As it should be at the beginning of each test: nothing is wrong with what it says."""
    world.provider.steer(claims={}, sign="", settings={}, accounts={
        "sub-ada": {"preferred_username": "ada", "name": "Ada L.", "groups": ["vision", "admins"]}})
    return world.provider


def roles(server, workspace, name):
    user = rpc(server, "GetUser", {"UserName": name})["User"]["UserId"]
    members = workspace_client(server).list_members(server.workspaces[workspace], ws.ListMembersRequest()).body.members
    return next((sorted(m.roles) for m in members if m.user_id == user), None)


def policies(server, name):
    listed = rpc(server, "ListPoliciesForUser", {"UserName": name})["Policies"]["Policy"]
    return sorted(one["PolicyName"] for one in listed)


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def with_query(url, **changed):
    at = urllib.parse.urlsplit(url)
    query = {name: value for name, value in {**query_of(url), **changed}.items() if value is not None}
    return at._replace(query=urllib.parse.urlencode(query)).geturl()


def test_a_user_signs_in_and_has_what_their_groups_give(world, provider):
    browser = Browser(world.endpoint)
    status, nobody = browser.ask("GET", "/atelier/v1/session")
    assert (status, nobody["SignInMethods"], nobody["ProviderName"]) == (401, ["Link", "Oidc"], "127.0.0.1")
    url = browser.begin("/instances?q=gpu")
    asked = query_of(url)
    assert url.startswith(provider.issuer + "/auth?")
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == (
        "code", "S256", "openid profile groups")
    assert asked["redirect_uri"] == world.endpoint + CALLBACK
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    back = browser.at_provider(url, "sub-ada")
    assert browser.come_back(back) == {"next": "/instances?q=gpu"}
    who = browser.session()
    assert (who["UserName"], who["DisplayName"]) == ("ada", "Ada L.")
    assert roles(world, "vision", "ada") == ["PAI.AlgoDeveloper"]
    assert roles(world, "speech", "ada") is None
    assert policies(world, "ada") == ["AliyunPAIDSWFullAccess", "AliyunPAIFullAccess"]
    assert wait_for_line(world, "sign_in.not_given", "workspace not_there")
    sessions = browser.ask("GET", "/atelier/v1/sessions")[1]["Sessions"]
    assert [(s["Method"], s["Current"]) for s in sessions] == [("Oidc", True)]
    assert list(browser.cookies[world.endpoint]) == ["atelier-session"]  # that of the state is gone


def test_who_leaves_a_group_loses_what_it_gave_at_the_next_sign_in(world, provider):
    assert Browser(world.endpoint).sign_in("sub-ada") == {"next": "/"}
    # What the rules do not name is not the provider's to take.
    rpc(world, "AttachPolicyToUser", {
        "UserName": "ada", "PolicyName": "AliyunPAIReadOnlyAccess", "PolicyType": "System"})
    provider.steer(accounts={"sub-ada": {"preferred_username": "ada", "groups": "speech"}})
    assert roles(world, "vision", "ada") == ["PAI.AlgoDeveloper"]  # until then
    browser = Browser(world.endpoint)
    assert browser.sign_in("sub-ada") == {"next": "/"}
    assert roles(world, "vision", "ada") is None
    assert roles(world, "speech", "ada") == ["PAI.AlgoDeveloper", "PAI.LabelManager"]
    assert policies(world, "ada") == ["AliyunPAIDSWFullAccess", "AliyunPAIReadOnlyAccess"]
    rpc(world, "DetachPolicyFromUser", {
        "UserName": "ada", "PolicyName": "AliyunPAIReadOnlyAccess", "PolicyType": "System"})
    provider.steer(accounts={"sub-ada": {"preferred_username": "ada"}})
    assert Browser(world.endpoint).sign_in("sub-ada") == {"next": "/"}
    assert roles(world, "speech", "ada") is None


def test_promise_8_a_state_is_of_one_browser_and_good_once(world, provider):
    browser, other, fresh = (Browser(world.endpoint) for _ in range(3))
    back = browser.at_provider(browser.begin(), "sub-ada")
    other.begin()
    refused = {"next": "/", "problem": "SignInFailed"}
    assert fresh.come_back(back) == refused  # without a cookie
    assert other.come_back(back) == refused  # with another's: login CSRF
    assert browser.come_back(with_query(back, state="A" * 43)) == refused
    assert browser.come_back(with_query(back, state=None)) == refused
    assert browser.session() is other.session() is fresh.session() is None
    assert browser.come_back(back) == {"next": "/"}  # none of them has used it up
    assert browser.come_back(back) == refused
    assert browser.session()["UserName"] == "ada"  # of the sign-in before
    assert "state" in wait_for_line(world, "sign_in.provider", "in this browser")


@pytest.mark.parametrize("answer", [
    {"iss": "http://127.0.0.1:1"}, {"iss": None}, {"code": None}, {"code": "A" * 43}, {"code": "A" * 5000},
    {"code": None, "error": "access_denied"}], ids=str)
def test_promise_8_a_wrong_answer_signs_nobody_in(world, provider, answer):
    browser = Browser(world.endpoint)
    back = browser.at_provider(browser.begin("/keys"), "sub-ada")
    assert browser.come_back(with_query(back, **answer)) == {"next": "/keys", "problem": "SignInFailed"}
    assert browser.session() is None
    # The state is used up with it.
    assert browser.come_back(back) == {"next": "/", "problem": "SignInFailed"}


def lines_of(server):
    return [line for line in server.log().splitlines() if " sign_in.provider " in line]


# `times`: claims in seconds from now.
@pytest.mark.parametrize(("said", "why"), [
    ({"claims": {"nonce": "of another sign-in"}}, "(nonce)"),
    ({"claims": {"nonce": None}}, "(nonce)"),
    ({"claims": {"aud": "another client"}}, "(aud)"),
    ({"claims": {"aud": ["atelier of:tests", "another client"]}}, "(azp)"),
    ({"claims": {"azp": "another client"}}, "(azp)"),
    ({"claims": {"iss": "http://127.0.0.1:1"}}, "(iss)"),
    ({"times": {"exp": -3600}}, "(exp)"),
    ({"claims": {"exp": None}}, "exp or iat"),
    ({"times": {"iat": 86_400, "exp": 90_000}}, "(iat)"),
    ({"times": {"iat": -86_400}}, "(iat)"),
    ({"claims": {"sub": None}}, "(sub)"),
    ({"claims": {"_claim_names": {"groups": "src1"}, "groups": None}}, "more groups"),
    ({"sign": "none"}, "alg"),
    ({"sign": "secret"}, "alg"),
    ({"sign": "PS256"}, "alg"),
    ({"sign": "stranger"}, "signature"),
], ids=str)
def test_promise_8_a_token_that_is_not_good_signs_nobody_in(world, provider, said, why):
    said = dict(said)
    times = {name: int(time.time()) + seconds for name, seconds in said.pop("times", {}).items()}
    provider.steer(**said, **({"claims": times} if times else {}))
    before = len(lines_of(world))
    browser = Browser(world.endpoint)
    assert browser.sign_in("sub-ada") == {"next": "/", "problem": "SignInFailed"}
    assert browser.session() is None
    assert why in wait_until(lambda: lines_of(world)[before:], 10, "the reason in the log")[0]


def test_tokens_may_be_signed_by_es256(world, provider):
    provider.steer(settings={"id_token_signed_response_alg": "ES256"})
    assert Browser(world.endpoint).sign_in("sub-ada") == {"next": "/"}


def test_keys_that_were_changed_are_read_again(world, provider):
    assert Browser(world.endpoint).sign_in("sub-ada") == {"next": "/"}
    provider.steer(keys=world.provider.steered.get("keys", 0) + 1)
    assert Browser(world.endpoint).sign_in("sub-ada") == {"next": "/"}
    # By the old one, which the provider no longer has, nobody can sign any more: test_id_token.


def test_a_name_that_goes_to_somebody_else_opens_nothing(world, provider):
    first = Browser(world.endpoint)
    assert first.sign_in("sub-ada") == {"next": "/"}
    user = first.session()["UserId"]
    provider.steer(accounts={"sub-eve": {"preferred_username": "Ada"},
                             "sub-ada": {"preferred_username": "countess"}})
    eve = Browser(world.endpoint)
    assert eve.sign_in("sub-eve") == {"next": "/", "problem": "SignInFailed"}
    renamed = Browser(world.endpoint)
    assert renamed.sign_in("sub-ada") == {"next": "/"}
    assert (renamed.session()["UserId"], renamed.session()["UserName"]) == (user, "ada")
    for claims in ({}, {"preferred_username": "no name/"}, {"preferred_username": ["ada"]},
                   {"preferred_username": "x" * 65}):
        provider.steer(accounts={"sub-bob": claims})
        assert Browser(world.endpoint).sign_in("sub-bob") == {"next": "/", "problem": "SignInFailed"}
    assert {u["UserName"] for u in rpc(world, "ListUsers")["Users"]["User"]} == {"ada"}


def test_only_a_page_of_the_console_is_opened(world, provider):
    browser = Browser(world.endpoint)
    for page in ("https://evil.example/", "//evil.example/", "/\\evil.example/", "", "/" + "x" * 4000):
        assert browser.sign_in("sub-ada", page) == {"next": "/"}


def test_a_new_sign_in_ends_the_session_before(world, provider):
    browser = Browser(world.endpoint)
    browser.sign_in("sub-ada")
    before = dict(browser.cookies[world.endpoint])
    browser.sign_in("sub-ada")
    after = Browser(world.endpoint)
    after.cookies[world.endpoint] = before
    assert after.session() is None and browser.session()["UserName"] == "ada"


def test_promise_8_nothing_that_signs_in_is_logged_or_kept(world, provider):
    browser = Browser(world.endpoint)
    url = browser.begin()
    state_cookie = browser.cookies[world.endpoint]["atelier-session-state"]
    back = browser.at_provider(url, "sub-ada")
    browser.come_back(back)
    again = Browser(world.endpoint)
    again.come_back(with_query(back, state="B" * 43))
    wait_for_line(world, "path=" + CALLBACK)
    asked, answered = query_of(url), query_of(back)
    hidden = [answered["code"], asked["state"], asked["nonce"], state_cookie, provider.client["client_secret"],
              browser.cookies[world.endpoint]["atelier-session"]]
    for path in [p for p in world.folder.rglob("*") if p.is_file() and p.name != "client-secret"]:
        content = path.read_bytes()
        assert not [text for text in hidden if text.encode() in content], path
    argv = pathlib.Path(f"/proc/{world.process.pid}/cmdline").read_bytes()
    assert provider.client["client_secret"].encode() not in argv


@pytest.fixture
def lone(tmp_path):
    """A server of the test's own and its provider: neither is started."""
    server = Server(tmp_path)
    server.port = free_port()
    provider = Provider(f"http://127.0.0.1:{server.port}{CALLBACK}")
    provider.steered["accounts"] = {"sub-ada": {"preferred_username": "ada"}}
    yield server, provider
    server.kill()
    if provider.process:
        provider.stop()


def test_a_provider_that_is_away_keeps_nobody_else_out(lone):
    server, provider = lone
    provided_server(server, provider, "--oidc-make-users", "true").start()
    browser = Browser(server.endpoint)
    status, answer = browser.ask("POST", "/atelier/v1/sign-in", {"Provider": "tests"})
    assert (status, answer["Code"]) == (503, "ProviderUnavailable")
    link = rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="")
    assert Browser(server.endpoint).ask("POST", "/atelier/v1/sign-in", {"Ticket": link["Ticket"]})[0] == 200
    provider.start()
    wait_until(lambda: browser.ask("POST", "/atelier/v1/sign-in", {"Provider": "tests"})[0] == 200,
               what="the provider to be asked again")
    back = browser.at_provider(browser.begin(), "sub-ada")
    provider.stop()
    assert browser.come_back(back) == {"next": "/", "problem": "ProviderUnavailable"}
    assert browser.session() is None
    provider.start()
    assert browser.sign_in("sub-ada") == {"next": "/"}
    server.stop()


def test_who_was_not_made_is_not_let_in(lone):
    server, provider = lone
    provider.start()
    provided_server(server, provider).start()
    browser = Browser(server.endpoint)
    assert browser.sign_in("sub-ada") == {"next": "/", "problem": "SignInFailed"}
    assert wait_for_line(server, "sign_in.provider", "no user of this name")
    rpc(server, "CreateUser", {"UserName": "ada"})
    assert browser.sign_in("sub-ada") == {"next": "/"}
    rpc(server, "DeleteUser", {"UserName": "ada"})
    assert browser.session() is None
    server.stop()


def test_a_discovery_document_of_another_issuer_is_none(lone):
    server, provider = lone
    provider.start()
    provided_server(server, provider)
    at = server.arguments.index("--oidc-issuer") + 1
    server.arguments[at] = server.arguments[at] + "/"  # letter for letter
    server.start()
    status, answer = Browser(server.endpoint).ask("POST", "/atelier/v1/sign-in", {"Provider": "tests"})
    assert (status, answer["Code"]) == (503, "ProviderUnavailable")
    assert wait_for_line(server, "sign_in.provider", "of another issuer")
    server.stop()


def test_a_public_client_is_held_by_pkce_alone(lone):
    server, provider = lone
    provider.steered["settings"] = {"token_endpoint_auth_method": "none"}
    provider.start()
    provided_server(server, provider, "--oidc-make-users", "true")
    at = server.arguments.index("--oidc-client-secret-file")
    del server.arguments[at:at + 2]
    server.start()
    assert Browser(server.endpoint).sign_in("sub-ada") == {"next": "/"}
    server.stop()
