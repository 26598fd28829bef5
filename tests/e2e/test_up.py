"""`atelier up` and `atelier down`: whatever ends them, and whatever they find, no server is left that nobody asked for,
and none is taken for another."""

import contextlib
import fcntl
import http.server
import json
import os
import pathlib
import pty
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import pytest
from conftest import BINARY, Server, wait_until

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Place:
    """A data folder and an address; the simulated runtime, whose notebooks start in a moment."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.environment = {**os.environ, "ATELIER_RUNTIME": "simulated", "http_proxy": "http://127.0.0.1:1"}
        self.commands = []

    def arguments(self, command):
        return [str(pathlib.Path(BINARY).resolve()), command, "--data", str(self.data),
                "--listen", f"127.0.0.1:{self.port}"]

    def start(self, command="up", before=(), **more):
        return Command(self, command, before, **more)

    def up(self):
        """One that has shown its addresses."""
        return self.start().wait_for("Ctrl-C stops")

    def finish(self, command, code=0):
        done = self.start(command)
        assert done.wait() == code, done.output()
        return done.output()

    def servers(self):
        """The ids of the servers of this data folder."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if words[1:2] == ["serve"] and str(self.data) in words:
                    found.append(int(process.name))
        return found

    def log(self):
        return (self.data / "serve.log").read_text()

    def hang_starts(self):
        """From now on no notebook gets ready."""
        path = self.folder / "environment"
        path.write_text('ATELIER_SIMULATE={"hang_start":true}\n')
        self.environment["ATELIER_DEFAULT_ENVIRONMENT"] = str(path)

    def hang_server(self):
        """From now on a server waits for somebody who writes its catalogue."""
        path = self.folder / "catalogue"
        os.mkfifo(path)
        self.environment["ATELIER_CATALOGUE"] = str(path)


class Command:
    def __init__(self, place, command, before, **more):
        self.path = place.folder / f"{command}-{len(place.commands)}.out"
        place.commands.append(self)
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen([*before, *place.arguments(command)], cwd=place.folder,
                                            env=place.environment, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT, start_new_session=True, **more)

    def output(self):
        return self.path.read_text(errors="replace")

    def wait_for(self, text):
        wait_until(lambda: text in self.output() or self.process.poll() is not None, 90, text)
        assert text in self.output(), self.output()
        return self

    def wait(self, seconds=90):
        return self.process.wait(seconds)

    def signal_twice(self, number):
        """As `timeout`, make or the end of a CI job does: the process and its group."""
        self.process.send_signal(number)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return self


def ended_by(number):
    """The same to a shell. -number: the second one came when all was done, and nothing caught it any more."""
    return 128 + number, -number


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    for pid in [*place.servers(), *(c.process.pid for c in place.commands if c.process.poll() is None)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


# Signals, always doubled, at each step
# ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS)
def test_at_any_moment(place, number):
    for delay in (0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.6):
        up = place.start()
        time.sleep(delay)  # the moment is what is tried
        # -number: it was gone before it could care.
        assert up.signal_twice(number).wait() in (0, 128 + number, -number), up.output()
        assert place.servers() == [], (delay, up.output())


@pytest.mark.parametrize("number", SIGNALS)
def test_while_the_server_starts(place, number):
    place.hang_server()
    up = place.start().wait_for("starting the server")
    wait_until(place.servers, what="the server")
    assert up.signal_twice(number).wait() in ended_by(number)
    assert place.servers() == []


@pytest.mark.parametrize("number", SIGNALS)
def test_while_the_notebook_starts(place, number):
    place.hang_starts()
    up = place.start().wait_for(": Starting")
    assert up.signal_twice(number).wait() in ended_by(number)
    assert "stopping the server" in up.output()
    assert place.servers() == []
    assert " serve.stopped" in place.log() and " serve.forced" not in place.log(), "one request, answered in order"


@pytest.mark.parametrize("number", SIGNALS)
def test_once_all_is_up(place, number):
    up = place.up()
    assert up.signal_twice(number).wait() == 0
    assert "stopping the server" in up.output()
    assert place.servers() == []
    assert " serve.stopped" in place.log() and " serve.forced" not in place.log()


@pytest.mark.parametrize("number", SIGNALS)
def test_while_the_notebooks_are_stopped(place, number):
    place.hang_starts()
    up = place.start().wait_for(": Starting")
    os.kill(up.process.pid, signal.SIGKILL)
    down = place.start("down").wait_for("stopping dsw-")
    if down.signal_twice(number).wait() != 0:  # else it was done before
        assert down.process.returncode in ended_by(number) and "goes on" in down.output()
        assert "stopped" in place.finish("down")
    assert place.servers() == []


def test_by_timeout_itself(place):
    """The command of the GNU tools, which signals its child and then its group."""
    up = place.start(before=["timeout", "600"]).wait_for("Ctrl-C stops")
    up.process.terminate()
    up.wait()
    wait_until(lambda: place.servers() == [], 60, "the end of the server")
    assert " serve.stopped" in place.log() and " serve.forced" not in place.log()


def test_a_later_signal_does_not_wait(place):
    up = place.up()
    [server] = place.servers()
    os.kill(server, signal.SIGSTOP)  # it cannot answer
    up.process.send_signal(signal.SIGINT)
    up.wait_for("stopping the server")

    def ends():
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGINT)
        return up.process.poll() is not None
    wait_until(ends, 60, "the end")
    assert "ending it at once" in up.output()
    assert place.servers() == []


def test_a_terminal_that_closes(place):
    leader, follower = pty.openpty()

    def be_its_terminal():
        fcntl.ioctl(follower, 0x540E, 0)  # TIOCSCTTY
    up = place.start(preexec_fn=be_its_terminal).wait_for("Ctrl-C stops")
    os.close(follower)
    os.close(leader)
    assert up.wait() == 0
    assert place.servers() == []


def test_what_the_caller_ignores_stays_ignored(place):
    up = place.start(before=["nohup"]).wait_for("Ctrl-C stops")
    up.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        up.wait(1)
    assert up.signal_twice(signal.SIGTERM).wait() == 0
    assert place.servers() == []


# Ends that nobody asked `up` for
# ----------------------------------------------------------------------------------------------------------------------


def test_the_first_thing_shown_is_a_link_that_signs_a_browser_in(place):
    up = place.up()
    shown = up.output()
    link = re.search(r"^Console: +(http\S+)/console/sign-in#ticket=(\S+)$", shown, re.MULTILINE)
    notebook = re.search(r"^JupyterLab: +(http://[^/]+)/", shown, re.MULTILINE)
    assert link.start() < notebook.start()
    assert link[1] == f"http://127.0.0.1:{place.port}" != notebook[1]
    request = urllib.request.Request(link[1] + "/atelier/v1/sign-in", json.dumps({"Ticket": link[2]}).encode(), {
        "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json", "X-Atelier-Console": "1"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        assert answer.status == 200 and answer.headers["Set-Cookie"].startswith("atelier-session=")


def test_kill_9_of_it_leaves_a_server_that_the_next_finds(place):
    up = place.up()
    up.process.kill()
    up.wait()
    [server] = place.servers()
    again = place.finish("up")
    assert f"runs already (pid {server})" in again and f"http://127.0.0.1:{place.port}" in again
    assert "stopping dsw-" in place.finish("down")
    assert place.servers() == []


def test_the_server_is_killed(place):
    up = place.up()
    [server] = place.servers()
    os.kill(server, signal.SIGKILL)
    assert up.wait() == 1
    assert "the server ended with code 137" in up.output()
    assert place.up().signal_twice(signal.SIGTERM).wait() == 0, "the next run is none the worse"


def test_the_server_is_asked_to_end_by_another(place):
    up = place.up()
    [server] = place.servers()
    os.kill(server, signal.SIGTERM)
    assert up.wait() == 0
    assert "was asked to end" in up.output()
    assert not (place.data / "server.json").exists()


def test_the_server_dies_while_the_notebook_starts(place):
    place.hang_starts()
    up = place.start().wait_for(": Starting")
    [server] = place.servers()
    os.kill(server, signal.SIGKILL)
    assert up.wait() == 1
    assert "the server ended" in up.output()


# What is there already
# ----------------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def ready_for_anything(port=0):
    """A server of something else, which says that it is ready."""
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    other = http.server.ThreadingHTTPServer(("127.0.0.1", port), Ready)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        yield other.server_address[1]
    finally:
        other.shutdown()
        other.server_close()


@pytest.mark.parametrize("pid", ["gone", "another's"])
def test_a_stale_file_deceives_nobody(place, pid):
    gone = subprocess.Popen(["true"])
    gone.wait()
    place.data.mkdir(mode=0o700)
    with ready_for_anything() as port:
        (place.data / "server.json").write_text(json.dumps(
            {"pid": gone.pid if pid == "gone" else os.getpid(), "endpoint": f"http://127.0.0.1:{port}"}))
        up = place.up()
        assert f"API endpoint:  http://127.0.0.1:{place.port}\n" in up.output()
        assert up.signal_twice(signal.SIGTERM).wait() == 0
    assert place.servers() == []


def test_another_program_on_the_port(place):
    with ready_for_anything(place.port):
        output = place.finish("up", code=1)
    assert "the server did not start" in output and "--listen" in output
    assert place.servers() == []


def test_a_data_folder_that_something_else_uses(place):
    (place.data / "store").mkdir(parents=True)
    with open(place.data / "store/atelier.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        output = place.finish("up", code=1)
    assert "Another process uses the data folder" in output
    assert place.servers() == []


def test_a_server_that_was_started_by_hand_elsewhere(place):
    image = {"ImageId": "image-jupyterlab", "ImageName": "a:1", "ImageUrl": "local/a:1", "Prefix": "/nonexistent"}
    server = Server(place.folder, catalogue={"Images": [image]}).start()
    try:
        up = place.finish("up")
        assert f"runs already (pid {server.process.pid})" in up
        assert f"API endpoint:  {server.endpoint}\n" in up
        assert "stopped" in place.finish("down")
        assert server.process.wait(30) == 0
    finally:
        server.kill()


def test_two_at_once_share_one_server(place):
    both = [place.start(), place.start()]
    wait_until(lambda: all("API endpoint:" in c.output() or c.process.poll() is not None for c in both), 90, "both")
    assert len(place.servers()) == 1, [c.output() for c in both]
    ended = wait_until(lambda: [c for c in both if c.process.poll() is not None], 30, "the one that found the other's")
    assert [c.process.returncode for c in ended] == [0], [c.output() for c in both]
    assert "runs already" in ended[0].output()
    [stays] = [c for c in both if c not in ended]
    assert stays.wait_for("Ctrl-C stops").signal_twice(signal.SIGINT).wait() == 0
    assert place.servers() == []


def test_one_that_is_ending_is_waited_for(place):
    first = place.up()
    first.process.send_signal(signal.SIGTERM)
    second = place.up()  # whether it still finds the first server or not
    first.wait()
    assert len(place.servers()) == 1
    assert second.signal_twice(signal.SIGTERM).wait() == 0


def test_down_where_nothing_is(place):
    assert "nothing runs" in place.finish("down")
    assert not place.data.exists()
