"""The official Python clients, pointed at a server of ours. Nothing of the clients is changed."""

import datetime
import json

import pytest
from alibabacloud_aiworkspace20210204.client import Client as WorkspaceClient
from alibabacloud_airec20201126.client import Client as AirecClient
from alibabacloud_eas20210701.client import Client as EasClient
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_pai_dsw20220101.client import Client as DswClient
from alibabacloud_tea_openapi import models as open_api
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_util import models as util

RUNTIME = util.RuntimeOptions(read_timeout=20_000, connect_timeout=5_000, autoretry=False)


def config(server, key=None, signature=None, token=None):
    """`key`: (id, secret); the main account's when absent."""
    credentials = server.credentials()
    key_id, secret = key or (credentials["access_key_id"], credentials["access_key_secret"])
    c = open_api.Config(access_key_id=key_id, access_key_secret=secret, security_token=token,
                        endpoint=server.address, protocol=server.scheme, region_id="local")
    if signature:
        c.signature_algorithm = signature
    if server.scheme == "https":
        c.ca = str(server.certificate)
    return c


def dsw_client(server, key=None, **more):
    return DswClient(config(server, key, **more))


def workspace_client(server, key=None, **more):
    return WorkspaceClient(config(server, key, **more))


def eas_client(server, key=None, **more):
    return EasClient(config(server, key, **more))


def airec_client(server, key=None, **more):
    return AirecClient(config(server, key, **more))


def rpc(server, action, query=None, version="2015-05-01", key=None, **more):
    """One RPC style call (RAM, STS) through the SDK's generic door."""
    client = OpenApiClient(config(server, key, **more))
    params = open_api.Params(action=action, version=version, protocol=server.scheme.upper(), method="POST",
                             auth_type="AK", style="RPC", pathname="/", req_body_type="formData",
                             body_type="json")
    return client.call_api(params, open_api.OpenApiRequest(query=query or {}), RUNTIME)["body"]


def rest(server, method, path, action, version="2022-01-01", query=None, body=None, key=None, **more):
    """One ROA call through the SDK's generic door, for what the product package does not let through."""
    client = OpenApiClient(config(server, key, **more))
    params = open_api.Params(action=action, version=version, protocol=server.scheme.upper(), method=method,
                             auth_type="AK", style="ROA", pathname=path, req_body_type="json", body_type="json")
    return client.call_api(params, open_api.OpenApiRequest(query=query or {}, body=body), RUNTIME)["body"]


def create_user(server, name, policies=("AliyunPAIDSWFullAccess",)):
    """A RAM user with a key: (user id, (key id, secret))."""
    user = rpc(server, "CreateUser", {"UserName": name})["User"]
    for policy in policies:
        rpc(server, "AttachPolicyToUser", {"UserName": name, "PolicyName": policy, "PolicyType": "System"})
    key = rpc(server, "CreateAccessKey", {"UserName": name})["AccessKey"]
    return user["UserId"], (key["AccessKeyId"], key["AccessKeySecret"])


def simulate(**script):
    """EnvironmentVariables that script one simulated instance."""
    return {"ATELIER_SIMULATE": json.dumps(script)}


def create(client, name, image="image-lab", spec="ecs.c6.large", **more):
    """CreateInstance with the least that it needs; returns the id."""
    request = dsw.CreateInstanceRequest(instance_name=name, image_id=image, ecs_spec=spec, **more)
    return client.create_instance(request).body.instance_id


def status_of(client, instance_id):
    return client.get_instance(instance_id, dsw.GetInstanceRequest()).body.status


def advance(server, **time):
    """Moves the emulator's clock forward, by `seconds`, `minutes` and so on, as of a timedelta."""
    milliseconds = datetime.timedelta(**time) // datetime.timedelta(milliseconds=1)
    rest(server, "POST", "/atelier/v1/clock/advance", "AdvanceClock", body={"Milliseconds": milliseconds})


def code_of(do):
    """HTTP status and code with which the call `do` is refused."""
    with pytest.raises(ClientException) as raised:
        do()
    return raised.value.status_code, raised.value.code
