"""The calls of Terraform's alicloud_pai_service, in its order and form: create, tag, read, plan without change, update,
stop and start, untag, delete, gone. The provider itself is no package; its client library sends what is sent here."""

import json

import pytest
from alibabacloud_tea_openapi import models as open_api
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from clients import RUNTIME, code_of, config, create_user, rest, rpc
from conftest import Server, wait_until

REGION = "cn-hangzhou"  # what the provider is set to, and all that it puts into paths
SERVICES = "/api/v2/services"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    s = Server(tmp_path_factory.mktemp("atelier"), arguments=[
        "--region-aliases", f"{REGION},cn-shanghai", "--simulated-cpus", "64", "--simulated-memory-gib", "128"]).start()
    yield s
    s.stop()


def form(server, action, **fields):
    """One RPC style call with its fields in a form, of the version that only the provider knows."""
    client = OpenApiClient(config(server))
    params = open_api.Params(action=action, version="2021-07-02", protocol="HTTP", method="POST", auth_type="AK",
                             style="RPC", pathname="/", req_body_type="formData", body_type="json")
    return client.call_api(params, open_api.OpenApiRequest(body=fields), RUNTIME)["body"]


class Resource:
    """One alicloud_pai_service and its state."""

    def __init__(self, server, name, workspace=None, tags=None, **metadata):
        self.server, self.workspace, self.tags = server, workspace, dict(tags or {})
        self.name = name
        self.config = {"metadata": {"name": name, "instance": 1, "cpu": 1, "memory": 2000, **metadata},
                       "containers": [{"image": "image-lab", "script": "python app.py", "port": 8000}]}
        self.state = {}

    def ask(self, method, rest_of_path="", body=None, query=None):
        path = f"{SERVICES}/{REGION}/{self.name}{rest_of_path}"
        return rest(self.server, method, path, "", version="2021-07-01", query=query, body=body)

    def wait(self, status):
        wait_until(lambda: self.ask("GET")["Status"] == status, what=f"the service to be {status}")

    def create(self):
        query = {"WorkspaceId": self.workspace} if self.workspace else {}
        rest(self.server, "POST", SERVICES, "CreateService", version="2021-07-01", query=query, body=self.config)
        self.wait("Running")
        self.set_tags({}, self.tags)
        self.read()

    def set_tags(self, before, after):
        """As the provider's SetResourceTags: what is gone first, then what is new or another."""
        uid = self.ask("GET")["ServiceUid"]
        at = {"RegionId": REGION, "ResourceType": "service", "ResourceId.1": uid}
        if gone := sorted(set(before) - set(after)):
            form(self.server, "UntagResources", **at, **{f"TagKey.{n}": k for n, k in enumerate(gone, 1)})
        if new := {k: v for k, v in after.items() if before.get(k) != v}:
            tags = {}
            for n, (key, value) in enumerate(sorted(new.items()), 1):
                tags |= {f"Tag.{n}.Key": key, f"Tag.{n}.Value": value}
            form(self.server, "TagResources", **at, **tags)

    def read(self):
        answer = self.ask("GET")
        self.state = {"service_config": json.loads(answer["ServiceConfig"]), "status": answer["Status"],
                      "region_id": answer["Region"], "service_uid": answer["ServiceUid"],
                      "workspace_id": answer["WorkspaceId"],
                      "tags": {t["LabelKey"]: t["LabelValue"] for t in answer["Labels"]}}

    def plan(self):
        """What differs between the state and what is wanted."""
        self.read()
        wanted = {"service_config": self.config, "tags": self.tags}
        if self.workspace:
            wanted["workspace_id"] = self.workspace
        return {name: (self.state[name], value) for name, value in wanted.items() if self.state[name] != value}

    def delete(self):
        self.ask("DELETE")

        def gone():
            try:
                self.ask("GET")
            except Exception as error:  # the provider asks for the code of whatever comes
                return (error.status_code, error.code) == (404, "InvalidService.NotFound")
            return False
        wait_until(gone, what="the end of the service")


@pytest.fixture
def workspace(server):
    return rest(server, "GET", "/api/v1/defaultWorkspaces", "GetDefaultWorkspace", version="2021-02-04")["WorkspaceId"]


def test_create_with_tags_then_no_change_then_update_and_destroy(server, workspace):
    service = Resource(server, "tf_tagged", workspace, tags={"Created": "TF", "For": "Test"})
    service.create()
    assert service.state["tags"] == {"Created": "TF", "For": "Test"}
    assert service.plan() == {}

    service.config["metadata"]["instance"] = 2
    service.ask("PUT", body=service.config)
    service.wait("Running")
    assert service.plan() == {}

    before, service.tags = service.tags, {"Created": "TF-update", "Owner": "a, b"}
    assert list(service.plan()) == ["tags"]
    service.set_tags(before, service.tags)
    assert service.plan() == {}

    for verb, status in (("stop", "Stopped"), ("start", "Running")):
        service.ask("PUT", f"/{verb}")
        service.wait(status)
        assert service.plan() == {}
    service.delete()


def test_without_a_workspace_id_it_is_the_callers_own(server, workspace):
    service = Resource(server, "tf_bare")
    service.create()
    assert service.plan() == {}
    assert service.state["workspace_id"] == workspace, "which the provider shows as a change: set workspace_id"
    service.delete()


def test_tags_of_a_service_that_is_gone_are_gone(server):
    assert code_of(lambda: form(server, "TagResources", **{
        "ResourceType": "service", "ResourceId.1": "eas-m-none", "Tag.1.Key": "a", "Tag.1.Value": "b"})) == (
        404, "InvalidService.NotFound")


def test_clusters_that_are_no_name_of_the_region_are_told_which_one_is(server):
    service = Resource(server, "tf_region")
    service.create()
    rest(server, "GET", f"{SERVICES}/cn-shanghai/tf_region", "", version="2021-07-01")
    for path in (f"{SERVICES}/cn-beijing/tf_region", f"{SERVICES}/cn-beijing/none/instances",
                 "/api/v2/groups/cn-beijing/none", "/api/v2/gateways/cn-beijing/gw-default"):
        with pytest.raises(Exception) as raised:
            rest(server, "GET", path, "", version="2021-07-01")
        assert raised.value.status_code == 404
        assert "this server's region is local; use it as ClusterId" in raised.value.message
    regions = rest(server, "GET", "/api/v2/regions", "", version="2021-07-01")["Regions"]
    assert [r["RegionId"] for r in regions] == ["local", REGION, "cn-shanghai"]
    service.delete()


def test_promise_1_the_host_is_what_admission_counts(server):
    """What the host has and what of it is taken, before and with a service of two replicas."""
    def host():
        return rest(server, "GET", f"/api/v2/resources/{REGION}/eas-r-host", "", version="2021-07-01")

    before = host()
    assert (before["CpuCount"], before["Memory"]) == (64, 128 * 1024)
    service = Resource(server, "tf_host", instance=2)
    service.create()
    with_it = host()
    assert with_it["CpuUsed"] - before["CpuUsed"] == 2
    assert with_it["MemoryUsed"] - before["MemoryUsed"] == 2 * 2000
    assert int(with_it["ServiceCount"]) - int(before["ServiceCount"]) == 1
    machine = rest(server, "GET", f"/api/v2/resources/{REGION}/eas-r-host/instances", "",
                   version="2021-07-01")["Instances"][0]
    assert (machine["InstanceCpuCount"], machine["InstanceMemory"]) == (64, f"{128 * 1024}M")
    assert machine["InstanceUsedMemory"] == f"{with_it['MemoryUsed']}M"
    service.delete()
    wait_until(lambda: host()["CpuUsed"] == before["CpuUsed"], what="the room given back")


def test_the_policy_that_everybody_attaches_before_assume_role(server):
    """AttachPolicyToUser AliyunSTSAssumeRoleAccess, then AssumeRole with the user's own key."""
    _, key = create_user(server, "deployer", ["AliyunSTSAssumeRoleAccess"])
    account = rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                            "Principal": {"RAM": [f"acs:ram::{account}:root"]}}]}
    rpc(server, "CreateRole", {"RoleName": "runner", "AssumeRolePolicyDocument": json.dumps(trust)})
    made = rpc(server, "AssumeRole", {"RoleArn": f"acs:ram::{account}:role/runner", "RoleSessionName": "ci"},
               version="2015-04-01", key=key)
    assert made["Credentials"]["AccessKeyId"].startswith("STS.")
    assert code_of(lambda: rpc(server, "ListUsers", key=key)) == (403, "NoPermission")
