"""What clients need around instances: workspaces and members through the official client."""

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import create_user, workspace_client


def test_a_default_workspace_is_there_from_the_first_start(server):
    client = workspace_client(server)
    default = client.get_default_workspace(ws.GetDefaultWorkspaceRequest()).body
    assert default.status == "ENABLED"
    listed = client.list_workspaces(ws.ListWorkspacesRequest()).body
    assert default.workspace_id in [w.workspace_id for w in listed.workspaces]


def test_a_workspace_is_made_found_and_made_the_default(server):
    client = workspace_client(server)
    made = client.create_workspace(ws.CreateWorkspaceRequest(
        workspace_name="vision_team", display_name="Vision", description="of the vision team", env_types=["prod"])).body
    got = client.get_workspace(made.workspace_id, ws.GetWorkspaceRequest()).body
    assert (got.workspace_name, got.display_name, got.status) == ("vision_team", "Vision", "ENABLED")
    assert got.gmt_create_time.endswith("Z") and len(got.gmt_create_time) == len("2021-01-21T17:12:35.232Z")
    before = client.get_default_workspace(ws.GetDefaultWorkspaceRequest()).body.workspace_id
    client.update_default_workspace(ws.UpdateDefaultWorkspaceRequest(workspace_id=made.workspace_id))
    assert client.get_default_workspace(ws.GetDefaultWorkspaceRequest()).body.workspace_id == made.workspace_id
    client.update_default_workspace(ws.UpdateDefaultWorkspaceRequest(workspace_id=before))
    with pytest.raises(ClientException) as raised:
        client.create_workspace(ws.CreateWorkspaceRequest(
            workspace_name="vision_team", description="again", env_types=["prod"]))
    assert raised.value.status_code in (400, 409)


def test_members_are_added_listed_and_removed(server):
    client = workspace_client(server)
    workspace = client.get_default_workspace(ws.GetDefaultWorkspaceRequest()).body.workspace_id
    user_id, _ = create_user(server, "member_one")
    made = client.create_member(workspace, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user_id, roles=["PAI.AlgoDeveloper"])])).body
    assert made.members[0].member_id == f"{workspace}-{user_id}"
    listed = client.list_members(workspace, ws.ListMembersRequest(roles="PAI.AlgoDeveloper")).body
    assert [m.user_id for m in listed.members] == [user_id]
    client.delete_members(workspace, ws.DeleteMembersRequest(member_ids=f"{workspace}-{user_id}"))
    listed = client.list_members(workspace, ws.ListMembersRequest(roles="PAI.AlgoDeveloper")).body
    assert listed.members == []
