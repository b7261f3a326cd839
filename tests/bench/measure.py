"""Run a command and say what it cost: CPU, wall time and peak memory, as the kernel counts them."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """What one process and the children it waited for have used."""

    code: int
    """Exit code; negative for the signal that ended it."""
    cpu: float
    """User and system time, seconds."""
    wall: float
    """Seconds."""
    peak: float
    """Largest resident set, MB (10^6 bytes)."""


def run(
    command: Sequence[str],
    *,
    address_space: int | None = None,
    seconds: int | None = None,
    stdout: Path | None = None,
    stderr: Path | None = None,
) -> Usage:
    """Run `command` to its end and measure it.

    `address_space` limits its virtual memory (bytes), `seconds` ends it after that much CPU time (code -24),
    or after ten times as much wall time (code -9), so that a busy machine makes nothing look like a hang. Output goes
    to the files named, or nowhere.

    A small process of its own does the measuring: Linux counts what the parent held at the fork in a child's peak, so
    a test runner of 200 MB would never measure less than that.
    """
    job = {
        "command": list(command),
        "address_space": address_space,
        "seconds": seconds,
        "stdout": str(stdout or os.devnull),
        "stderr": str(stderr or os.devnull),
    }
    helper = [sys.executable, "-S", "-E", __file__]
    answer = subprocess.run(helper, input=json.dumps(job), capture_output=True, text=True, check=True)
    return Usage(*json.loads(answer.stdout))


def _measure() -> None:
    job = json.load(sys.stdin)
    if job["address_space"]:
        resource.setrlimit(resource.RLIMIT_AS, (job["address_space"], job["address_space"]))
    with open(job["stdout"], "wb") as stdout, open(job["stderr"], "wb") as stderr:
        began = time.monotonic()
        child = subprocess.Popen(job["command"], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        if job["seconds"]:
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (job["seconds"], job["seconds"] + 1))
            signal.signal(signal.SIGALRM, lambda *_: child.kill())
            signal.setitimer(signal.ITIMER_REAL, job["seconds"] * 10)
        _, status, used = os.wait4(child.pid, 0)
    spent = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps([code, used.ru_utime + used.ru_stime, spent, used.ru_maxrss * 1024 / 1e6]))


if __name__ == "__main__":
    _measure()
