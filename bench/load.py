"""Load by wrk: one thread on a core of its own, requests signed beforehand."""

import contextlib
import dataclasses
import json
import pathlib
import resource
import subprocess
import time

import processes

CONNECTIONS = 32
TIMEOUT = "30s"  # of one request: a slow peer is slow, not broken
REPLAY = pathlib.Path(__file__).with_name("replay.lua")


@dataclasses.dataclass
class Run:
    requests: int
    failed: int
    rate: float          # answers a second
    p50_ms: float
    p99_ms: float
    load_busy: float     # share of its core that wrk got: near 1, wrk was the limit
    server_busy: float   # share of its core that the server got: well below 1 with a waiting load, it had neighbours

    @property
    def rate_of_cpu(self):
        """Answers for each second of CPU that the server used."""
        return self.rate / self.server_busy


def write_requests(file, requests):
    with open(file, "wb") as out:
        for request in requests:
            out.write(b"%06d" % len(request))
            out.write(request)


def wrk(server, requests_file, seconds, connections=CONNECTIONS):
    load_before, server_before = children_seconds(), processes.cpu_seconds(server.process)
    began = time.monotonic()
    done = subprocess.run(command(server, requests_file, seconds, connections), check=True, capture_output=True,
                          text=True)
    took = time.monotonic() - began
    result = result_of(done.stdout, done.stderr)
    return Run(requests=result["requests"], failed=result["failed"], rate=result["requests"] / result["seconds"],
               p50_ms=result["p50_ms"], p99_ms=result["p99_ms"],
               load_busy=(children_seconds() - load_before) / took,
               server_busy=(processes.cpu_seconds(server.process) - server_before) / result["seconds"])


def command(server, requests_file, seconds, connections, pause_ms=0):
    return processes.pinned(processes.LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout",
                            TIMEOUT, "-s", REPLAY, server.url, "--", requests_file, pause_ms)


def result_of(output, errors=""):
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise SystemExit(f"bench: wrk said: {output}{errors}")
    return json.loads(lines[0].removeprefix("RESULT "))


@contextlib.contextmanager
def in_background(server, requests_file, seconds, connections, pause_ms):
    """While it lasts, each connection sends a request, waits for the answer, then for `pause_ms`. Yields a function
    that says afterwards how many answers a second there were."""
    process = subprocess.Popen(command(server, requests_file, seconds, connections, pause_ms),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    results = []
    try:
        yield lambda: results[0]["requests"] / results[0]["seconds"]
        results.append(result_of(*process.communicate(timeout=seconds + 60)))
        if results[0]["failed"] > 0:
            raise SystemExit(f"bench: {results[0]['failed']} requests in the background failed at {server.url}")
    finally:
        processes.end(process)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def replay(server, requests_file, seconds, connections=CONNECTIONS):
    """The requests of the file, again from the start when they are used up."""
    return checked(wrk(server, requests_file, seconds, connections), server)


def replay_once(server, requests_file, seconds, make_request, expected_rate, connections=CONNECTIONS):
    """Signs enough for one run and sends none twice; when they run out, signs more and runs again."""
    count = int(expected_rate * seconds * 1.5) + 2000
    for _ in range(5):
        write_requests(requests_file, (make_request() for _ in range(count)))
        run = wrk(server, requests_file, seconds, connections)
        if run.requests + 2 * connections < count:
            return checked(run, server)
        count = 2 * run.requests + 2000
    raise SystemExit(f"bench: no number of signed requests lasted for {seconds} s at {server.url}")


def checked(run, server):
    if run.failed > 0 or run.requests == 0:
        raise SystemExit(f"bench: {run.failed} of {run.requests} requests failed at {server.url}")
    return run
