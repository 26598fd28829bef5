"""What `make run` and `make stop` do on a machine: the real script against the real binary, in a checkout of its own
where there is nothing to build."""

import contextlib
import http.server
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pytest
import requests
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import dsw_client, status_of
from conftest import BINARY, Server, wait_until
from fake_lab import make_image

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = pathlib.Path(os.environ.get("ATELIER_IMAGE", ROOT / ".deps/image")).resolve()
STRANGER = 12345  # a user id that nobody has


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def as_user(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"] if uid else []


class Checkout:
    """The files that tools/dev needs, `image` as its image, the binary under test as its build. Everything else, what
    the environment names included, is as a developer may have it."""

    def __init__(self, folder, image, uid=None):
        self.folder, self.uid, self.port = pathlib.Path(folder), uid, free_port()
        self.data = self.folder / "data"
        self.binary = self.folder / "build/release/atelier"
        for name in ("tools", "deploy/image", "build/release", ".deps", "shims"):
            (self.folder / name).mkdir(parents=True)
        for name in ("tools/dev", "deploy/image/requirements.txt"):
            shutil.copy(ROOT / name, self.folder / name)
        shutil.copy(BINARY, self.binary)
        (self.folder / ".deps/image").symlink_to(image)
        for tool in ("cmake", "ninja"):
            (self.folder / "shims" / tool).write_text("#!/bin/sh\n")
            (self.folder / "shims" / tool).chmod(0o755)
        if uid:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, uid, uid, follow_symlinks=False)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ATELIER_")},
            "PATH": f"{self.folder}/shims:{os.environ['PATH']}", "HOME": str(self.folder),
            "ATELIER_LISTEN": f"127.0.0.1:{self.port}",
            # Neither is for a server on this machine.
            "http_proxy": "http://127.0.0.1:1", "ALIBABA_CLOUD_ACCESS_KEY_ID": "another",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "account"}

    def dev(self, command, code=0, seconds=180):
        """Runs a command to its end; returns what it printed."""
        done = subprocess.run([*as_user(self.uid), "tools/dev", command], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=seconds)
        assert done.returncode == code, done.stdout
        return done.stdout

    def run(self):
        """`make run` in a terminal of its own, once it shows its addresses."""
        run = Run(self)
        wait_until(lambda: "Ctrl-C stops" in run.output() or run.process.poll() is not None, 180, "the addresses")
        assert run.process.poll() is None, run.output()
        return run

    def rebuild(self):
        fresh = self.binary.with_suffix(".new")
        shutil.copy(self.binary, fresh)
        fresh.rename(self.binary)

    def processes(self, word=""):
        """The ids of this checkout's processes whose command line has `word`."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if word in line and (str(self.folder) in line or f"{self.folder}/" in os.readlink(process / "exe")):
                    found.append(int(process.name))
        return found

    def server(self):
        """For the clients of the tests."""
        server = Server.__new__(Server)
        server.data, server.port, server.scheme = self.data, self.port, "http"
        return server

    def log(self):
        return (self.data / "serve.log").read_text()

    def clean(self):
        with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
            self.dev("stop")
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class Run:
    def __init__(self, checkout):
        self.path = checkout.folder / "run.out"
        with open(self.path, "wb") as out:
            # A session of its own, as in a terminal: Ctrl-C is a SIGINT to its process group.
            self.process = subprocess.Popen([*as_user(checkout.uid), "tools/dev", "run"], cwd=checkout.folder,
                                            env=checkout.environment, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT, start_new_session=True)

    def output(self):
        return self.path.read_text(errors="replace")

    def control_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(60) == 0, self.output()


def link_in(output):
    return re.search(r"^JupyterLab: +(http\S+)$", output, re.MULTILINE)[1]


def boot_of(output):
    """When the JupyterLab behind the printed link began: tells one from the next."""
    session = requests.Session()
    session.trust_env = False
    page = session.get(link_in(output), timeout=60)
    assert page.status_code == 200 and "text/html" in page.headers["Content-Type"], page.text
    base = page.url.split("/lab", 1)[0]
    return session.get(f"{base}/api/status", timeout=60).json()["started"]


def reason_to_skip(uid):
    if shutil.which("setpriv") is None or os.geteuid() != 0:
        return "only root can become another user"
    if subprocess.run([*as_user(uid), "test", "-x", str(IMAGE / "bin/python")]).returncode != 0:
        return "the image lies where other users cannot read it"
    if subprocess.run([*as_user(uid), "unshare", "--user", "true"], capture_output=True).returncode != 0:
        return "this kernel gives users no namespaces of their own"
    return None


@pytest.fixture(params=[None, STRANGER], ids=["this_user", "another_user"])
def lab_checkout(request):
    if request.param and (reason := reason_to_skip(request.param)):
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="atelier-run-") as folder:
        checkout = Checkout(folder, IMAGE, request.param)
        yield checkout
        checkout.clean()


@pytest.fixture
def checkout(tmp_path):
    """With an image that starts in milliseconds."""
    image = make_image(tmp_path)
    shutil.copy(ROOT / "deploy/image/requirements.txt", image / ".made-from")
    checkout = Checkout(tmp_path / "checkout", image)
    yield checkout
    checkout.clean()


@pytest.mark.jupyter
def test_the_life_of_make_run(lab_checkout):
    checkout = lab_checkout
    first = checkout.run()
    boot = boot_of(first.output())
    assert f"API endpoint:  http://127.0.0.1:{checkout.port}\n" in first.output()
    assert "Access key:    data/credentials.json" in first.output()
    assert (checkout.data / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert re.search(r"^dsw-\w+ +my_notebook +Running ", first.output(), re.MULTILINE)

    again = checkout.dev("run")
    assert "runs already" in again and "not the build of now" not in again
    assert boot_of(again) == boot, "the second finds everything"

    checkout.rebuild()
    again = checkout.dev("run")
    assert "not the build of now" in again and boot_of(again) == boot

    first.control_c()
    assert checkout.processes(" serve ") == []
    assert " serve.stopped" in checkout.log() and " serve.forced" not in checkout.log()
    assert checkout.processes(" keep "), "the notebook lives on"

    second = checkout.run()
    assert boot_of(second.output()) == boot, "adopted, not started again"

    assert "stopping dsw-" in checkout.dev("stop")
    assert second.process.wait(60) == 0, "the run in the other terminal ends well"
    assert checkout.processes() == []

    checkout.dev("stop")  # nothing runs: still well
    assert checkout.processes() == []

    third = checkout.run()
    assert boot_of(third.output()) != boot
    third.control_c()


def test_stop_after_a_rebuild_ends_the_server_that_runs(checkout):
    run = checkout.run()
    checkout.rebuild()
    checkout.dev("stop")
    assert run.process.wait(60) == 0
    assert checkout.processes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_doubled_signal_ends_the_server(checkout, number):
    """As `timeout 60 make run` or a cancelled job sends it. Each step of the start: test_up.py."""
    run = checkout.run()
    for _ in range(20):  # the second comes when the first is being answered, whenever that is
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.process.pid, number)
        time.sleep(0.002)
    run.process.wait(60)
    assert checkout.processes(" serve ") == []
    assert " serve.stopped" in checkout.log() and " serve.forced" not in checkout.log()
    assert checkout.processes(" keep "), "the notebook lives on"


def test_a_build_shows_as_one_line(checkout):
    ninja = checkout.folder / "shims/ninja"
    ninja.write_text("#!/bin/sh\nfor n in 1 2 3 4 5; do echo \"@$n/5@ Building CXX object $n.o\"; done\n"
                     "echo 'a.cpp:1:1: error: no such thing'\nexit 1\n")
    plain = checkout.dev("run", code=1)
    # What is left is said from the fifth second on, which is no matter of this build.
    steps = [line.split(", ")[0] for line in plain.splitlines() if "building" in line]
    assert steps == ["\033[1m==> building\033[0m", "==> building 1 of 5", "==> building 5 of 5"]
    assert "a.cpp:1:1: error: no such thing" in plain and "Building CXX" not in plain

    leader, follower = pty.openpty()
    done = subprocess.run(["tools/dev", "run"], cwd=checkout.folder, env=checkout.environment, stdin=follower,
                          stdout=follower, stderr=follower, timeout=60)
    os.close(follower)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(leader, 65536):
            shown += piece
    os.close(leader)
    assert done.returncode == 1
    assert re.search(rb"\r\x1b\[K==> building 3 of 5(, [^\r]* left)?\r\x1b\[K==> building 4 of 5", shown)
    assert b"error: no such thing" in shown


def test_a_run_that_fails_leaves_no_server(checkout, tmp_path):
    (tmp_path / "fake-image/bin/jupyter-lab").write_text("#!/bin/sh\necho out of order\nexit 3\n")
    output = checkout.dev("run", code=1)
    assert "out of order" in output and "my_notebook does not run" in output
    assert checkout.processes(" serve ") == []


def test_a_run_believes_no_other_server_on_its_port(checkout):
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    other = http.server.ThreadingHTTPServer(("127.0.0.1", checkout.port), Ready)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        assert "the server did not start" in checkout.dev("run", code=1)
    finally:
        other.shutdown()
        other.server_close()
    assert checkout.processes() == []


def test_stop_waits_for_what_cannot_be_stopped_yet(checkout, tmp_path):
    run = checkout.run()
    lab = tmp_path / "fake-image/bin/jupyter-lab"
    lab.rename(lab.with_suffix(".real"))
    lab.write_text(f"#!/bin/sh\nsleep 5\nexec {lab}.real \"$@\"\n")
    lab.chmod(0o755)
    client = dsw_client(checkout.server())
    instance_id = client.list_instances(dsw.ListInstancesRequest()).body.instances[0].instance_id
    client.update_instance(instance_id, dsw.UpdateInstanceRequest(ecs_spec="ecs.t6-c1m1.large"))
    assert status_of(client, instance_id) == "Updating"

    output = checkout.dev("stop")
    assert f"{instance_id} is Updating: waiting" in output and f"stopping {instance_id}" in output
    assert run.process.wait(60) == 0
    assert checkout.processes() == []
