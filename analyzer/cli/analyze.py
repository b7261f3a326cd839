"""`apptells analyze`: a capture in, the disclosure out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.files import private_folder
from analyzer.cli.judging import judging_options
from analyzer.cli.options import PATH, analysis_options

if TYPE_CHECKING:
    from analyzer.cli.judging import Judging
    from analyzer.pipeline import Options

FORMATS = ("html", "json", "csv")


@click.command()
@click.argument("capture", type=PATH)
@judging_options
@analysis_options
@click.option(
    "--phase",
    "phases",
    multiple=True,
    metavar="NAME@TIME",
    help="When a phase of the session began, such as accepted@12:01:33 (UTC) or launch@+0. Repeatable.",
)
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
def analyze(
    capture: Path,
    options: "Options",
    judging: "Judging",
    phases: tuple[str, ...],
    form: str | None,
    output: Path | None,
) -> None:
    """Report on CAPTURE (of apptells, a HAR, or a mitmproxy flow file): what was transmitted, to whom, and where.

    Writes a folder named after the capture with report.html to read and report.json for programs, and a summary here.
    """
    from msgspec.structs import replace

    from analyzer.cli.reports import report_folder, report_on, summarise, write, write_files

    to_stdout = output == Path("-")
    if to_stdout and not form:
        raise click.UsageError("--output - writes one document: say which with --format.")
    verdicts, _ = judging.judge()
    report = report_on(capture, replace(options, phases=phases))
    report = replace(report, verdicts=verdicts(report))
    if form and to_stdout:
        write(form, report, sys.stdout.buffer)
        return
    if form:
        paths = [output or private_folder(report_folder(capture)) / f"report.{form}"]
    else:
        folder = private_folder(output or report_folder(capture))
        paths = [folder / "report.html", folder / "report.json"]
    write_files(report, paths, form)
    summarise(report, paths)
