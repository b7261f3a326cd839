"""What attribution costs: from nothing to the first answers in a fresh process, and answers a second after that."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

LOOKUPS: Sequence[tuple[str, str]] = (
    ("in1.clevertap-prod.com", "13.126.10.10"),  # owner, vendor's region, cloud region
    ("jansamvad.example.gov.in", "164.100.1.1"),  # registrable domain, country database of IPv4
    ("graph.facebook.com", "2001:4490::1"),  # country database of IPv6
    ("api.eu.amplitude.com", "2600:1f18::1"),  # cloud region of IPv6
)
"""A host and an address for each kind of look-up."""

PYTHON = "import time; began = time.process_time(); {}; print((time.process_time() - began) * 1e3)"
COLD = PYTHON.format(
    "from analyzer.knowledge import Knowledge; from analyzer.attribute.attribution import Maker; "
    "found = Knowledge().attribution(Maker()); "
    f"answers = [found.destination(*lookup) for lookup in {LOOKUPS!r}]; "
    "assert [answer.server_country for answer in answers] == ['IN', 'IN', 'IN', 'US'], answers; "
    "assert answers[0].owner and answers[0].vendor_region, answers"
)
FIXED = PYTHON.format("import asyncio, email.message, http.client, importlib.metadata, multiprocessing, sqlite3")
"""Modules of the standard library: the fixed measure."""


class Start(NamedTuple):
    """Milliseconds of CPU, medians."""

    cold: float
    """From the first import to an answer of each kind, databases unpacked before."""
    first: float
    """The same on a machine where apptells never ran: databases are unpacked."""
    fixed: float
    """Importing modules of the standard library."""


def start(rounds: int) -> Start:
    """Measure starts in fresh processes, in turns with the fixed measure, so that both meet the same weather."""
    with tempfile.TemporaryDirectory() as folder:
        first = [_run(COLD, Path(folder, "cache"))]
        cold, fixed = [], []
        for _ in range(rounds):
            fixed.append(_run(FIXED, Path(folder, "cache")))
            cold.append(_run(COLD, Path(folder, "cache")))
    return Start(statistics.median(cold), first[0], statistics.median(fixed))


def _run(code: str, cache: Path) -> float:
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "XDG_DATA_HOME": str(cache / "none")}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(answer.stdout)


class Rate(NamedTuple):
    """Look-ups a second of CPU time, medians."""

    attributions: float
    """Of hosts and addresses met before."""
    first_met: float
    """Of those met for the first time, databases open."""
    fixed: float
    """Of the same hosts and addresses in a plain dict."""


def rate(count: int = 100_000, rounds: int = 5) -> Rate:
    """Answers a second from memory, for two thousand hosts and addresses over and over."""
    from analyzer.attribute.attribution import Maker
    from analyzer.knowledge import Knowledge

    attribution = Knowledge().attribution(Maker())
    for lookup in LOOKUPS:
        attribution.destination(*lookup)
    known = [(f"h{serial}.{host}", f"{ip}{serial % 10}") for serial in range(500) for host, ip in LOOKUPS]
    began = time.process_time()
    answers = {(host, ip): attribution.destination(host, ip) for host, ip in known}
    first_met = len(known) / (time.process_time() - began)
    lookups = known * (count // len(known))
    ours, plain = [], []
    for _ in range(rounds):
        began = time.process_time()
        for lookup in lookups:
            answers[lookup]
        plain.append(len(lookups) / (time.process_time() - began))
        began = time.process_time()
        for host, ip in lookups:
            attribution.destination(host, ip)
        ours.append(len(lookups) / (time.process_time() - began))
    if not all(attribution.destination(host, ip) == answers[host, ip] for host, ip in known):
        raise AssertionError("a remembered answer is another")
    return Rate(statistics.median(ours), first_met, statistics.median(plain))
