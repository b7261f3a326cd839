"""The addon's side of `apptells capture`: takes its orders on standard input, and answers on standard output."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from msgspec import DecodeError

from analyzer.live.control import Order, Ready, Said, read_order, said_line

_STANDARD_INPUT = 0


def listen(obey: Callable[[Order], None], left: Callable[[], None]) -> None:
    """Takes orders, in a thread, until whoever gives them is gone. Both are called in the loop that runs now."""
    loop = asyncio.get_running_loop()

    def run() -> None:
        # Not by `sys.stdin`: Python aborts where it ends while a thread waits inside of that.
        rest = b""
        with suppress(RuntimeError):  # of a loop that has ended
            while piece := os.read(_STANDARD_INPUT, 1 << 16):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    with suppress(DecodeError):
                        loop.call_soon_threadsafe(obey, read_order(line))
            loop.call_soon_threadsafe(left)

    threading.Thread(target=run, name="apptells orders", daemon=True).start()


def answer(said: Ready | Said) -> None:
    """Says something to `apptells capture`."""
    sys.stdout.buffer.write(said_line(said).encode())
    sys.stdout.flush()
