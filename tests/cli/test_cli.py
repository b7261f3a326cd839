"""The commands as such: help, version, mistakes of the user."""

from importlib.metadata import version
from pathlib import Path

import click
import pytest

from analyzer.cli import COMMANDS, cli
from tests.cli.running import FLOW, HAR, invoke, run


def test_help_lists_every_command() -> None:
    said = invoke("--help").output
    assert "What does this app send, to whom, and where?" in said
    for name, does in COMMANDS.items():
        assert f"{name} {does}" in " ".join(said.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_with_help_for_every_option(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert invoke(name, "-h").output == invoke(name, "--help").output


def test_version() -> None:
    assert invoke("--version").output == f"apptells {version('apptells')}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage: apptells"),
        (["analyse"], "No such command 'analyse'"),
        (["--nope"], "No such option"),
        (["analyze"], "Missing argument 'CAPTURE'"),
        (["analyze", HAR, FLOW], "unexpected extra argument"),
        (["analyze", HAR, "--nope"], "No such option"),
        (["analyze", HAR, "--format", "xml"], "'xml' is not one of 'html', 'json', 'csv'"),
        (["analyze", HAR, "--output", "-"], "say which with --format"),
    ],
)
def test_wrong_words(words: list[object], said: str, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
