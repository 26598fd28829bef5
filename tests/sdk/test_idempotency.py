"""One retry, one effect (promise 7): the same client token never makes a second instance."""

import concurrent.futures
import json

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import dsw_client, rest
from schemes import with_acs3, with_roa


def create(server, token, name):
    return rest(server, "POST", "/api/v2/instances", "CreateInstance", query={"ClientToken": token},
                body={"InstanceName": name, "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"})["InstanceId"]


def test_repeats_answer_with_the_first_instance(server):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(lambda _: create(server, "token-1", "only_one"), range(64)))
    assert len(ids) == 1
    listed = dsw_client(server).list_instances(dsw.ListInstancesRequest(workspace_id="ALL", instance_name="only_one"))
    assert listed.body.total_count == 1


def test_the_same_token_with_another_body_is_a_conflict(server):
    create(server, "token-2", "first_body")
    with pytest.raises(ClientException) as raised:
        create(server, "token-2", "second_body")
    assert raised.value.status_code in (400, 409)
    listed = dsw_client(server).list_instances(dsw.ListInstancesRequest(workspace_id="ALL", instance_name="second_body"))
    assert listed.body.total_count == 0


@pytest.mark.parametrize("scheme", [with_acs3, with_roa], ids=["ACS3", "ROA"])
def test_the_token_may_be_a_header_that_is_signed(server, scheme):
    name = f"by_{scheme.__name__}"
    body = json.dumps({"InstanceName": name, "ImageId": "image-lab", "EcsSpec": "ecs.c6.large"}).encode()
    answers = [scheme(server, "POST", "/api/v2/instances", body=body,
                      extra=[("x-acs-client-token", name)]).send(server) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    assert len({json.loads(answer)["InstanceId"] for _, answer in answers}) == 1


def service(name):
    return {"name": name, "metadata": {"instance": 1}, "containers": [{"script": "serve"}]}


RECOMMENDER = {"type": "Standard", "chargeType": "PREPAY", "paymentInfo": {"duration": 1, "pricingCycle": "Month",
               "autoRenew": False}, "quota": {"userCount": 1000000, "itemCount": 1000000, "qps": 20}}
POLICY = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "paidsw:Get*", "Resource": "*"}]})
CREATIONS = {
    "CreateService": ("/api/v2/services", "2021-07-01", [], service("once")),
    "CreateGroup": ("/api/v2/groups", "2021-07-01", [], {"Name": "once_group"}),
    "CreateInstance of AIRec": ("/v2/openapi/instances", "2020-11-26", [], RECOMMENDER),
    "CreateWorkspace": ("/api/v1/workspaces", "2021-02-04", [],
                        {"WorkspaceName": "once", "DisplayName": "d", "Description": "d", "EnvTypes": ["prod"]}),
    "CreateUser": ("/", "2015-05-01", [("UserName", "once")], None),
    "CreatePolicy": ("/", "2015-05-01", [("PolicyName", "once"), ("PolicyDocument", POLICY)], None),
}


@pytest.mark.parametrize("operation", CREATIONS)
def test_every_creation_knows_its_repeats(server, operation):
    path, version, query, body = CREATIONS[operation]
    body = b"" if body is None else json.dumps(body).encode()

    def create_once(_):
        status, answer = with_acs3(server, "POST", path, query, body, action=operation.split()[0], version=version,
                                   extra=[("x-acs-client-token", operation.replace(" ", "-"))]).send(server)
        assert status == 200, answer
        return {name: value for name, value in json.loads(answer).items() if name.lower() != "requestid"}

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create_once, range(16)))
    assert all(answer == answers[0] for answer in answers)
