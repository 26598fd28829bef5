"""aliyun-python-sdk-core, which signs the older way: the life of an instance, in the clear and over TLS."""

import json

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from conftest import wait_until


class Core:
    """The client as its users call a product that it has no package for."""

    def __init__(self, server, secret=None):
        credentials = server.credentials()
        self.scheme = server.scheme
        self.client = AcsClient(credentials["access_key_id"], secret or credentials["access_key_secret"], "local",
                                port=server.port, verify=str(server.certificate) if server.scheme == "https" else None)

    def call(self, method, path, body=None, **query):
        request = CommonRequest(domain="127.0.0.1", version="2022-01-01", product="pai-dsw", uri_pattern=path)
        request.set_method(method)
        request.set_protocol_type(self.scheme)
        for name, value in query.items():
            request.add_query_param(name, value)
        if body is not None:
            request.set_content_type("application/json")
            request.set_content(json.dumps(body).encode())
        return json.loads(self.client.do_action_with_exception(request))


@pytest.fixture(params=["server", "tls_server"])
def where(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def core(where):
    return Core(where)


def refused(call):
    with pytest.raises(ServerException) as raised:
        call()
    return raised.value.get_http_status(), raised.value.get_error_code()


def test_the_life_of_an_instance(core):
    made = core.call("POST", "/api/v2/instances", body={
        "InstanceName": "by_core", "ImageId": "image-lab", "EcsSpec": "ecs.c6.large",
        "Labels": [{"Key": "from", "Value": "core"}]})
    instance = f"/api/v2/instances/{made['InstanceId']}"
    try:
        wait_until(lambda: core.call("GET", instance)["Status"] == "Running")
        listed = core.call("GET", "/api/v2/instances", WorkspaceId="ALL", Labels='{"from": "core"}', SortBy="Priority")
        assert (listed["TotalCount"], [i["InstanceName"] for i in listed["Instances"]]) == (1, ["by_core"])
        core.call("PUT", f"{instance}/stop")
        wait_until(lambda: core.call("GET", instance)["Status"] == "Stopped")
        core.call("PUT", f"{instance}/start")
        wait_until(lambda: core.call("GET", instance)["Status"] == "Running")
    finally:
        core.call("DELETE", instance)
    wait_until(lambda: core.call("GET", "/api/v2/instances", WorkspaceId="ALL")["TotalCount"] == 0)
    assert refused(lambda: core.call("GET", instance)) == (404, "InternalError")


def test_its_own_exception_is_raised(where, core):
    assert refused(lambda: core.call("GET", "/api/v2/instances", PageSize="0")) == (400, "ValidationError")
    assert refused(lambda: core.call("GET", "/api/v2/nothing")) == (404, "InvalidAction.NotFound")
    # Its parser of this refusal looks for a colon in the message and dies without one (docs/contract/errors.md section 1).
    assert refused(lambda: Core(where, secret="wrong").call("GET", "/api/v2/instances")) == (
        400, "SignatureDoesNotMatch")
