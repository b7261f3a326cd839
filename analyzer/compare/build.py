"""What a build was seen to transmit, from whatever its user has of it: captures, reports, a folder, a baseline."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from analyzer.compare.baseline import is_baseline, read_baseline
from analyzer.compare.observation import Observations
from analyzer.compare.observe import Run, run_of, united_runs
from analyzer.compare.one_app import OneApp
from analyzer.compare.saved_report import read_report
from analyzer.errors import ApptellsError, CaptureError
from analyzer.reported import Report

MAX_RUNS = 1_000
"""Files of a folder that are looked at."""
_HEAD = 4096
_REPORT = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{\s*+"(?:schema|capture|declarations)"\s*+:')
"""How a report begins, also one whose members a formatter has sorted; a HAR file begins with `log`."""


def read_build(
    path: Path,
    analyse: Callable[[Path], Report],
    passed_over: Callable[[str], None] = lambda sentence: None,
    one_app: OneApp | None = None,
) -> Observations:
    """The build that a capture, a `report.json`, a baseline, or a folder of captures or reports (its runs) is of.

    `analyse` makes the report on a capture. `passed_over` is told of each file of a folder that is none, `one_app` of
    each that is one. Raises ApptellsError.
    """
    if not is_baseline(_head(path)):
        return read_runs([path], analyse, passed_over, one_app)
    accepted = read_baseline(path)
    (one_app or OneApp()).add(path, accepted.app)
    return accepted


def read_runs(
    paths: Sequence[Path],
    analyse: Callable[[Path], Report],
    passed_over: Callable[[str], None] = lambda sentence: None,
    one_app: OneApp | None = None,
) -> Observations:
    """The build that captures, reports and folders of them are runs of. Raises ApptellsError."""
    runs, one_app = [], one_app or OneApp()
    for path in paths:
        for file, run in _runs(path, analyse, passed_over):
            one_app.add(file, run.observed.app)
            runs.append(run)
    return united_runs(runs)


def _runs(
    path: Path, analyse: Callable[[Path], Report], passed_over: Callable[[str], None]
) -> Iterator[tuple[Path, Run]]:
    if not path.is_dir():
        yield path, _run(path, analyse)
        return
    count = 0
    for inner in _files(path):
        try:
            run = _run(inner, analyse)
        except CaptureError as error:
            passed_over(f"Passed over {error}")
        else:
            count += 1
            yield inner, run
    if not count:
        raise ApptellsError(f"{path}: no file in this folder is a capture or a report; give the folder of a build's.")


def _run(path: Path, analyse: Callable[[Path], Report]) -> Run:
    head = _head(path)
    if is_baseline(head):
        raise CaptureError(f"{path}: this is a baseline; give captures or reports here.")
    if _REPORT.match(head):
        return run_of(read_report(path))
    return run_of(analyse(path))


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    except OSError as error:
        raise ApptellsError(f"{folder}: the folder cannot be read ({error.strerror}); check its rights.") from None
    if len(found) > MAX_RUNS:
        raise ApptellsError(f"{folder}: holds more than {MAX_RUNS:,} files; give a folder of one build's captures.")
    return found


def _head(path: Path) -> bytes:
    """The first bytes of a regular file; nothing where there are none, which whoever reads it says."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""
