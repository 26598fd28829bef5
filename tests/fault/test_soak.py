"""A server under mixed load for a long time: what it holds does not grow. Memory, descriptors and threads stay what they
were after the warm-up, and every answer is a good one."""

import time

import pytest
from alibabacloud_eas20210701 import models as eas
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, eas_client, status_of
from conftest import wait_until
from gateway_session import browser
from held import held
from signed import ask

LIST = "/api/v2/instances"


class Load:
    """What the clients of a day do, in rounds."""

    def __init__(self, server):
        self.server, self.client, self.services = server, dsw_client(server), eas_client(server)
        self.steady = create(self.client, "steady", image="image-fake")
        wait_until(lambda: status_of(self.client, self.steady) == "Running", what="the steady instance")
        self.browser = browser(self.client, self.steady, seconds=7200)
        self.rounds = self.requests = 0

    def round(self):
        self.rounds += 1
        for number in range(10):
            self._expect(200, ask(self.server, "GET", LIST, "ListInstances", query=[("WorkspaceId", "ALL")]))
            self._expect(200, ask(self.server, "GET", f"{LIST}/{self.steady}", "GetInstance"))
            self._expect(400, ask(self.server, "GET", LIST, "ListInstances", query=[("PageSize", "none")]))
            self._expect(404, ask(self.server, "GET", f"{LIST}/dsw-{number}", "GetInstance"))
            self._expect(404, ask(self.server, "GET", LIST, "ListInstances", key=("nobody", "knows")))
            assert self.browser.get(f"{self.server.endpoint}/{self.steady}/lab/", timeout=30).status_code == 200
            self.requests += 1
        self.services.list_services(eas.ListServicesRequest())
        if self.rounds % 5 == 0:
            self._life(f"life_{self.rounds}")

    def _expect(self, wanted, answered):
        assert answered[0] == wanted, answered
        self.requests += 1

    def _life(self, name):
        instance_id = create(self.client, name, image="image-fake")
        wait_until(lambda: status_of(self.client, instance_id) == "Running", what=name)
        self.client.stop_instance(instance_id, dsw.StopInstanceRequest())
        wait_until(lambda: status_of(self.client, instance_id) == "Stopped", what=f"the stop of {name}")
        self.client.delete_instance(instance_id)
        wait_until(lambda: self.client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 1,
                   what=f"the end of {name}")


def soak(server, warm, enough):
    """Load until `warm(load)`, then until `enough(load)`."""
    load = Load(server.start())
    while not warm(load):
        load.round()
    load.browser.close()
    before = held(server)
    while not enough(load):
        load.round()
    load.browser.close()
    after = held(server)
    print(f"{load.requests} requests; MiB, descriptors, threads: {before} after the warm-up, {after} in the end")
    wait_until(lambda: held(server)[1] <= before[1], what=f"no more than {before[1]} descriptors")
    assert held(server)[2] <= before[2], "threads"
    return before[0], after[0]


def test_a_short_soak_leaves_no_descriptor_and_no_thread(process_server):
    soak(process_server, warm=lambda load: load.rounds == 5, enough=lambda load: load.rounds == 15)


@pytest.mark.long
def test_twenty_minutes_of_load_leave_memory_flat(process_server):
    begin = time.monotonic()
    before, after = soak(process_server, warm=lambda _: time.monotonic() > begin + 240,
                         enough=lambda _: time.monotonic() > begin + 1200)
    assert after <= before * 1.1 + 4, "MiB"
