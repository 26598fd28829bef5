"""One table: each figure beside its peer, its bar, and how noisy it was."""

import dataclasses
import os
import statistics

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


def median_of(runs, field):
    return median(getattr(run, field) for run in runs)


def small_or_round(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


@dataclasses.dataclass
class Row:
    name: str
    ours: str
    peer: str
    ratio: str
    by_cpu: str  # the ratio by CPU time, where both sides' is known
    bar: str
    verdict: str
    noise: str
    notes: list

    @staticmethod
    def of_rates(name, runs, peer_rates, peer, bar):
        """Ratio: the median of the rounds' ratios, for both sides of a round met the same neighbours."""
        ratios = [run.rate / rate for run, rate in zip(runs, peer_rates)]
        ratio = median(ratios)
        notes = [f"{name}: p50 {median_of(runs, 'p50_ms'):.2f} ms, p99 {median_of(runs, 'p99_ms'):.2f} ms "
                 f"at the full rate; the server used {median_of(runs, 'server_busy'):.0%} of its core, "
                 f"wrk {median_of(runs, 'load_busy'):.0%} of its own"]
        row = Row(name, f"{median_of(runs, 'rate'):,.0f}/s", f"{median(peer_rates):,.0f}/s {peer}",
                  f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}", "", f">= {bar}" if bar else "",
                  verdict(ratio >= bar) if bar else "", f"{spread(ratios):.0%}", notes)
        if bar and spread(ratios) > NOISY and min(ratios) < bar:
            row.doubt("the rounds differ too much: measure again on a quiet machine")
        return row

    def doubt(self, why):
        self.verdict = self.verdict.rstrip("?") + "?"
        self.notes.append(f"in doubt: {why}")

    @staticmethod
    def of_reads(name, runs, plain, cached, bar):
        """Beside a peer that wrk loads in the same way."""
        row = Row.of_rates(name, runs, [run.rate for run in plain], "nginx", bar)
        row.by_cpu = f"{ratio_of_cpu(runs, plain):.2f}"
        server, load = median_of(plain, "server_busy"), median_of(plain, "load_busy")
        row.notes.append(f"nginx used {server:.0%} of its core, wrk {load:.0%}")
        row.notes.append(f"nginx with open_file_cache: {median_of(cached, 'rate'):,.0f}/s, ratio "
                         f"{median(a.rate / b.rate for a, b in zip(runs, cached)):.2f}, by CPU time "
                         f"{ratio_of_cpu(runs, cached):.2f}")
        if load > LIMIT:
            row.notes.append("wrk was the limit against nginx: the ratio of rates flatters us, that by CPU time does not")
        elif min(server, median_of(runs, "server_busy")) < QUIET:
            row.doubt("neither wrk nor the server had its core to itself, so the ratio of rates says little; see "
                      "that by CPU time")
        return row

    @staticmethod
    def of_times(name, runs, peers, peer, bar):
        """How many times as fast as a peer of which (rate, CPU seconds a second) is known."""
        row = Row.of_rates(name, runs, [rate for rate, _ in peers], peer, bar)
        by_cpu = median(run.rate_of_cpu / (rate / busy) for run, (rate, busy) in zip(runs, peers) if busy > 0)
        row.by_cpu = f"{by_cpu:.2f}" if by_cpu < 10 else f"{by_cpu:,.0f}"
        if bar and median_of(runs, "server_busy") < QUIET and median_of(runs, "load_busy") < LIMIT:
            row.doubt("the server did not have its core to itself, so the ratio of rates says little; see that by "
                      "CPU time")
        return row

    @staticmethod
    def of_proxies(name, runs, peers, peer, bar):
        """Beside another proxy of the same upstream. Load and upstream share a core and may be what limits the faster
        one, which flatters the other; so the bar holds for CPU time too."""
        row = Row.of_rates(name, runs, [run.rate for run in peers], peer, bar)
        by_cpu = ratio_of_cpu(runs, peers)
        row.by_cpu = f"{by_cpu:.2f}"
        row.verdict = verdict(float(row.ratio) >= bar and by_cpu >= bar)
        row.notes.append(f"CPU time a request: {1e6 / median_of(runs, 'rate_of_cpu'):.0f} us, {peer} "
                         f"{1e6 / median_of(peers, 'rate_of_cpu'):.0f} us; {peer} used "
                         f"{median_of(peers, 'server_busy'):.0%} of its core")
        return row

    @staticmethod
    def of_cost(name, runs, base, what, bar):
        """CPU time a request, beside that of another kind of request: what neighbours take does not count."""
        ratios = [other.rate_of_cpu / run.rate_of_cpu for run, other in zip(runs, base)]
        ratio = median(ratios)
        row = Row(name, f"{1e6 / median_of(runs, 'rate_of_cpu'):.0f} us of CPU",
                  f"{1e6 / median_of(base, 'rate_of_cpu'):.0f} us {what}", f"{ratio:.2f}", f"{ratio:.2f}",
                  f"<= {bar}", verdict(ratio <= bar), f"{spread(ratios):.0%}", [])
        if spread(ratios) > NOISY and max(ratios) > bar:
            row.doubt("the rounds differ too much: measure again on a quiet machine")
        return row

    @staticmethod
    def of_latency(name, runs, base, what, bar):
        """The slowest in a hundred, beside those of a quiet time."""
        ratios = [run.p99_ms / other.p99_ms for run, other in zip(runs, base)]
        ratio = median(ratios)
        row = Row(name, f"{median_of(runs, 'p99_ms'):.2f} ms", f"{median_of(base, 'p99_ms'):.2f} ms without",
                  f"{ratio:.2f}", "", f"<= {bar}", verdict(ratio <= bar), f"{spread(ratios):.0%}",
                  [f"{name}: {what}"])
        if spread(ratios) > NOISY and max(ratios) > bar:
            row.doubt("the rounds differ too much: measure again on a quiet machine")
        return row

    @staticmethod
    def of_limit(name, values, limit):
        value = median(values)
        return Row(name, small_or_round(value), "", "", "", f"<= {limit:g}", verdict(value <= limit),
                   f"{spread(values):.0%}" if len(values) > 1 else "", [])


def print_report(rows, notes):
    lines = [("figure", "atelier", "peer, same run", "ratio", "by CPU", "bar", "", "noise")]
    for row in rows:
        lines.append((row.name, row.ours, row.peer, row.ratio, row.by_cpu, row.bar, row.verdict, row.noise))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
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
