"""What the addon costs end to end: whole mitmdumps before one server, loaded in turns, each against an empty addon."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.bench.generate import PERSONA

ROOT = Path(__file__).parents[2]
CONTROL = "empty addon"
LIVE = "live"
RECORDING = "recording only"
SAVING = "-w"
THREAD = "live in a thread"
AGAIN = "empty addon, again"
"""A second control: how far two of the same scatter."""
WARM_UP = 200
_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60.0


class Round(NamedTuple):
    """One load of one proxy."""

    rate: float
    """Requests answered a second."""
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    cpu: float
    """Milliseconds of the proxy's own CPU time for a request, all threads."""
    children: float
    """The same of its child processes: those of the live analysis."""


class Quartiles(NamedTuple):
    """Of a figure in units of the control's in the same round."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f} to {self.high:.2f}]"


def words(variant: str, folder: Path) -> list[str]:
    """mitmdump's arguments that make a variant; `folder` is for what it writes."""
    file, seeds = folder / "bench.apptells", folder / "seeds.yaml"
    seeds.write_text("".join(f'{name}: "{value}"\n' for name, value in PERSONA.items()))
    ours = ["--set", f"apptells_file={file}", "--set", f"apptells_seeds={seeds}"]
    empty = ["-s", str(ROOT / "tests/bench/live_empty.py")]
    addon = ["-s", str(ROOT / "addons/apptells.py"), *ours]
    return {
        CONTROL: empty,
        AGAIN: empty,
        LIVE: addon,
        RECORDING: [*addon, "--set", "apptells_live=false"],
        SAVING: [*empty, "-w", str(folder / "bench.flow")],
        THREAD: ["-s", str(ROOT / "tests/bench/live_thread.py"), *ours, "--set", "apptells_live=false"],
    }[variant]


class Proxy:
    """A mitmdump that listens, in front of a server."""

    def __init__(self, variant: str, server: int, folder: Path) -> None:
        """Starts it, and waits until it listens. Raises AssertionError where it does not."""
        folder.mkdir()
        self.variant = variant
        self.port = _free_port()
        self._log = folder / "log.txt"
        command = [str(Path(sys.executable).with_name("mitmdump")), "-q", "--set", f"confdir={folder}"]
        command += ["--mode", f"reverse:http://127.0.0.1:{server}", "--listen-host", "127.0.0.1"]
        command += ["-p", str(self.port), *words(variant, folder)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        if not _comes(self._listens):
            self.end()
            raise AssertionError(f"{variant} does not listen: {self._said()}")

    def load(self, count: int) -> Round:
        """Requests over eight connections; all of them must be answered with 200."""
        own, others = _cpu(self.process.pid), self._children()
        command = [sys.executable, "-m", "tests.bench.live_load", "load", str(self.port), str(count)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10 * _PATIENCE, check=True)
        said = json.loads(ran.stdout)
        if said["answered"] != count:
            raise AssertionError(f"{said['answered']} of {count} answered: {self._said()}")
        own = _cpu(self.process.pid) - own
        self.settle()
        others = self._children() - others
        milli = 1e3 / count
        return Round(said["rate"], said["p50"] * 1e3, said["p99"] * 1e3, own * milli, others * milli)

    def settle(self) -> None:
        """Waits until the live analysis has nothing to do, so that it troubles no other's round."""
        last = -1.0

        def is_idle() -> bool:
            nonlocal last
            time.sleep(0.3)
            used = _cpu(self.process.pid) + self._children()
            before, last = last, used
            return used - before < 0.03 and before >= 0

        if self.variant == LIVE and not self._followers():
            raise AssertionError(f"there is no live analysis: {self._said()}")
        if self._followers() and not _comes(is_idle):
            raise AssertionError(f"the live analysis does not come to an end: {self._said()}")

    def end(self) -> None:
        """Ends it in order, and hard where that does not help."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _said(self) -> str:
        return self._log.read_text(errors="replace")[-500:]

    def _listens(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"mitmdump ended with {self.process.returncode}: {self._said()}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _followers(self) -> list[int]:
        """Of its live analysis, where there is one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def _children(self) -> float:
        return sum(map(_cpu, self._followers()))


def _cpu(pid: int) -> float:
    """Seconds of user and system time of a process, as the kernel counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _comes(is_so: Callable[[], bool]) -> bool:
    """Waits for something; False where it does not come."""
    last = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def server() -> Iterator[int]:
    """The port of a server that answers 2 KB of JSON."""
    command = [sys.executable, "-m", "tests.bench.live_load", "serve"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def rounds(variants: Sequence[str], folder: Path, number: int, count: int) -> dict[str, list[Round]]:
    """Loads each variant in each round with `count` requests; all run throughout, and take turns to be first."""
    with ExitStack() as stack:
        port = stack.enter_context(server())
        proxies: dict[str, Proxy] = {}
        for place, variant in enumerate(variants):
            proxies[variant] = Proxy(variant, port, folder / str(place))
            stack.callback(proxies[variant].end)
            proxies[variant].load(min(WARM_UP, count))
        found: dict[str, list[Round]] = {variant: [] for variant in variants}
        for turn in range(number):
            for place in range(len(variants)):
                variant = variants[(turn + place) % len(variants)]
                found[variant].append(proxies[variant].load(count))
    return found


def against(found: Mapping[str, Sequence[Round]], variant: str, figure: str) -> Quartiles:
    """A figure of a variant in units of the control's of the same round."""
    pairs = zip(found[variant], found[CONTROL], strict=True)
    ratios = [getattr(one, figure) / getattr(control, figure) for one, control in pairs]
    if len(ratios) == 1:
        return Quartiles(*ratios * 3)
    return Quartiles(*statistics.quantiles(ratios, n=4, method="inclusive"))


def is_as_fast(found: Mapping[str, Sequence[Round]], figure: str) -> bool:
    """Whether our addon, analysing, cannot be told from the control by `rate` or `p99`, or is better than `-w`."""
    ours, saving = against(found, LIVE, figure), against(found, SAVING, figure)
    if figure == "rate":
        return ours.high >= 1 or ours.median >= saving.median
    return ours.low <= 1 or ours.median <= saving.median
