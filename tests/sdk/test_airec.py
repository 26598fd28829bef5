"""AIRec through the unmodified SDK: the life of an instance, every filter of ListInstance, errors raised as the SDK's
exception with their code. What the package sends no bodies for goes through its generic door
(tests/support/recommenders.py).
"""

import base64
import datetime
import json
import re
import sqlite3
import threading

import pytest
from alibabacloud_airec20201126 import models as airec
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import airec_client, create_user, rest
from conftest import wait_until
from recommenders import behavior, create, item, operate, push, send, states_of

DAY = 86_400_000
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def advance(server, milliseconds):
    rest(server, "POST", "/atelier/v1/clock/advance", "AdvanceClock", version="",
         body={"Milliseconds": milliseconds})


def listed(client, **filters):
    return client.list_instance(airec.ListInstanceRequest(**filters)).body.result


def names(client, **filters):
    return [i.name for i in listed(client, **filters)]


def now_seconds(server):
    told = rest(server, "GET", "/atelier/v1/clock", "GetClock", version="")["Now"]
    return int(datetime.datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp())


def import_data(client, instance):
    """RunInstance, and waits for the end of the import; returns the version."""
    assert client.run_instance(instance).body.result is True
    version = client.list_data_set(instance).body.result[0].version_id
    wait_until(lambda: states_of(client, instance)[version] != "Importing", 60, f"the end of the import {version}")
    return version


def recommend(client, instance, user, count=10, **more):
    return client.recommend(instance, airec.RecommendRequest(user_id=user, return_count=count, **more)).body.result


def ids(recommended):
    return [i.item_id for i in recommended]


def encode(condition):
    """A filter as the help has it: base64 with - _ . in the place of + / =."""
    return base64.b64encode(json.dumps(condition).encode()).decode().translate(str.maketrans("+/=", "-_."))


def recommended_in_store(server):
    """Items recommended, all instances together, as they are on disk."""
    with sqlite3.connect(f"file:{server.data}/store/atelier.db?mode=ro", uri=True) as store:
        bodies = store.execute("SELECT body FROM records WHERE kind = 24").fetchall()
    return sum(sum(json.loads(body)["recommended"].values()) for (body,) in bodies)


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
    assert client.validate_instance(made).body.result is False, "nothing to import"
    assert code_of(lambda: client.run_instance(made)) == (400, "ValidationError")
    push(started, made, "item", [item(1)])
    assert client.validate_instance(made).body.result is True

    send(started, "POST", f"/{made}/actions/upgrade", "UpgradeInstance", {"quota": {"userCount": 2_000_000}})
    send(started, "POST", f"/{made}/actions/downgrade", "DowngradeInstance", {"quota": {"userCount": 1_500_000}})
    quota = client.describe_quota(made).body.result
    assert (quota.user_count, quota.item_count, quota.qps) == (1_500_000, 1_000_000, 10)
    assert (quota.user_count_used, quota.item_count_used, quota.current_qps) == (0, 1, 0)

    started.kill()
    started.start()
    assert airec_client(started).describe_instance(made).body.result.name == "shop"
    operate(started, "DELETE", made)
    assert code_of(lambda: airec_client(started).describe_instance(made)) == (404, "InstanceNotExist")
    assert listed(airec_client(started)) == []


def test_expiry_locks_until_it_is_extended(started):
    client = airec_client(started)
    made, renewing = create(started, industry="item"), create(started, renew=True)
    push(started, made, "item", [item(1)])
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


@pytest.fixture
def shop(started):
    """A Ready instance with ten items: 0 to 4 of the category fruit, 5 to 9 of wood. Whoever bought 0 bought 1 too."""
    instance = create(started, "shop", industry="item")
    push(started, instance, "item", [item(n, category_path="fruit" if n < 5 else "wood", tags="ripe" if n % 2 else "green",
                                          scene_id="home" if n < 8 else "cart") for n in range(10)])
    push(started, instance, "user", [{"user_id": f"u{n}"} for n in range(20)])
    push(started, instance, "behavior", [behavior(f"u{n}", of) for n in range(20) for of in ((0, 1) if n < 12 else (5, 6))])
    return instance


def test_from_data_to_recommendations(started, shop):
    client = airec_client(started)
    assert client.describe_instance(shop).body.result.status == "Ready"
    assert client.list_instance_task(shop).body.result == [] and client.list_data_set(shop).body.result == []
    assert code_of(lambda: recommend(client, shop, "u1")) == (400, "ValidationError"), "nothing is imported yet"

    version = import_data(client, shop)
    assert re.fullmatch(r"\d{14}", version)
    instance = client.describe_instance(shop).body.result
    assert (instance.status, instance.data_set_version) == ("Running", version)
    assert names(client, status="Running") == ["shop"]
    task = client.list_instance_task(shop).body.result[0]
    assert (task.name, task.total_progress) == ("DATA_IMPORT", 100)
    assert {t.type: (t.finished_num, t.total_num) for t in task.sub_progress_infos} == {
        "user": (20, 20), "item": (10, 10), "behavior": (40, 40), "model": (100, 100)}
    quota = client.describe_quota(shop).body.result
    assert (quota.user_count_used, quota.item_count_used) == (20, 10)

    push(started, shop, "behavior", [behavior("new", 0)])
    found = recommend(client, shop, "new")
    assert found[0].item_id == "1", "what others took with it"
    assert "0" not in ids(found), "what he has"
    assert [i.position for i in found] == list(range(len(found)))
    for i in found:
        assert i.item_type == "item" and i.trace_id == "ali" and i.weight == 1 and i.flow_weight == 0
        assert i.trace_info.startswith(version + ".") and i.message.startswith(i.match_info + ";")
    assert found[0].match_info == "history" and "0:item" in found[0].message
    assert ids(recommend(client, shop, "new")) == [], "what was shown a moment ago is not shown again"
    assert ids(recommend(client, shop, "cold", count=3))[0] in ("0", "1"), "the most popular, to a stranger"
    assert len(recommend(client, shop, "cold", count=3)) == 3 and recommend(client, shop, "cold", count=0) == []


def test_recommendations_that_came_back_are_counted(started, shop):
    client = airec_client(started)
    version = import_data(client, shop)
    shown = recommend(client, shop, "u15", count=2)
    traced = [behavior("u15", i.item_id, "click", trace_id=i.trace_id, trace_info=i.trace_info) for i in shown]
    push(started, shop, "behavior", traced)
    push(started, shop, "behavior", traced)
    use = operate(started, "GET", f"{shop}/use")["result"]
    assert (use["traced"], use["recommended"], use["behaviors"]) == ({"click": 2}, 2, 42)
    assert use["versions"] == {version: {"recommended": 2, "traced": 2}}


def test_what_was_recommended_is_counted_over_a_crash(started, shop):
    client = airec_client(started)
    version = import_data(client, shop)
    shown = recommend(client, shop, "u15", count=3)
    push(started, shop, "behavior", [behavior("u15", shown[0].item_id, "click", trace_id="ali",
                                              trace_info=shown[0].trace_info)])
    advance(started, 5_000)  # the interval at which it is written
    wait_until(lambda: recommended_in_store(started) == 3, 30, "the count in the store")
    started.kill()
    started.start()
    use = operate(started, "GET", f"{shop}/use")["result"]
    assert (use["recommended"], use["traced"]) == (3, {"click": 1})
    assert use["versions"] == {version: {"recommended": 3, "traced": 1}}


def test_filters_and_scenes_of_recommendations(started, shop):
    client = airec_client(started)
    import_data(client, shop)

    def got(**more):
        return set(ids(recommend(client, shop, "stranger", count=50, **more)))

    everything = {str(n) for n in range(10)}
    assert got() == everything
    assert got(scene_id="home") == {str(n) for n in range(8)} and got(scene_id="none") == set()
    fruit = {"cond": "category_match", "field": "category_path", "value": "fruit"}
    ripe = {"cond": "contain", "field": "tags", "value": "ripe"}
    assert got(filter=encode(fruit)) == {str(n) for n in range(5)}
    assert got(filter=encode({"join": "and", "filters": [fruit, ripe]})) == {"1", "3"}
    assert got(filter=encode({"join": "or", "filters": [fruit, ripe]})) == {"0", "1", "2", "3", "4", "5", "7", "9"}
    assert ids(recommend(client, shop, "stranger", rec_type="rr", items="5:item"))[0] == "6"
    assert ids(recommend(client, shop, "stranger", count=2, rec_type="hot", rank_open=False)) in (["0", "1"], ["1", "0"])

    push(started, shop, "item", [item(6, status=0)], cmd="update")
    push(started, shop, "item", [item(7, expire_time=now_seconds(started) - 1)], cmd="update")
    push(started, shop, "item", [item(8)], cmd="delete")
    assert got() == everything - {"6", "7", "8"}, "off the shelf, expired and gone at once"
    for bad in (dict(return_count=51), dict(return_count=-1), dict(rec_type="rr"), dict(rec_type="best"),
                dict(filter="%%%"), dict(filter=encode({"cond": "like", "field": "tags", "value": "x"}))):
        request = airec.RecommendRequest(**{"user_id": "u", "return_count": 5, **bad})
        assert code_of(lambda: client.recommend(shop, request)) == (400, "ValidationError"), bad
    assert code_of(lambda: client.recommend(shop, airec.RecommendRequest(user_id="u"))) == (400, "ValidationError")
    assert code_of(lambda: client.recommend(shop, airec.RecommendRequest(return_count=1))) == (400, "ValidationError")


def test_versions_are_kept_attached_and_deleted(started, shop):
    client = airec_client(started)
    first = import_data(client, shop)
    second = import_data(client, shop)
    assert [s.version_id for s in client.list_data_set(shop).body.result] == [second, first]
    assert client.describe_instance(shop).body.result.data_set_version == second
    attached = client.attach_dataset(shop, first).body.result
    assert (attached.version_id, attached.state, attached.instance_id) == (first, "Ready", shop)
    assert attached.gmt_create > 1_600_000_000_000, "milliseconds"
    assert recommend(client, shop, "x", count=1)[0].trace_info.startswith(first)
    assert code_of(lambda: client.delete_data_set(shop, first)) == (400, "ValidationError"), "it is live"
    assert client.delete_data_set(shop, second).body.result.version_id == second
    assert code_of(lambda: client.attach_dataset(shop, second)) == (404, "DataSetNotExist")
    assert code_of(lambda: client.stop_data_set(shop, first)) == (400, "ValidationError"), "its import is over"
    started.kill()
    started.start()
    client = airec_client(started)
    assert recommend(client, shop, "x", count=1)[0].trace_info.startswith(first)


def test_an_import_is_stopped_while_it_runs(started):
    """4,000 items take several seconds to learn: it is stopped long before it would end by itself."""
    client = airec_client(started)
    instance = create(started, industry="item")
    for first in range(0, 4_000, 800):
        push(started, instance, "item", [item(n) for n in range(first, first + 800)])
    for user in range(80):
        push(started, instance, "behavior", [behavior(f"u{user}", n) for n in range(50 * user, 50 * user + 60) if n < 4_000])
    assert client.run_instance(instance).body.result is True
    version = client.list_data_set(instance).body.result[0].version_id
    wait_until(lambda: client.list_instance_task(instance).body.result[0].total_progress > 0, 60, "the training to begin")
    assert code_of(lambda: client.run_instance(instance)) == (400, "ValidationError"), "one at a time"
    assert code_of(lambda: client.delete_data_set(instance, version)) == (400, "ValidationError"), "it is Importing"
    stopped = client.stop_data_set(instance, version).body.result
    assert (stopped.version_id, stopped.state) == (version, "Stopped")
    task = client.list_instance_task(instance).body.result[0]
    assert 0 < task.total_progress < 100
    assert [t.detail for t in task.sub_progress_infos if t.type == "model"] == ["Stopped by request."]
    # Its thread is free for the next, which is of less and so over soon.
    assert client.delete_data_set(instance, version).body.result.version_id == version
    other = create(started, industry="item")
    push(started, other, "item", [item(1)])
    import_data(client, other)
    described = client.describe_instance(instance).body.result
    assert (described.status, described.data_set_version) == ("Ready", ""), "what was stopped never went live"
    assert list((started.data / "recommenders").glob(f"{instance}/*.model")) == []


def test_a_version_whose_model_is_lost_cannot_be_attached(started, shop):
    client = airec_client(started)
    first, second = import_data(client, shop), import_data(client, shop)
    (started.data / "recommenders" / shop / f"{first}.model").unlink()
    with pytest.raises(ClientException) as raised:
        client.attach_dataset(shop, first)
    assert (raised.value.status_code, raised.value.code) == (400, "ValidationError")
    assert f"The model of version {first} is damaged or gone" in raised.value.message
    assert recommend(client, shop, "x", count=1)[0].trace_info.startswith(second)
    assert client.delete_data_set(shop, first).body.result.version_id == first


def test_names_of_items_may_hold_almost_anything(started):
    client = airec_client(started)
    instance = create(started, industry="item")
    odd = ["a b", "a:b", "a/b", "a;b", "物品-1"]
    push(started, instance, "item", [item(name) for name in odd])
    push(started, instance, "behavior", [behavior("u", name) for name in odd[:2]])
    import_data(client, instance)
    assert set(ids(recommend(client, instance, "u"))) == set(odd[2:])
    found = recommend(client, instance, "other", rec_type="rr", items="a b:item,a:b:item")
    assert set(ids(found)) == set(odd[2:]) and {i.item_type for i in found} == {"item"}
    for bad in ("a,b", " a", "a ", "a\tb", "x" * 129):
        assert code_of(lambda: push(started, instance, "item", [item(bad)])) == (400, "ValidationError"), bad


def test_attaching_fails_no_request(started, shop):
    client = airec_client(started)
    versions = [import_data(client, shop), import_data(client, shop)]
    answers, failures, over = [], [], threading.Event()

    def ask():
        mine = airec_client(started)
        while not over.is_set():
            try:
                answers.append(recommend(mine, shop, "stranger", count=1)[0].trace_info.split(".")[0])
            except Exception as error:  # whatever it is, it is told below
                failures.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for turn in range(10):
        client.attach_dataset(shop, versions[turn % 2])
        assert recommend(client, shop, "stranger", count=1)[0].trace_info.startswith(versions[turn % 2])
    over.set()
    for thread in asking:
        thread.join(30)
    assert failures == [] and len(answers) > 10 and set(answers) == set(versions)


def test_expiry_refuses_data_and_recommendations(started, shop):
    client = airec_client(started)
    import_data(client, shop)
    advance(started, 32 * DAY)
    for do in (lambda: push(started, shop, "item", [item(99)]), lambda: client.run_instance(shop),
               lambda: recommend(client, shop, "u1")):
        assert code_of(do) == (400, "ValidationError")
    assert client.describe_instance(shop).body.result.status == "Running"
    operate(started, "POST", f"{shop}/extend", {"duration": 1, "pricingCycle": "Month"})
    assert push(started, shop, "item", [item(99)]) is True and recommend(client, shop, "stranger")


def test_pushes_that_are_refused_change_nothing(started, shop):
    client = airec_client(started)
    bare = create(started)
    assert code_of(lambda: push(started, bare, "item", [item(1)])) == (400, "MustSelectIndustry")
    assert code_of(lambda: push(started, "airec-cn-none", "item", [item(1)])) == (404, "InstanceNotExist")
    good = item("fresh")
    for table, documents, cmd in (
            ("item", [good, item(1, item_type="video")], "add"),
            ("item", [good, {"item_id": "x"}], "add"),
            ("item", [good, item("y", title="x" * 5121)], "add"),
            ("item", [good, item("y", a="x" * 5000, b="x" * 5000, c="x" * 500)], "add"),
            ("item", [good, item("y", status=7)], "add"),
            ("item", [good], "put"),
            ("item", [item(f"m{n}") for n in range(801)], "add"),
            ("item", [], "add"),
            ("prices", [good], "add"),
            ("user", [{"age": 7}], "add"),
            ("behavior", [behavior("u1", 0, when=1), behavior("u1", "nobody-knows")], "add"),
            ("behavior", [behavior("u1", 0, when="soon")], "add"),
            ("behavior", [behavior("u1", 0)], "delete")):
        assert code_of(lambda: push(started, shop, table, documents, cmd)) == (400, "ValidationError"), (table, cmd)
    large = [item(f"l{n}", title="x" * 5000) for n in range(220)]
    assert code_of(lambda: push(started, shop, "item", large)) == (413, "ValidationError")
    for body in ({"cmd": "add"}, [7]):
        assert code_of(lambda: send(started, "POST", f"/{shop}/tables/item/actions/bulk", "PushDocument", body)) == (
            400, "ValidationError")
    use = operate(started, "GET", f"{shop}/use")["result"]
    assert (use["items"], use["users"], use["behaviors"]) == (10, 20, 40)
    # The SDK itself sends no body.
    assert code_of(lambda: client.push_document(shop, "item")) == (400, "ValidationError")


def test_a_deleted_instance_leaves_no_file(started, shop):
    version = import_data(airec_client(started), shop)
    folder = started.data / "recommenders" / shop
    assert (folder / f"{version}.model").exists()
    operate(started, "DELETE", shop)
    wait_until(lambda: not folder.exists(), 30, "the end of its files")
