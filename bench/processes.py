"""The programs under measurement, each pinned to one core: the server and its peers."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import acs3

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


def pinned(core, *command):
    return ["taskset", "-c", str(core), *map(str, command)]


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Connection:
    """A kept-alive connection that sends signed requests and reads JSON answers."""

    def __init__(self, signer, port):
        self.signer = signer
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method, path, action, **more):
        """(HTTP status, body as bytes)"""
        return self.exchange(self.signer.request(method, path, action, **more))

    def exchange(self, request):
        """The same for a request that is signed already."""
        self.socket.sendall(request)
        response = http.client.HTTPResponse(self.socket)
        response.begin()
        return response.status, response.read()

    def json(self, method, path, action, **more):
        status, body = self.call(method, path, action, **more)
        if status != 200:
            raise SystemExit(f"bench: {action} was answered {status}: {body.decode(errors='replace')}")
        return json.loads(body)

    def close(self):
        self.socket.close()


class Atelier:
    """`atelier serve` on one core, with its own data folder."""

    def __init__(self, program, folder, runtime="simulated", arguments=()):
        self.program, self.folder, self.runtime, self.port = program, folder, runtime, free_port()
        self.arguments = arguments
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def signer(self):
        key = json.loads((self.folder / "data" / "credentials.json").read_text())
        return acs3.Signer(f"127.0.0.1:{self.port}", key["access_key_id"], key["access_key_secret"])

    def connect(self):
        return Connection(self.signer(), self.port)

    def spawn(self, cores=(SERVER_CORE,)):
        self.folder.mkdir(parents=True, exist_ok=True)
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            pinned(",".join(map(str, cores)), self.program, "serve", "--data", self.folder / "data", "--runtime",
                   self.runtime, "--listen", f"127.0.0.1:{self.port}", *self.arguments), stdout=log, stderr=log)

    def start(self, seconds=30, cores=(SERVER_CORE,)):
        self.spawn(cores)
        wait_until(self.ready, seconds, f"the server to be ready (log: {self.folder / 'log'})")

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            raise SystemExit(f"bench: the server ended with {code}: {(self.folder / 'log').read_text()[-2000:]}")

    def ready(self):
        self.check_alive()
        probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(probe), contextlib.suppress(OSError):
            probe.request("GET", "/readyz")
            return probe.getresponse().status == 200
        return False

    def stop(self):
        end(self.process)

    def resident_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise SystemExit("bench: the server has no VmRSS")


class Nginx:
    """One worker on one core, no access log. `what`: of the http block."""

    CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type application/json;
{what}
}}
"""

    def __init__(self, folder, what, port=None, core=SERVER_CORE):
        self.folder, self.port, self.core = folder, port or free_port(), core
        folder.mkdir(parents=True, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(self.CONFIG.format(folder=folder, user=user, what=what))
        self.process = None

    @classmethod
    def of_files(cls, folder, get_body, list_body, file_cache):
        """With static files at the server's paths: sendfile. `file_cache`: keeps the files open (open_file_cache),
        which nginx does not do unless told."""
        folder.mkdir(parents=True)
        (folder / "get.json").write_bytes(get_body)
        (folder / "list.json").write_bytes(list_body)
        port = free_port()
        return cls(folder, f"""
  sendfile on;
  tcp_nopush on;
  open_file_cache {"max=16" if file_cache else "off"};
  server {{
    listen 127.0.0.1:{port};
    root {folder};
    location = /api/v2/instances {{ try_files /list.json =500; }}
    location /api/v2/instances/ {{ try_files /get.json =500; }}
  }}""", port)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            pinned(self.core, "nginx", "-p", self.folder, "-e", self.folder / "error.log", "-c",
                   self.folder / "nginx.conf"))
        wait_until(self.accepts, 10, "nginx")

    def accepts(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self):
        end(self.process)


def sqlite_commits(program, folder, seconds, row_bytes):
    """Rows a second that a bare loop commits in `folder`, on the server's core."""
    file = folder / "loop.db"
    for old in folder.glob("loop.db*"):
        old.unlink()
    done = subprocess.run(pinned(SERVER_CORE, program, file, seconds, row_bytes), check=True, capture_output=True)
    return float(done.stdout)


def cpu_seconds(process):
    """CPU time that a running program and its children have used so far."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ticks = 0
    for pid in (process.pid, *children):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime, stime (proc(5))
        if pid == process.pid:
            ticks += int(fields[13]) + int(fields[14])  # of children that ended: cutime, cstime
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until(condition, seconds, what, every=0.05):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"bench: waited {seconds} s in vain for {what}")
        time.sleep(every)


def end(process):
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
