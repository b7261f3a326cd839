"""The command line: one command a file; the only place that prints or exits."""

import io
import os
import sys
from pathlib import Path

import click

from analyzer.errors import ApptellsError

COMMANDS = {
    "capture": "Record what an app sends, tell what is found meanwhile, and report on it.",
    "analyze": "Report on a capture: what was transmitted, to whom, and where.",
    "check": "Judge a build: fail on what is indicated, or new against a baseline.",
    "diff": "Compare two builds: what is new, gone, worse or better.",
    "baseline": "Keep what a build is known and accepted to transmit.",
    "rules": "List, check and explain the rules that captures are judged by.",
    "device": "Point a phone or emulator at the proxy over adb, and put it back.",
    "identify": "Compare captures of two people or devices: what tells them apart.",
    "persona": "Make a fictitious person to type into the app.",
    "data": "See, update, import and verify the data on owners, networks and countries.",
    "adapters": "List the trackers whose requests are explained; check your own.",
}
"""Commands and what they do, in the order of `--help`; each is a module of this package with a function of its name."""


class Commands(click.Group):
    """Loads a command only when it is called, so that `--help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = getattr(import_module(f"analyzer.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"apptells {version('apptells')}")
        ctx.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """What does this app send, to whom, and where?

    apptells reads captured traffic and writes a disclosure in which every statement has its evidence. It works
    offline; nothing leaves this machine.
    """


def main() -> None:
    """Run a command. Trouble that the user can mend is one sentence and exit code 2; a reader that has gone is 1."""
    try:
        for closed in [name for name in ("stdout", "stderr") if getattr(sys, name) is None]:
            setattr(sys, closed, Path(os.devnull).open("w"))  # noqa: SIM115 - as `>&-` leaves them, and until the end
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 must not cost the report
        sys.exit(cli.main(prog_name="apptells", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("apptells: stopped; no file was written.", err=True)
        sys.exit(130)  # 128 and the number of SIGINT, as shells count
    except ApptellsError as error:
        _complain(str(error))
        sys.exit(2)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _complain(f"{name}{error.strerror or error}; check the path, its rights and the free space.")
        sys.exit(2)


def _complain(sentences: str) -> None:
    """Say what is wrong on standard error; names and what files hold stay text, whatever a terminal makes of it."""
    from analyzer.report.visible import visible

    click.echo("apptells: " + "\n".join(visible(line) for line in sentences.split("\n")), err=True)
