"""Each error class is raised as the SDK's own exception, with the documented code."""

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from clients import code_of, create, create_user, dsw_client, rest


def test_an_unknown_instance_is_404(server):
    client = dsw_client(server)
    assert code_of(lambda: client.get_instance("dsw-doesnotexist", dsw.GetInstanceRequest())) == (404, "InternalError")


def test_a_bad_parameter_is_400(server):
    client = dsw_client(server)
    for request in (dsw.ListInstancesRequest(page_number=0), dsw.ListInstancesRequest(page_size=1001),
                    dsw.ListInstancesRequest(status="running"), dsw.ListInstancesRequest(order="desc"),
                    dsw.ListInstancesRequest(min_cpu="many"), dsw.ListInstancesRequest(create_time_after="yesterday")):
        assert code_of(lambda: client.list_instances(request)) == (400, "ValidationError"), request


def test_an_unknown_key_is_told_from_a_wrong_secret(server):
    assert code_of(lambda: dsw_client(server, key=("LTAInobody", "x")).list_instances(dsw.ListInstancesRequest())) == (
        404, "InvalidAccessKeyId.NotFound")
    key_id = server.credentials()["access_key_id"]
    assert code_of(lambda: dsw_client(server, key=(key_id, "wrong")).list_instances(dsw.ListInstancesRequest())) == (
        400, "SignatureDoesNotMatch")


def test_an_unknown_path_is_404(server):
    assert code_of(lambda: rest(server, "GET", "/api/v2/nothing", "Nothing")) == (404, "InvalidAction.NotFound")
    assert code_of(lambda: rest(server, "PATCH", "/api/v2/instances", "ListInstances")) == (404, "InvalidAction.NotFound")


def test_a_user_without_a_policy_is_refused_by_ram(server):
    _, key = create_user(server, "nopolicy", policies=())
    with pytest.raises(ClientException) as raised:
        dsw_client(server, key=key).list_instances(dsw.ListInstancesRequest())
    assert (raised.value.status_code, raised.value.code) == (403, "NoPermission")
    detail = raised.value.access_denied_detail
    assert detail["AuthAction"] == "paidsw:ListInstances"
    assert detail["NoPermissionType"] == "ImplicitDeny"


def test_a_user_without_a_role_is_refused_by_the_workspace(server):
    _, key = create_user(server, "norole")
    client = dsw_client(server, key=key)
    owner = dsw_client(server)
    workspace = owner.get_instance(create(owner, "private_one"), dsw.GetInstanceRequest()).body.workspace_id
    assert code_of(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id=workspace))) == (
        403, "NoPermissionError")


@pytest.mark.parametrize("feature", [
    dict(datasets=[dsw.CreateInstanceRequestDatasets(dataset_id="d-1", mount_path="/mnt/data")]),
    dict(resource_id="quota-1"),
    dict(cloud_disks=[dsw.CreateInstanceRequestCloudDisks(capacity="30Gi", sub_type="rootfs")]),
    dict(user_vpc=dsw.CreateInstanceRequestUserVpc(vpc_id="vpc-1")),
], ids=["datasets", "quotas", "cloud disks", "user VPC"])
def test_what_is_not_supported_yet_is_refused_by_name(server, feature):
    client = dsw_client(server)
    before = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", resource_id="ALL")).body.total_count
    with pytest.raises(ClientException) as raised:
        create(client, "refused", **feature)
    assert (raised.value.status_code, raised.value.code) == (400, "ValidationError")
    assert "not supported" in raised.value.message
    after = client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL", resource_id="ALL")).body.total_count
    assert after == before, "a refused request changes nothing"


def test_the_older_core_raises_its_own_exception(server):
    credentials = server.credentials()
    client = AcsClient(credentials["access_key_id"], credentials["access_key_secret"], "local", port=server.port)

    def call(path, **query):
        request = CommonRequest(domain="127.0.0.1", version="2022-01-01", product="pai-dsw", uri_pattern=path)
        request.set_method("GET")
        request.set_protocol_type("http")
        for name, value in query.items():
            request.add_query_param(name, value)
        return client.do_action_with_exception(request)

    assert b'"Instances"' in call("/api/v2/instances", WorkspaceId="ALL")
    with pytest.raises(ServerException) as raised:
        call("/api/v2/instances", PageSize="0")
    assert (raised.value.get_http_status(), raised.value.get_error_code()) == (400, "ValidationError")
