"""A server with a large population, and the figures of it: `make bench` with a million instances."""

import contextlib
import itertools
import json
import random
import subprocess
import time

import load
import processes
from jupyterhub import JupyterHub
from postgres import Postgres, list_query, quoted
from report import Row, median

INSTANCES_PATH = "/api/v2/instances"
PAGE_SIZE = 10
WORKSPACE_SIZE = 1000    # of the one-workspace lists
FEW = 10_000             # what the large population is compared with
P99_CLIENTS = 8
CHANGERS, CHANGE_PAUSE_MS = 36, 25  # a thousand changes a second, at some ten milliseconds each
HUB_USERS, HUB_PAGE, HUB_CLIENTS = 10_000, 50, 4
STARTS = 3
PAGE_ROUNDS = 3          # of each order, or the pages would take as long as all the rest
PAGE_SECONDS = 1         # and use up the six million nonces that the server remembers of one key
LOSS_SECONDS = 8         # two looks of the reconciler, two seconds apart, find what was lost at the start
SETTLE_SECONDS = 300
FIRST_GUESS = 5_000      # requests a second
ON_THE_WAY = "Creating,ResourceAllocating,EnvPreparing,Queuing,Starting,Updating,Stopping,Recovering,Deleting"

# From broad to narrow; each has four conditions, one of them a part of the name.
FOUR_FILTERS = [
    {"InstanceName": "train", "Status": "Stopped", "AcceleratorType": "GPU", "Accessibility": "PUBLIC"},
    {"InstanceName": "whisper", "Status": "Stopped", "AcceleratorType": "GPU", "Labels": ("label-key-5", "value-2")},
    {"InstanceName": "resnet", "Status": "Failed", "ImageName": "notebook-image-11:2.1-py311",
     "Labels": ("label-key-3", "value-7")},
    {"InstanceName": "_bert_0", "Status": "Saved", "AcceleratorType": "CPU", "ImageName": "notebook-image-4:2.1-py311"},
]

ORDERS = [(by, order) for by in ("GmtModifiedTime", "GmtCreateTime", "Priority") for order in ("DESC", "ASC")]


class Large:
    """A server whose store was filled by bench/seed before its start."""

    def __init__(self, options, folder, size, table=None):
        self.server, self.size = processes.Atelier(options.atelier, folder), size
        self.server.start()  # makes the account and its key
        self.server.stop()
        seeded = subprocess.run(
            [options.seed, folder / "data" / "store", str(size), *([table] if table else [])], check=True,
            capture_output=True, text=True)
        self.population = json.loads(seeded.stdout)
        self.server.start(seconds=120)
        self.signer = self.server.signer()

    def settle(self):
        """What ran when the population was made is lost to the simulated world: wait until it runs again."""
        time.sleep(LOSS_SECONDS)
        with contextlib.closing(self.server.connect()) as connection:
            processes.wait_until(lambda: self.list(connection, Status=ON_THE_WAY)["TotalCount"] == 0, SETTLE_SECONDS,
                                 "the population to come to rest", every=0.5)

    def list(self, connection, **parameters):
        return connection.json("GET", INSTANCES_PATH, "ListInstances", query=self.query(**parameters))

    @staticmethod
    def query(**parameters):
        return list(({"WorkspaceId": "ALL", "ResourceId": "ALL", "PageSize": str(PAGE_SIZE)} | parameters).items())

    def list_request(self, **parameters):
        return self.signer.request("GET", INSTANCES_PATH, "ListInstances", query=self.query(**parameters))

    def get_request(self):
        return self.signer.request("GET", f"{INSTANCES_PATH}/{random.choice(self.population['ids'])}", "GetInstance")

    def workspace_near(self, size):
        """(id, instances) of the workspace whose size is nearest."""
        return min(self.population["workspaces"].items(), key=lambda item: abs(item[1] - size))

    def workspace_request(self, workspace, instances):
        page = random.randint(1, instances // PAGE_SIZE)
        return self.list_request(WorkspaceId=workspace, PageNumber=str(page))


def filters_request(large, filters):
    parameters = dict(filters)
    if "Labels" in parameters:
        parameters["Labels"] = json.dumps(dict([parameters["Labels"]]))
    return large.list_request(**parameters)


def filters_sql(filters):
    columns = {"Status": "status", "AcceleratorType": "accelerator", "Accessibility": "accessibility",
               "ImageName": "image_name"}
    conditions = [f"{columns[name]} = {quoted(value)}" for name, value in filters.items() if name in columns]
    if "Labels" in filters:
        conditions.append(f"labels @> {quoted(json.dumps(dict([filters['Labels']])))}")
    conditions.append("name ILIKE " + quoted("%" + filters["InstanceName"].replace("_", r"\_") + "%"))
    return list_query(conditions, PAGE_SIZE)


class Bench:
    """Runs of one large server; knows the folder and how long a run is."""

    def __init__(self, options, folder, large):
        self.options, self.folder, self.large = options, folder, large
        self.rates = {}  # of earlier runs by name, so that enough requests are signed

    def run(self, name, make_request, large=None, connections=load.CONNECTIONS, at_most=None):
        large, seconds = large or self.large, min(self.options.seconds, at_most or self.options.seconds)
        run = load.replay_once(large.server, self.folder / "requests", seconds, make_request,
                               self.rates.get(name, FIRST_GUESS), connections)
        self.rates[name] = run.rate
        return run

    def rounds(self, *sides, at_most=None):
        """Lists of the results of each side, which take turns; the first round is the warm-up."""
        count = min(self.options.rounds, at_most or self.options.rounds)
        results = [[side() for side in sides] for _ in range(count + 1)][1:]
        return [list(column) for column in zip(*results)]

    def against_nginx(self, name, make_request, bar):
        body = answer_to(self.large.server, make_request())
        peers = [processes.Nginx.of_files(self.folder / f"nginx-{name.split()[0]}-{cache}", body, body, cache)
                 for cache in (False, True)]
        requests = self.folder / "requests"
        with contextlib.ExitStack() as stack:
            for peer in peers:
                peer.start()
                stack.callback(peer.stop)
            ours, *theirs = self.rounds(
                lambda: self.run(name, make_request),
                *(lambda peer=peer: load.replay(peer, requests, self.options.seconds) for peer in peers))
        return Row.of_reads(f"{name} ({len(body)} B)", ours, *theirs, bar=bar)

    def reads(self):
        workspace, instances = self.large.workspace_near(WORKSPACE_SIZE)
        return [
            self.against_nginx(f"GetInstance of {self.large.size:,}", self.large.get_request, bar=0.6),
            self.against_nginx(f"ListInstances, {PAGE_SIZE} of a workspace of {instances:,}",
                               lambda: self.large.workspace_request(workspace, instances), bar=0.5),
        ]

    def pages(self):
        with contextlib.closing(self.large.server.connect()) as connection:
            pages = -(-self.large.list(connection)["TotalCount"] // PAGE_SIZE)

        def request(by, order, page):
            return lambda: self.large.list_request(SortBy=by, Order=order, PageNumber=str(page))

        rows = []
        for by, order in ORDERS:
            first, last = self.rounds(lambda: self.run("first", request(by, order, 1), at_most=PAGE_SECONDS),
                                      lambda: self.run("last", request(by, order, pages), at_most=PAGE_SECONDS),
                                      at_most=PAGE_ROUNDS)
            rows.append(Row.of_cost(f"last page, by {by} {order}", last, first, "first page", bar=1.3))
        return rows

    def growth(self, few):
        """The same kind of list in a large and a small population."""
        def requests(large):
            workspace, instances = large.workspace_near(WORKSPACE_SIZE)
            return lambda: large.workspace_request(workspace, instances)

        ours, theirs = self.rounds(lambda: self.run("large", requests(self.large)),
                                   lambda: self.run("few", requests(few), few))
        return Row.of_cost(f"one-workspace list at {self.large.size:,}", ours, theirs, f"at {few.size:,}", bar=1.3)

    def changes(self):
        """The slowest lists while others write."""
        numbers = itertools.count()

        def change():
            return self.large.signer.request(
                "PUT", f"{INSTANCES_PATH}/{random.choice(self.large.population['ids'])}/labels", "UpdateInstanceLabels",
                body={"Labels": [{"Key": "label-key-0", "Value": f"change-{next(numbers)}"}]})

        def a_list():
            return filters_request(self.large, random.choice(FOUR_FILTERS))

        file, seconds = self.folder / "changes", self.options.seconds + 2
        achieved = []

        def quiet():
            return self.run("quiet", a_list, connections=P99_CLIENTS)

        def busy():
            count = seconds * CHANGERS * 1000 // CHANGE_PAUSE_MS + 1000
            load.write_requests(file, (change() for _ in range(count)))
            # Signed before the changes begin, so that both last as long.
            with load.in_background(self.large.server, file, seconds, CHANGERS, CHANGE_PAUSE_MS) as rate:
                run = self.run("busy", a_list, connections=P99_CLIENTS)
            achieved.append(rate())
            return run

        before, under = self.rounds(quiet, busy)
        return Row.of_latency("p99 of lists under changes", under, before,
                              f"{median(achieved):,.0f} changes a second were made", bar=2.0)

    def against_postgres(self, table):
        peer = Postgres(table)
        requests = itertools.cycle(FOUR_FILTERS)
        queries = [filters_sql(filters) for filters in FOUR_FILTERS]
        with contextlib.ExitStack() as stack:
            stack.callback(peer.stop)
            peer.start()
            ours, theirs = self.rounds(
                lambda: self.run("filters", lambda: filters_request(self.large, next(requests)),
                                 connections=P99_CLIENTS),
                lambda: peer.rate(queries, P99_CLIENTS, self.options.seconds))
            counts = [self.count(filters) for filters in FOUR_FILTERS]
            peer_counts = [peer.count(query) for query in queries]
        row = Row.of_times("ListInstances over ALL, 4 filters", ours, theirs, "PostgreSQL", bar=50)
        row.notes.append(f"matches of the queries here {counts}, in PostgreSQL {peer_counts}: the few that differ "
                         f"have moved to another state since the population was made")
        return [row, Row.of_limit(f"the same, p99 at {P99_CLIENTS} clients, ms", [run.p99_ms for run in ours], limit=5.0)]

    def count(self, filters):
        return json.loads(answer_to(self.large.server, filters_request(self.large, filters)))["TotalCount"]

    def against_jupyterhub(self):
        hub = JupyterHub(self.options.jupyterhub, self.folder / "jupyterhub", HUB_USERS)
        requests, page = self.folder / "hub-requests", itertools.count()

        def hub_rate(make_request):
            load.write_requests(requests, (make_request(next(page)) for _ in range(2000)))
            run = load.replay(hub, requests, self.options.seconds, HUB_CLIENTS)
            return run.rate, run.server_busy

        with contextlib.ExitStack() as stack:
            stack.callback(hub.stop)
            hub.start()
            gets = self.rounds(lambda: self.run("get", self.large.get_request),
                               lambda: hub_rate(hub.get_request))
            workspace, instances = self.large.workspace_near(WORKSPACE_SIZE)
            lists = self.rounds(
                lambda: self.run("list", lambda: self.large.list_request(
                    WorkspaceId=workspace, PageSize=str(HUB_PAGE),
                    PageNumber=str(random.randint(1, instances // HUB_PAGE)))),
                lambda: hub_rate(hub.list_request))
        return [Row.of_times("get one", *gets, f"JupyterHub, {HUB_USERS:,} users", bar=None),
                Row.of_times(f"list {HUB_PAGE}", *lists, f"JupyterHub, {HUB_USERS:,} users", bar=40)]


def answer_to(server, request):
    with contextlib.closing(server.connect()) as connection:
        status, body = connection.exchange(request)
    if status != 200:
        raise SystemExit(f"bench: {status}: {body.decode(errors='replace')}")
    return body


def measure(options, folder):
    """Rows of the table, part by part as options.only says."""
    table = folder / "table" if "postgres" in options.only else None
    print(f"filling a store with {options.instances:,} instances ...", flush=True)
    large = Large(options, folder / "large", options.instances, table)
    rows = []
    with contextlib.ExitStack() as stack:
        stack.callback(large.server.stop)
        settled = time.monotonic()
        large.settle()
        settled = time.monotonic() - settled
        bench = Bench(options, folder, large)
        if "scale" in options.only:
            print("reads, beside nginx ...", flush=True)
            rows += bench.reads()
            print("first and last pages, growth, changes ...", flush=True)
            rows += bench.pages()
            few = Large(options, folder / "few", FEW)
            stack.callback(few.server.stop)
            few.settle()
            rows.append(bench.growth(few))
            rows.append(bench.changes())
        if "postgres" in options.only:
            print("lists with filters, beside PostgreSQL ...", flush=True)
            rows += bench.against_postgres(table)
        if "jupyterhub" in options.only:
            print("beside JupyterHub ...", flush=True)
            rows += bench.against_jupyterhub()
        rows.append(Row.of_limit(f"resident with {options.instances:,}, MB", [large.server.resident_mb()],
                                 limit=1536.0))
        rows.append(Row.of_limit(f"start to ready with {options.instances:,}, seconds", starts(large), limit=15.0))
    return rows, [f"after its start the server of {options.instances:,} took {settled:.0f} s to bring what ran back "
                  f"to life"]


def starts(large):
    """Seconds from starting the program until it says it is ready. On all cores: nothing else is measured meanwhile,
    and the server reads its store with as many threads as it has cores."""
    seconds = []
    for _ in range(STARTS):
        large.server.stop()
        began = time.monotonic()
        large.server.start(seconds=120, cores=processes.CORES)
        seconds.append(time.monotonic() - began)
    return seconds
