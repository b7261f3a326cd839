"""Single key presses on a terminal, without waiting for the end of a line."""

import os
import signal
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def pressed(loop: AbstractEventLoop, press: Callable[[str], None]) -> Iterator[bool]:
    """Calls `press` for each key while it lasts, and leaves the terminal as it was; gives False where there is none."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        yield False
        return
    if not is_terminal():
        yield False
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def read() -> None:
        keys = b""
        with suppress(OSError):
            keys = os.read(terminal, 64)
        if not keys:  # the terminal was closed
            loop.remove_reader(terminal)
        for key in keys.decode("utf-8", "ignore"):
            press(key)

    def begin() -> None:
        with suppress(OSError, termios.error):
            if _is_in_front(terminal):
                tty.setcbreak(terminal)

    try:
        begin()
        loop.add_signal_handler(signal.SIGCONT, begin)  # after Ctrl-Z, the shell has set the terminal for itself
        loop.add_reader(terminal, read)
        yield True
    finally:
        loop.remove_reader(terminal)
        loop.remove_signal_handler(signal.SIGCONT)
        with suppress(OSError, termios.error):
            if _is_in_front(terminal):
                termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def is_terminal() -> bool:
    """Whether somebody can press keys: standard input is a terminal, and not closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def _is_in_front(terminal: int) -> bool:
    """Whether the terminal is ours to set: a process in the background that tries to is stopped."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # it controls nobody, or is closed
        return True
