"""Every filter of ListInstances on a mixed population; the expected names are written by hand."""

import json
import pathlib

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, create_user, dsw_client, rest, simulate, status_of, workspace_client
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
    "urgent": (dict(priority=9, labels={"team": "speech"}, oversold_type="AcceptQuotaOverSold"), "Running"),
}


@pytest.fixture(scope="module")
def world(server):
    client = dsw_client(server)
    ids = {}
    for name, (wish, _) in POPULATION.items():
        ids[name] = create(
            client, name, image=wish.get("image", "image-lab"), spec=wish.get("spec", "ecs.c6.large"),
            accessibility=wish.get("accessibility"), priority=wish.get("priority"),
            oversold_type=wish.get("oversold_type"),
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
    "AcceleratorType CPU": ({"AcceleratorType": "CPU"}, ["train_a", "train_b", "Train_C", "broken", "slow", "urgent"]),
    "Accessibility": ({"Accessibility": "PUBLIC"}, ["Train_C"]),
    "Accessibility PRIVATE": (
        {"Accessibility": "PRIVATE"}, ["train_a", "train_b", "infer_a", "infer_b", "broken", "slow", "urgent"]),
    "PaymentType": ({"PaymentType": "PayAsYouGo"}, ALL),
    # Quotas are not supported, so no instance is of a subscription, has a quota's id or runs on a quota's idle
    # resources: these three are empty for ever, here and in any other population.
    "PaymentType Subscription": ({"PaymentType": "Subscription"}, []),
    "ResourceId unknown": ({"ResourceId": "quota-1"}, []),
    "OversoldInfo": ({"OversoldInfo": "ForceQuotaOverSold"}, []),
    # The default: pay-as-you-go instances, which are all there are.
    "ResourceId empty": ({"ResourceId": ""}, ALL),
    "OversoldType": ({"OversoldType": "AcceptQuotaOverSold"}, ["urgent"]),
    "OversoldType of nobody": ({"OversoldType": "ForbiddenQuotaOverSold"}, []),
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
    "CreateUserId unknown": ({"CreateUserId": "1"}, []),
    "CreateTimeAfter long ago": ({"CreateTimeAfter": "2020-01-01T00:00:00Z"}, ALL),
    "CreateTimeBefore long ago": ({"CreateTimeBefore": "2020-01-01T00:00:00Z"}, []),
    "all conditions hold": ({"Status": "Running", "AcceleratorType": "GPU", "ImageName": "torch-2.0"}, ["infer_b"]),
    "an empty value filters nothing": ({"Status": "", "InstanceName": ""}, ALL),
}


EVERYWHERE = {"WorkspaceId": "ALL", "ResourceId": "ALL", "PageSize": "100"}


@pytest.mark.parametrize("case", CASES)
def test_filter(world, server, case):
    query, expected = CASES[case]
    body = rest(server, "GET", "/api/v2/instances", "ListInstances", query={**EVERYWHERE, **query})
    assert sorted(i["InstanceName"] for i in body["Instances"]) == sorted(expected)
    assert body["TotalCount"] == len(expected)


# Wire name of every parameter -> field of the product package's own request.
FIELDS = {
    "WorkspaceId": "workspace_id", "InstanceName": "instance_name", "ResourceId": "resource_id", "Status": "status",
    "PaymentType": "payment_type", "Accessibility": "accessibility", "AcceleratorType": "accelerator_type",
    "PageNumber": "page_number", "PageSize": "page_size", "SortBy": "sort_by", "Order": "order",
    "InstanceId": "instance_id", "Labels": "labels", "CreateUserId": "create_user_id", "GpuType": "gpu_type",
    "MinCpu": "min_cpu", "MaxCpu": "max_cpu", "MinGpu": "min_gpu", "MaxGpu": "max_gpu", "MinMemory": "min_memory",
    "MaxMemory": "max_memory", "MinGpuMemory": "min_gpu_memory", "MaxGpuMemory": "max_gpu_memory",
    "ImageName": "image_name", "Tag": "tag", "OversoldInfo": "oversold_info", "OversoldType": "oversold_type",
    "CreateTimeAfter": "create_time_after", "CreateTimeBefore": "create_time_before",
}


def package_request(query):
    """The same question through the package's model, which makes JSON of labels and tags by itself."""
    fields = {FIELDS[name]: value for name, value in query.items()}
    fields["page_size"] = int(fields["page_size"])
    if "labels" in fields:
        fields["labels"] = json.loads(fields["labels"])
    if "tag" in fields:
        fields["tag"] = [dsw.ListInstancesRequestTag(key=t["Key"], value=t.get("Value"))
                         for t in json.loads(fields["tag"])]
    return dsw.ListInstancesRequest(**fields)


@pytest.mark.parametrize("case", [name for name, (query, _) in CASES.items() if not any("." in k for k in query)])
def test_filter_through_the_product_package(world, case):
    query, expected = CASES[case]
    body = world[0].list_instances(package_request({**EVERYWHERE, **query})).body
    assert sorted(i.instance_name for i in body.instances) == sorted(expected)
    assert body.total_count == len(expected)


def test_every_parameter_is_asked_for():
    """The cases and the tests below leave none of the 29 documented parameters out."""
    documented = json.loads((pathlib.Path(__file__).parents[1] / "data/contract/dsw_requests.json").read_text())
    names = {parameter["name"] for parameter in documented["ListInstances"]["query"]}
    asked = {name for query, _ in CASES.values() for name in query} | set(EVERYWHERE)
    paged_and_ordered = {"PageNumber", "SortBy", "Order", "InstanceId"}  # tests of their own, below
    assert names == set(FIELDS) and len(names) == 29
    assert names - asked == paged_and_ordered


def test_create_time_bounds_are_inclusive_and_to_the_second(world):
    client, ids = world
    made = client.get_instance(ids["Train_C"], dsw.GetInstanceRequest()).body.gmt_create_time
    same_second = [name for name, instance_id in ids.items()
                   if client.get_instance(instance_id, dsw.GetInstanceRequest()).body.gmt_create_time == made]
    body = client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", page_size=100, create_time_after=made, create_time_before=made)).body
    assert sorted(i.instance_name for i in body.instances) == sorted(same_second)
    assert "Train_C" in same_second


def test_create_user_id(world, server):
    client, ids = world
    owner = client.get_instance(ids["slow"], dsw.GetInstanceRequest()).body.user_id
    assert client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", create_user_id=owner)).body.total_count == len(ALL)


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
