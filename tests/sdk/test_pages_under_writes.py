"""Pages and TotalCount while others create, delete and label (promise 6)."""

import itertools
import threading
import time

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client
from conftest import wait_until

STABLE = 40
WALKS = 12    # at least
WRITES = 20   # that come between their pages, at least


class Churn(threading.Thread):
    """Creates, labels and deletes as fast as the server takes it, until told to end. What it makes is younger than
    everything that was there before."""

    def __init__(self, server, labelled):
        super().__init__(daemon=True)
        self.client, self.labelled = dsw_client(server), labelled
        self.over, self.failure, self.writes = threading.Event(), None, 0

    def run(self):
        try:
            made = []
            for n in itertools.count():
                if self.over.is_set():
                    break
                made.append(create(self.client, f"churn_{n}"))
                self.client.update_instance_labels(
                    self.labelled[n % len(self.labelled)], dsw.UpdateInstanceLabelsRequest(
                        labels=[dsw.UpdateInstanceLabelsRequestLabels(key="turn", value=str(n))]))
                if len(made) > 3:
                    self.client.delete_instance(made.pop(0))
                self.writes += 1
            for instance_id in made:
                self.client.delete_instance(instance_id)
        except Exception as failure:  # shown by the test, which is in another thread
            self.failure = failure


def walk(client, page_size):
    """(ids in order, TotalCount of every page)."""
    ids, totals = [], []
    for page_number in itertools.count(1):
        body = client.list_instances(dsw.ListInstancesRequest(
            workspace_id="ALL", sort_by="GmtCreateTime", order="ASC", page_size=page_size,
            page_number=page_number)).body
        expected = max(0, min(page_size, body.total_count - page_size * (page_number - 1)))
        assert len(body.instances) == expected, "a page holds what its own TotalCount says"
        totals.append(body.total_count)
        ids += [i.instance_id for i in body.instances]
        if page_number * page_size >= body.total_count:
            return ids, totals


def test_instances_that_were_there_throughout_appear_exactly_once(server):
    client = dsw_client(server)
    stable = [create(client, f"stable_{n}") for n in range(STABLE)]
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", status="Running")).body.total_count == STABLE)
    in_order, totals = walk(client, 7)
    assert sorted(in_order) == sorted(stable) and set(totals) == {STABLE}
    # The order is by second, then by id: nobody may be made in the second of the last one that stays.
    last = client.get_instance(in_order[-1], dsw.GetInstanceRequest()).body.gmt_create_time
    wait_until(lambda: clock(client) > last, what="the next second")

    churn = Churn(server, stable)
    churn.start()
    try:
        end = time.monotonic() + 30
        for n in itertools.count():
            if n >= WALKS and churn.writes >= WRITES or churn.failure or time.monotonic() > end:
                break
            ids, totals = walk(client, page_size=(7, 3, 10)[n % 3])
            assert [i for i in ids if i in set(stable)] == in_order, "each once, in its place"
            assert min(totals) >= STABLE
    finally:
        churn.over.set()
        churn.join(30)
    if churn.failure:
        raise churn.failure
    assert churn.writes >= WRITES, "writes came between the pages, or nothing was proven"
    wait_until(lambda: walk(client, 100) == (in_order, [STABLE]), what="the end of the others")


def clock(client):
    """The server's present second, as it writes times: of an instance made for the purpose."""
    probe = create(client, "probe")
    made = client.get_instance(probe, dsw.GetInstanceRequest()).body.gmt_create_time
    client.delete_instance(probe)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", instance_id=probe)).body.total_count == 0)
    return made


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_a_page_past_the_end_is_empty_and_counts(server, order):
    body = dsw_client(server).list_instances(dsw.ListInstancesRequest(
        workspace_id="ALL", page_number=10**9, page_size=1000, order=order)).body
    assert (body.instances, body.total_count) == ([], STABLE)
