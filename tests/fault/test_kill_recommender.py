"""kill -9 of the server in a push, in an import and in an attach: nothing acknowledged is lost, nothing is counted
twice, and the version that is live is whole (promise 2, docs/decisions/0005-recommenders.md)."""

import pytest
from alibabacloud_airec20201126 import models as airec
from clients import airec_client
from conftest import wait_until
from recommenders import behavior, create, item, operate, push, states_of

FAILPOINTS = ["recommender.push", "recommender.pushed", "recommender.snapshot", "recommender.file",
              "recommender.trained", "recommender.live", "recommender.attach", "recommender.attached", "file.replace"]


class Told:
    """What the server has acknowledged, and what it was asked and did not answer."""

    def __init__(self):
        self.instance = None
        self.items, self.behaviors = set(), set()
        self.asked_items, self.asked_behaviors = set(), set()
        self.live = None  # the version of the last acknowledged attach or seen import
        self.may_be_live = set()
        self.importing = False  # asked for an import, whose version nobody may have told yet
        self.imports = 0  # that were acknowledged
        self.contents = []  # items and behaviors that there were when each was asked for


def push_items(server, told, numbers):
    told.asked_items |= set(numbers)
    push(server, told.instance, "item", [item(n) for n in numbers])
    told.items |= set(numbers)


def push_behaviors(server, told, pairs):
    told.asked_behaviors |= set(pairs)
    push(server, told.instance, "behavior", [behavior(f"u{user}", n) for user, n in pairs])
    told.behaviors |= set(pairs)


def live(client, instance):
    return client.describe_instance(instance).body.result.data_set_version


def run_import(client, told, meanwhile=lambda: None):
    before = set(states_of(client, told.instance))
    told.importing = True
    told.contents.append((len(told.items), len(told.behaviors)))
    client.run_instance(told.instance)
    told.imports += 1
    meanwhile()
    version = (set(states_of(client, told.instance)) - before).pop()
    told.may_be_live.add(version)
    wait_until(lambda: states_of(client, told.instance)[version] == "Ready", 30, "the import")
    told.live = version
    told.may_be_live = {version}
    told.importing = False
    return version


def attach(client, told, version):
    told.may_be_live.add(version)
    client.attach_dataset(told.instance, version)
    told.live = version
    told.may_be_live = {version}


def work(server, told):
    """A short life of an instance; raises when the server dies under it."""
    client = airec_client(server)
    told.instance = create(server, industry="item")
    push_items(server, told, range(10))
    for user in range(6):
        push_behaviors(server, told, [(user, user % 3), (user, user % 3 + 3)])
    first = run_import(client, told)
    push_items(server, told, range(10, 15))
    # What comes while it runs is not in it, also if it begins again after a crash.
    second = run_import(client, told, lambda: push_behaviors(server, told, [(7, 0), (7, 9)]))
    attach(client, told, first)
    attach(client, told, second)
    attach(client, told, first)


def check_imports(client, told):
    """Every import that was acknowledged is there, ended well, and is of what there was when it was asked for."""
    states = list(states_of(client, told.instance).values())
    assert states == ["Ready"] * len(states)
    assert told.imports <= len(states) <= len(told.contents)
    if states:
        task = client.list_instance_task(told.instance).body.result[0]
        totals = {t.type: t.total_num for t in task.sub_progress_infos}
        assert task.total_progress == 100
        assert (totals["item"], totals["behavior"]) == told.contents[len(states) - 1]


def check(server, told):
    client = airec_client(server)
    if told.instance is None:
        return
    wait_until(lambda: "Importing" not in states_of(client, told.instance).values(), 60, "the end of every import")
    check_imports(client, told)
    use = operate(server, "GET", f"{told.instance}/use")["result"]
    assert len(told.items) <= use["items"] <= len(told.asked_items)
    assert len(told.behaviors) <= use["behaviors"] <= len(told.asked_behaviors)
    # What a client does that got no answer: it pushes again, and nothing is there twice.
    if told.asked_items:
        push_items(server, told, told.asked_items)
    if told.asked_behaviors:
        push_behaviors(server, told, told.asked_behaviors)
    use = operate(server, "GET", f"{told.instance}/use")["result"]
    assert (use["items"], use["behaviors"]) == (len(told.asked_items), len(told.asked_behaviors))
    version = live(client, told.instance)
    if told.live is not None:
        assert version in {told.live} | told.may_be_live or (told.importing and version > told.live)
    if version:
        assert states_of(client, told.instance)[version] == "Ready"
        request = airec.RecommendRequest(user_id="stranger", return_count=5)
        found = client.recommend(told.instance, request).body.result
        assert len(found) == 5 and all(i.trace_info.startswith(version + ".") for i in found)
        # Of every version: whoever bought 0 bought 3 too, and nobody 9.
        request = airec.RecommendRequest(user_id="stranger", return_count=50, rec_type="rr", items="0:item")
        found = client.recommend(told.instance, request).body.result
        assert [i.item_id for i in found if i.match_info == "related"] == ["3"]
    leftovers = list((server.data / "recommenders" / told.instance).glob("*.new"))
    assert len(leftovers) <= 1, "only what was being written"


def kill_at(server, failpoint, hit):
    told = Told()
    server.start()
    server.stop()
    server.launch({"ATELIER_FAILPOINT": f"{failpoint}:{hit}"})
    try:
        wait_until(lambda: server.process.poll() is not None or " serve.ready " in server.log())
        server.endpoint = f"http://{server.address}"
        work(server, told)
    except Exception:  # whatever a client sees when its server dies; the next lines say whether it did
        wait_until(lambda: server.process.poll() is not None, what="the failpoint's end of the server")
    died = server.process.poll() == 137
    server.kill()
    server.start()
    check(server, told)
    return died


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_at_the_second_hit(fresh_server, failpoint):
    assert kill_at(fresh_server, failpoint, 2), f"{failpoint} was never reached"


@pytest.mark.long
@pytest.mark.parametrize("failpoint", [*FAILPOINTS, "writer.before_commit", "writer.after_commit", "store.before_commit",
                                       "store.after_commit", "store.before_apply"])
@pytest.mark.parametrize("hit", [1, 3, 4, 6, 8, 11, 15])
def test_at_each_hit(fresh_server, failpoint, hit):
    kill_at(fresh_server, failpoint, hit)
