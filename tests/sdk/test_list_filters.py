"""Every filter of ListInstances on a mixed population; the expected names are written by hand."""

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, create_user, dsw_client, rest, simulate, status_of, workspace_client
from alibabacloud_aiworkspace20210204 import models as ws
from conftest import wait_until

TORCH = "image-torch"
GPU = "ecs.gn7i-c8g1.2xlarge"
BIG = "ecs.g6.xlarge"

# name: what CreateInstance gets, and the state to wait for
POPULATION = {
    "train_a": (dict(labels={"team": "vision", "run": "1"}), "Running"),
    "train_b": (dict(labels={"team": "vision"}, image=TORCH), "Stopped"),
    "Train_C": (dict(spec=BIG, accessibility="PUBLIC"), "Running"),
    "infer_a": (dict(spec=GPU, tags={"cost": "red"}), "Running"),
    "infer_b": (dict(spec=GPU, image=TORCH, tags={"cost": "blue", "x": "y"}), "Running"),
    "broken": (dict(environment=simulate(fail_at="start")), "Failed"),
    "slow": (dict(environment=simulate(hang_start=True)), "Starting"),
    "urgent": (dict(priority=9, labels={"team": "speech"}), "Running"),
}


@pytest.fixture(scope="module")
def world(server):
    client = dsw_client(server)
    ids = {}
    for name, (wish, _) in POPULATION.items():
        ids[name] = create(
            client, name, image=wish.get("image", "image-lab"), spec=wish.get("spec", "ecs.c6.large"),
            accessibility=wish.get("accessibility"), priority=wish.get("priority"),
            environment_variables=wish.get("environment"),
            labels=[dsw.CreateInstanceRequestLabels(key=k, value=v) for k, v in wish.get("labels", {}).items()],
            tag=[dsw.CreateInstanceRequestTag(key=k, value=v) for k, v in wish.get("tags", {}).items()])
    wait_until(lambda: status_of(client, ids["train_b"]) == "Running")
    client.stop_instance(ids["train_b"], dsw.StopInstanceRequest())
    for name, (_, status) in POPULATION.items():
        wait_until(lambda: status_of(client, ids[name]) == status, what=f"{name} being {status}")
    return client, ids


ALL = list(POPULATION)
CASES = {
    "nothing": ({}, ALL),
    "Status": ({"Status": "Running"}, ["train_a", "Train_C", "infer_a", "infer_b", "urgent"]),
    "Status list": ({"Status": "Stopped, Failed,,Starting"}, ["train_b", "broken", "slow"]),
    "InstanceName is a substring in any case": ({"InstanceName": "TRAIN"}, ["train_a", "train_b", "Train_C"]),
    "InstanceName has no wildcards": ({"InstanceName": "train%"}, []),
    "AcceleratorType": ({"AcceleratorType": "GPU"}, ["infer_a", "infer_b"]),
    "Accessibility": ({"Accessibility": "PUBLIC"}, ["Train_C"]),
    "PaymentType": ({"PaymentType": "Subscription"}, []),
    "ResourceId unknown": ({"ResourceId": "quota-1"}, []),
    "Labels one": ({"Labels": '{"team":"vision"}'}, ["train_a", "train_b"]),
    "Labels both": ({"Labels": '{"team":"vision","run":"1"}'}, ["train_a"]),
    "Labels of another value": ({"Labels": '{"team":"vis"}'}, []),
    "Tag": ({"Tag": '[{"Key":"cost","Value":"red"}]'}, ["infer_a"]),
    "Tag by key": ({"Tag": '[{"Key":"cost"}]'}, ["infer_a", "infer_b"]),
    "Tag flattened": ({"Tag.1.Key": "cost", "Tag.1.Value": "blue"}, ["infer_b"]),
    "labels are not tags": ({"Tag": '[{"Key":"team"}]'}, []),
    "GpuType": ({"GpuType": "nvidia a10"}, ["infer_a", "infer_b"]),
    "MinCpu": ({"MinCpu": "4000"}, ["Train_C", "infer_a", "infer_b"]),
    "MaxCpu": ({"MaxCpu": "3999"}, ["train_a", "train_b", "broken", "slow", "urgent"]),
    "MinCpu to MaxCpu, both ends in": ({"MinCpu": "4000", "MaxCpu": "4000"}, ["Train_C"]),
    "MinMemory": ({"MinMemory": "16"}, ["Train_C", "infer_a", "infer_b"]),
    "MaxMemory of a fraction": ({"MaxMemory": "4.5"}, ["train_a", "train_b", "broken", "slow", "urgent"]),
    "MinGpu": ({"MinGpu": "100"}, ["infer_a", "infer_b"]),
    "MaxGpu": ({"MaxGpu": "0"}, ["train_a", "train_b", "Train_C", "broken", "slow", "urgent"]),
    "MinGpuMemory": ({"MinGpuMemory": "24"}, ["infer_a", "infer_b"]),
    "MaxGpuMemory keeps those without a GPU": (
        {"MaxGpuMemory": "23"}, ["train_a", "train_b", "Train_C", "broken", "slow", "urgent"]),
    "Min over Max": ({"MinCpu": "2", "MaxCpu": "1"}, []),
    "ImageName": ({"ImageName": "torch-2.0"}, ["train_b", "infer_b"]),
    "ImageName as the last part of the URL": ({"ImageName": "torch:2.0-cpu-py311"}, ["train_b", "infer_b"]),
    "OversoldType": ({"OversoldType": "AcceptQuotaOverSold"}, []),
    "OversoldInfo": ({"OversoldInfo": "ForceQuotaOverSold"}, []),
    "CreateUserId unknown": ({"CreateUserId": "1"}, []),
    "CreateTimeAfter long ago": ({"CreateTimeAfter": "2020-01-01T00:00:00Z"}, ALL),
    "CreateTimeBefore long ago": ({"CreateTimeBefore": "2020-01-01T00:00:00Z"}, []),
    "all conditions hold": ({"Status": "Running", "AcceleratorType": "GPU", "ImageName": "torch-2.0"}, ["infer_b"]),
    "an empty value filters nothing": ({"Status": "", "InstanceName": ""}, ALL),
}


@pytest.mark.parametrize("case", CASES)
def test_filter(world, server, case):
    query, expected = CASES[case]
    body = rest(server, "GET", "/api/v2/instances", "ListInstances",
                query={"WorkspaceId": "ALL", "ResourceId": "ALL", "PageSize": "100", **query})
    assert sorted(i["InstanceName"] for i in body["Instances"]) == sorted(expected)
    assert body["TotalCount"] == len(expected)


def test_instance_ids_by_comma_list(world, server):
    client, ids = world
    body = client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", instance_id=f"{ids['slow']}, {ids['urgent']},dsw-none")).body
    assert sorted(i.instance_name for i in body.instances) == ["slow", "urgent"]


def test_the_sdk_sends_labels_and_tags_as_json(world):
    client, _ = world
    body = client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", labels={"team": "speech"})).body
    assert [i.instance_name for i in body.instances] == ["urgent"]
    body = client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", tag=[dsw.ListInstancesRequestTag(key="cost", value="blue")])).body
    assert [i.instance_name for i in body.instances] == ["infer_b"]


def test_pages_together_are_the_list(world):
    client, _ = world
    for sort_by, order in (("GmtCreateTime", "ASC"), ("GmtModifiedTime", "DESC"), ("Priority", "DESC")):
        names = []
        for page in range(1, 5):
            body = client.list_instances(dsw.ListInstancesRequest(
                workspace_id="ALL", sort_by=sort_by, order=order, page_size=3, page_number=page)).body
            assert body.total_count == 8
            names += [i.instance_name for i in body.instances]
        assert sorted(names) == sorted(ALL)
        if sort_by == "Priority":
            assert names[0] == "urgent"


def test_without_a_workspace_the_default_one_is_listed(world, server):
    client, _ = world
    made = workspace_client(server).create_workspace(ws.CreateWorkspaceRequest(
        workspace_name="another_one", description="empty", env_types=["prod"])).body.workspace_id
    assert client.list_instances(dsw.ListInstancesRequest()).body.total_count == 8
    assert client.list_instances(dsw.ListInstancesRequest(workspace_id=made)).body.total_count == 0


def test_members_see_their_own_and_public_ones(world, server):
    owner, ids = world
    workspace = owner.get_instance(ids["train_a"], dsw.GetInstanceRequest()).body.workspace_id
    user_id, key = create_user(server, "developer")
    workspace_client(server).create_member(workspace, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user_id, roles=["PAI.AlgoDeveloper"])]))
    developer = dsw_client(server, key=key)
    listed = developer.list_instances(dsw.ListInstancesRequest(workspace_id=workspace)).body
    assert [i.instance_name for i in listed.instances] == ["Train_C"]
    assert listed.total_count == 1

    mine = create(developer, "mine_only", workspace_id=workspace)
    try:
        listed = developer.list_instances(dsw.ListInstancesRequest(workspace_id=workspace)).body
        assert sorted(i.instance_name for i in listed.instances) == ["Train_C", "mine_only"]
        by_creator = owner.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", create_user_id=user_id)).body
        assert [i.instance_id for i in by_creator.instances] == [mine]
    finally:
        owner.delete_instance(mine)
        wait_until(lambda: owner.list_instances(
            dsw.ListInstancesRequest(workspace_id="ALL", instance_id=mine)).body.total_count == 0)
