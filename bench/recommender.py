"""Recommendations beside popularity and `implicit`'s ALS: the same split of MovieLens-100K, the same run.

The last item of each user by time is held out, and every recommender is asked for the twenty that he has not taken and
is likeliest to take. Ours are pushed, learnt and asked for through the API, by signed requests; the room alone, in
process, is timed beside it.
"""

import contextlib
import json
import pathlib
import random
import subprocess
import threading
import time

import interactions
import load
import processes
from report import Row, median, spread, verdict

PEERS = pathlib.Path(__file__).resolve().parent / "recommender_peers.py"
ROOT = "/v2/openapi/instances"
VERSION = "2020-11-26"
BATCH = 800          # documents a request, the most the API takes
COUNT = 20
CONNECTIONS = 4      # enough to keep one worker busy, few enough that a request's wait is its own
FIRST_GUESS = 3_000  # requests a second
TIMES_POPULAR = 1.5
LATENCY_MS = 5
RATE = 2_000
ARRIVALS = 1_000     # behaviors a second, beside recommendations
PUSHES = 10          # a second, that bring them


class Instance:
    """A recommender of a server of its own, which knows what is known of each user."""

    def __init__(self, server, known, items):
        self.server, self.users = server, list(known)
        self.signer = server.signer()
        self.connection = server.connect()
        self.id = self.call("POST", "", "CreateInstance", body={
            "type": "Standard", "chargeType": "PREPAY", "name": "bench", "industry": "content",
            "quota": {"userCount": 1_000_000, "itemCount": 1_000_000, "qps": 500},
            "paymentInfo": {"duration": 1, "pricingCycle": "Month"}})["instanceId"]
        begin = time.monotonic()
        self.push("item", [{"item_id": item, "item_type": "video", "status": "1", "scene_id": "1",
                            "category_path": category} for item, category in items])
        self.push("user", [{"user_id": user} for user in known])
        behaviors = interactions.by_time(known)
        self.push("behavior", [click(*behavior) for behavior in behaviors])
        self.pushed = len(items) + len(known) + len(behaviors)
        self.push_s = time.monotonic() - begin

    def call(self, method, path, action, **more):
        return self.connection.json(method, ROOT + path, action, version=VERSION, **more).get("result")

    def push(self, table, documents, connection=None):
        for first in range(0, len(documents), BATCH):
            (connection or self.connection).json(
                "POST", f"{ROOT}/{self.id}/tables/{table}/actions/bulk", "PushDocument", version=VERSION,
                body=[{"cmd": "add", "fields": fields} for fields in documents[first:first + BATCH]])

    def learn(self):
        """Imports all; returns the seconds until it serves."""
        begin = time.monotonic()
        self.call("POST", f"/{self.id}/actions/import", "RunInstance")
        processes.wait_until(lambda: self.call("GET", f"/{self.id}", "DescribeInstance")["status"] == "Running", 300,
                             "the import to end")
        return time.monotonic() - begin

    def query(self, user):
        return [("userId", user), ("returnCount", str(COUNT)), ("sceneId", "1")]

    def answers(self):
        path = f"/{self.id}/actions/recommend"
        return {user: [pick["itemId"] for pick in self.call("GET", path, "Recommend", query=self.query(user))]
                for user in self.users}

    def request(self):
        user = random.choice(self.users)
        return self.signer.request("GET", f"{ROOT}/{self.id}/actions/recommend", "Recommend", query=self.query(user),
                                   version=VERSION)


def click(second, user, item):
    return {"user_id": user, "item_id": item, "item_type": "video", "bhv_type": "click", "bhv_time": str(second),
            "scene_id": "1"}


@contextlib.contextmanager
def arriving(instance, items):
    """While it lasts, ARRIVALS new clicks a second of the known users arrive over a connection of their own. Yields a
    function that says afterwards how many a second there were."""
    over, pushed, took, began = threading.Event(), [0], [], time.monotonic()

    def push():
        with contextlib.closing(instance.server.connect()) as connection:
            due = time.monotonic()
            while not over.wait(max(0, due - time.monotonic())):
                # Each of a second of its own, so that none is there already.
                instance.push("behavior", [
                    click(1_000_000_000 + pushed[0] + n, random.choice(instance.users), random.choice(items))
                    for n in range(ARRIVALS // PUSHES)], connection)
                pushed[0] += ARRIVALS // PUSHES
                due += 1 / PUSHES

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield lambda: pushed[0] / took[0]
    finally:
        over.set()
        thread.join()
        took.append(time.monotonic() - began)


def measure(options, folder):
    known, wanted = interactions.leave_out(interactions.read(options.movielens / "ml-100k.inter"), 1)
    file = folder / "interactions"
    interactions.write(file, known)
    items_file = options.movielens / "ml-100k.item"
    print("recommendations, beside popularity and ALS ...", flush=True)
    peers = run_json(processes.LOAD_CORE, options.recommender_python, PEERS, file)
    alone = [run_json(processes.SERVER_CORE, options.recommender_bench, file, items_file)
             for _ in range(options.rounds)]
    server = processes.Atelier(options.atelier, folder / "recommender")
    server.start()
    try:
        instance = Instance(server, known, interactions.read_items(items_file))
        learn_s = instance.learn()
        answers = instance.answers()
        with contextlib.closing(instance.connection):
            runs = served(options, folder, instance)
            with arriving(instance, [item for item, _ in interactions.read_items(items_file)]) as arrivals:
                beside = served(options, folder, instance)
    finally:
        server.stop()
    judged = {name: interactions.quality(peers[name], wanted) for name in ("popular", "als_default", "als_tuned")}
    ours = interactions.quality(answers, wanted)
    same = sum(answers[user] == alone[0]["answers"][user] for user in wanted)
    notes = notes_of_peers(peers, judged, ours, len(wanted)) + [
        f"pushing {instance.pushed:,} documents took {instance.push_s:.1f} s ({instance.pushed / instance.push_s:,.0f}/s, "
        f"each request on disk when answered), an import {learn_s:.2f} s until it served",
        f"{same} of {len(wanted)} users get the same list, in the same order, from the API and from the room alone",
    ]
    rows = rows_of_quality(ours, judged) + rows_of_speed(runs, alone) + [row_beside(beside, arrivals())]
    return rows, notes + notes_of_room(alone[0])


def run_json(core, *command):
    return json.loads(subprocess.run(processes.pinned(core, *command), check=True, stdout=subprocess.PIPE).stdout)


def served(options, folder, instance):
    runs, rate = [], FIRST_GUESS
    for _ in range(options.rounds):
        runs.append(load.replay_once(instance.server, folder / "recommend", options.seconds, instance.request, rate,
                                     CONNECTIONS))
        rate = runs[-1].rate
    return runs


def rows_of_quality(ours, judged):
    rows = []
    for number, name in enumerate(("NDCG@10", "Recall@20")):
        popular = judged["popular"][number]
        als = max(judged["als_default"][number], judged["als_tuned"][number])
        for peer, value, bar in (("popularity", popular, TIMES_POPULAR), ("ALS", als, 1)):
            ratio = ours[number] / value
            rows.append(Row(f"recommend: {name}", f"{ours[number]:.4f}", f"{value:.4f} {peer}", f"{ratio:.2f}", "",
                            f">= {bar}", verdict(ratio >= bar), "", []))
    return rows


def rows_of_speed(runs, alone):
    rates = [run.rate for run in runs]
    in_process = [run["answers_per_s"] for run in alone]
    row = Row("Recommend, signed, one core", f"{median(rates):,.0f}/s", "", "", "", f">= {RATE:,}",
              verdict(median(rates) >= RATE), f"{spread(rates):.0%}",
              [f"Recommend of {COUNT} over {CONNECTIONS} connections: the server used "
               f"{median(run.server_busy for run in runs):.0%} of its core, "
               f"{1e6 / median(run.rate_of_cpu for run in runs):.0f} us of CPU a request; wrk "
               f"{median(run.load_busy for run in runs):.0%} of its own"])
    return [Row.of_limit("Recommend, signed: p99, ms", [run.p99_ms for run in runs], LATENCY_MS), row,
            Row.of_limit("recommender alone: p99, ms", [run["answer_p99_ms"] for run in alone], LATENCY_MS),
            Row("recommender alone, one thread", f"{median(in_process):,.0f}/s", "", "", "", f">= {RATE:,}",
                verdict(median(in_process) >= RATE), f"{spread(in_process):.0%}", [])]


def row_beside(runs, arrivals):
    row = Row.of_limit(f"Recommend while {ARRIVALS:,}/s arrive: p99, ms", [run.p99_ms for run in runs], LATENCY_MS)
    row.notes.append(f"beside {arrivals:,.0f} new clicks a second in {PUSHES} pushes, {median(run.rate for run in runs):,.0f} "
                     "recommendations a second")
    return row


def both(pair):
    return f"NDCG@10 {pair[0]:.4f}, Recall@20 {pair[1]:.4f}"


def notes_of_peers(peers, judged, ours, users):
    settings = ", ".join(f"{name} {value:g}" for name, value in peers["als_settings"].items())
    # Of a share p of so many users: the root of p (1 - p) / users.
    error = (ours[1] * (1 - ours[1]) / users) ** 0.5
    return [
        f"popularity: {both(judged['popular'])}; ALS as it comes: {both(judged['als_default'])}, trained in "
        f"{peers['als_default_s']:.1f} s; ALS with the best of a grid ({settings}): {both(judged['als_tuned'])}, in "
        f"{peers['als_tuned_s']:.1f} s; standard error of our Recall@20 {error:.3f}",
    ]


def notes_of_room(run):
    return [
        f"MovieLens-100K: {run['users']} users, {run['items']} items, {run['interactions']:,} interactions known, the "
        "last one of each user held out",
        f"the room alone: loading {run['load_s']:.2f} s, training {run['train_s']:.2f} s on one core, a model of "
        f"{run['model_bytes'] / 1e6:.1f} MB, an answer of {COUNT} in {run['answer_p50_ms'] * 1e3:.0f} us (p50)",
    ]
