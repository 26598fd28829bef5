"""The recommender beside popularity and `implicit`'s ALS: the same split of MovieLens-100K, the same run.

The last item of each user by time is held out, and every recommender is asked for the twenty that he has not taken and
is likeliest to take.
"""

import json
import pathlib
import subprocess

import interactions
import processes
from report import Row, median, spread, verdict

PEERS = pathlib.Path(__file__).resolve().parent / "recommender_peers.py"
TIMES_POPULAR = 1.5
LATENCY_MS = 5
RATE = 2_000


def measure(options, folder):
    known, wanted = interactions.leave_out(interactions.read(options.movielens / "ml-100k.inter"), 1)
    file = folder / "interactions"
    interactions.write(file, known)
    print("recommendations, beside popularity and ALS ...", flush=True)
    peers = run_json(processes.LOAD_CORE, options.recommender_python, PEERS, file)
    runs = [run_json(processes.SERVER_CORE, options.recommender_bench, file, options.movielens / "ml-100k.item")
            for _ in range(options.rounds)]
    judged = {name: interactions.quality(peers[name], wanted) for name in ("popular", "als_default", "als_tuned")}
    ours = interactions.quality(runs[0]["answers"], wanted)
    return rows_of_quality(ours, judged) + rows_of_speed(runs), notes_of(runs[0], peers, judged, ours, wanted)


def run_json(core, *command):
    return json.loads(subprocess.run(processes.pinned(core, *command), check=True, stdout=subprocess.PIPE).stdout)


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


def rows_of_speed(runs):
    rates = [run["answers_per_s"] for run in runs]
    return [
        Row.of_limit("recommend: p99 of an answer, ms", [run["answer_p99_ms"] for run in runs], LATENCY_MS),
        Row("recommend: answers, one thread", f"{median(rates):,.0f}/s", "", "", "", f">= {RATE:,}",
            verdict(median(rates) >= RATE), f"{spread(rates):.0%}", []),
    ]


def notes_of(run, peers, judged, ours, wanted):
    def both(pair):
        return f"NDCG@10 {pair[0]:.4f}, Recall@20 {pair[1]:.4f}"

    settings = ", ".join(f"{name} {value:g}" for name, value in peers["als_settings"].items())
    # Of a share of so many users, p: sqrt(p (1 - p) / n).
    error = (ours[1] * (1 - ours[1]) / len(wanted)) ** 0.5
    return [
        f"MovieLens-100K: {run['users']} users, {run['items']} items, {run['interactions']:,} interactions known, the "
        f"last one of each user held out; standard error of Recall@20 {error:.3f}",
        f"popularity: {both(judged['popular'])}; ALS as it comes: {both(judged['als_default'])}, trained in "
        f"{peers['als_default_s']:.1f} s; ALS with the best of a grid ({settings}): {both(judged['als_tuned'])}, in "
        f"{peers['als_tuned_s']:.1f} s",
        f"Atelier's training took {run['train_s']:.2f} s on one core, loading {run['load_s']:.2f} s; the model is "
        f"{run['model_bytes'] / 1e6:.1f} MB; an answer of 20 takes {run['answer_p50_ms'] * 1e3:.0f} us (p50)",
    ]
