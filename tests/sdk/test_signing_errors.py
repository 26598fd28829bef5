"""What is wrong with a signature, a date, a nonce or a token is raised as the SDK's own exception, with the code of
docs/contract/errors.md section 3."""

import datetime
import json
import time
import urllib.error
import urllib.request

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi import models as open_api
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils import Utils
from clients import RUNTIME, config, create_user, dsw_client, rest, rpc
from schemes import with_acs3, with_roa, with_rpc
from signed import ask


def refused(call):
    with pytest.raises(ClientException) as raised:
        call()
    assert raised.value.request_id, "a refusal names its request"
    return raised.value.status_code, raised.value.code


def list_with(client):
    return lambda: client.list_instances(dsw.ListInstancesRequest())


def test_a_nonce_is_good_once(server, monkeypatch):
    client = dsw_client(server)
    monkeypatch.setattr(Utils, "get_nonce", lambda: "one-and-the-same-nonce")
    list_with(client)()
    assert refused(list_with(client)) == (400, "SignatureNonceUsed")


def test_a_recorded_request_cannot_be_played_again(server):
    wish = ("GET", "/api/v2/instances", "ListInstances")
    assert ask(server, *wish, nonce="recorded")[0] == 200
    status, answer = ask(server, *wish, nonce="recorded")
    assert (status, answer["Code"]) == (400, "SignatureNonceUsed")
    assert set(answer) >= {"RequestId", "HostId", "Code", "Message"}, "in the gateway's shape"


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_off_by_more_than_15_minutes_is_told(server, monkeypatch, minutes):
    off = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    monkeypatch.setattr(Utils, "get_timestamp", lambda: off.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert refused(list_with(dsw_client(server))) == (400, "InvalidTimeStamp.Expired")


def test_a_clock_that_is_off_by_less_is_not(server, monkeypatch):
    ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=14)
    monkeypatch.setattr(Utils, "get_timestamp", lambda: ahead.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert list_with(dsw_client(server))().body.success is True


SCHEMES = {"ACS3": lambda server, **how: with_acs3(server, "GET", "/api/v2/instances", **how),
           "ROA": lambda server, **how: with_roa(server, "GET", "/api/v2/instances", **how),
           "RPC query": lambda server, **how: with_rpc(server, "ListUsers", **how),
           "RPC form": lambda server, **how: with_rpc(server, "ListUsers", form=True, **how)}


def test_what_was_signed_before_the_server_started_is_accepted_once_also_across_restarts(fresh_server):
    """Promise 8, for clients whose clocks are behind, right and ahead: a start, killed or not, shuts none of them out
    and opens the door for no recorded request."""
    offsets = (-890, -120, 0, 5, 890)
    server = fresh_server.start()  # for a key and a port
    server.stop()

    def made():
        return [make(server, at=time.time() + offset) for make in SCHEMES.values() for offset in offsets]

    def answers(requests):
        return {(status, json.loads(body).get("Code")) for status, body in (r.send(server) for r in requests)}

    early = made()
    server.start()
    assert answers(early) == {(200, None)}
    late = made()
    assert answers(late) == {(200, None)}
    server.kill()
    server.start()
    assert answers(early + late) == {(400, "SignatureNonceUsed")}
    assert answers(made()) == {(200, None)}
    server.stop()
    server.start()
    assert answers(early + late) == {(400, "SignatureNonceUsed")}


def test_a_server_that_cannot_keep_nonces_says_so_and_heals(fresh_server):
    server = fresh_server
    (server.data / "nonces").mkdir()
    server.start()
    status, answer = ask(server, "GET", "/api/v2/instances", "ListInstances")
    assert (status, answer["Code"]) == (503, "ServiceUnavailable")
    assert "cannot open nonces" in answer["Message"]
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{server.endpoint}/readyz")
    assert raised.value.code == 503
    assert json.loads(raised.value.read())["Reason"] == "cannot open nonces: Is a directory"
    (server.data / "nonces").rmdir()
    assert urllib.request.urlopen(f"{server.endpoint}/readyz").status == 200
    assert ask(server, "GET", "/api/v2/instances", "ListInstances")[0] == 200


@pytest.mark.parametrize("text", ["yesterday", "2026-11-26 06:00:00", "2026-13-01T00:00:00Z", "1700000000"])
def test_a_date_of_another_form_is_told(server, monkeypatch, text):
    monkeypatch.setattr(Utils, "get_timestamp", lambda: text)
    assert refused(list_with(dsw_client(server))) == (400, "InvalidTimeStamp.Format")


def test_a_disabled_key_is_told(server):
    _, key = create_user(server, "on_leave")
    rpc(server, "UpdateAccessKey", {"UserName": "on_leave", "UserAccessKeyId": key[0], "Status": "Inactive"})
    assert refused(list_with(dsw_client(server, key=key))) == (400, "InvalidAccessKeyId.Inactive")


def test_another_version_of_the_product_is_told(server):
    assert refused(lambda: rest(server, "GET", "/api/v2/instances", "ListInstances", version="2020-01-01")) == (
        400, "InvalidVersion")


@pytest.fixture(scope="module")
def sessions(server):
    """Two sessions of one role: [((key id, secret), token)]."""
    account = rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]
    trust = ('{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
             f'"Principal":{{"RAM":["acs:ram::{account}:root"]}}}}]}}')
    role = rpc(server, "CreateRole", {"RoleName": "visitor", "AssumeRolePolicyDocument": trust})["Role"]
    rpc(server, "AttachPolicyToRole", {"RoleName": "visitor", "PolicyName": "AliyunPAIDSWFullAccess",
                                       "PolicyType": "System"})
    _, key = create_user(server, "traveller", policies=("AdministratorAccess",))
    made = []
    for name in ("first", "second"):
        answer = rpc(server, "AssumeRole", {"RoleArn": role["Arn"], "RoleSessionName": name}, version="2015-04-01",
                     key=key)["Credentials"]
        made.append(((answer["AccessKeyId"], answer["AccessKeySecret"]), answer["SecurityToken"]))
    return made


@pytest.mark.parametrize("signature", [None, "v2"], ids=["ACS3", "ROA"])
def test_a_temporary_key_needs_its_own_token(server, sessions, signature):
    (key, token), (_, anothers) = sessions

    def call(key, token):
        return list_with(dsw_client(server, key=key, token=token, signature=signature))

    assert call(key, token)().body.success is True
    assert refused(call(key, None)) == (400, "MissingSecurityToken")
    assert refused(call(key, token[:-4] + "AAAA")) == (400, "InvalidSecurityToken.Malformed")
    assert refused(call(key, "no-token-at-all")) == (400, "InvalidSecurityToken.Malformed")
    assert refused(call(key, anothers)) == (400, "InvalidSecurityToken.MismatchWithAccessKey")
    credentials = server.credentials()
    permanent = credentials["access_key_id"], credentials["access_key_secret"]
    assert refused(call(permanent, token)) == (400, "InvalidSecurityToken.MismatchWithAccessKey")


def test_a_client_without_a_key_is_told(server):
    anonymous = open_api.Params(action="ListInstances", version="2022-01-01", protocol="HTTP", method="GET",
                                auth_type="Anonymous", style="ROA", pathname="/api/v2/instances",
                                req_body_type="json", body_type="json")
    assert refused(lambda: Client(config(server)).call_api(anonymous, open_api.OpenApiRequest(), RUNTIME)) == (
        400, "MissingAccessKeyId")


def test_a_temporary_key_is_over_after_its_time(server, sessions):
    """Keys expire by the emulator's clock, which is turned; the last test of this file, because it takes the others'
    sessions with it."""
    key, token = sessions[0]
    client = dsw_client(server, key=key, token=token)
    assert list_with(client)().body.success is True
    rest(server, "POST", "/atelier/v1/clock/advance", "AdvanceClock", body={"Milliseconds": 3_600_000 + 1000})
    assert refused(list_with(client)) == (400, "InvalidSecurityToken.Expired")
