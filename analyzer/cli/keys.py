"""Single key presses on a terminal, without waiting for the end of a line."""

import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def pressed(loop: AbstractEventLoop, press: Callable[[str], None]) -> Iterator[bool]:
    """Calls `press` for each key while it lasts, and leaves the terminal as it was; gives False where there is none."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        yield False
        return
    if not sys.stdin.isatty():
        yield False
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def read() -> None:
        for key in os.read(terminal, 64).decode("utf-8", "ignore"):
            press(key)

    try:
        tty.setcbreak(terminal)
        loop.add_reader(terminal, read)
        yield True
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
