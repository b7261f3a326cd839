"""`apptells analyze`: a capture in, the disclosure out."""

import gc
import io
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from analyzer.cli.files import private_file, private_folder
from analyzer.cli.progress import reading
from analyzer.reported import Report

if TYPE_CHECKING:
    from analyzer.pipeline import Options

FORMATS = ("html", "json", "csv")
PATH = click.Path(path_type=Path, readable=False)
"""Whether a path can be read is said where it is read, in one sentence."""


@click.command()
@click.argument("capture", type=PATH)
@click.option(
    "--seeds",
    type=PATH,
    metavar="FILE",
    help="Known values to look for: YAML, one `data.type: value` a line.",
)
@click.option("--deep", is_flag=True, help="Search for rarer hashes and encodings of the seeds too; takes longer.")
@click.option(
    "--adapters",
    type=PATH,
    metavar="DIR",
    help="Your own tracker adapters, used before the shipped ones.",
)
@click.option("--app", metavar="ID", help="Package or bundle id of the app, such as com.example.shop.")
@click.option("--first-party", multiple=True, metavar="DOMAIN", help="A domain of the app's maker. Repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Write this one format instead of the folder with HTML and JSON.",
)
@click.option(
    "--output",
    type=PATH,
    metavar="PATH",
    help="The folder to write, or with --format the file ('-' for standard output).",
)
@click.option(
    "--geoip",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Your own MaxMind database. Repeatable.",
)
@click.option(
    "--owners",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Your own table of owners (CSV), or a list of Exodus, Disconnect, Tracker Radar or Ghostery. Repeatable.",
)
@click.option(
    "--iocs",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Indicators of compromise to look for (STIX 2), a file or a folder. Repeatable.",
)
@click.option(
    "--captured-in",
    metavar="COUNTRY",
    help="Where the capture was made (ISO 3166-1, such as IN): handshake times are checked against it.",
)
@click.option("--show-values", is_flag=True, help="Show values unmasked. Such a report holds personal data.")
def analyze(
    capture: Path,
    seeds: Path | None,
    deep: bool,
    adapters: Path | None,
    app: str | None,
    first_party: tuple[str, ...],
    form: str | None,
    output: Path | None,
    geoip: tuple[Path, ...],
    owners: tuple[Path, ...],
    iocs: tuple[Path, ...],
    captured_in: str | None,
    show_values: bool,
) -> None:
    """Report on CAPTURE (a HAR, or a mitmproxy flow file): what was transmitted, to whom, and where.

    Writes a folder named after the capture with report.html to read and report.json for programs, and a summary here.
    """
    from analyzer.pipeline import Options

    options = Options(
        app=app,
        first_party=first_party,
        geoip=geoip,
        owners=owners,
        indicators=iocs,
        captured_in=captured_in.upper() if captured_in is not None else None,
        seeds=seeds,
        deep=deep,
        adapters=adapters,
        show_values=show_values,
    )
    if deep and seeds is None:
        raise click.UsageError("--deep searches for seeds: give them with --seeds.")
    to_stdout = output == Path("-")
    if to_stdout and not form:
        raise click.UsageError("--output - writes one document: say which with --format.")
    report = _run(capture, options)
    if form and to_stdout:
        _write(form, report, sys.stdout.buffer)
        return
    if form:
        paths = [output or private_folder(_folder(capture)) / f"report.{form}"]
    else:
        folder = private_folder(output or _folder(capture))
        paths = [folder / "report.html", folder / "report.json"]
    with ExitStack() as files:  # all of them take their places, or none
        for path in paths:
            _write(form or path.suffix[1:], report, files.enter_context(private_file(path)))
    _summarise(report, paths)


def _folder(capture: Path) -> Path:
    """The folder that a capture's report goes to: `shop.har` -> `shop-report`, where the user stands."""
    return Path(f"{capture.stem or 'capture'}-report")


def _run(capture: Path, options: "Options") -> Report:
    from analyzer.capture.open import open_capture
    from analyzer.knowledge import Knowledge
    from analyzer.pipeline import analyze as run

    # Analysis makes millions of small objects and no cycles to speak of: let the collector look less often.
    gc.set_threshold(50_000, 50, 100)
    with open_capture(capture) as reader, reading() as show:
        return run(reader, Knowledge(), options, lambda: show(reader.bytes_read, reader.bytes_total))


def _write(form: str, report: Report, out: BinaryIO) -> None:
    writers: dict[str, Callable[[Report, BinaryIO], None]] = {"html": _html, "json": _json, "csv": _csv}
    writers[form](report, out)
    out.flush()


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


def _summarise(report: Report, paths: list[Path]) -> None:
    from rich.console import Console

    from analyzer.report.terminal import summary

    console = Console(highlight=False)
    console.print(summary(report, paths))
    if report.method.values_shown:
        click.echo("The report holds personal data unmasked: keep it private.", err=True)
