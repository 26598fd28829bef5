"""The emulator in CI: an admin call advances the clock, so timers and cullers are tested in seconds."""

import contextlib
import datetime
import sqlite3
import time

from alibabacloud_pai_dsw20220101 import models as dsw
from clients import advance, create, dsw_client, rest, simulate, status_of
from conftest import wait_until
from gateway_session import browser


def test_its_urls_open_on_a_page_that_says_what_is_there(server):
    client = dsw_client(server)
    instance_id = create(client, "opened")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    session = browser(client, instance_id)
    for url in (body.jupyterlab_url, body.terminal_url):
        page = session.get(url, timeout=30)
        assert page.status_code == 200, page.text
        assert "This instance is simulated" in page.text


def clock(server):
    now = rest(server, "GET", "/atelier/v1/clock", "GetClock")["Now"]
    return datetime.datetime.fromisoformat(now.replace("Z", "+00:00"))


def test_a_shutdown_timer_fires_when_the_clock_is_turned(server):
    client = dsw_client(server)
    instance_id = create(client, "timed")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    client.create_instance_shutdown_timer(instance_id, dsw.CreateInstanceShutdownTimerRequest(
        remaining_time_in_ms=3_600_000))
    advance(server, minutes=30)
    assert status_of(client, instance_id) == "Running"
    advance(server, minutes=31)
    wait_until(lambda: status_of(client, instance_id) == "Stopped")
    assert client.get_instance(instance_id, dsw.GetInstanceRequest()).body.instance_shutdown_timer is None
    events = client.get_instance_events(instance_id, dsw.GetInstanceEventsRequest()).body.events
    assert any("timer" in event.lower() for event in events), events


def test_an_idle_rule_fires_in_one_turn_of_the_clock_and_spares_what_is_busy(server):
    client = dsw_client(server)
    idle = create(client, "idle", environment_variables=simulate(cpu_percent=1))
    busy = create(client, "busy", environment_variables=simulate(cpu_percent=80))
    kernel = create(client, "kernel", environment_variables=simulate(cpu_percent=1, executing_kernels=1))
    for instance_id in (idle, busy, kernel):
        wait_until(lambda: status_of(client, instance_id) == "Running")
        client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
            cpu_percent_threshold=20, max_idle_time_in_minutes=30))
    advance(server, minutes=25)
    assert status_of(client, idle) == "Running", "stopped with less idle time than its rule says"
    advance(server, minutes=35)
    wait_until(lambda: status_of(client, idle) == "Stopped")
    assert status_of(client, busy) == "Running"
    assert status_of(client, kernel) == "Running"
    events = client.get_instance_events(idle, dsw.GetInstanceEventsRequest()).body.events
    numbers = "CPU at most 1.0 % (threshold 20 %), no kernel executing"
    assert any("Idle for 20" in event and numbers in event for event in events), events
    assert any("Stopping: idle for 30" in event and numbers in event for event in events), events


def test_the_end_of_a_long_jump_is_lived_through(server):
    client = dsw_client(server)
    idle = create(client, "slept", environment_variables=simulate(cpu_percent=1))
    wait_until(lambda: status_of(client, idle) == "Running")
    client.create_idle_instance_culler(idle, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=20, max_idle_time_in_minutes=60))
    advance(server, minutes=7 * 24 * 60)
    wait_until(lambda: status_of(client, idle) == "Stopped")


def test_a_jump_takes_no_longer_than_a_client_waits(server):
    client = dsw_client(server)
    hung = create(client, "hung", environment_variables=simulate(hang_calls=True))
    began = time.monotonic()
    before = clock(server)
    advance(server, minutes=12 * 60)
    assert time.monotonic() - began < 10
    assert clock(server) - before >= datetime.timedelta(hours=12)
    wait_until(lambda: status_of(client, hung) == "Failed")


def test_audit_records_are_removed_when_their_days_are_over(fresh_server):
    fresh_server.arguments = ["--keep-audit-days", "2", "--sample-every", "3600"]
    fresh_server.start()
    create(dsw_client(fresh_server), "audited")

    def audit():
        with contextlib.closing(sqlite3.connect(f"file:{fresh_server.data}/store/atelier.db?mode=ro", uri=True)) as db:
            return {key for (key,) in db.execute("SELECT key FROM records WHERE kind = 13")}

    before = audit()
    assert before
    advance(fresh_server, minutes=24 * 60)
    create(dsw_client(fresh_server), "audited_later")
    assert before <= audit()
    later = audit() - before
    advance(fresh_server, minutes=25 * 60)
    wait_until(lambda: not before & audit(), what="the end of the old records")
    assert later <= audit()
    fresh_server.stop()
