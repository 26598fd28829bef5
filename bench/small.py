"""A server with ten thousand instances, made and fetched through its API, beside nginx and a bare SQLite loop."""

import concurrent.futures
import contextlib
import itertools
import json
import random
import time

import load
import processes
from report import Row

INSTANCES_PATH = "/api/v2/instances"
SIZE = 10_000
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
                # Until its read models are there it answers 503.
                status, body = connection.call("GET", INSTANCES_PATH, "ListInstances", query=population.list_query(1))
                if status == 200 and json.loads(body)["TotalCount"] == population.size:
                    break
            if time.monotonic() - began > 60:
                raise SystemExit("bench: the restarted server did not answer within 60 s")
            time.sleep(0.002)
        seconds.append(time.monotonic() - began)
    return seconds


def measure_population(options, folder):
    """Rows of the table, and notes."""
    server = processes.Atelier(options.atelier, folder / "reads")
    server.start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        print(f"filling a population of {SIZE:,} instances ...", flush=True)
        population = Population(server, SIZE)
        population.fill()
        filled_mb = server.resident_mb()

        with contextlib.closing(server.connect()) as connection:
            _, get_body = connection.call("GET", f"{INSTANCES_PATH}/{population.ids[0]}", "GetInstance")
            _, list_body = connection.call("GET", INSTANCES_PATH, "ListInstances", query=population.list_query(1))
        peers = [processes.Nginx.of_files(folder / f"nginx-{cache}", get_body, list_body, cache) for cache in (False, True)]
        for peer in peers:
            peer.start()
            stack.callback(peer.stop)
        print("reads, beside nginx ...", flush=True)
        rows = [
            measure_reads(options, folder, population, peers, f"GetInstance of {SIZE:,} ({len(get_body)} B)",
                          population.get_request),
            measure_reads(options, folder, population, peers,
                          f"ListInstances, {PAGE_SIZE} of {SIZE:,} ({len(list_body)} B)", population.list_request),
        ]
        loaded_mb = server.resident_mb()
        print("restarts ...", flush=True)
        restarts = measure_restarts(population)
        resident = max(filled_mb, server.resident_mb())
    rows.append(Row.of_limit(f"restart with {SIZE:,}, seconds", restarts, limit=1.0))
    rows.append(Row.of_limit(f"resident with {SIZE:,}, MB", [resident], limit=120.0))
    return rows, [f"resident right after the read load, which leaves its nonces to be remembered for 30 minutes: "
                  f"{loaded_mb:.0f} MB"]
