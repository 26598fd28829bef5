"""One table: each figure beside its peer, its bar, and how noisy it was."""

import dataclasses
import os
import statistics

# Another day, same kind of machine (2 vCPU AMD EPYC, Debian 12, server on one core, wrk on the other):
# JupyterHub 3.0.0 of Debian, SQLite, 10,000 users, straight to the hub's API. Quoted, not run here.
JUPYTERHUB = {"GetInstance": "360/s (GET one user)", "ListInstances": "205/s (list 50)", "create": "106/s (users)",
              "restart": "5.6 s", "resident": "85 to 154 MB"}


def spread(values):
    """Largest distance from the median, in parts of it."""
    middle = statistics.median(values)
    return max(abs(value - middle) for value in values) / middle if middle else 0.0


@dataclasses.dataclass
class Row:
    name: str
    ours: str
    peer: str
    ratio: str
    bar: str
    met: bool
    noise: str
    notes: list

    @staticmethod
    def of_rates(name, runs, peer_rates, peer, bar):
        """Ratio: the median of the rounds' ratios, for both sides of a round met the same neighbours."""
        ratios = [run.rate / rate for run, rate in zip(runs, peer_rates)]
        ratio = statistics.median(ratios)
        notes = [f"{name}: p50 {statistics.median(r.p50_ms for r in runs):.2f} ms, "
                 f"p99 {statistics.median(r.p99_ms for r in runs):.2f} ms at the full rate; "
                 f"wrk used {statistics.median(r.load_busy for r in runs):.0%} of its core"]
        return Row(name, f"{statistics.median(r.rate for r in runs):,.0f}/s",
                   f"{statistics.median(peer_rates):,.0f}/s {peer}", f"{ratio:.2f}", f">= {bar}", ratio >= bar,
                   f"{spread(ratios):.0%}", notes)

    @staticmethod
    def of_reads(name, runs, plain, cached, bar):
        row = Row.of_rates(name, runs, [run.rate for run in plain], "nginx", bar)
        busy = statistics.median(run.load_busy for run in plain)
        limit = " (wrk was the limit there: the ratio flatters us)" if busy > 0.95 else ""
        fastest = statistics.median(run.rate for run in cached)
        ratio = statistics.median(run.rate / peer.rate for run, peer in zip(runs, cached))
        row.notes[0] += (f", {busy:.0%} against nginx{limit}; nginx with open_file_cache: {fastest:,.0f}/s, "
                         f"ratio {ratio:.2f}")
        return row

    @staticmethod
    def of_limit(name, values, limit):
        value = statistics.median(values)
        return Row(name, f"{value:.2f}" if value < 10 else f"{value:.0f}", "", "", f"<= {limit:g}", value <= limit,
                   f"{spread(values):.0%}" if len(values) > 1 else "", [])


def print_report(rows, notes):
    head = ("figure", "atelier", "peer, same run", "ratio", "bar", "", "noise", "JupyterHub, another day")
    lines = [head]
    for row in rows:
        hub = next((text for key, text in JUPYTERHUB.items() if row.name.startswith(key)), "")
        lines.append((row.name, row.ours, row.peer, row.ratio, row.bar, "met" if row.met else "MISSED", row.noise, hub))
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
