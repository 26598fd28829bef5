"""Load by wrk: one thread on a core of its own, 32 connections, requests signed beforehand."""

import dataclasses
import json
import pathlib
import resource
import subprocess
import time

import processes

CONNECTIONS = 32
REPLAY = pathlib.Path(__file__).with_name("replay.lua")


@dataclasses.dataclass
class Run:
    rate: float         # answers a second
    p50_ms: float
    p99_ms: float
    load_busy: float    # share of its core that wrk used: near 1, wrk was the limit


def write_requests(file, requests):
    with open(file, "wb") as out:
        for request in requests:
            out.write(b"%06d" % len(request))
            out.write(request)


def wrk(url, requests_file, seconds):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(
        processes.pinned(processes.LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", REPLAY, url,
                         "--", requests_file), check=True, capture_output=True, text=True)
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise SystemExit(f"bench: wrk said: {done.stdout}{done.stderr}")
    result = json.loads(lines[0].removeprefix("RESULT "))
    if result["failed"] > 0 or result["requests"] == 0:
        raise SystemExit(f"bench: {result['failed']} of {result['requests']} requests failed at {url}")
    busy = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / took
    return Run(result["requests"] / result["seconds"], result["p50_ms"], result["p99_ms"], busy)
