"""What the alicloud provider of Terraform calls for a workspace and its members, call by call as it was recorded:
signed the older way, as its client library does, with the ids in the bodies that it repeats there."""

import json

import pytest
from clients import create_user, rpc
from conftest import wait_until
from schemes import with_roa

VERSION = {"x-acs-version": "2021-02-04"}
WORKSPACES = "/api/v1/workspaces"


class Terraform:
    """Its plan and state of one workspace and one member in it."""

    def __init__(self, server, key=None):
        self.server = server if key is None else WithKey(server, key)

    def call(self, method, path, body=None, query=()):
        data = b"" if body is None else json.dumps(body).encode()
        status, text = with_roa(self.server, method, path, query, data, md5=bool(data), extra=VERSION).send(self.server)
        return status, json.loads(text)

    def must(self, *arguments, **more):
        status, answer = self.call(*arguments, **more)
        assert status == 200, (arguments, status, answer)
        return answer

    def create_workspace(self, **given):
        workspace = self.must("POST", WORKSPACES, given)["WorkspaceId"]
        assert self.must("GET", f"{WORKSPACES}/{workspace}")["Status"] == "ENABLED"
        return workspace

    def read_workspace(self, workspace):
        """What goes into its state; None: gone."""
        status, read = self.call("GET", f"{WORKSPACES}/{workspace}")
        if status == 404:
            return None
        assert status == 200, read
        return {name: read[name] for name in ("WorkspaceName", "Description", "DisplayName", "EnvTypes")}

    def update_workspace(self, workspace, **given):
        self.must("PUT", f"{WORKSPACES}/{workspace}", {"WorkspaceId": workspace, **given})

    def create_member(self, workspace, user, roles):
        made = self.must("POST", f"{WORKSPACES}/{workspace}/members", {"Members": [{"UserId": user, "Roles": roles}]})
        return made["Members"][0]["MemberId"]

    def read_member(self, workspace, member):
        status, read = self.call("GET", f"{WORKSPACES}/{workspace}/member", query=[("MemberId", member)])
        if status == 404:
            return None
        assert status == 200, read
        return {"UserId": read["UserId"], "MemberId": read["MemberId"], "Roles": sorted(read["Roles"])}

    def update_roles(self, workspace, member, old, new):
        """First it takes all that go, then it gives what comes."""
        at = f"{WORKSPACES}/{workspace}/members/{member}/roles"
        for role in sorted(set(old) - set(new)):
            self.must("DELETE", f"{at}/{role}")
        for role in sorted(set(new) - set(old)):
            self.must("POST", f"{at}/{role}", {"WorkspaceId": workspace, "MemberId": member, "RoleName": role})

    def delete_member(self, workspace, member):
        self.must("DELETE", f"{WORKSPACES}/{workspace}/members", query=[("MemberIds", member)])


class WithKey:
    """The server, for a caller with a key of their own."""

    def __init__(self, server, key):
        self._server, self._key = server, key

    def credentials(self):
        return {"access_key_id": self._key[0], "access_key_secret": self._key[1]}

    def __getattr__(self, name):
        return getattr(self._server, name)


@pytest.fixture(params=["the main account", "a user"])
def terraform(request, server):
    if request.param == "the main account":
        return Terraform(server)
    name = "terraform"
    try:
        key = create_user(server, name, ["AdministratorAccess"])[1]
    finally:
        request.addfinalizer(lambda: remove(server, name))
    return Terraform(server, key)


def remove(server, name):
    for key in rpc(server, "ListAccessKeys", {"UserName": name})["AccessKeys"]["AccessKey"]:
        rpc(server, "DeleteAccessKey", {"UserName": name, "UserAccessKeyId": key["AccessKeyId"]})
    rpc(server, "DeleteUser", {"UserName": name})


def test_a_workspace_and_its_member_are_created_changed_and_destroyed(server, terraform):
    user = create_user(server, "planned", [])[0]
    given = {"WorkspaceName": "planned_team", "Description": "ours", "DisplayName": "Team", "EnvTypes": ["prod"]}
    workspace = terraform.create_workspace(**given)
    assert terraform.read_workspace(workspace) == given  # a plan now has no change

    roles = ["PAI.AlgoDeveloper", "PAI.LabelManager"]
    member = terraform.create_member(workspace, user, roles)
    assert terraform.read_member(workspace, member) == {"UserId": user, "MemberId": member, "Roles": roles}

    terraform.update_workspace(workspace, DisplayName="The team", Description="theirs")
    assert terraform.read_workspace(workspace) == {**given, "DisplayName": "The team", "Description": "theirs"}
    terraform.update_workspace(workspace, DisplayName="", Description="theirs")  # display_name was taken out
    assert terraform.read_workspace(workspace)["DisplayName"] == ""

    terraform.update_roles(workspace, member, roles, ["PAI.AlgoOperator"])
    assert terraform.read_member(workspace, member)["Roles"] == ["PAI.AlgoOperator"]

    terraform.delete_member(workspace, member)
    assert terraform.read_member(workspace, member) is None
    terraform.must("DELETE", f"{WORKSPACES}/{workspace}")
    assert terraform.read_workspace(workspace) is None
    remove(server, "planned")


def test_a_destroyed_workspace_that_is_not_empty_is_reported_and_stays(server, terraform):
    workspace = terraform.create_workspace(WorkspaceName="full_team", Description="d", EnvTypes=["prod"])
    status, made = with_roa(terraform.server, "POST", "/api/v2/instances", body=json.dumps({
        "InstanceName": "inside", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large", "WorkspaceId": workspace,
    }).encode()).send(server)
    assert status == 200, made
    instance = json.loads(made)["InstanceId"]
    status, answer = terraform.call("DELETE", f"{WORKSPACES}/{workspace}")
    assert (status, answer["Code"]) == (409, "InvalidWorkspace.StatusConflict")
    assert f"1 instance ({instance})" in answer["Message"]
    assert terraform.read_workspace(workspace)["WorkspaceName"] == "full_team"

    with_roa(terraform.server, "DELETE", f"/api/v2/instances/{instance}").send(server)
    wait_until(lambda: terraform.call("DELETE", f"{WORKSPACES}/{workspace}")[0] != 409, what="the end of the instance")
    assert terraform.read_workspace(workspace) is None


@pytest.mark.parametrize("method, path", [
    ("DELETE", "/api/v1/datasets/d-1"), ("DELETE", "/api/v1/models/m-1"), ("DELETE", "/api/v1/codesources/c-1"),
    ("DELETE", "/api/v1/experiments/e-1"), ("DELETE", "/api/v1/runs/r-1"), ("DELETE", "/api/v1/userconfigs/c"),
    ("GET", "/api/v1/datasets/d-1/versions/v1"), ("GET", "/api/v1/models/m-1/versions/v1")])
def test_what_is_not_built_is_never_taken_for_gone(server, method, path):
    status, answer = Terraform(server).call(method, path)
    assert status == 400 and "not supported" in answer["Message"]


def test_a_pipeline_is_never_taken_for_gone(server):
    status, text = with_roa(server, "DELETE", "/api/v1/pipelines/p-1", extra={"x-acs-version": "2021-02-02"}).send(server)
    assert status == 400 and "PAIFlow 2021-02-02" in json.loads(text)["Message"]
