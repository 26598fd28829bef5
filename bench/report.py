"""One table: each figure beside its peer, its bar, and how noisy it was."""

import dataclasses
import os
import statistics

# Another day, same kind of machine (2 vCPU AMD EPYC, Debian 12, server on one core, wrk on the other):
# JupyterHub 3.0.0 of Debian, SQLite, 10,000 users, straight to the hub's API. Quoted, not run here.
JUPYTERHUB = {"GetInstance": "360/s (GET one user)", "ListInstances": "205/s (list 50)", "create": "106/s (users)",
              "restart": "5.6 s", "resident": "85 to 154 MB"}

LIMIT = 0.95  # of a core: who uses more is what holds the run back
NOISY = 0.25  # spread of a ratio over the rounds
QUIET = 0.80  # of a core: a server under a waiting load that gets less has neighbours


def spread(values):
    """Largest distance from the median, in parts of it."""
    middle = median(values)
    return max(abs(value - middle) for value in values) / middle if middle else 0.0


def median(values):
    return statistics.median(values)


def verdict(met):
    return "met" if met else "MISSED"


def ratio_of_cpu(runs, peer_runs):
    """Of answers for each second of CPU used: what the ratio of rates would be on a quiet machine."""
    return median(run.rate_of_cpu / peer.rate_of_cpu for run, peer in zip(runs, peer_runs))


@dataclasses.dataclass
class Row:
    name: str
    ours: str
    peer: str
    ratio: str
    bar: str
    verdict: str
    noise: str
    notes: list

    @staticmethod
    def of_rates(name, runs, peer_rates, peer, bar):
        """Ratio: the median of the rounds' ratios, for both sides of a round met the same neighbours."""
        ratios = [run.rate / rate for run, rate in zip(runs, peer_rates)]
        ratio = median(ratios)
        notes = [f"{name}: p50 {median(r.p50_ms for r in runs):.2f} ms, p99 {median(r.p99_ms for r in runs):.2f} ms "
                 f"at the full rate; the server used {median(r.server_busy for r in runs):.0%} of its core, "
                 f"wrk {median(r.load_busy for r in runs):.0%} of its own"]
        row = Row(name, f"{median(r.rate for r in runs):,.0f}/s", f"{median(peer_rates):,.0f}/s {peer}",
                  f"{ratio:.2f}", f">= {bar}", verdict(ratio >= bar), f"{spread(ratios):.0%}", notes)
        if spread(ratios) > NOISY:
            row.doubt("the rounds differ too much: measure again on a quiet machine")
        return row

    def doubt(self, why):
        self.verdict = self.verdict.rstrip("?") + "?"
        self.notes.append(f"in doubt: {why}")

    @staticmethod
    def of_reads(name, runs, plain, cached, bar):
        row = Row.of_rates(name, runs, [run.rate for run in plain], "nginx", bar)
        server, load = (median(getattr(run, side) for run in plain) for side in ("server_busy", "load_busy"))
        row.notes.append(f"nginx used {server:.0%} of its core, wrk {load:.0%}; ratio by CPU time "
                         f"{ratio_of_cpu(runs, plain):.2f}")
        row.notes.append(f"nginx with open_file_cache: {median(run.rate for run in cached):,.0f}/s, ratio "
                         f"{median(a.rate / b.rate for a, b in zip(runs, cached)):.2f}, by CPU time "
                         f"{ratio_of_cpu(runs, cached):.2f}")
        if load > LIMIT:
            row.notes.append("wrk was the limit against nginx: the ratio of rates flatters us, that by CPU time does not")
        elif min(server, median(run.server_busy for run in runs)) < QUIET:
            row.doubt("neither wrk nor the server had its core to itself, so the ratio of rates says little; see "
                      "that by CPU time")
        return row

    @staticmethod
    def of_limit(name, values, limit):
        value = median(values)
        return Row(name, f"{value:.2f}" if value < 10 else f"{value:.0f}", "", "", f"<= {limit:g}", verdict(value <= limit),
                   f"{spread(values):.0%}" if len(values) > 1 else "", [])


def print_report(rows, notes):
    head = ("figure", "atelier", "peer, same run", "ratio", "bar", "", "noise", "JupyterHub, another day")
    lines = [head]
    for row in rows:
        hub = next((text for key, text in JUPYTERHUB.items() if row.name.startswith(key)), "")
        lines.append((row.name, row.ours, row.peer, row.ratio, row.bar, row.verdict, row.noise, hub))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print()
    for number, line in enumerate(lines):
        print(" | ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            print("-+-".join("-" * width for width in widths))
    print()
    for note in [note for row in rows for note in row.notes] + notes:
        print(f"- {note}")
    print(f"- medians of alternating runs; noise is the largest distance of a round from the median; load average "
          f"at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores (the bench itself keeps 2 busy)")
