#!/usr/bin/env python3
"""The bars of the DSW API, measured beside peers in the same minutes on the same cores: `make bench`."""

import argparse
import concurrent.futures
import contextlib
import itertools
import os
import pathlib
import random
import shutil
import tempfile
import time

import acs3
import load
import processes
from report import Row, print_report

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "tests" / "data" / "signing-vectors.json"
INSTANCES_PATH = "/api/v2/instances"
PAGE_SIZE = 10
ROW_BYTES = 1024         # of the SQLite loop's rows; a stored instance is larger
CREATORS = 16            # connections that fill the population
FIRST_GUESS = 10_000     # requests a second
RESTARTS = 5


class Population:
    """One server with `size` simulated instances in one workspace, all Running."""

    def __init__(self, server, size):
        self.server, self.size = server, size
        self.workspace = make_workspace(server)
        self.ids = []

    def fill(self):
        def create(numbers):
            with contextlib.closing(self.server.connect()) as connection:
                return [connection.json("POST", INSTANCES_PATH, "CreateInstance",
                                        body=instance_body(self.workspace, f"bench_{n}"))["InstanceId"]
                        for n in numbers]

        with concurrent.futures.ThreadPoolExecutor(CREATORS) as pool:
            for ids in pool.map(create, [range(k, self.size, CREATORS) for k in range(CREATORS)]):
                self.ids += ids
        processes.wait_until(self.all_run, 300, f"{self.size} instances to run", every=0.5)

    def all_run(self):
        with contextlib.closing(self.server.connect()) as connection:
            return self.total(connection, Status="Running") == self.size

    def total(self, connection, **filters):
        return connection.json("GET", INSTANCES_PATH, "ListInstances",
                               query=self.list_query(1, **filters))["TotalCount"]

    def list_query(self, page, **filters):
        return [("WorkspaceId", self.workspace), ("ResourceId", "ALL"), ("PageSize", str(PAGE_SIZE)),
                ("PageNumber", str(page)), *filters.items()]

    def get_request(self, signer):
        return signer.request("GET", f"{INSTANCES_PATH}/{random.choice(self.ids)}", "GetInstance")

    def list_request(self, signer):
        page = random.randint(1, self.size // PAGE_SIZE)
        return signer.request("GET", INSTANCES_PATH, "ListInstances", query=self.list_query(page))


def make_workspace(server):
    with contextlib.closing(server.connect()) as connection:
        return connection.json("POST", "/api/v1/workspaces", "CreateWorkspace", version="2021-02-04",
                               body={"WorkspaceName": "bench", "Description": "bench", "EnvTypes": ["prod"]}
                               )["WorkspaceId"]


def instance_body(workspace, name):
    return {"WorkspaceId": workspace, "InstanceName": name, "EcsSpec": "ecs.c6.large", "ImageId": "image-simulated"}


def measure_reads(options, folder, population, peers, name, make_request):
    """Rounds of server, nginx, nginx with its file cache; all get the same bytes of requests."""
    server, signer = population.server, population.server.signer()
    requests, rate, rounds = folder / "requests", FIRST_GUESS, []
    for number in range(options.rounds + 1):
        ours = load.replay_once(server, requests, options.seconds, lambda: make_request(signer), rate)
        rate = ours.rate
        if number > 0:  # the first is the warm-up
            rounds.append([ours, *(load.replay(peer, requests, options.seconds) for peer in peers)])
    return Row.of_reads(name, *zip(*rounds), bar=0.4)


def measure_creates(options, folder):
    server = processes.Atelier(options.atelier, folder / "creates")
    server.start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        workspace, signer, numbers = make_workspace(server), server.signer(), itertools.count()

        def create():
            return signer.request("POST", INSTANCES_PATH, "CreateInstance",
                                  body=instance_body(workspace, f"create_{next(numbers)}"))

        rate, ours, theirs = FIRST_GUESS, [], []
        for number in range(options.rounds + 1):
            run = load.replay_once(server, folder / "requests", options.seconds, create, rate)
            commits = processes.sqlite_commits(options.sqlite_loop, folder, options.seconds, ROW_BYTES)
            rate = run.rate
            if number > 0:  # the first is the warm-up
                ours.append(run)
                theirs.append(commits)
    return Row.of_rates(f"create, {load.CONNECTIONS} clients", ours, theirs, "SQLite loop", bar=0.5)


def measure_restarts(population):
    """Seconds from starting the program to the first signed list that counts every instance."""
    server, seconds = population.server, []
    for _ in range(RESTARTS):
        server.stop()
        began = time.monotonic()
        server.spawn()
        while True:
            server.check_alive()
            with contextlib.suppress(OSError), contextlib.closing(server.connect()) as connection:
                if population.total(connection) == population.size:
                    break
            if time.monotonic() - began > 60:
                raise SystemExit("bench: the restarted server did not answer within 60 s")
            time.sleep(0.002)
        seconds.append(time.monotonic() - began)
    return seconds


def measure(options, folder):
    server = processes.Atelier(options.atelier, folder / "reads")
    server.start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        print(f"filling a population of {options.instances} instances ...", flush=True)
        population = Population(server, options.instances)
        population.fill()
        filled_mb = server.resident_mb()

        with contextlib.closing(server.connect()) as connection:
            _, get_body = connection.call("GET", f"{INSTANCES_PATH}/{population.ids[0]}", "GetInstance")
            _, list_body = connection.call("GET", INSTANCES_PATH, "ListInstances", query=population.list_query(1))
        peers = [processes.Nginx(folder / f"nginx-{cache}", get_body, list_body, cache) for cache in (False, True)]
        for peer in peers:
            peer.start()
            stack.callback(peer.stop)
        print("reads, beside nginx ...", flush=True)
        rows = [
            measure_reads(options, folder, population, peers, f"GetInstance ({len(get_body)} B)",
                          population.get_request),
            measure_reads(options, folder, population, peers,
                          f"ListInstances, 10 of {options.instances} ({len(list_body)} B)", population.list_request),
        ]
        loaded_mb = server.resident_mb()
        print("restarts ...", flush=True)
        restarts = measure_restarts(population)
        resident = max(filled_mb, server.resident_mb())
    print("durable creation, beside a bare SQLite loop ...", flush=True)
    rows.append(measure_creates(options, folder))
    rows.append(Row.of_limit(f"restart with {options.instances}, seconds", restarts, limit=1.0))
    rows.append(Row.of_limit(f"resident with {options.instances}, MB", [resident], limit=120.0))
    print_report(rows, [f"resident right after the read load, which leaves its nonces to be remembered for 30 "
                        f"minutes: {loaded_mb:.0f} MB"])


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atelier", type=pathlib.Path, required=True, help="the release binary")
    parser.add_argument("--sqlite-loop", type=pathlib.Path, help="default: bench/sqlite_loop beside the binary")
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side, alternating")
    parser.add_argument("--seconds", type=int, default=3, help="length of one run")
    options = parser.parse_args()
    options.atelier = options.atelier.resolve()
    options.sqlite_loop = (options.sqlite_loop or options.atelier.parent / "bench" / "sqlite_loop").resolve()
    return options


def main():
    options = parse_options()
    if VECTORS.exists():
        print(f"signing agrees with {acs3.check(VECTORS)} captured requests", flush=True)
    # Beside the binary, not in a memory file system: commits must reach a disk.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=options.atelier.parent))
    os.chmod(folder, 0o700)
    try:
        measure(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
