"""What recording and live analysis cost: hooks on the event loop, memory, and whole proxies end to end."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.live_proxy import Round, rounds

ROOT = Path(__file__).parents[2]


class Hooks(NamedTuple):
    """What all hooks of a flow cost on the event loop, CPU microseconds; with the other addons for the same flows."""

    flow: float
    """A median: 2 KB of JSON each way over TLS, ten flows a connection, their share of its own hooks included."""
    saving: float
    """With mitmproxy's `-w`."""
    empty: float
    """With an addon that does nothing: mostly the clock."""
    worst: float
    """The dearest single hook of ours, bodies up to 64 KB."""
    large: float
    """A flow of 64 KB each way."""
    piece: float
    """64 KB of a body that passes in pieces."""
    event: float
    """One event of the live analysis, as it is heard; nearly every flow makes one."""


class Memory(NamedTuple):
    """Resident sets in MB (10^6 bytes) after each of the numbers of flows."""

    hooks: Sequence[float]
    """Of a process that records."""
    live: Sequence[float]
    """Of the one that analyses the same file; empty where that was not asked for."""


def hooks(connections: int, folder: Path) -> Hooks:
    """Measure in a fresh process; so many connections of ten small flows, a fifth of that with large ones."""
    found = _child(folder, "cost", connections)
    event = found.pop("told")["event"]
    ours = {kind: each["apptells"] for kind, each in found.items()}
    return Hooks(
        flow=ours["small"]["flow"],
        saving=found["small"]["save"]["flow"],
        empty=found["small"]["empty"]["flow"],
        worst=max(ours["small"]["worst"], ours["large"]["worst"]),
        large=ours["large"]["flow"],
        piece=ours["pieces"]["piece"],
        event=event,
    )


def memory(counts: Sequence[int], folder: Path, is_followed: bool = False) -> Memory:
    """Record as many flows in a fresh process, in rising numbers; with `is_followed`, analyse the file after that."""
    found = _child(folder, "followed" if is_followed else "memory", *counts)
    return Memory(found["hooks"], found.get("live", []))


def proxies(variants: Sequence[str], number: int, count: int, folder: Path) -> dict[str, list[Round]]:
    """So many rounds, in each of which every variant is asked for `count` answers; what they wrote is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as below:
        return rounds(variants, Path(below), number, count)


def _child(folder: Path, *words: object) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.live_hooks", str(folder), *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise AssertionError(f"{' '.join(command)} ended with {answer.returncode}:\n{answer.stderr[-2_000:]}")
    return json.loads(answer.stdout.splitlines()[-1])
