"""The server over PostgreSQL: killed under load, without its database, taken over, put back (promises 2, 3, 9 and 10;
docs/decisions/0043)."""

import shutil
import signal
import subprocess
import threading

import pytest
import requests
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client
from conftest import BINARY, Server, wait_until
from database import Database


@pytest.fixture(scope="module")
def database():
    database = Database()
    yield database
    database.end()


@pytest.fixture
def server(tmp_path, database):
    """Over an empty database: not started."""
    database.make_empty()
    s = Server(tmp_path, arguments=["--store", database.address()])
    yield s
    s.kill()


def names(server):
    body = dsw_client(server).list_instances(dsw.ListInstancesRequest(workspace_id="ALL", page_size=1000)).body
    assert body.total_count == len(body.instances)
    return [i.instance_name for i in body.instances]


def ready(server):
    return requests.get(f"{server.endpoint}/readyz", timeout=10)


class Load:
    """Clients that make instances until the server dies under them."""

    def __init__(self, server, acknowledged, round_number):
        client = dsw_client(server)

        def work(number):
            for n in range(1000):
                name = f"work_{round_number}_{number}_{n}"
                try:
                    create(client, name)
                except Exception:  # whatever a client sees when its server dies
                    return
                acknowledged.append(name)

        self.threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(60)


@pytest.mark.parametrize("victim", ["server", "database"])
def test_promise_2_kills_under_load_lose_nothing_acknowledged(server, database, victim):
    acknowledged = []
    for round_number in range(3):
        server.start(60)
        there = names(server)
        assert set(acknowledged) <= set(there), "an acknowledged instance is lost"
        assert len(there) == len(set(there)), "an instance is there twice"
        enough = len(acknowledged) + 10 * (round_number + 1)
        load = Load(server, acknowledged, round_number)
        wait_until(lambda: len(acknowledged) >= enough, 60, "some instances")
        if victim == "server":
            server.kill()
            load.join()
        else:
            database.stop(signal.SIGQUIT)
            load.join()
            database.start()
            wait_until(lambda: ready(server).status_code == 200, 60, "the way back to the database")
            assert set(acknowledged) <= set(names(server)), "the read model has lost one"
            server.kill()
    server.start(60)
    assert set(acknowledged) <= set(names(server))


def test_promise_10_without_its_database_it_reads_and_refuses_and_heals(server, database):
    server.start(60)
    client = dsw_client(server)
    create(client, "before")
    database.stop()
    try:
        # Its text: a Response of 503 is false.
        page = wait_until(lambda: (answer := ready(server)).status_code == 503 and answer.text, what="the report")
        assert "database" in page and str(database.folder) not in page
        with pytest.raises(Exception, match="database") as refused:
            create(client, "meanwhile")
        assert refused.value.status_code == 503
        assert names(server) == ["before"]
    finally:
        database.start()
    wait_until(lambda: ready(server).status_code == 200, 60, "the way back to the database")
    create(client, "after")
    assert sorted(names(server)) == ["after", "before"]
    server.stop()


def test_promise_3_a_database_that_went_back_is_noticed(server, database):
    server.start(60)
    client = dsw_client(server)
    create(client, "old")
    server.stop()
    database.sql("DROP DATABASE IF EXISTS backup")
    database.sql("CREATE DATABASE backup TEMPLATE atelier")
    server.start(60)
    create(dsw_client(server), "young")
    server.kill()
    database.sql("DROP DATABASE atelier WITH (FORCE)")
    database.sql("ALTER DATABASE backup RENAME TO atelier")
    server.start(60)
    assert names(server) == ["old"]
    assert "The store went back from revision" in ready(server).json()["StoreWentBack"]
    server.stop()


def test_fence_who_was_taken_over_ends_and_writes_nothing_more(server, database, tmp_path):
    """It is stopped for longer than its lease, as by a hypervisor, while another server takes the database."""
    server.start(60)
    client = dsw_client(server)
    create(client, "first")
    server.process.send_signal(signal.SIGSTOP)
    (tmp_path / "other").mkdir()
    other = Server(tmp_path / "other", arguments=["--store", database.address()])
    shutil.copy(server.data / "secret.key", other.data)
    shutil.copy(server.data / "credentials.json", other.data)
    try:
        other.launch()
        other.process.wait(60)
        assert other.process.returncode == 1
        assert "Another server uses the database: process" in other.log()

        def take_over():
            other.launch()
            wait_until(lambda: other.process.poll() is not None or " serve.ready " in other.log(), 60, "a start")
            return other.process.poll() is None

        wait_until(take_over, 60, "the end of the lease")
        other.kill()
        other.start(60)
        create(dsw_client(other), "second")
        server.process.send_signal(signal.SIGCONT)
        with pytest.raises(Exception):
            create(client, "late")
        server.process.wait(60)
        assert server.process.returncode == 1
        assert "Another server has taken the database over" in server.log()
        assert sorted(names(other)) == ["first", "second"]
    finally:
        server.process.send_signal(signal.SIGCONT)
        other.kill()


def refusal(tmp_path, *arguments, data="fresh"):
    """(exit code, what it says) of a server that does not start."""
    done = subprocess.run([BINARY, "serve", "--data", str(tmp_path / data), "--runtime", "simulated", "--listen",
                           "127.0.0.1:0", *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_promise_9_a_store_that_cannot_be_is_refused_with_what_to_do(server, database, tmp_path):
    code, said = refusal(tmp_path, "--store", "postgres://ada:hush@db.example/atelier")
    assert code == 2 and "PGPASSFILE" in said and "hush" not in said
    code, said = refusal(tmp_path, "--store", "mysql://db.example/atelier")
    assert code == 2 and "postgres://user@host:5432/database" in said
    code, said = refusal(tmp_path, "--store", f"postgres://ada@/atelier?host={tmp_path}")
    assert code == 1 and "cannot be reached" in said
    dsn = tmp_path / "dsn"
    dsn.write_text("postgres://ada:hush@/atelier\n")
    dsn.chmod(0o644)
    code, said = refusal(tmp_path, "--store-dsn-file", str(dsn))
    assert code == 1 and "chmod o=" in said and "hush" not in said
    server.start(60)
    server.stop()
    code, said = refusal(tmp_path, data="data")
    assert code == 1 and "is in PostgreSQL" in said
    code, said = refusal(tmp_path, "--store", database.address(), data="another")
    assert code == 1 and "key file" in said
    # The whole address from a file is as good.
    dsn.write_text(database.address() + "\n")
    server.arguments = ["--store-dsn-file", str(dsn)]
    dsn.chmod(0o600)
    server.start(60)
    create(dsw_client(server), "works")
    server.stop()
