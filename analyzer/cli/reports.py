"""From a capture file to the files of its report."""

import gc
import io
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from analyzer.cli.files import private_file
from analyzer.cli.progress import reading
from analyzer.reported import Report

if TYPE_CHECKING:
    from analyzer.pipeline import Options


def report_folder(capture: Path) -> Path:
    """The folder that a capture's report goes to: `shop.har` -> `shop-report`, where the user stands."""
    return Path(f"{capture.stem or 'capture'}-report")


def report_on(capture: Path, options: "Options") -> Report:
    """The report on a capture file, with a bar on a terminal while it is read. Raises ApptellsError."""
    from analyzer.capture.open import open_capture
    from analyzer.knowledge import Knowledge
    from analyzer.pipeline import analyze

    # Analysis makes millions of small objects and no cycles to speak of: let the collector look less often.
    gc.set_threshold(50_000, 50, 100)
    with open_capture(capture) as reader, reading() as show:
        return analyze(reader, Knowledge(), options, lambda: show(reader.bytes_read, reader.bytes_total))


def write_files(report: Report, paths: list[Path], form: str | None = None) -> None:
    """Writes each file in the format of its suffix, or in `form`; all of them take their places, or none."""
    with ExitStack() as files:
        for path in paths:
            write(form or path.suffix[1:], report, files.enter_context(private_file(path)))


def write(form: str, report: Report, out: BinaryIO) -> None:
    """Writes one document, `html`, `json` or `csv`."""
    writers: dict[str, Callable[[Report, BinaryIO], None]] = {"html": _html, "json": _json, "csv": _csv}
    writers[form](report, out)
    out.flush()


def summarise(report: Report, paths: list[Path]) -> None:
    """Prints the few lines that say what was found, and where the files are."""
    from rich.console import Console

    from analyzer.report.terminal import summary

    console = Console(highlight=False)
    console.print(summary(report, paths))
    if report.method.values_shown:
        click.echo("The report holds personal data unmasked: keep it private.", err=True)


def _html(report: Report, out: BinaryIO) -> None:
    from analyzer.report.html import render_html

    for chunk in render_html(report):
        out.write(chunk.encode("utf-8", "replace"))


def _json(report: Report, out: BinaryIO) -> None:
    from analyzer.report.json import write_json

    write_json(report, out)


def _csv(report: Report, out: BinaryIO) -> None:
    from analyzer.report.csv import write_csv

    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
    write_csv(report, text)
    text.detach()
