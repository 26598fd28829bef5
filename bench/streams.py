"""Live streams (docs/decisions/0051): what two thousand cost a server in memory, and how soon they hear of a change."""

import contextlib
import itertools
import selectors
import socket
import time

import processes
import small
from report import Row

STREAMS = 2000
INSTANCES = 50
BUSY_SECONDS = 20
LIMIT_MB = 60
LIMIT_MS = 300


class Streams:
    """Connections that are read, and nothing else."""

    def __init__(self, server, count):
        self.selector, self.bytes = selectors.DefaultSelector(), 0
        signer = server.signer()
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", server.port))
            one.sendall(signer.request("GET", "/atelier/v1/watch", "Watch", version=""))
            head = one.recv(4096)
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"bench: a stream was answered {head.decode()}")
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ)

    def read(self, seconds, until=None):
        """Reads for so long, or until every stream has said this text. How long that took."""
        began, missing = time.monotonic(), len(self.selector.get_map())
        while (left := began + seconds - time.monotonic()) > 0 and missing:
            for key, _ in self.selector.select(left):
                data = key.fileobj.recv(1 << 16)
                self.bytes += len(data)
                if until and until in data:
                    missing -= 1
        if until and missing:
            raise SystemExit(f"bench: {missing} streams were not told within {seconds} s")
        return time.monotonic() - began

    def close(self):
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()


def measure(options, folder):
    """Rows of the table, and notes."""
    server = processes.Atelier(options.atelier, folder / "streams",
                               arguments=("--max-streams", STREAMS, "--max-streams-per-user", STREAMS))
    server.start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        population = small.Population(server, INSTANCES)
        population.fill()
        connection = stack.enter_context(contextlib.closing(server.connect()))
        numbers = itertools.count()

        def change(instance):
            connection.json("PUT", f"{small.INSTANCES_PATH}/{instance}", "UpdateInstance",
                            body={"InstanceName": f"changed_{next(numbers)}"})

        before = server.resident_mb()
        print(f"{STREAMS:,} live streams ...", flush=True)
        streams = stack.enter_context(contextlib.closing(Streams(server, STREAMS)))
        streams.read(2)
        idle = server.resident_mb() - before
        told = []
        for _ in range(options.rounds):
            change(population.ids[0])
            told.append(1000 * streams.read(10, until=population.ids[0].encode()))
            streams.read(1)
        end, changes = time.monotonic() + BUSY_SECONDS, 0
        while time.monotonic() < end:
            for instance in population.ids:
                change(instance)
            changes += len(population.ids)
            streams.read(0.001)
        streams.read(2)
        busy = server.resident_mb() - before
    return [
        Row.of_limit(f"memory of {STREAMS:,} live streams, MB", [max(idle, busy)], limit=LIMIT_MB),
        Row.of_limit(f"a change to the last of {STREAMS:,} streams, ms", told, limit=LIMIT_MS),
    ], [f"live streams: {idle:.1f} MB idle, {busy:.1f} MB after {changes:,} changes in {BUSY_SECONDS} s; "
        f"{streams.bytes / 1e6:.1f} MB were read"]
