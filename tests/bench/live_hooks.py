"""What the addon's hooks cost on the event loop, and whether memory grows: run as a process of its own.

`python -m tests.bench.live_hooks FOLDER cost CONNECTIONS`, or `memory FLOWS ...`, or `followed FLOWS ...`, which looks
at the memory of the live analysis too; the answer is one line of JSON. What is written to the folder is deleted.
"""

import asyncio
import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mitmproxy.addons.onboarding import Onboarding
from mitmproxy.addons.save import Save
from mitmproxy.test import taddons

from addons.apptells import Apptells
from analyzer.live.events import Event, Reached, Seen, decode
from analyzer.live.follower import Follower
from tests.bench.live_flows import A_CONNECTION, Session, Stage, session

PIECE = 64 << 10
LARGE = 64 << 10
FILE = "bench.apptells"
SMALL = 2 << 10
HURRIED = 1 << 20
"""Bytes that wait until the journal's thread is woken before its time, for no proxy comes so fast."""


class Empty:
    """An addon that does nothing, in every hook that ours has."""

    name = "empty"

    def client_connected(self, _: object) -> None: ...
    def next_layer(self, _: object) -> None: ...
    def tls_clienthello(self, _: object) -> None: ...
    def tls_established_client(self, _: object) -> None: ...
    def requestheaders(self, _: object) -> None: ...
    def responseheaders(self, _: object) -> None: ...
    def response(self, _: object) -> None: ...
    def client_disconnected(self, _: object) -> None: ...


class Spent(NamedTuple):
    """Nanoseconds of this thread's CPU for the hooks of one connection."""

    flow: float
    """Of one flow, all of its hooks together, with its share of what the connection costs once."""
    worst: int
    """Of the dearest single hook."""
    pieces: list[int]
    """Of each piece of a body that passed through."""


def spend(addon: object, one: Session) -> Spent:
    """Give an addon the hooks of one connection in order."""
    clock = time.thread_time_ns
    worst = 0
    pieces: list[int] = []

    def timed(stage: Stage) -> int:
        nonlocal worst
        if stage.hook == "piece":
            hook, argument = stage.argument
        else:
            hook, argument = getattr(addon, stage.hook, None), stage.argument
        if hook is None:
            return 0
        before = clock()
        hook(argument)
        spent = clock() - before
        worst = max(worst, spent)
        if stage.hook == "piece":
            pieces.append(spent)
        return spent

    whole = sum(map(timed, one.before))
    whole += sum(timed(stage) for stages in one.flows for stage in stages())
    whole += sum(map(timed, one.after))
    return Spent(whole / len(one.flows), worst, pieces)


@contextmanager
def addons(folder: Path) -> Iterator[tuple[Apptells, Save, Empty]]:
    """Ours, mitmproxy's own saving, and one that does nothing, each with its file open."""
    ours, saving, empty = Apptells(), Save(), Empty()
    page = Onboarding()  # type: ignore[no-untyped-call]
    with taddons.context(page, ours, saving, empty) as context:  # type: ignore[no-untyped-call]
        context.configure(ours, apptells_file=str(folder / FILE), apptells_live=False)
        context.configure(saving, save_stream_file=str(folder / "bench.flow"))
        ours.running()
        yield ours, saving, empty


async def _drain(ours: Apptells, most: int = HURRIED) -> None:
    await asyncio.sleep(0)
    assert ours._journal is not None
    while ours._journal.waiting > most:
        ours._journal._more.set()
        await asyncio.sleep(0.002)


async def cost(sessions: int, size: int, piece: int | None, folder: Path) -> dict[str, dict[str, float]]:
    """Microseconds of CPU for one flow with each of the addons, on the same flows; they take turns to be first."""
    made = [session(number * A_CONNECTION, size, piece=piece) for number in range(sessions + 2)]
    spent: dict[str, list[Spent]] = {}
    with addons(folder) as turns:
        ours = turns[0]
        gc.collect()
        gc.freeze()  # flows that wait here are none that a proxy would hold
        for number, one in enumerate(made):
            for turn in range(len(turns)):
                addon = turns[(number + turn) % len(turns)]
                if number < 2:
                    spend(addon, one)  # first calls cost what none after them does
                else:
                    spent.setdefault(addon.name if hasattr(addon, "name") else "save", []).append(spend(addon, one))
            await _drain(ours)
        await ours.done()
        turns[1].done()
        _check(ours, len(made) * A_CONNECTION)
    return {name: _summary(each) for name, each in spent.items()}


def _summary(spent: list[Spent]) -> dict[str, float]:
    pieces = [piece for one in spent for piece in one.pieces]
    return {
        "flow": statistics.median(one.flow for one in spent) / 1e3,
        "worst": max(one.worst for one in spent) / 1e3,
        "piece": statistics.median(pieces) / 1e3 if pieces else 0.0,
    }


def resident(process: int | str = "self") -> float:
    """The resident set of a process, MB (10^6 bytes)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


async def memory(counts: list[int], is_followed: bool, folder: Path) -> dict[str, list[float]]:
    """The resident set after so many flows, each of them freed once it has ended."""
    found: dict[str, list[float]] = {"hooks": []}
    number = 0
    with addons(folder) as (ours, *_):
        for count in counts:
            while number < count:
                spend(ours, session(number, SMALL))
                number += A_CONNECTION
                await _drain(ours)
            await _drain(ours, 0)
            found["hooks"].append(resident())
        await ours.done()
        _check(ours, number)
    if is_followed:
        found["live"] = follow(folder / FILE, counts)
    return found


def follow(file: Path, counts: list[int]) -> list[float]:
    """The resident set of the live analysis once it has seen so many flows of a capture file."""
    found: list[float] = []
    command = [sys.executable, "-m", "analyzer.live", str(file), "{}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = decode(line)
            while isinstance(event, Reached) and len(found) < len(counts) and event.exchanges >= counts[len(found)]:
                found.append(resident(process.pid))
    if len(found) < len(counts):
        raise AssertionError("the live analysis did not see every flow")
    # One that had ended before it was looked at has no resident set any more, only the largest that it had.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    return [one or peak for one in found]


def _check(ours: Apptells, number: int) -> None:
    if ours._errors or ours._flows.count != number:
        raise AssertionError(f"{ours._flows.count} of {number} flows were recorded, {ours._errors} errors")


async def costs(sessions: int, folder: Path) -> dict[str, Any]:
    """The figures for small bodies, large ones, and those that pass in pieces."""
    kinds: dict[str, tuple[int, int, int | None]] = {
        "small": (sessions, SMALL, None),
        "large": (max(sessions // 5, 2), LARGE, None),
        "pieces": (max(sessions // 5, 2), 4 * PIECE, PIECE),
    }
    found: dict[str, dict[str, Any]] = {}
    for name, (count, size, piece) in kinds.items():
        below = folder / name
        below.mkdir()
        found[name] = await cost(count, size, piece, below)
    found["told"] = {"event": await told(folder / "small" / FILE)}
    return found


async def told(file: Path) -> float:
    """Microseconds of CPU that it takes the event loop to hear one event of the live analysis of a capture file."""
    events: list[Event] = []
    before = time.thread_time_ns()
    await Follower(file, {}, events.append).run()
    spent = time.thread_time_ns() - before
    if not any(isinstance(event, Seen) for event in events):
        raise AssertionError("the live analysis found nothing")
    return spent / 1e3 / len(events)


async def _main(folder: Path, what: str, numbers: list[int]) -> Any:
    if what == "cost":
        return await costs(numbers[0], folder)
    return await memory(numbers, what == "followed", folder)


if __name__ == "__main__":
    parent, what, *numbers = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        print(json.dumps(asyncio.run(_main(Path(folder), what, [int(number) for number in numbers]))))
