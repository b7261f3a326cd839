"""Writes a report on what is recorded so far, in a process of its own: `apptells analyze`."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from pathlib import Path

from analyzer.errors import ApptellsError


async def write_report(capture: Path, seeds: Path | None, first_party: Sequence[str]) -> Path:
    """Writes it to a folder beside the capture file; gives the page. Raises ApptellsError with what was said."""
    folder = capture.with_name(f"{capture.stem}-report")
    words = [sys.executable, "-m", "analyzer", "analyze", str(capture), "--output", str(folder)]
    words += ["--seeds", str(seeds)] if seeds is not None else []
    for domain in first_party:
        words += ["--first-party", domain]
    process = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    _, said = await process.communicate()
    if process.returncode:
        raise ApptellsError(said.decode("utf-8", "replace").strip().removeprefix("apptells: "))
    return folder / "report.html"
