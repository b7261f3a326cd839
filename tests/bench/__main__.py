"""Measure the whole program against fixed targets: `python -m tests.bench`; exit code 1 when one is missed."""

import argparse
import json
import pstats
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.attribution import rate, start
from tests.bench.generate import write
from tests.bench.linear import cost
from tests.bench.live import hooks, memory, proxies
from tests.bench.live_proxy import AGAIN, CONTROL, LIVE, RECORDING, SAVING, THREAD, Round, against, is_as_fast
from tests.bench.measure import Usage, run

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "bench"
SMALL = ROOT / "fixtures" / "captures" / "founding-case.har"
HEAVY = ("pandas", "numpy", "pyarrow", "mitmproxy", "jinja2", "asyncio")
"""Packages that the analysis of a HAR to JSON has no use for."""

RATIO = 10.0
"""Largest CPU time of an analysis, in units of `orjson.loads` on the same file."""
PEAK = 160.0
"""Largest resident set at 1 GB, MB."""
GROWTH = 16.0
"""Most that the resident set may grow from 100 MB to 1 GB, MB."""
HELP = 0.15
"""CPU time of `apptells --help`, seconds."""
JSON_RATIO = 3.0
"""Largest CPU time of decoding and searching a JSON request of 2 KB, in units of loading it and visiting its leaves."""
SLOWER = 1.25
"""Most that one exchange may cost among the largest number of them, in units of its cost among the smallest."""
COLD = 150.0
"""CPU time from the first import to attributions of every kind, databases unpacked before, milliseconds."""
ATTRIBUTIONS = 200_000
"""Attributions of hosts met before, a second of CPU time."""
COUNTS = (1_000, 20_000, 100_000)
FOUND = 0.9
"""Share of the requests with a planted value that must be reported, so that nothing is made fast by not looking."""

HOOKS = 60.0
"""CPU time of all hooks of one flow of 2 KB each way, microseconds."""
HOOK = 2_000.0
"""CPU time of the dearest single hook for bodies of up to 64 KB, microseconds."""
FLOWS = (10_000, 100_000)
RECORDED = 10.0
"""Most that the resident set may grow between those numbers of flows, MB."""
CONNECTIONS = 200
LOAD = 300
"""Requests of one load of a proxy: short, so that those of one round meet the same weather."""


class Row(NamedTuple):
    """One figure and what it may be."""

    name: str
    value: str
    target: str = ""
    met: bool = True


def orjson_command(har: Path) -> list[str]:
    return [sys.executable, "-c", "import orjson, sys; orjson.loads(open(sys.argv[1], 'rb').read())", str(har)]


def analyze_command(har: Path, seeds: Path, output: Path) -> list[str]:
    command = [sys.executable, "-m", "analyzer", "analyze", str(har)]
    return [*command, "--seeds", str(seeds), "--format", "json", "--output", str(output)]


def checked(command: Sequence[str]) -> Usage:
    """Measure a command that has to succeed; its errors end the benchmark."""
    stderr = CACHE / "stderr.txt"
    used = run(command, stderr=stderr)
    if used.code:
        sys.exit(f"{' '.join(command)} ended with {used.code}:\n{stderr.read_text(errors='replace')[-2_000:]}")
    return used


def found(har: Path, report: Path) -> float:
    """Share of the entries with a planted value for which the report holds a finding by seed."""
    planted = set(json.loads(har.with_suffix(".planted.json").read_bytes())["planted"])
    transmissions = json.loads(report.read_bytes())["transmissions"]
    return len(planted & {t["exchange"] for t in transmissions if t["seed"]}) / len(planted)


def pairs(megabytes: int, rounds: int) -> tuple[list[Row], float]:
    """CPU time of both programs on one file, interleaved, least of `rounds`; and the peak of the analysis in MB."""
    har, seeds = write(CACHE, megabytes)
    report = CACHE / "report.json"
    plain, ours = [], []
    for _ in range(rounds):
        plain.append(checked(orjson_command(har)))
        ours.append(checked(analyze_command(har, seeds, report)))
    base, cpu, peak = min(u.cpu for u in plain), min(u.cpu for u in ours), max(u.peak for u in ours)
    share = found(har, report)
    size = f"{megabytes} MB"
    return [
        Row(f"orjson.loads, {size}", f"{base:.2f} s CPU, {min(u.peak for u in plain):.0f} MB"),
        Row(f"analyze, {size}", f"{cpu:.2f} s CPU, {min(u.wall for u in ours):.2f} s wall, {megabytes / cpu:.1f} MB/s"),
        Row(f"analyze / orjson.loads, {size}", f"{cpu / base:.2f}", f"<= {RATIO:g}", cpu / base <= RATIO),
        Row(f"planted requests found, {size}", f"{share:.1%}", f">= {FOUND:.0%}", share >= FOUND),
        Row(f"peak memory, {size}", f"{peak:.0f} MB", f"< {PEAK:g} MB", peak < PEAK),
    ], peak


def memory_at_one_gigabyte(smaller: float, megabytes: int) -> list[Row]:
    har, seeds = write(CACHE, 1_000)
    used = checked(analyze_command(har, seeds, CACHE / "report.json"))
    growth = used.peak - smaller
    return [
        Row("analyze, 1 GB", f"{used.cpu:.1f} s CPU, {used.wall:.1f} s wall, {1_000 / used.cpu:.1f} MB/s"),
        Row("peak memory, 1 GB", f"{used.peak:.0f} MB", f"< {PEAK:g} MB", used.peak < PEAK),
        Row(f"growth from {megabytes} MB to 1 GB", f"{growth:+.0f} MB", f"<= {GROWTH:g} MB", growth <= GROWTH),
    ]


def linear(counts: Sequence[int]) -> list[Row]:
    """What one exchange costs among few and among many."""
    costs = [cost(count) for count in counts]
    rows = [
        Row(
            f"one of {count:,} JSON requests of 2 KB",
            f"{one.exchange:.0f} us CPU, {one.exchange / one.json:.2f} of loading it and visiting its leaves",
            f"<= {JSON_RATIO:g}",
            one.exchange <= JSON_RATIO * one.json,
        )
        for count, one in zip(counts, costs, strict=True)
    ]
    # In units of the work beside it, which meets the same weather.
    first, last = (one.exchange / one.json for one in (costs[0], costs[-1]))
    share = f"{last / first:.2f}"
    return [*rows, Row(f"among {counts[-1]:,} / among {counts[0]:,}", share, f"<= {SLOWER:g}", last <= SLOWER * first)]


def start_up(rounds: int) -> list[Row]:
    """The cost of doing nothing, and of importing what a small HAR needs."""
    cpu = min(checked([sys.executable, "-m", "analyzer", "--help"]).cpu for _ in range(rounds))
    seeds = SMALL.with_suffix(".persona.yaml")
    small = min(checked(analyze_command(SMALL, seeds, CACHE / "small.json")).cpu for _ in range(rounds))
    command = analyze_command(SMALL, seeds, CACHE / "small.json")
    times = subprocess.run([command[0], "-X", "importtime", *command[1:]], capture_output=True, text=True, check=True)
    imported = {
        line.rpartition("|")[2].strip() for line in times.stderr.splitlines() if line.startswith("import time:")
    }
    heavy = sorted({name.partition(".")[0] for name in imported} & set(HEAVY))
    return [
        Row("apptells --help", f"{cpu:.3f} s CPU", f"< {HELP:g} s", cpu < HELP),
        Row("analyze, founding case", f"{small:.2f} s CPU"),
        Row("modules imported by it", str(len(imported))),
        Row("heavy packages among them", ", ".join(heavy) or "none", "none", not heavy),
    ]


def attribution(rounds: int) -> list[Row]:
    """How soon the first answers to who and where are there, and how many follow in a second."""
    cold, first, fixed = start(rounds)
    known, first_met, plain = rate()
    return [
        Row("attributions of every kind, cold", f"{cold:.0f} ms CPU", f"< {COLD:g} ms", cold < COLD),
        Row("the same / importing stdlib modules", f"{cold / fixed:.2f} of {fixed:.0f} ms CPU"),
        Row("the same where apptells never ran", f"{first:.0f} ms CPU"),
        Row("attributions met before", f"{known:,.0f} a second", f">= {ATTRIBUTIONS:,}", known >= ATTRIBUTIONS),
        Row("the same / from a dict", f"{known / plain:.2f}"),
        Row("attributions met first", f"{first_met:,.0f} a second"),
    ]


def recording(is_full: bool) -> list[Row]:
    """What the addon takes of the proxy's time and memory, on flows as mitmproxy makes them."""
    cost, grown = hooks(CONNECTIONS, CACHE), memory(FLOWS, CACHE, is_followed=is_full)
    growth, few, many = grown.hooks[-1] - grown.hooks[0], f"{FLOWS[0]:,}", f"{FLOWS[-1]:,}"
    rows = [
        Row("hooks of a flow, 2 KB each way", f"{cost.flow:.0f} us CPU", f"<= {HOOKS:g} us", cost.flow <= HOOKS),
        Row("the same with -w, an empty addon", f"{cost.saving:.0f} us, {cost.empty:.0f} us"),
        Row("-w / hooks of a flow", f"{cost.saving / cost.flow:.1f}"),
        Row("hooks of a flow, 64 KB each way", f"{cost.large:.0f} us CPU"),
        Row("dearest single hook, up to 64 KB", f"{cost.worst:.0f} us CPU", f"<= {HOOK:g} us", cost.worst <= HOOK),
        Row("64 KB of a body that passes in pieces", f"{cost.piece:.0f} us CPU"),
        Row("hearing one event of the live analysis", f"{cost.event:.0f} us CPU"),
        Row(f"peak memory, recording {many} flows", f"{max(grown.hooks):.0f} MB"),
        Row(f"growth from {few} to {many} flows", f"{growth:+.1f} MB", f"< {RECORDED:g} MB", growth < RECORDED),
    ]
    if grown.live:
        rows.append(Row("the same of the live analysis", f"{grown.live[-1] - grown.live[0]:+.1f} MB"))
    return rows


def end_to_end(is_full: bool) -> list[Row]:
    """Requests through whole proxies, each against an empty addon in the same round: medians [quartiles]."""
    variants = [CONTROL, LIVE, RECORDING, SAVING, *((AGAIN, THREAD) if is_full else ())]
    found = proxies(variants, 24 if is_full else 12, LOAD, CACHE)
    rows = []
    for variant, loads in found.items():
        rate, p99, cpu, analysis = (_median(loads, figure) for figure in ("rate", "p99", "cpu", "children"))
        beside = f" + {analysis:.2f} of the analysis" if analysis else ""
        value = f"{rate:.0f} requests/s, p99 {p99:.0f} ms, {cpu:.2f} ms CPU{beside}"
        rows.append(Row(f"mitmdump, {variant}", value))
        if variant == CONTROL:
            continue
        for name, figure in (("requests/s", "rate"), ("p99", "p99"), ("CPU", "cpu")):
            is_gate = variant == LIVE and figure != "cpu"
            target, met = ("as empty or above -w", is_as_fast(found, figure)) if is_gate else ("", True)
            rows.append(Row(f"{variant} / {CONTROL}, {name}", str(against(found, variant, figure)), target, met))
    return rows


def _median(loads: Sequence[Round], figure: str) -> float:
    return float(statistics.median(getattr(one, figure) for one in loads))


def profile(megabytes: int) -> None:
    """Print the forty functions that take most of the analysis."""
    har, seeds = write(CACHE, megabytes)
    statistics = CACHE / "profile.stats"
    command = analyze_command(har, seeds, CACHE / "report.json")
    subprocess.run([command[0], "-m", "cProfile", "-o", str(statistics), *command[1:]], check=True)
    pstats.Stats(str(statistics)).sort_stats("tottime").print_stats(40)


def show(rows: Sequence[Row]) -> None:
    name, value, target = (max(map(len, column)) for column in zip(*(row[:3] for row in rows), strict=True))
    for row in rows:
        mark = "" if not row.target else "ok" if row.met else "MISSED"
        print(f"{row.name:{name}}  {row.value:{value}}  {row.target:{target}}  {mark}".rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--size", type=int, default=100, metavar="MB", help="size of the HAR (default: 100)")
    parser.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="pairs to measure, the least counts (default: 5)"
    )
    parser.add_argument("--full", action="store_true", help="measure 1 GB and more proxies too, which takes minutes")
    parser.add_argument("--profile", action="store_true", help="print where the time goes, and measure nothing")
    parser.add_argument("--live", action="store_true", help="measure only recording and live analysis")
    options = parser.parse_args()
    if options.profile:
        profile(options.size)
        return 0
    rows: list[Row] = []
    if not options.live:
        rows, peak = pairs(options.size, options.rounds)
        rows += start_up(options.rounds)
        rows += attribution(options.rounds)
        rows += linear(COUNTS if options.full else COUNTS[:2])
        if options.full:
            rows += memory_at_one_gigabyte(peak, options.size)
    rows += recording(options.full) + end_to_end(options.full)
    show(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
