"""AIRec through the unmodified SDK: the life of an instance, every filter of ListInstance, errors raised as the SDK's
exception with their code. The package sends no bodies, as its operations have none in its models: those go through
its generic door."""

import datetime
import re

import pytest
from alibabacloud_airec20201126 import models as airec
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import airec_client, create_user, rest

VERSION = "2020-11-26"
ROOT = "/v2/openapi/instances"
DAY = 86_400_000
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def send(server, method, path, action, body=None, key=None):
    return rest(server, method, ROOT + path, action, version=VERSION, body=body, key=key)


def operate(server, method, path, body=None):
    return rest(server, method, f"/atelier/v1/recommenders/{path}", "Operate", version="", body=body)


def advance(server, milliseconds):
    rest(server, "POST", "/atelier/v1/clock/advance", "AdvanceClock", version="",
         body={"Milliseconds": milliseconds})


def create(server, name="", months=1, renew=False, **more):
    body = {"type": "Standard", "chargeType": "PREPAY",
            "quota": {"userCount": 1_000_000, "itemCount": 1_000_000, "qps": 10},
            "paymentInfo": {"duration": months, "pricingCycle": "Month", "autoRenew": renew}, "name": name, **more}
    return send(server, "POST", "", "CreateInstance", body)["result"]["instanceId"]


def listed(client, **filters):
    return client.list_instance(airec.ListInstanceRequest(**filters)).body.result


def names(client, **filters):
    return [i.name for i in listed(client, **filters)]


def now_seconds(server):
    told = rest(server, "GET", "/atelier/v1/clock", "GetClock", version="")["Now"]
    return int(datetime.datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp())


def code_of(do):
    with pytest.raises(ClientException) as raised:
        do()
    return raised.value.status_code, raised.value.code


@pytest.fixture
def started(fresh_server):
    return fresh_server.start()


def test_the_life_of_an_instance(started):
    client = airec_client(started)
    made = create(started, "实例1")
    described = client.describe_instance(made).body
    assert (described.code, described.message) == ("200", "successful") and described.request_id
    instance = described.result
    assert (instance.status, instance.lock_mode, instance.industry) == ("Initializing", "Unlock", "")
    assert (instance.charge_type, instance.type) == ("PREPAY", "Algorithm_configuration")
    assert (instance.name, instance.region_id, instance.data_set_version) == ("实例1", "local", "")
    for text in (instance.gmt_create, instance.gmt_modified, instance.expired_time):
        assert TIME.fullmatch(text), text
    assert client.validate_instance(made).body.result is False

    changed = send(started, "PUT", f"/{made}", "ModifyInstance", {"industry": "item", "name": "shop"})
    assert (changed["result"]["status"], changed["result"]["name"]) == ("Ready", "shop")
    assert client.validate_instance(made).body.result is True

    send(started, "POST", f"/{made}/actions/upgrade", "UpgradeInstance", {"quota": {"userCount": 2_000_000}})
    send(started, "POST", f"/{made}/actions/downgrade", "DowngradeInstance", {"quota": {"userCount": 1_500_000}})
    quota = client.describe_quota(made).body.result
    assert (quota.user_count, quota.item_count, quota.qps) == (1_500_000, 1_000_000, 10)
    assert (quota.user_count_used, quota.item_count_used, quota.current_qps) == (0, 0, 0)

    started.kill()
    started.start()
    assert airec_client(started).describe_instance(made).body.result.name == "shop"
    operate(started, "DELETE", made)
    assert code_of(lambda: airec_client(started).describe_instance(made)) == (404, "InstanceNotExist")
    assert listed(airec_client(started)) == []


def test_expiry_locks_until_it_is_extended(started):
    client = airec_client(started)
    made, renewing = create(started, industry="news"), create(started, renew=True)
    advance(started, 32 * DAY)
    assert client.describe_instance(made).body.result.lock_mode == "LockByExpiration"
    assert client.describe_instance(renewing).body.result.lock_mode == "Unlock"
    assert client.validate_instance(made).body.result is False
    operate(started, "POST", f"{made}/extend", {"duration": 1, "pricingCycle": "Month"})
    assert client.describe_instance(made).body.result.lock_mode == "Unlock"
    assert client.validate_instance(made).body.result is True


@pytest.fixture(scope="module")
def population(server):
    """Twelve instances: fleet-0 the oldest; every third is Ready; fleet-11 has a year, the others a month."""
    for i in range(12):
        more = {"industry": "content"} if i % 3 == 0 else {}
        create(server, f"Fleet-{i}", months=12 if i == 11 else 1, **more)
        advance(server, 1)
    return airec_client(server)


def test_newest_first_in_pages(population):
    everyone = names(population, size=50)
    assert everyone == [f"Fleet-{i}" for i in reversed(range(12))]
    assert names(population) == everyone[:10], "ten by default"
    assert names(population, page=2) == everyone[10:]
    assert names(population, page=3, size=5) == everyone[10:]
    assert names(population, page=4, size=5) == []
    assert names(population, size=1, page=12) == ["Fleet-0"]


def test_each_filter(population, server):
    ready = [f"Fleet-{i}" for i in (9, 6, 3, 0)]
    assert names(population, status="Ready") == ready
    assert len(names(population, status="Initializing", size=50)) == 8
    assert names(population, status="Running") == []
    assert names(population, name="FLEET-1") == ["Fleet-11", "Fleet-10", "Fleet-1"]
    assert names(population, name="none") == []
    assert names(population, name="fleet-1", status="Ready") == []
    some = listed(population, name="Fleet-7")[0]
    assert names(population, instance_id=some.instance_id[9:]) == ["Fleet-7"]
    assert len(names(population, instance_id="airec-cn-", size=50)) == 12
    now = now_seconds(server)
    assert names(population, expired_time=str(now + 20 * 86400), size=50) == []
    assert names(population, expired_time=str(now + 40 * 86400), size=50) == [f"Fleet-{i}" for i in reversed(range(11))]
    assert len(names(population, expired_time=str(now + 800 * 86400), size=50)) == 12
    assert names(population, expired_time=str(now - 60)) == [], "a time in the past matches nothing"


def test_error_classes(population, server):
    for bad in (dict(size=0), dict(size=51), dict(page=0), dict(status="running"), dict(status="Starting"),
                dict(expired_time="soon")):
        assert code_of(lambda: listed(population, **bad)) == (400, "ValidationError"), bad
    assert code_of(lambda: population.describe_instance("airec-cn-none")) == (404, "InstanceNotExist")
    # The SDK itself sends no body.
    assert code_of(lambda: population.create_instance()) == (400, "ValidationError")
    for more, code in (({"industry": "video"}, "NotExistIndustry"), ({"name": "_x"}, "NameFormatError"),
                       ({"chargeType": "POSTPAY"}, "InvalidPayMethod"), ({"paymentInfo": None}, "EmptyPurchasesInfo")):
        assert code_of(lambda: create(server, **more)) == (400, code)
    some = listed(population, name="Fleet-0")[0].instance_id
    assert code_of(lambda: population.modify_instance(some)) == (400, "UpdateInfoCanNotBeNull")
    assert code_of(lambda: send(server, "PUT", f"/{some}", "ModifyInstance", {"industry": "news"})) == (
        400, "CanNotModifyIndustry")
    assert code_of(lambda: send(server, "POST", f"/{some}/actions/upgrade", "UpgradeInstance",
                                {"quota": {"qps": 10}})) == (400, "MustModifyQuota")
    with pytest.raises(ClientException) as raised:
        population.list_scenes(some, airec.ListScenesRequest())
    assert raised.value.status_code == 400 and "not supported by this server yet" in raised.value.message


def test_any_identity_may_list_and_only_an_administrator_deletes(population, server):
    _, key = create_user(server, "reader", policies=())
    assert len(names(airec_client(server, key=key), size=50)) == 12
    some = listed(population)[0].instance_id
    with pytest.raises(ClientException) as raised:
        rest(server, "DELETE", f"/atelier/v1/recommenders/{some}", "Operate", version="", key=key)
    assert (raised.value.status_code, raised.value.code) == (403, "NoPermission")
