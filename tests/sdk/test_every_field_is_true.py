"""Promise 1: every field is true. Whole answers, compared with what the request, the catalogue of conftest.py and the
installation make of each field. What does not exist is empty or absent, never a sample value."""

import pytest
import requests
from alibabacloud_aiworkspace20210204 import models as ws
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import advance, create, dsw_client, rest, rpc, simulate, status_of, workspace_client
from conftest import wait_until

EMPTY_VPC = {"VpcId": "", "VSwitchId": "", "SecurityGroupId": "", "ExtendedCIDRs": [], "DefaultRoute": "",
             "ForwardInfos": [], "Ip": "",
             "BandwidthLimit": {"EgressWhitelists": [], "IngressRate": "", "EgressRate": "", "IngressWhitelists": []}}

# Features that are not supported (docs/api.md): their true value is the empty one.
UNSUPPORTED = {
    "Datasets": [], "CloudDisks": [], "InstanceSnapshotList": [], "UserVpc": EMPTY_VPC,
    "RequestedResource": {"CPU": "", "Memory": "", "SharedMemory": "", "GPU": "", "GPUType": ""},
    "CredentialConfig": {"Enable": False, "AliyunEnvRoleKey": "", "Configs": []},
    "Affinity": {"CPU": {"Enable": False}}, "DynamicMount": {"Enable": False, "MountPoints": []},
    "ServiceConfig": {"JupyterServerPassword": "", "JupyterServerAuth": "", "CodeServerPassword": "",
                      "CodeServerAuth": ""},
    "TenantId": "",
}
GET_ONLY_UNSUPPORTED = {
    "NodeErrorRecovery": {"hasNodeError": False, "enableAutoSwitchOnNodeError": False, "autoSwitchCountdownSeconds": 0},
    "PodIps": [], "DockerConfig": {"Enable": False, "ContainersLimit": 0, "MountAccessConfigPath": ""},
    "AccessRestrictionRules": {},
}
NOT_THERE = {"LatestSnapshot", "InstanceShutdownTimer", "IdleInstanceCuller"}  # objects of one's own making


@pytest.fixture(scope="module")
def place(server):
    """(client, workspace id, the caller's user id)."""
    made = workspace_client(server).create_workspace(ws.CreateWorkspaceRequest(
        workspace_name="truthful", description="for the truth", env_types=["prod"])).body.workspace_id
    return dsw_client(server), made, rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]


def has_console(server):
    """Where there was no Node the server is built without one."""
    return requests.get(f"{server.endpoint}/console/", headers={"Accept": "text/html"}, timeout=30).status_code == 200


def expected_of(server, instance_id, workspace, user):
    """The instance `plain`, field by field."""
    return {
        "WorkspaceId": workspace, "WorkspaceName": "truthful", "InstanceId": instance_id, "InstanceName": "plain",
        "EcsSpec": "ecs.c6.large", "Status": "Running",
        "InstanceUrl": f"{server.endpoint}/console/instances/{instance_id}" if has_console(server) else "",
        "WebIDEUrl": "",  # no web IDE in the images
        "JupyterlabUrl": f"{server.endpoint}/{instance_id}/lab/", "TerminalUrl": f"{server.endpoint}/{instance_id}/tty/",
        "ImageId": "image-lab", "ImageUrl": "local/jupyterlab:4", "ImageName": "jupyterlab:4",
        "UserId": user, "UserName": "atelier",  # the name of the main account that the first start makes
        "ReasonCode": "", "ReasonMessage": "", "PaymentType": "PayAsYouGo", "AcceleratorType": "CPU",
        "Accessibility": "PRIVATE", "ResourceId": "", "ResourceName": "ecs.c6.large", "Priority": 1,
        "WorkspaceSource": "", "Driver": "", "ImageAuth": "", "EnvironmentVariables": {"A": "1"},
        "Labels": [{"Key": "team", "Value": "vision"}], "Tags": [{"TagKey": "cost", "TagValue": "red"}],
        **UNSUPPORTED,
    }


def without_absent(item):
    """null reads as absent in every SDK."""
    return {name: value for name, value in item.items() if not (name in NOT_THERE and value is None)}


def test_promise_1_every_field_of_an_instance_is_true(server, place):
    client, workspace, user = place
    instance_id = create(client, "plain", workspace_id=workspace, environment_variables={"A": "1"},
                         labels=[dsw.CreateInstanceRequestLabels(key="team", value="vision")],
                         tag=[dsw.CreateInstanceRequestTag(key="cost", value="red")])
    wait_until(lambda: status_of(client, instance_id) == "Running")
    got = rest(server, "GET", f"/api/v2/instances/{instance_id}", "GetInstance")
    listed = rest(server, "GET", "/api/v2/instances", "ListInstances", query={"WorkspaceId": workspace})
    envelope = ("RequestId", "Success", "Code", "Message", "HttpStatusCode")
    assert [got.pop(name) for name in envelope][1:] == [True, None, None, 200]
    item, = listed.pop("Instances")
    listed.pop("RequestId")
    assert listed == {"Success": True, "Code": None, "Message": None, "HttpStatusCode": 200, "TotalCount": 1,
                      "MigrationOptions": {}}

    # What moves by itself is bounded; the rest is the same to the letter.
    lifecycle = client.get_lifecycle(instance_id, dsw.GetLifecycleRequest()).body.lifecycle[0]
    for answer in (got, item):
        assert 0 < answer.pop("AccumulatedRunningTimeInMs") < 60_000
        assert answer.pop("GmtCreateTime") == lifecycle[0].gmt_create_time
        assert answer.pop("GmtModifiedTime") == lifecycle[-1].gmt_create_time, "the last change was to be Running"
    expected = expected_of(server, instance_id, workspace, user)
    assert without_absent(item) == {**expected, "OversoldType": "", "OversoldInfo": ""}
    assert without_absent(got) == {**expected, **GET_ONLY_UNSUPPORTED, "ProxyPath": f"{instance_id}/proxy/",
                                   "UserCommandId": "", "MigrationOptions": {}}


def test_promise_1_running_time_is_time_in_running(server, place):
    client, workspace, _ = place
    instance_id = create(client, "counted", workspace_id=workspace)
    wait_until(lambda: status_of(client, instance_id) == "Running")

    def counted():
        return client.get_instance(instance_id, dsw.GetInstanceRequest()).body.accumulated_running_time_in_ms

    before = counted()
    advance(server, hours=1)
    assert 3_600_000 <= counted() - before < 3_660_000
    client.stop_instance(instance_id, dsw.StopInstanceRequest())
    wait_until(lambda: status_of(client, instance_id) == "Stopped")
    stopped = counted()
    advance(server, hours=1)
    assert counted() == stopped, "an hour of rest is no running time"


def test_promise_1_a_failure_says_what_was_observed_and_a_new_start_takes_it_back(server, place):
    client, workspace, _ = place
    instance_id = create(client, "fails", workspace_id=workspace, environment_variables=simulate(fail_at="prepare"))
    wait_until(lambda: status_of(client, instance_id) == "Failed")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.reason_code and "1" in body.reason_message, "the exit code of the script"
    assert body.accumulated_running_time_in_ms == 0
    client.update_instance(instance_id, dsw.UpdateInstanceRequest(environment_variables={"B": "2"},
                                                                  start_instance=True))
    wait_until(lambda: status_of(client, instance_id) == "Running")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert (body.reason_code, body.reason_message, body.environment_variables) == ("", "", {"B": "2"})
