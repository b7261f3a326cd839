"""`apptells capture`: records what an app sends, tells what it finds meanwhile, and writes the report on Ctrl-C."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import PATH, analysis_options
from analyzer.errors import ApptellsError

if TYPE_CHECKING:
    from analyzer.pipeline import Options


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--file", "path", type=PATH, metavar="FILE", help="The capture file (default: capture-DATE-TIME.apptells)."
)
@click.option("--output", type=PATH, metavar="DIR", help="The folder of the report (default: named after the file).")
@click.option("--no-report", is_flag=True, help="Only record; `apptells analyze FILE` writes the report later.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port of the proxy.")
@click.option("--listen-host", metavar="ADDRESS", help="Address to listen at (default: all of this machine's).")
@click.option(
    "--mode",
    "modes",
    multiple=True,
    metavar="MODE",
    help="mitmproxy's mode: regular, wireguard, socks5, upstream:…, reverse:…, transparent, local. Repeatable.",
)
@click.option(
    "--keep", type=click.IntRange(0, 32 << 20), metavar="BYTES", help="How much of a body to keep (default: 8 MiB)."
)
@click.option("--dashboard", is_flag=True, help="Show it in a browser too, on this machine only.")
@click.option("--dashboard-port", type=click.IntRange(0, 65535), default=0, help="Its port (default: any free one).")
@analysis_options
@click.argument("mitmdump", nargs=-1, type=click.UNPROCESSED, metavar="[-- MITMDUMP OPTIONS]")
def capture(
    path: Path | None,
    output: Path | None,
    no_report: bool,
    port: int,
    listen_host: str | None,
    modes: tuple[str, ...],
    keep: int | None,
    dashboard: bool,
    dashboard_port: int,
    options: "Options",
    mitmdump: tuple[str, ...],
) -> None:
    """Record what an app sends, and report on it when you press Ctrl-C.

    Starts mitmdump with the apptells addon, says how to point a phone or an emulator at it, and tells of each new
    transmission while it happens. Keys mark the phases of the session: l launch, c consent screen, a accepted,
    r rejected, i logged in, o logged out, b in the background; s says how far it is, q ends.
    """
    from msgspec.structs import replace

    from analyzer.cli.files import private_folder
    from analyzer.cli.session import Session, say
    from analyzer.device.state import prepared

    if mitmdump and not mitmdump[0].startswith("-"):
        raise click.UsageError(f"{mitmdump[0]!r} is no option: name the app with --app, the capture file with --file.")
    device = prepared()
    if device is not None and device.app is not None and options.app is None:
        options = replace(options, app=device.app.id)
    _check(options)
    if output is not None and not no_report:
        private_folder(output)
    words = ["--set", f"apptells_file={path or ''}", "--listen-port", str(port), *mitmdump]
    words += ["--listen-host", listen_host] if listen_host else []
    words += ["--set", f"apptells_app={options.app}"] if options.app else []
    words += ["--set", f"apptells_keep={keep}"] if keep is not None else []
    for mode in modes:
        words += ["--mode", mode]
    session = Session(words, options, modes, device, dashboard_port if dashboard else None)
    code = asyncio.run(session.run())
    file = session.file
    if file is None:
        said = session.last_words or f"it ended with code {code}"
        hint = "choose another with --port" if "in use" in said else "see `apptells capture --help`"
        raise ApptellsError(f"The recording did not start: {said}; {hint}.")
    say(f"\nRecorded in {file}")
    if session.reached is not None and session.reached.ended and not session.reached.exchanges:
        say("Nothing came: is the phone's proxy set, and its certificate installed? `apptells device doctor` looks.")
    if not no_report:
        try:
            _report(file, output, options)
        except KeyboardInterrupt:
            say("\nNo report was written; `apptells analyze` with the same options writes it.", err=True)
            raise click.exceptions.Exit(130) from None
    if code and not session.is_stopped:
        said = session.last_words or f"code {code}"
        raise ApptellsError(
            f"The recording ended too soon: mitmdump ended by itself ({said}); what came until then is in {file}."
        )


def _check(options: "Options") -> None:
    """Finds out about wrong options before anything is started, for the same sentence after an hour is worth less."""
    from analyzer.cli.judging import Judging
    from analyzer.knowledge import Knowledge
    from analyzer.pipeline import prepare

    Judging().judge()
    prepare(Knowledge(), options)


def _report(file: Path, output: Path | None, options: "Options") -> None:
    from msgspec.structs import replace

    from analyzer.cli.files import private_folder
    from analyzer.cli.judging import Judging
    from analyzer.cli.reports import report_folder, report_on, summarise, write_files

    verdicts, _ = Judging().judge()
    report = report_on(file, options)
    report = replace(report, verdicts=verdicts(report))
    folder = private_folder(output or report_folder(file))
    paths = [folder / "report.html", folder / "report.json"]
    write_files(report, paths)
    summarise(report, paths)
