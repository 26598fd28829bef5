"""A store moves between SQLite and PostgreSQL, into a backup and back, with all that it has, and what runs runs on
(promises 2, 3, 8 and 9, F-rewind; docs/decisions/0049-moving-house.md)."""

import json
import os
import pathlib
import shutil
import sqlite3
import stat
import subprocess

import pytest
import requests
from alibabacloud_airec20201126 import models as airec
from alibabacloud_eas20210701 import models as eas
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import airec_client, code_of, create, dsw_client, eas_client, status_of
from conftest import BINARY, Server, catalogue_with, wait_until
from database import Database
from fake_lab import make_image
from recommenders import behavior, item, push, states_of
from recommenders import create as create_recommender
from sandboxes import boot_of, shims_of
from services import REGION, call, delete_all, serve_models, wait_for
from services import create as create_service
from tiny_model import service_json

# They follow the clock, or when the server was asked.
VOLATILE = {"RequestId", "requestId", "AccumulatedRunningTimeInMs"}


@pytest.fixture(scope="module")
def database():
    database = Database()
    yield database
    database.end()


@pytest.fixture
def house(tmp_path, database):
    """A server that runs real sandboxes: started, over SQLite. What it runs ends with the test."""
    database.make_empty()
    s = Server(tmp_path, runtime="process", catalogue=catalogue_with(make_image(tmp_path)))
    for s in serve_models(s):
        yield s
        if s.process.poll() is not None:
            s.start()
        client = dsw_client(s)
        for instance in client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances:
            client.delete_instance(instance.instance_id)
        wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0,
                   what="the end of the instances")


def atelier(*words, code=0, **more):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def stable(value):
    if isinstance(value, dict):
        return {k: stable(v) for k, v in value.items() if k not in VOLATILE}
    return [stable(v) for v in value] if isinstance(value, list) else value


def shown(s):
    """Everything that lists show, as text."""
    lists = [dsw_client(s).list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=100)).body.to_map(),
             eas_client(s).list_services(eas.ListServicesRequest()).body.to_map(),
             eas_client(s).list_service_instances(REGION, "scorer", eas.ListServiceInstancesRequest()).body.to_map(),
             airec_client(s).list_instance(airec.ListInstanceRequest()).body.to_map()]
    return json.dumps(stable(lists), indent=1, sort_keys=True)


def entries(file):
    """The models and records of an export: without its first and last line, which name the incarnation."""
    return pathlib.Path(file).read_bytes().split(b"\n", 1)[1].rsplit(b"\n", 2)[0]


def settled(s):
    instances = dsw_client(s).list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances
    return all(i.status == "Running" for i in instances) and len(instances)


def ready_page(s):
    return requests.get(f"{s.endpoint}/readyz", timeout=10).json()


class Household:
    """Two notebooks, a service and a recommender with a model that answers."""

    def __init__(self, s):
        client = dsw_client(s)
        self.notebooks = [create(client, name, image="image-fake") for name in ("first", "second")]
        create_service(eas_client(s), service_json("scorer", "one"))
        self.recommender = create_recommender(s, "shop", industry="item")
        push(s, self.recommender, "item", [item(n) for n in range(10)])
        push(s, self.recommender, "behavior", [behavior(f"u{u}", n) for u in range(5) for n in range(u, u + 4)])
        airec_client(s).run_instance(self.recommender)
        wait_until(lambda: "Ready" in states_of(airec_client(s), self.recommender).values(), 60, "the import")
        wait_until(lambda: all(status_of(client, i) == "Running" for i in self.notebooks), 60, "the notebooks")
        wait_for(eas_client(s), "scorer")
        self.lives = self.lives_at(s)

    def lives_at(self, s):
        """What each process drew at its start: another one has drawn another."""
        client = dsw_client(s)
        service = eas_client(s).describe_service(REGION, "scorer").body
        asked = call(service.internet_endpoint, service.access_token, body={"x": [1, 2]})
        return [boot_of(s, client, i) for i in self.notebooks] + [asked["boot"]]

    def recommended(self, s):
        asked = airec.RecommendRequest(user_id="u4", return_count=3)
        return [r.item_id for r in airec_client(s).recommend(self.recommender, asked).body.result]


def test_promise_3_a_store_moves_there_and_back_and_what_runs_runs_on(house, database, tmp_path):
    s, address = house, database.address()
    home = Household(s)
    before, recommended = shown(s), home.recommended(s)
    s.stop()
    data = ["--data", s.data]
    atelier("store", "export", tmp_path / "first", *data)
    assert stat.S_IMODE(os.stat(tmp_path / "first").st_mode) == 0o600
    assert "Nothing is wrong." in atelier("store", "check", *data)

    assert "Moved" in atelier("store", "migrate", *data, "--to", address)
    in_postgres = [*data, "--store", address]
    atelier("store", "export", tmp_path / "second", *in_postgres)
    assert entries(tmp_path / "first") == entries(tmp_path / "second")
    assert "Nothing is wrong." in atelier("store", "check", *in_postgres)
    s.launch()
    assert s.process.wait(30) == 1 and "is in PostgreSQL" in s.log()
    s.arguments = ["--store", address]
    s.start(60)
    wait_until(lambda: settled(s) == 2, what="the adoption")
    assert home.lives_at(s) == home.lives
    assert shown(s) == before
    assert home.recommended(s) == recommended
    create(dsw_client(s), "third", image="image-fake")  # it goes on from where it was
    wait_until(lambda: settled(s) == 3, what="another one")
    before = shown(s)
    s.stop()

    assert "Moved" in atelier("store", "migrate", *in_postgres, "--to", "sqlite")
    s.launch()
    assert s.process.wait(30) == 1 and "in SQLite" in s.log(), "the old database is refused"
    s.arguments = []
    s.start(60)
    wait_until(lambda: settled(s) == 3, what="the adoption")
    assert home.lives_at(s) == home.lives
    assert shown(s) == before
    assert home.recommended(s) == recommended


def test_promise_2_a_backup_of_a_server_that_runs_is_whole_and_is_restored(house, database, tmp_path):
    s = house
    home = Household(s)
    before, recommended = shown(s), home.recommended(s)
    backup = tmp_path / "backup"
    assert "Backed up" in atelier("backup", backup, "--data", s.data)
    assert s.process.poll() is None
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert sorted(p.name for p in backup.iterdir()) == ["catalogue.json", "credentials.json", "metrics.token",
                                                        "secret.key", "store.export"]
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in backup.iterdir())
    assert "Nothing is wrong." in atelier("store", "check", backup / "store.export")
    assert "is there already" in atelier("backup", backup, "--data", s.data, code=1)

    # The store is lost; the host, and what runs there, is not. It is restored into the database.
    s.kill()
    shutil.move(s.data / "store", s.data / "store.lost")
    shutil.rmtree(s.data / "recommenders")
    atelier("restore", backup, "--data", s.data, "--store", database.address())
    s.arguments = ["--store", database.address()]
    s.start(60)
    wait_until(lambda: settled(s) == 2, what="the adoption")
    assert home.lives_at(s) == home.lives
    assert shown(s) == before
    assert home.recommended(s) == recommended

    # And beside it, in another folder, as a drill.
    backup_of_database = tmp_path / "backup of the database"
    atelier("backup", backup_of_database, "--data", s.data, "--store", database.address())
    atelier("restore", backup_of_database, "--data", tmp_path / "drill" / "data")
    drill = Server(tmp_path / "drill")
    try:
        drill.start()
        listed = dsw_client(drill).list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances
        assert {i.instance_id for i in listed} == set(home.notebooks)
    finally:
        drill.kill()


def test_promise_3_a_restored_backup_ends_nothing_that_was_started_since(process_server, tmp_path):
    s = process_server.start()
    client = dsw_client(s)
    known = create(client, "known", image="image-fake")
    wait_until(lambda: status_of(client, known) == "Running", what="a start")
    atelier("backup", tmp_path / "backup", "--data", s.data)
    young = create(client, "young", image="image-fake")
    wait_until(lambda: status_of(client, young) == "Running", what="another start")
    boots = {i: boot_of(s, client, i) for i in (known, young)}
    shims = {i: shims_of(i) for i in (known, young)}
    s.kill()
    shutil.move(s.data / "store", s.data / "store.lost")
    atelier("restore", tmp_path / "backup", "--data", s.data)

    s.start()
    client = dsw_client(s)
    wait_until(lambda: ready_page(s)["Orphans"] == 1, what="the report of the orphan")
    assert "The store went back from revision" in ready_page(s)["StoreWentBack"]
    assert {i: shims_of(i) for i in (known, young)} == shims, "something was ended"
    assert boot_of(s, client, known) == boots[known]
    atelier("orphan", "adopt", young, "--owner", s.credentials()["account_id"], "--endpoint", s.endpoint,
            "--credentials", s.data / "credentials.json")
    wait_until(lambda: status_of(client, young) == "Running", what="the adoption")
    assert boot_of(s, client, young) == boots[young]


def test_promise_9_what_cannot_be_moved_is_refused_with_what_to_do(fresh_server, database, tmp_path):
    s = fresh_server.start()
    database.make_empty()
    data, address = ["--data", s.data], database.address()
    assert "Stop it" in atelier("store", "migrate", *data, "--to", address, code=1)
    atelier("store", "export", tmp_path / "while it runs", *data)
    create(dsw_client(s), "later")
    s.stop()
    assert "There is no data folder" in atelier("store", "export", tmp_path / "x", "--data", tmp_path / "no", code=5)
    assert "not empty" in atelier("store", "import", tmp_path / "while it runs", *data, code=1)
    said = atelier("store", "import", tmp_path / "while it runs", *data, "--store", address, code=1)
    assert "Export it again" in said
    other = tmp_path / "other"
    assert "secret.key is missing" in atelier("store", "import", tmp_path / "while it runs", "--data", other, code=1)
    assert not (other / "store" / "atelier.db").exists()
    damaged = tmp_path / "damaged"
    damaged.write_bytes((tmp_path / "while it runs").read_bytes().replace(b"default_workspace", b"defAult_workspace"))
    shutil.copy(s.data / "secret.key", other)
    assert "records in it were altered" in atelier("store", "import", damaged, "--data", other, code=1)
    assert "were altered" in atelier("store", "check", damaged, code=1)
    assert not (other / "store" / "atelier.db").exists()
    atelier("store", "import", tmp_path / "while it runs", "--data", other)
    assert "come from there already" in atelier("store", "import", tmp_path / "while it runs", "--data", other)
    # What is damaged is named.
    (other / "secret.key").unlink()
    (other / "secret.key").write_bytes(os.urandom(32))
    (other / "secret.key").chmod(0o600)
    assert "does not open 1 of the access keys" in atelier("store", "check", "--data", other, code=1)
    with sqlite3.connect(other / "store" / "atelier.db") as store:
        store.execute("UPDATE records SET body = '{' WHERE kind = 6")
    store.close()
    assert "The Workspace" in atelier("store", "check", "--data", other, code=1)


def test_promise_8_a_lost_key_of_the_main_account_is_replaced_by_who_has_the_host(fresh_server, tmp_path):
    s = fresh_server
    recover = ["serve", "--recover-key", "--data", s.data]
    assert "No key was made" in atelier(*recover, code=1), "there is no store"
    assert not (s.data / "store" / "atelier.db").exists()
    s.start()
    old = s.credentials()
    create(dsw_client(s), "mine")
    assert "Another process uses the data folder" in atelier(*recover, code=1)
    assert s.credentials() == old
    s.stop()
    (s.data / "credentials.json").unlink()

    assert "has the new access key" in atelier(*recover)
    assert stat.S_IMODE((s.data / "credentials.json").stat().st_mode) == 0o600
    new = s.credentials()
    assert new["account_id"] == old["account_id"] and new["access_key_id"] != old["access_key_id"]
    s.start()
    assert [i.instance_name for i in dsw_client(s).list_instances(
        dsw.ListInstancesRequest(workspace_id="ALL")).body.instances] == ["mine"]
    lost = dsw_client(s, key=(old["access_key_id"], old["access_key_secret"]))
    assert code_of(lambda: lost.list_instances(dsw.ListInstancesRequest()))[1] == "InvalidAccessKeyId.NotFound"
    audit = atelier("audit", "--operation", "RecoverKey", "-o", "json", "--endpoint", s.endpoint, "--credentials",
                    s.data / "credentials.json")
    assert f"account/{old['account_id']}" in audit
    s.stop()

    # Another key file opens nothing, and nothing is made.
    (s.data / "secret.key").write_bytes(os.urandom(32))
    assert "not the one that sealed" in atelier(*recover, code=1)
    assert s.credentials() == new
