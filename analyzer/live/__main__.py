"""The process that follows a capture: `python -m analyzer.live FILE OPTIONS`, one event a line on standard output."""

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.live.events import Event, Trouble, encode
from analyzer.live.watch import Watch
from analyzer.pipeline import Options

NICENESS = 10
"""Traffic goes before analysis."""
PAUSE = 0.1
"""Seconds between two writes: each wakes the proxy, which costs it eight times what reading one more event does."""


def _path(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError


def main() -> int:
    """Runs until the session ends, or until whoever started this closes standard input."""
    path, options = Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Options, dec_hook=_path)
    with suppress(OSError, AttributeError):
        os.nice(NICENESS)
    left = threading.Event()

    def listen() -> None:
        while sys.stdin.buffer.read(1 << 10):
            pass
        left.set()

    threading.Thread(target=listen, daemon=True).start()
    out, told = sys.stdout.buffer, 0.0
    lines: list[bytes] = []

    def flush() -> None:
        nonlocal told
        told = time.monotonic()
        out.write(b"".join(lines))
        out.flush()
        lines.clear()

    def tell(event: Event) -> None:
        lines.append(encode(event) + b"\n")
        if time.monotonic() - told >= PAUSE:
            flush()

    def is_wanted() -> bool:
        flush()
        return not left.is_set()

    try:
        Watch(path, Knowledge(), options, tell, is_wanted).run()
        flush()
    except ApptellsError as error:
        tell(Trouble(message=str(error)))
        flush()
        return 2
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the thread that listens may still hold standard input
