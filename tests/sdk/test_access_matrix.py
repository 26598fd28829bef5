"""Promise 8 over every operation that this server has: five kinds of callers try each one on what somebody else owns,
as its owner would call it. Nothing private is in an answer, nothing is changed, and the owner's own call then works:
so it was the caller, not the call, that was refused."""

import json
import re
import time
import urllib.request

import pytest
from alibabacloud_aiworkspace20210204 import models as ws
from clients import create_user, rpc, workspace_client
from conftest import Server, wait_until
from signed import ask, receive, send

DSW, EAS, AIREC, RAM, STS, WORKSPACE, OURS = (
    "2022-01-01", "2021-07-01", "2020-11-26", "2015-05-01", "2015-04-01", "2021-02-04", "")
TAGS = "2021-07-02"  # of EAS
CANARY = "kanarienvogel"  # in what only its owner may read
SETTLED = {"Running", "Stopped", "Failed"}

ALLOW = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "paidsw:*", "Resource": "*"}]})
RULE = {"min": 1, "max": 2, "scaleStrategies": [{"metricName": "qps", "threshold": 5}]}
JOBS = {"ScaleJobs": [{"Name": "hourly", "Schedule": "0 30 * * * *", "TargetSize": 1}]}
QUOTA = {"userCount": 1_000_000, "itemCount": 1_000_000, "qps": 10}
MONTH = {"duration": 1, "pricingCycle": "Month"}

# What each kind of caller may do: what is everybody's, what is the caller's own, what a member may read or make in the
# workspace. Of recommenders, the list is open to every identity of the account (its document), and so is making one.
NOTHING = set()
EVERYBODYS = {(STS, "GetCallerIdentity"), (WORKSPACE, "ListImages"), (WORKSPACE, "GetImage"),
              (WORKSPACE, "ListImageLabels"), (DSW, "GetUserConfig"),
              (DSW, "ListEcsSpecs"), (AIREC, "ListInstance"), (AIREC, "DescribeInstance"), (AIREC, "CreateInstance"),
              (OURS, "ListSessions"), (OURS, "CreateSignInLink"), (OURS, "CheckPermissions"), (OURS, "ListBulkJobs")}
OF_ANY_WORKSPACE = EVERYBODYS | {
    (WORKSPACE, "GetDefaultWorkspace"), (WORKSPACE, "ListWorkspaces"), (WORKSPACE, "CreateWorkspace"),
    (DSW, "ListInstances"), (OURS, "CountInstances"), (OURS, "CreateBulkJob"), (EAS, "ListServices"), (EAS, "ListGroups"), (TAGS, "ListTagResources")} | {
    (EAS, name) for name in (  # of the host, which is nobody's: RAM alone decides
        "DescribeMachineSpec", "DescribeRegions", "ListGateway", "DescribeGateway", "ListResources", "DescribeResource",
        "ListResourceInstances", "ListResourceServices")}
OF_THIS_WORKSPACE = OF_ANY_WORKSPACE | {
    (WORKSPACE, "GetWorkspace"), (WORKSPACE, "ListMembers"), (WORKSPACE, "UpdateDefaultWorkspace"),
    (WORKSPACE, "GetMember"), (WORKSPACE, "ListConfigs"), (WORKSPACE, "GetConfig"),
    (DSW, "ListInstanceStatistics"), (DSW, "GetResourceGroupStatistics"), (DSW, "CreateInstance"),
    (OURS, "GetWorkspaceIdleRule"), (OURS, "GetServiceTraffic"), (OURS, "CheckInstanceFit")} | {
    (EAS, name) for name in (
        "DescribeService", "DescribeServiceEndpoints", "DescribeServiceEvent", "DescribeServiceLog", "ListServiceInstances",
        "ListServiceContainers", "ListServiceVersions", "DescribeServiceDiagnosis", "DescribeServiceInstanceDiagnosis",
        "DescribeGroup", "DescribeGroupEndpoints", "CreateService",
        "CreateGroup")}
# The service has none. Who may read the service may ask for them, and gets a 404.
NOT_THERE = {(EAS, "DescribeServiceAutoScaler"), (EAS, "DescribeServiceCronScaler")}
MAY = {"without a key": NOTHING, "with the owner's disabled key": NOTHING, "without a right": EVERYBODYS,
       "of another workspace, with every right": OF_ANY_WORKSPACE,
       "of the same workspace, with every right": OF_THIS_WORKSPACE}

# The owner is no administrator of the account: these are tried once more as who may.
BY_THE_MAIN_ACCOUNT = {(OURS, name) for name in ("GetClock", "AdvanceClock", "SetWorkspaceIdleRule",
                                                 "DeleteWorkspaceIdleRule", "DeleteSession", "SetUserPassword",
                                                 "DeleteUserPassword", "GetBulkJob", "StopBulkJob")} | {
    (WORKSPACE, name) for name in (
        "CreateMember", "DeleteMembers", "AddMemberRole", "RemoveMemberRole", "UpdateWorkspace", "DeleteWorkspace",
        "UpdateConfigs", "UpdateConfig", "DeleteConfig")}
REACHED = {(AIREC, "StopDataSet"): (400, "ValidationError"),  # its import is over: nobody else would be told
           (WORKSPACE, "DeleteWorkspace"): (409, "InvalidWorkspace.StatusConflict"),  # it is not empty
           (OURS, "AdoptOrphan"): (404, "InvalidOrphan.NotFound"),
           (OURS, "StopOrphan"): (404, "InvalidOrphan.NotFound"),
           (OURS, "DeleteSession"): (404, "InvalidSession.NotFound"),
           (OURS, "GetBulkJob"): (404, "InvalidBulkJob.NotFound"),
           (OURS, "StopBulkJob"): (404, "InvalidBulkJob.NotFound")}
CODES = {DSW: "paidsw", EAS: "eas", TAGS: "eas", AIREC: "airec", RAM: "ram", STS: "sts", WORKSPACE: "paiworkspace",
         OURS: "atelier"}
# What is about one thing that its path does not name.
ABOUT = {(DSW, "CreateInstance"): "workspace", (OURS, "CheckInstanceFit"): "workspace", (DSW, "StopInstances"): "notebook", (DSW, "DeleteInstances"): "notebook",
         (DSW, "QueryAutoShutdownPolicies"): "notebook", (DSW, "ListSystemLogs"): "notebook", (DSW, "GetToken"): "notebook",
         (DSW, "ListInstanceStatistics"): "workspace", (DSW, "GetResourceGroupStatistics"): "workspace",
         (EAS, "CreateService"): "workspace", (EAS, "CreateGroup"): "workspace", (TAGS, "TagResources"): "service",
         (TAGS, "UntagResources"): "service", (STS, "AssumeRole"): "role", (WORKSPACE, "UpdateDefaultWorkspace"): "workspace"}
READS = ("Get", "List", "Describe", "Query")
CHANGING = {"GetToken", "GetCallerIdentity", "GetClock", "GetDefaultWorkspace", "GetMetrics", "GetInstanceMetrics",
            "GetResourceGroupStatistics", "ListInstances", "ListInstanceStatistics", "ListServices", "ListGroups",
            "ListInstance", "ListWorkspaces", "DescribeServiceLog", "GetServiceTraffic", "ListAuditRecords",
            # by time, or by what callers make for themselves
            "ListResources", "DescribeResource", "ListResourceInstances", "ListResourceServices", "ListTagResources"}
OF_TIME = {"RequestId", "requestId", "AccumulatedRunningTimeInMs", "currentQps"}


def trust(account):
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                      "Principal": {"RAM": [f"acs:ram::{account}:root"]}}]})


def service(name, **metadata):
    return {"name": name, "metadata": metadata, "cloud": {"computing": {"instance_type": "ecs.c6.large"}}, "containers": [
        {"script": "serve", "port": 9000, "env": [{"name": "SECRET", "value": CANARY}]}]}


def notebook(world, name):
    return {"InstanceName": name, "ImageId": "image-lab", "EcsSpec": "ecs.c6.large", "WorkspaceId": world["workspace"],
            "Accessibility": "PRIVATE", "EnvironmentVariables": {"SECRET": CANARY},
            "UserCommand": {"OnStart": {"Content": f"echo {CANARY}"}}}


def calls(world, made="theirs"):
    """(version, operation, arguments by name, body) of every operation, in an order in which all work for the owner.
    `made`: the name of what is made."""
    at_service = {"ClusterId": "local", "ServiceName": "model"}
    at_group = {"ClusterId": "local", "GroupName": "family"}
    at_replica = {**at_service, "InstanceName": world["replica"]}
    at_host = {"ClusterId": "local", "ResourceId": "eas-r-host"}
    tagged = {"ResourceType": "service", "ResourceId.1": world["service"]}
    at_notebook, at_recommender = {"InstanceId": world["notebook"]}, {"instanceId": world["recommender"]}
    at_workspace = {"WorkspaceId": world["workspace"]}
    at_role = {**at_workspace, "MemberId": f"{world['workspace']}-{world['colleague_id']}",
               "RoleName": "PAI.LabelManager"}
    user, role = {"UserName": "owner"}, {"RoleName": "reader"}
    key = {**user, "UserAccessKeyId": world["spare_key"]}
    policy = {"PolicyType": "Custom", "PolicyName": "narrow"}
    now = int(time.time())

    def day(at):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))

    return [
        (STS, "GetCallerIdentity", {}, None),
        (STS, "AssumeRole", {"RoleArn": f"acs:ram::{world['account']}:role/reader", "RoleSessionName": "me"}, None),
        (RAM, "GetUser", user, None), (RAM, "ListUsers", {}, None), (RAM, "ListAccessKeys", user, None),
        (RAM, "GetRole", role, None), (RAM, "ListRoles", {}, None),
        (RAM, "GetPolicy", policy, None), (RAM, "ListPolicies", {}, None),
        (RAM, "ListPoliciesForUser", user, None), (RAM, "ListPoliciesForRole", role, None),
        (RAM, "AttachPolicyToUser", {**policy, **user}, None), (RAM, "DetachPolicyFromUser", {**policy, **user}, None),
        (RAM, "AttachPolicyToRole", {**policy, **role}, None), (RAM, "DetachPolicyFromRole", {**policy, **role}, None),
        (RAM, "GetAccessKeyLastUsed", key, None),
        (RAM, "UpdateAccessKey", {**key, "Status": "Inactive"}, None), (RAM, "DeleteAccessKey", key, None),
        (RAM, "CreateAccessKey", user, None), (RAM, "CreateUser", {"UserName": made}, None),
        (RAM, "DeleteUser", {"UserName": made}, None),
        (RAM, "CreateRole", {"RoleName": made, "AssumeRolePolicyDocument": trust(world["account"])}, None),
        (RAM, "DeleteRole", {"RoleName": made}, None),
        (RAM, "CreatePolicy", {"PolicyName": made, "PolicyDocument": ALLOW}, None),
        (RAM, "DeletePolicy", {"PolicyName": made}, None),

        (WORKSPACE, "GetDefaultWorkspace", {}, None), (WORKSPACE, "ListWorkspaces", {}, None),
        (WORKSPACE, "GetWorkspace", at_workspace, None), (WORKSPACE, "ListMembers", at_workspace, None),
        (WORKSPACE, "ListImages", {}, None), (WORKSPACE, "GetImage", {"ImageId": "image-lab"}, None),
        (WORKSPACE, "ListImageLabels", {}, None),
        (WORKSPACE, "UpdateWorkspace", at_workspace, {"Description": "renamed"}),
        (WORKSPACE, "GetMember", {**at_workspace, "UserId": world["colleague_id"]}, None),
        (WORKSPACE, "AddMemberRole", at_role, None), (WORKSPACE, "RemoveMemberRole", at_role, None),
        (WORKSPACE, "UpdateConfigs", at_workspace, {"Configs": [{"ConfigKey": "mine", "ConfigValue": made}]}),
        (WORKSPACE, "UpdateConfig", at_workspace, {"ConfigKey": "mine", "ConfigValue": made}),
        (WORKSPACE, "ListConfigs", at_workspace, None),
        (WORKSPACE, "GetConfig", {**at_workspace, "ConfigKey": "theirs"}, None),
        (WORKSPACE, "DeleteConfig", {**at_workspace, "ConfigKey": "mine"}, None),
        (WORKSPACE, "CreateMember", at_workspace,
         {"Members": [{"UserId": world["stranger_id"], "Roles": ["PAI.WorkspaceAdmin"]}]}),
        (WORKSPACE, "DeleteMembers",
         {**at_workspace, "MemberIds": f"{world['workspace']}-{world['stranger_id']}"}, None),
        (WORKSPACE, "CreateWorkspace", {}, {"WorkspaceName": made, "Description": made, "EnvTypes": ["prod"]}),
        (WORKSPACE, "UpdateDefaultWorkspace", {}, at_workspace), (WORKSPACE, "DeleteWorkspace", at_workspace, None),

        (DSW, "GetUserConfig", {}, None), (DSW, "ListEcsSpecs", {"AcceleratorType": "CPU"}, None),
        (DSW, "ListInstances", {"WorkspaceId": "ALL"}, None), (OURS, "CountInstances", {"WorkspaceId": "ALL"}, None),
        (DSW, "GetInstance", at_notebook, None),
        (DSW, "ListInstanceStatistics", {"WorkspaceIds": world["workspace"]}, None),
        (DSW, "GetResourceGroupStatistics", {"WorkspaceIds": world["workspace"], "ResourceId": "ALL",
                                             "StartTime": day(now - 3600), "EndTime": day(now)}, None),
        (DSW, "GetInstanceEvents", at_notebook, None), (DSW, "GetLifecycle", at_notebook, None),
        (DSW, "GetInstanceMetrics", {**at_notebook, "MetricType": "CpuCoreUsage"}, None),
        (DSW, "GetMetrics", {**at_notebook, "MetricName": "CpuCoreUsage", "Namespace": "acs_pai_dsw",
                             "Dimensions": json.dumps([{"instanceId": world["notebook"]}])}, None),
        (DSW, "ListSystemLogs", at_notebook, None), (DSW, "GetToken", at_notebook, None),
        (DSW, "CreateIdleInstanceCuller", at_notebook, {"MaxIdleTimeInMinutes": 600, "CpuPercentThreshold": 1}),
        (DSW, "GetIdleInstanceCuller", at_notebook, None), (OURS, "ExtendInstance", at_notebook, None),
        (OURS, "CreateOpenLink", at_notebook, {}),
        (DSW, "CreateInstanceShutdownTimer", at_notebook, {"RemainingTimeInMs": 86_400_000}),
        (DSW, "GetInstanceShutdownTimer", at_notebook, None),
        (DSW, "QueryAutoShutdownPolicies", {}, {"InstanceIds": [world["notebook"]]}),
        (DSW, "GetUserCommand", {**at_notebook, "UserCommandId": "1"}, None),
        (DSW, "DeleteIdleInstanceCuller", at_notebook, None), (DSW, "DeleteInstanceShutdownTimer", at_notebook, None),
        (DSW, "UpdateInstanceLabels", at_notebook, {"Labels": [{"Key": "a", "Value": "b"}]}),
        (DSW, "DeleteInstanceLabels", {**at_notebook, "LabelKeys": "a"}, None),
        (DSW, "StopInstance", at_notebook, None), (DSW, "UpdateInstance", at_notebook, {"InstanceName": "renamed"}),
        (DSW, "StartInstance", at_notebook, None),
        (DSW, "StopInstances", {}, {"InstanceIds": [world["notebook"]]}),
        (DSW, "DeleteInstances", {}, {"InstanceIds": [world["notebook"]]}),
        (DSW, "CreateInstance", {}, notebook(world, made)), (OURS, "CheckInstanceFit", at_workspace, None),
        (DSW, "DeleteInstance", {"InstanceId": world["spare_notebook"]}, None),

        (EAS, "ListServices", {}, None), (EAS, "DescribeService", at_service, None),
        (EAS, "DescribeServiceEndpoints", at_service, None), (EAS, "DescribeServiceEvent", at_service, None),
        (EAS, "DescribeServiceLog", at_service, None), (EAS, "ListServiceInstances", at_service, None),
        (OURS, "GetServiceTraffic", {"ServiceName": "model"}, None),
        (EAS, "ListServiceContainers", at_replica, None), (EAS, "ListServiceVersions", at_service, None),
        (EAS, "DescribeServiceDiagnosis", at_service, None), (EAS, "DescribeServiceInstanceDiagnosis", at_replica, None),
        (EAS, "DescribeMachineSpec", {}, None), (EAS, "DescribeRegions", {}, None), (EAS, "ListGateway", {}, None),
        (EAS, "DescribeGateway", {"ClusterId": "local", "GatewayId": "gw-default"}, None), (EAS, "ListResources", {}, None),
        (EAS, "DescribeResource", at_host, None), (EAS, "ListResourceInstances", at_host, None),
        (EAS, "ListResourceServices", at_host, None), (TAGS, "ListTagResources", {"ResourceType": "service"}, None),
        (TAGS, "TagResources", {**tagged, "Tag.1.Key": "a", "Tag.1.Value": "b"}, None),
        (TAGS, "UntagResources", {**tagged, "TagKey.1": "a"}, None),
        (EAS, "ListGroups", {}, None), (EAS, "DescribeGroup", at_group, None),
        (EAS, "DescribeGroupEndpoints", at_group, None), (EAS, "UpdateGroup", at_group, {"Labels": {"a": "b"}}),
        (EAS, "UpdateServiceLabel", at_service, {"Labels": {"a": "b"}}),
        (EAS, "DeleteServiceLabel", {**at_service, "Keys": "a"}, None),
        (EAS, "CreateServiceAutoScaler", at_service, RULE), (EAS, "DescribeServiceAutoScaler", at_service, None),
        (EAS, "UpdateServiceAutoScaler", at_service, {**RULE, "max": 3}), (EAS, "DeleteServiceAutoScaler", at_service, None),
        (EAS, "CreateServiceCronScaler", at_service, JOBS), (EAS, "DescribeServiceCronScaler", at_service, None),
        (EAS, "UpdateServiceCronScaler", at_service, JOBS), (EAS, "DeleteServiceCronScaler", at_service, None),
        (EAS, "UpdateServiceInstance", at_replica, {"Isolate": True}),
        (EAS, "DeleteServiceInstances", {**at_service, "InstanceList": world["replica"]}, None),
        (EAS, "CloneService", at_service, {"name": f"clone_of_{made}"}),
        (EAS, "UpdateService", at_service, {"metadata": {"cpu": 2}}),
        (EAS, "UpdateServiceVersion", at_service, {"Version": 1}),
        (EAS, "ScaleService", at_service, {"Instance": 1}), (EAS, "RestartService", at_service, None),
        (EAS, "ReleaseService", at_service, {"Weight": 100}),
        (EAS, "StopService", at_service, None), (EAS, "StartService", at_service, None),
        (EAS, "UpdateServiceSafetyLock", at_service, {"Lock": "none"}), (EAS, "DeleteService", at_service, None),
        (EAS, "CreateService", {"WorkspaceId": world["workspace"]}, service(made)),
        (EAS, "CreateGroup", {}, {"Name": f"group_of_{made}", "WorkSpaceId": world["workspace"]}),
        (EAS, "DeleteGroup", at_group, None),

        (AIREC, "ListInstance", {}, None), (AIREC, "DescribeInstance", at_recommender, None),
        (AIREC, "DescribeQuota", at_recommender, None), (AIREC, "ModifyInstance", at_recommender, {"name": "renamed"}),
        (AIREC, "PushDocument", {**at_recommender, "tableName": "item"},
         [{"cmd": "add", "fields": {"item_id": "2", "item_type": "item"}}]),
        (AIREC, "ValidateInstance", at_recommender, None), (AIREC, "ListDataSet", at_recommender, None),
        (AIREC, "ListInstanceTask", at_recommender, None), (AIREC, "RunInstance", at_recommender, None),
        (AIREC, "Recommend", {**at_recommender, "returnCount": "3", "userId": "u"}, None),
        (AIREC, "UpgradeInstance", at_recommender, {"quota": {**QUOTA, "qps": 20}}),
        (AIREC, "DowngradeInstance", at_recommender, {"quota": QUOTA}),
        (AIREC, "CreateInstance", {}, {"type": "Standard", "chargeType": "PREPAY", "quota": QUOTA,
                                       "paymentInfo": {**MONTH, "autoRenew": False}}),
        (AIREC, "StopDataSet", {**at_recommender, "versionId": world["old_version"]}, None),
        (AIREC, "AttachDataset", {**at_recommender, "versionId": world["old_version"]}, None),
        (AIREC, "DeleteDataSet", {**at_recommender, "versionId": world["live_version"]}, None),

        (OURS, "GetClock", {}, None), (OURS, "AdvanceClock", {}, {"Milliseconds": 1}),
        (OURS, "ListAuditRecords", {}, None), (OURS, "ListOrphans", {}, None), (OURS, "AdoptOrphan", {"Id": world["notebook"]}, {}),
        (OURS, "StopOrphan", {"Id": world["notebook"]}, {}), (OURS, "DismissStoreReport", {}, None),
        (OURS, "CheckPermissions", {}, {"Questions": [{"Action": "paidsw:ListInstances", "Resource": ""}]}),
        (OURS, "ListSessions", {}, None), (OURS, "CreateSignInLink", {}, {}), (OURS, "DeleteSession", {"SessionId": "none"}, None),
        (OURS, "CreateBulkJob", {}, {"Action": "Stop", "Query": {"WorkspaceId": "ALL"}, "DryRun": True}),
        (OURS, "ListBulkJobs", {}, None), (OURS, "GetBulkJob", {"BulkJobId": "none"}, None),
        (OURS, "StopBulkJob", {"BulkJobId": "none"}, None),
        (OURS, "SetUserPassword", user, {"Password": made * 8}), (OURS, "DeleteUserPassword", user, None),
        (OURS, "SetWorkspaceIdleRule", at_workspace, {"MaxIdleTimeInMinutes": 600, "CpuPercentThreshold": 1}),
        (OURS, "GetWorkspaceIdleRule", at_workspace, None), (OURS, "DeleteWorkspaceIdleRule", at_workspace, None),
        (OURS, "GetRecommenderUse", at_recommender, None), (OURS, "ExtendRecommender", at_recommender, MONTH),
        (OURS, "LockRecommender", at_recommender, {"locked": True}), (OURS, "DeleteRecommender", at_recommender, None),
    ]


class Operations:
    """Every operation by its name, as /openapi.json tells them."""

    def __init__(self, server):
        self.server = server
        with urllib.request.urlopen(f"{server.endpoint}/openapi.json", timeout=30) as answer:
            paths = json.load(answer)["paths"]
        self.operations = {(o["x-acs-version"], o["operationId"]): (method.upper(), path.partition("?")[0], o)
                           for path, methods in paths.items() for method, o in methods.items()
                           if o["x-atelier-supported"]}

    def call(self, version, name, arguments=None, body=None, key=None):
        """(status, answer). `key` False: unsigned."""
        method, path, operation = self.operations[version, name]
        query = []
        for parameter, value in (arguments or {}).items():
            if "{" + parameter + "}" in path:
                path = path.replace("{" + parameter + "}", value)
            else:
                query.append((parameter, value))
        data = b"" if body is None else json.dumps(body).encode()
        if key is not False:
            return ask(self.server, method, path, name, query=query, body=data, key=key, version=version)
        text = "&".join(f"{n}={urllib.request.quote(v)}" for n, v in query)
        head = [f"{method} {path}{'?' if text else ''}{text} HTTP/1.1", f"Host: {self.server.address}",
                f"x-acs-action: {name}", f"x-acs-version: {version}", "Content-Type: application/json",
                f"Content-Length: {len(data)}", "", ""]
        return receive(send(self.server, "\r\n".join(head).encode() + data))

    def must(self, *arguments, **more):
        status, answer = self.call(*arguments, **more)
        assert status == 200, (arguments, status, answer)
        return answer


def settled(api, key_of, world):
    notebooks = api.must(DSW, "ListInstances", {"WorkspaceId": world["workspace"]}, key=key_of(DSW))["Instances"]
    services = api.must(EAS, "ListServices", key=key_of(EAS))["Services"]
    return all(i["Status"] in SETTLED for i in notebooks + services)


def make_version(api, owner, recommender):
    """Imports what was pushed; returns the dataset version."""
    at = {"instanceId": recommender}
    api.must(AIREC, "RunInstance", at, key=owner)

    def ready():
        versions = api.must(AIREC, "ListDataSet", at, key=owner)["result"]
        return all(v["state"] == "Ready" for v in versions) and versions[0]["versionId"]

    version = wait_until(ready, 60, "the end of the import")
    api.must(OURS, "AdvanceClock", body={"Milliseconds": 1000})  # a version is named by its second
    return version


def make_workspace(server, name, *users):
    client = workspace_client(server)
    made = client.create_workspace(ws.CreateWorkspaceRequest(
        workspace_name=name, description=name, env_types=["prod"])).body.workspace_id
    client.create_member(made, ws.CreateMemberRequest(members=[
        ws.CreateMemberRequestMembers(user_id=user, roles=["PAI.AlgoDeveloper"]) for user in users]))
    return made


def fill(api, owner, world):
    """Makes what the owner has."""
    api.must(WORKSPACE, "UpdateConfig", {"WorkspaceId": world["workspace"]}, {"ConfigKey": "theirs", "ConfigValue": "v"})
    for place in ("notebook", "spare_notebook"):
        world[place] = api.must(DSW, "CreateInstance", body=notebook(world, place), key=owner)["InstanceId"]
    api.must(EAS, "CreateGroup", body={"Name": "family", "WorkSpaceId": world["workspace"]}, key=owner)
    api.must(EAS, "CreateService", {"WorkspaceId": world["workspace"]}, service("model", group="family"), key=owner)
    world["recommender"] = api.must(AIREC, "CreateInstance", body={
        "type": "Standard", "chargeType": "PREPAY", "quota": QUOTA, "paymentInfo": {**MONTH, "autoRenew": False}},
        key=owner)["result"]["instanceId"]
    at = {"instanceId": world["recommender"]}
    api.must(AIREC, "ModifyInstance", at, {"industry": "content", "scene": "gul"}, key=owner)
    api.must(AIREC, "PushDocument", {**at, "tableName": "item"},
             [{"cmd": "add", "fields": {"item_id": CANARY, "item_type": "item"}}], key=owner)
    world["old_version"] = make_version(api, owner, world["recommender"])
    world["live_version"] = make_version(api, owner, world["recommender"])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One where links for signing in are made."""
    s = Server(tmp_path_factory.mktemp("atelier"), arguments=["--allow-shared-origin", "true"])
    s.start()
    yield s
    s.stop()


@pytest.fixture(scope="module")
def owned(server):
    """(operations, the key of whoever may call one of them, the callers' keys, the world)."""
    api = Operations(server)
    owner_id, owner = create_user(server, "owner", ["PowerUserAccess"])
    stranger_id, stranger = create_user(server, "stranger", ["AliyunPAIFullAccess"])
    colleague_id, colleague = create_user(server, "colleague", ["AliyunPAIFullAccess"])
    _, nobody = create_user(server, "nobody", [])
    _, administrator = create_user(server, "administrator", ["AdministratorAccess"])
    spare = rpc(server, "CreateAccessKey", {"UserName": "owner"})["AccessKey"]
    disabled = (spare["AccessKeyId"], spare["AccessKeySecret"])
    rpc(server, "UpdateAccessKey", {"UserName": "owner", "UserAccessKeyId": disabled[0], "Status": "Inactive"})
    rpc(server, "CreatePolicy", {"PolicyName": "narrow", "PolicyDocument": ALLOW})
    account = rpc(server, "GetCallerIdentity", version="2015-04-01")["AccountId"]
    rpc(server, "CreateRole", {"RoleName": "reader", "AssumeRolePolicyDocument": trust(account)})
    world = {"workspace": make_workspace(server, "vault", owner_id, colleague_id), "stranger_id": stranger_id,
             "colleague_id": colleague_id, "spare_key": disabled[0], "account": account,
             "role": f"acs:ram::{account}:role/reader"}
    make_workspace(server, "elsewhere", stranger_id)
    fill(api, owner, world)

    def key_of(version, name=""):
        if name == "AssumeRole":
            return administrator
        return None if version == RAM or (version, name) in BY_THE_MAIN_ACCOUNT else owner

    wait_until(lambda: settled(api, key_of, world), what="a settled state")
    world["service"] = api.must(EAS, "DescribeService", {"ClusterId": "local", "ServiceName": "model"},
                                key=owner)["ServiceUid"]
    world["replica"] = api.must(EAS, "ListServiceInstances", {"ClusterId": "local", "ServiceName": "model"},
                                key=owner)["Instances"][0]["InstanceName"]
    yield api, key_of, dict(zip(MAY, (False, disabled, nobody, stranger, colleague))), world


def questions(api, world):
    """{(version, name): the question of CheckPermissions about it}"""
    asked = {}
    for version, name, arguments, _ in calls(world):
        path = api.operations[version, name][1]
        pieces = [piece for piece in re.findall(r"{(\w+)}", path) if piece != "ClusterId"]
        resource = arguments[pieces[0]] if pieces else world.get(ABOUT.get((version, name)), "")
        asked[version, name] = {"Action": f"{CODES[version]}:{name}", "Resource": resource}
    return asked


def as_the_owner_sees_it(api, key_of, world):
    """What a change would show in: the reads of the owner, without what changes by itself."""
    seen = {}
    for version, name, arguments, body in calls(world):
        if name.startswith(READS) and name not in CHANGING:
            status, answer = api.call(version, name, arguments, body, key=key_of(version, name))
            seen[version, name] = status, without_time(answer)
    return seen


def without_time(value):
    if isinstance(value, dict):
        return {name: without_time(of) for name, of in value.items() if name not in OF_TIME}
    return [without_time(of) for of in value] if isinstance(value, list) else value


def test_promise_8_the_matrix_has_every_operation_of_the_server(owned):
    api, _, _, world = owned
    assert {(version, name) for version, name, _, _ in calls(world)} == set(api.operations)


def test_promise_8_what_a_caller_may_is_told_as_it_is_done(owned):
    """CheckPermissions says of every operation what the next test shows to become of it."""
    api, _, callers, world = owned
    asked = questions(api, world)
    wrong = []
    for kind, key in list(callers.items())[2:]:  # who has a key that works
        may = MAY[kind] | (NOT_THERE if (EAS, "DescribeService") in MAY[kind] else NOTHING)
        everything = list(asked.items())
        for begin in range(0, len(everything), 100):
            part = everything[begin:begin + 100]
            answer = api.must(OURS, "CheckPermissions", body={"Questions": [question for _, question in part]}, key=key)
            for (operation, question), told in zip(part, answer["Permissions"], strict=True):
                assert (told["Action"], told["Resource"]) == (question["Action"], question["Resource"])
                if told["Allowed"] != (operation in may):
                    wrong.append(f"{kind}: {told}")
    assert not wrong


def test_promise_8_no_kind_of_caller_reaches_what_is_not_theirs(owned):
    api, key_of, callers, world = owned
    before = as_the_owner_sees_it(api, key_of, world)
    wrong = []
    for number, (kind, key) in enumerate(callers.items()):
        for version, name, arguments, body in calls(world, f"of_caller_{number}"):
            status, answer = api.call(version, name, arguments, body, key=key)
            called = f"{name} {version} by a caller {kind}: {status} {answer.get('Code')}"
            if ((version, name) in MAY[kind]) != (status == 200):
                wrong.append(called)
            if CANARY in json.dumps(answer) and not (status == 200 and name.startswith("Create")):
                wrong.append(f"{called}, with what is not theirs")
    assert not wrong
    assert as_the_owner_sees_it(api, key_of, world) == before

    # The same calls reach all this when its owner makes them, the destructive ones last.
    for version, name, arguments, body in calls(world):
        status, answer = api.call(version, name, arguments, body, key=key_of(version, name))
        expected = REACHED.get((version, name))
        assert status == 200 or (status, answer["Code"]) == expected, (version, name, status, answer)
        wait_until(lambda: settled(api, key_of, world), what=f"a settled state after {name}")
