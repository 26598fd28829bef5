"""A server that starts under a wall clock that is ahead, as of a board without a battery or before NTP has spoken. Only
CLOCK_REALTIME of the server is moved: elapsed time is nobody's business but the monotonic clock's (promise 4)."""

import shutil
import subprocess

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import Server, catalogue_with, wait_until
from fake_lab import make_image
from sandboxes import shims_of

AHEAD = """
    #include <sys/syscall.h>
    #include <time.h>
    #include <unistd.h>
    #include <cstdlib>

    extern "C" int clock_gettime(clockid_t id, timespec* time) noexcept {
      const long failed = syscall(SYS_clock_gettime, id, time);
      if (id == CLOCK_REALTIME && !failed) time->tv_sec += std::atol(std::getenv("CLOCK_AHEAD_S"));
      return static_cast<int>(failed);
    }
    """
STEP = 600  # seconds; requests may be signed 15 minutes before or after the server's time


@pytest.fixture
def hasty(tmp_path):
    """Whose states have a minute each, far less than the step."""
    s = Server(tmp_path, runtime="process", catalogue=catalogue_with(make_image(tmp_path)),
               arguments=["--allocate-deadline", "60", "--prepare-deadline", "60", "--start-deadline", "60"])
    yield s
    client = dsw_client(s)
    for instance in client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.instances:
        client.delete_instance(instance.instance_id)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0)
    s.stop()


def ahead(folder):
    """The environment of a server whose clock is ahead."""
    compiler = next(c for c in map(shutil.which, ("c++", "g++", "clang++-19", "clang++")) if c)
    (folder / "ahead.cc").write_text(AHEAD)
    subprocess.run([compiler, "-std=c++17", "-shared", "-fPIC", "-o", folder / "ahead.so", folder / "ahead.cc"], check=True)
    return {"LD_PRELOAD": str(folder / "ahead.so"), "CLOCK_AHEAD_S": str(STEP)}


def test_promise_4_a_wall_clock_that_is_ahead_at_a_start_fails_nothing_that_starts(hasty, tmp_path):
    client = dsw_client(hasty.start())
    go = "while [ ! -e go ]; do sleep 0.05; done\n"
    preparing = create(client, "preparing", image="image-fake", user_command=dsw.CreateInstanceRequestUserCommand(
        on_start=dsw.CreateInstanceRequestUserCommandOnStart(content=go)))
    wait_until(lambda: status_of(client, preparing) == "EnvPreparing", what="the start script")
    shims = shims_of(preparing)
    hasty.kill()
    hasty.start(environment=ahead(tmp_path))
    client = dsw_client(hasty)
    seen = client.get_instance(preparing, dsw.GetInstanceRequest()).body
    assert (seen.status, seen.reason_code) == ("EnvPreparing", "")
    (hasty.data / "instances" / preparing / "home" / "go").touch()
    wait_until(lambda: status_of(client, preparing) != "EnvPreparing", what="the end of the start script")
    wait_until(lambda: status_of(client, preparing) == "Running", what="the start")
    assert shims_of(preparing) == shims, "another process"
    events = client.get_instance_events(preparing, dsw.GetInstanceEventsRequest()).body.events
    assert not any("Failed" in event for event in events), events
