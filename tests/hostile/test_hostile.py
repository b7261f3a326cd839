"""Hostile captures through the whole program: it ends, stays small, says what happened, and finds what can be found."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fixtures.hostile.make_hostile import CASES, Case, write
from tests.bench.measure import Usage, run

ADDRESS_SPACE = 1_500_000_000
"""Virtual memory that the program may ask for, bytes: libraries reserve far more than they touch."""
PEAK = 400
"""Largest resident set, MB."""
HANG = 60
"""Seconds of CPU time after which a run counts as hanging."""
MEMBERS = ("schema", "capture", "transmissions", "destinations", "verdicts", "unread", "undecoded", "notes")


def analyze(case: Case, folder: Path) -> tuple[Usage, str, Path]:
    capture, seeds = write(case, folder)
    report, stderr = folder / "report.json", folder / "stderr.txt"
    command = [sys.executable, "-m", "analyzer", "analyze", str(capture), "--seeds", str(seeds)]
    command += ["--format", "json", "--output", str(report)]
    used = run(command, address_space=ADDRESS_SPACE, seconds=HANG, stderr=stderr)
    return used, stderr.read_text(errors="replace"), report


def found(report: dict[str, Any], exchange: int) -> set[str]:
    """Data types of the seeds that the report holds for one entry."""
    return {t["seed"] for t in report["transmissions"] if t["exchange"] == exchange and t["seed"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_capture(case: Case, tmp_path: Path) -> None:
    used, said, path = analyze(case, tmp_path)

    assert "Traceback" not in said
    assert used.code in {"capture": (0,), "no capture": (2,), "either": (0, 2)}[case.kind], said[-2_000:]
    assert used.peak < PEAK
    if used.code == 2:
        assert said.strip().endswith(".")
        assert len(said) < 1_000
        assert not path.exists()
        return

    report = json.loads(path.read_text(encoding="utf-8"))
    assert set(MEMBERS) <= set(report)
    assert set(case.finds) <= found(report, 0)
    if case.plain is not None:
        assert "person.phone" in found(report, case.plain)
    for verdict in report["verdicts"]:
        assert all(0 <= position < len(report["transmissions"]) for position in verdict["transmissions"])
