"""Runs the command line: in this process, where it is quick, or as a user does."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from analyzer.cli import cli
from tests.conftest import FIXTURES, LABELLED

HAR = FIXTURES / "captures" / "founding-case.har"
FLOW = HAR.with_suffix(".flow")
SEEDS = FIXTURES / "captures" / "founding-case.persona.yaml"
__all__ = ["FIXTURES", "FLOW", "HAR", "LABELLED", "SEEDS", "invoke", "run"]


def invoke(*words: object) -> Result:
    """The command in this process; it has to succeed."""
    result = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def run(*words: object, cwd: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """`python -m analyzer` with these words."""
    command = [sys.executable, "-m", "analyzer", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(FIXTURES.parent)} | environment
    return subprocess.run(command, cwd=cwd, capture_output=True, env=environment, timeout=120)
