"""The way of a request through the gateway to a replica, beside nginx and configurable-http-proxy; and how soon a
change of the replicas holds for it."""

import contextlib
import json
import os
import pathlib
import socket
import tempfile
import time

import load
import processes
import proxies
from report import Row, median

SERVICE = "trivial"
REGION = "local"
PATH = f"/api/predict/{SERVICE}"
PORT = 8000              # in the sandbox
BODY = b'{"instances": [[5.1, 3.5, 1.4, 0.2], [6.2, 2.9, 4.3, 1.3]]}'
SEQUENTIAL = 2000        # requests one after the other, for the latency
CHANGES = 20             # of the route
AGREED = 8               # answers in a row that show a route: two replicas take turns
VERSION = "2021-07-01"


class Service:
    """A server with one service of two replicas in their sandboxes, all of them on the core of the load: the core of
    the server is the gateway's alone."""

    def __init__(self, options, folder):
        self.server = processes.Atelier(options.atelier, folder, runtime="process")
        self.folder = folder / "data" / "services"
        # A short name for sockets, whose paths are bounded.
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
        self.token = ""

    def start(self):
        model = self.server.folder / "data" / "models" / SERVICE
        model.mkdir(parents=True)
        os.chmod(self.server.folder / "data", 0o700)
        # What it writes is below /tmp of its sandbox.
        (model / "nginx.conf").write_text(processes.Nginx.CONFIG.format(
            folder="/tmp", user="", what=proxies.TRIVIAL.format(port=PORT)))
        self.server.start()
        with contextlib.closing(self.server.connect()) as connection:
            connection.json("POST", "/api/v2/services", "CreateService", version=VERSION, body={
                "name": SERVICE, "model_path": SERVICE, "metadata": {"instance": 2},
                "containers": [{"port": PORT, "script": "exec /usr/sbin/nginx -p /tmp -e stderr -c /model/nginx.conf"}]})
            processes.wait_until(lambda: self.describe(connection)["Status"] == "Running", 60,
                                 f"the service to run (logs: {self.folder}/*/run-*/out.log)")
            self.token = self.describe(connection)["AccessToken"]
        for record in self.folder.glob("*/run-*/sandbox.json"):
            for pid in family(json.loads(record.read_text())["init"]["pid"]):
                os.sched_setaffinity(pid, {processes.LOAD_CORE})

    def describe(self, connection):
        return connection.json("GET", f"/api/v2/services/{REGION}/{SERVICE}", "DescribeService", version=VERSION)

    def replicas(self, connection):
        listed = connection.json("GET", f"/api/v2/services/{REGION}/{SERVICE}/instances", "ListServiceInstances",
                                 version=VERSION)
        return listed["Instances"]

    def socket(self):
        """Of one replica."""
        found = sorted(self.folder.glob("*/run-*/box/http.sock"))[0]
        link = self.sockets / "replica"
        if not link.exists():
            link.symlink_to(found)
        return link

    def isolate(self, connection, replica, isolated):
        connection.json("PUT", f"/api/v2/services/{REGION}/{SERVICE}/instances/{replica}", "UpdateServiceInstance",
                        version=VERSION, body={"Isolate": isolated})

    def stop(self):
        with contextlib.suppress(SystemExit, OSError), contextlib.closing(self.server.connect()) as connection:
            connection.json("DELETE", f"/api/v2/services/{REGION}/{SERVICE}", "DeleteService", version=VERSION)
            processes.wait_until(lambda: not list(self.folder.glob("*/run-*")), 30, "the replicas to end")
        self.server.stop()
        for link in self.sockets.iterdir():
            link.unlink()
        self.sockets.rmdir()


def family(pid):
    """A process and all that descend from it."""
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{found[-1]}/task"):
                children = pathlib.Path(f"/proc/{found[-1]}/task/{task}/children").read_text()
                queue += map(int, children.split())
    return found


class Caller:
    """A kept-alive connection that knows how to ask for an answer of the upstream."""

    def __init__(self, address, request):
        family_of = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family_of)
        self.socket.settimeout(10)
        self.socket.connect(address)
        if family_of == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request

    def ask(self):
        """The answer's bytes: it is known to come in one piece, or in two that hold head and body."""
        self.socket.sendall(self.request)
        answer = self.socket.recv(65536)
        while b"}" not in answer:
            piece = self.socket.recv(65536)
            if not piece:
                raise SystemExit(f"bench: an answer ended with: {answer[-500:]!r}")
            answer += piece
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"bench: the upstream answered: {answer[:500]!r}")
        return answer

    def by(self):
        return json.loads(self.ask().partition(b"\r\n\r\n")[2])["by"]

    def p50_ms(self):
        times = []
        for _ in range(SEQUENTIAL):
            began = time.perf_counter()
            self.ask()
            times.append(time.perf_counter() - began)
        return median(times) * 1000

    def close(self):
        self.socket.close()


def request(token, method, body=b""):
    """The same bytes for each of the proxies."""
    lines = [f"{method} {PATH}/ HTTP/1.1", "Host: localhost", "Accept: */*", "User-Agent: bench",
             f"Authorization: {token}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Bench:
    def __init__(self, options, folder, service, peers):
        self.options, self.folder, self.service = options, folder, service
        self.nginx, self.chp = peers

    def throughput(self, name, text):
        file = self.folder / "requests"
        load.write_requests(file, [text])
        columns = zip(*[[load.replay(side, file, self.options.seconds)
                         for side in (self.service.server, self.nginx, self.chp)]
                        for _ in range(self.options.rounds + 1)][1:])  # the first round is the warm-up
        ours, nginx, chp = [list(column) for column in columns]
        return [Row.of_proxies(f"{name} through the gateway", ours, nginx, "nginx as the proxy", bar=0.6),
                Row.of_proxies(f"{name} through the gateway", ours, chp, "configurable-http-proxy", bar=3)]

    def latency(self):
        """Milliseconds that the gateway adds to a request, and what nginx adds."""
        text = request(self.service.token, "GET")
        added, added_by_nginx = [], []
        with contextlib.ExitStack() as stack:
            direct, ours, nginx = [
                stack.enter_context(contextlib.closing(Caller(address, text)))
                for address in (str(self.service.socket()), ("127.0.0.1", self.service.server.port),
                                ("127.0.0.1", self.nginx.port))]
            for number in range(self.options.rounds + 1):
                base = direct.p50_ms()
                if number > 0:  # the first is the warm-up
                    added.append(ours.p50_ms() - base)
                    added_by_nginx.append(nginx.p50_ms() - base)
        row = Row.of_limit("p50 latency added by the gateway, ms", added, 0.3)
        row.notes.append(f"nginx as the proxy adds {median(added_by_nginx):.2f} ms")
        return row

    def route_changes(self):
        """Milliseconds from the answer of the API until requests follow it: the end of the last one that did not, or
        else of the first that was sent."""
        out, back = [], []
        with contextlib.closing(self.service.server.connect()) as connection, contextlib.closing(
                Caller(("127.0.0.1", self.service.server.port), request(self.service.token, "GET"))) as caller:
            for number in range(CHANGES):
                replica = self.service.replicas(connection)[number % 2]["InstanceName"]
                both = {caller.by() for _ in range(AGREED)}
                if len(both) != 2:
                    raise SystemExit(f"bench: two replicas should answer, not {both}")
                self.service.isolate(connection, replica, True)
                began = time.perf_counter()
                seen = [(caller.by(), time.perf_counter() - began) for _ in range(AGREED)]
                stays = seen[-1][0]
                out.append(max((at for by, at in seen if by != stays), default=seen[0][1]) * 1000)
                self.service.isolate(connection, replica, False)
                began = time.perf_counter()
                while caller.by() == stays:
                    pass
                back.append((time.perf_counter() - began) * 1000)
        rows = [Row.of_limit("replica taken out of the route, ms from the answer", out, 5.0),
                Row.of_limit("replica taken back into it, ms from the answer", back, 5.0)]
        for row, values in zip(rows, (out, back)):
            row.notes.append(f"{row.name}: the slowest of {CHANGES} took {max(values):.2f} ms, a request included")
        return rows


def measure(options, folder):
    """Rows of the table, and notes."""
    print("the gateway, beside nginx and configurable-http-proxy ...", flush=True)
    service = Service(options, folder / "gateway")
    with contextlib.ExitStack() as stack:
        stack.callback(service.stop)
        service.start()
        upstream = proxies.trivial_upstream(folder / "upstream")
        upstream.start()
        stack.callback(upstream.stop)
        peers = [proxies.nginx_proxy(folder / "nginx-proxy", PATH, service.socket()),
                 proxies.HttpProxy(options.node, folder / "chp", PATH, upstream.url)]
        for peer in peers:
            peer.start()
            stack.callback(peer.stop)
        bench = Bench(options, folder, service, peers)
        rows = [*bench.throughput("GET", request(service.token, "GET")),
                *bench.throughput(f"POST of {len(BODY)} B", request(service.token, "POST", BODY)),
                bench.latency(), *bench.route_changes()]
    return rows, []
