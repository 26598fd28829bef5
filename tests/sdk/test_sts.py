"""Temporary keys of a role's session through the official SDK: a security token signs in, limits and ends."""

import json

import pytest
from alibabacloud_aiworkspace20210204 import models as workspaces
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import advance, code_of, create, create_user, dsw_client, rpc, status_of, workspace_client
from conftest import wait_until

STS = "2015-04-01"


@pytest.fixture(scope="module")
def role(server):
    """A role that may use DSW and is a developer of the default workspace, and the key of a user who may assume it:
    (ARN, key)."""
    account = server.credentials()["account_id"]
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                            "Principal": {"RAM": [f"acs:ram::{account}:root"]}}]}
    rpc(server, "CreateRole", {"RoleName": "Runner", "AssumeRolePolicyDocument": json.dumps(trust)})
    rpc(server, "AttachPolicyToRole", {"RoleName": "Runner", "PolicyName": "AliyunPAIDSWFullAccess",
                                       "PolicyType": "System"})
    owner = workspace_client(server)
    workspace_id = owner.get_default_workspace(workspaces.GetDefaultWorkspaceRequest()).body.workspace_id
    owner.create_member(workspace_id, workspaces.CreateMemberRequest(
        members=[workspaces.CreateMemberRequestMembers(user_id="Runner", roles=["PAI.AlgoDeveloper"])]))
    _, key = create_user(server, "assumer", policies=("AdministratorAccess",))
    return f"acs:ram::{account}:role/Runner", key


def assume(server, role, session="visit", seconds=3600, policy=None):
    """A DSW client that signs with a fresh temporary key, and when the key expires."""
    arn, key = role
    query = {"RoleArn": arn, "RoleSessionName": session, "DurationSeconds": str(seconds)}
    if policy:
        query["Policy"] = json.dumps(policy)
    made = rpc(server, "AssumeRole", query, version=STS, key=key)["Credentials"]
    client = dsw_client(server, key=(made["AccessKeyId"], made["AccessKeySecret"]), token=made["SecurityToken"])
    return client, made


def listed(client):
    return [i.instance_id for i in client.list_instances(dsw.ListInstancesRequest()).body.instances]


def test_a_session_lives_with_its_instances(server, role):
    client, _ = assume(server, role)
    instance_id = create(client, "of_session")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    assert listed(client) == [instance_id]
    shown = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert (shown.user_id, shown.user_name) == ("Runner:visit", "Runner:visit")
    other, _ = assume(server, role, session="desk")
    assert listed(other) == []
    assert code_of(lambda: other.get_instance(instance_id, dsw.GetInstanceRequest())) == (403, "NoPermissionError")
    dsw_client(server).delete_instance(instance_id)


def test_a_session_policy_limits_the_session(server, role):
    client, _ = assume(server, role, session="limited", policy={"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "paidsw:ListInstances", "Resource": "*"}]})
    assert listed(client) == []
    assert code_of(lambda: create(client, "refused")) == (403, "NoPermission")


def test_a_key_without_its_token_or_with_another_is_refused(server, role):
    _, made = assume(server, role, session="keyring")
    key = (made["AccessKeyId"], made["AccessKeySecret"])
    assert code_of(lambda: listed(dsw_client(server, key=key))) == (400, "MissingSecurityToken")
    assert code_of(lambda: listed(dsw_client(server, key=key, token="nonsense"))) == (
        400, "InvalidSecurityToken.Malformed")
    _, other = assume(server, role)
    assert code_of(lambda: listed(dsw_client(server, key=key, token=other["SecurityToken"]))) == (
        400, "InvalidSecurityToken.MismatchWithAccessKey")


def test_a_session_ends_by_the_clock_that_tests_turn_and_says_so(server, role):
    client, _ = assume(server, role, session="brief", seconds=900)
    longer, _ = assume(server, role, session="longer", seconds=3600)
    advance(server, minutes=14)
    assert listed(client) == []
    advance(server, minutes=1)
    assert code_of(lambda: listed(client)) == (400, "InvalidSecurityToken.Expired")
    assert listed(longer) == []
    # The sweep has run several times since, and the answer is the same: make a new session.
    for _ in range(3):
        advance(server, minutes=10)
    assert code_of(lambda: listed(client)) == (400, "InvalidSecurityToken.Expired")


def test_a_token_of_a_session_ends_with_it(server, role):
    client, _ = assume(server, role, session="sharer", seconds=900)
    instance_id = create(client, "shared")
    token = client.get_token(dsw.GetTokenRequest(instance_id=instance_id, expire_time=86_400)).body.token
    _, key = create_user(server, "bearer", policies=())
    bearer = dsw_client(server, key=key)
    request = dsw.GetInstanceRequest(token=token)
    assert bearer.get_instance(instance_id, request).body.instance_name == "shared"
    advance(server, minutes=15)
    assert code_of(lambda: bearer.get_instance(instance_id, request))[0] == 403
    dsw_client(server).delete_instance(instance_id)
