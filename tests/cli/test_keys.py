"""Key presses on a terminal, also one that was left for a while or is closed."""

import asyncio
import os
import pty
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pytest

from analyzer.cli.keys import is_terminal, pressed

WAIT = 10


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Both sides of a terminal that is standard input: the user's, and ours."""
    users, ours = pty.openpty()
    with os.fdopen(ours) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield users, ours


async def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not ready():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def waits_for_lines(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ICANON)


def test_keys_come_at_once_and_the_terminal_is_left_as_it_was(terminal: tuple[int, int]) -> None:
    users, ours = terminal
    keys: list[str] = []

    async def run() -> None:
        with pressed(asyncio.get_running_loop(), keys.append) as is_there:
            assert is_there
            os.write(users, "aé".encode())
            await until(lambda: len(keys) == 2)

    asyncio.run(run())
    assert keys == ["a", "é"]
    assert waits_for_lines(ours)


def test_keys_come_again_after_the_shell_had_the_terminal(terminal: tuple[int, int]) -> None:
    """As after Ctrl-Z and `fg`."""
    _, ours = terminal

    async def run() -> None:
        with pressed(asyncio.get_running_loop(), lambda key: None):
            mode = termios.tcgetattr(ours)
            mode[3] |= termios.ICANON
            termios.tcsetattr(ours, termios.TCSANOW, mode)
            os.kill(os.getpid(), signal.SIGCONT)
            await until(lambda: not waits_for_lines(ours))

    asyncio.run(run())


def test_a_terminal_that_is_closed_is_looked_at_no_more(terminal: tuple[int, int]) -> None:
    users, ours = terminal

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with pressed(loop, lambda key: None):
            os.close(users)
            await asyncio.sleep(0.1)
            assert not loop.remove_reader(ours), "it is asked for keys that cannot come"

    asyncio.run(run())


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert not is_terminal()

    async def run() -> None:
        with pressed(asyncio.get_running_loop(), lambda key: None) as is_there:
            assert not is_there

    asyncio.run(run())
