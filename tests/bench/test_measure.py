"""The measuring tool itself: it sees memory, limits it, ends what hangs, and passes exit codes on."""

import signal
import sys
from pathlib import Path

from tests.bench.measure import run


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def test_peak_is_the_child_s_own_and_not_the_parent_s() -> None:
    ballast = b"x" * 150_000_000
    assert run(python("pass")).peak < 60 < run(python("x = b'x' * 100_000_000")).peak
    assert ballast


def test_exit_code_and_output_come_back(tmp_path: Path) -> None:
    said = tmp_path / "stderr.txt"
    assert run(python("import sys; sys.exit('no')"), stderr=said).code == 1
    assert said.read_text() == "no\n"


def test_what_hangs_is_killed() -> None:
    assert run(python("while True: pass"), seconds=1).code == -signal.SIGXCPU


def test_address_space_is_limited() -> None:
    assert run(python("x = b'x' * 900_000_000"), address_space=400_000_000).code == 1
