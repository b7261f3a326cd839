"""The mitmdump that `apptells capture` starts: its options, what it says, and the orders it is given."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from analyzer.live.control import Order, Ready, Said, order_line, read_said

_RUN = "import sys; sys.argv[0] = 'mitmdump'; from mitmproxy.tools.main import mitmdump; sys.exit(mitmdump())"
_LONGEST = 1 << 20
STOPPING = 30.0
"""Seconds that mitmdump has to put everything on disk and end."""


def addon_file() -> Path:
    """Where the addon lies: within the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "addon.py"
    return installed if installed.exists() else package.parent / "addons" / "apptells.py"


class Proxy:
    """mitmdump with the addon. What it says goes to `said`; lines that are mitmdump's own go to `logged`."""

    def __init__(
        self, options: Sequence[str], said: Callable[[Ready | Said], None], logged: Callable[[str], None]
    ) -> None:
        """`options` are mitmdump's, the addon's among them."""
        # It only records: whoever starts it follows the file, and one analysis is enough.
        own = ("apptells_control=true", "apptells_live=false", "flow_detail=0", "termlog_verbosity=error")
        words = [word for option in own for word in ("--set", option)]
        self._command = (sys.executable, "-c", _RUN, "-s", str(addon_file()), *words, *options)
        self._said, self._logged = said, logged
        self._process: Process | None = None
        self._is_wanted = True

    async def run(self) -> int:
        """Runs until mitmdump ends; gives its exit code."""
        # A session of its own, for Ctrl-C on the terminal is for us alone: it ends in order when we say so.
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, limit=_LONGEST, start_new_session=True
        )
        assert process.stdout is not None
        assert process.stdin is not None
        if not self._is_wanted:  # any more: it was stopped before it was there
            process.stdin.close()
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than any line of ours
                continue
            if not line:
                return await process.wait()
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if (said := read_said(text)) is not None:
                self._said(said)
            elif text.strip():
                self._logged(text)

    def order(self, order: Order) -> None:
        """Has a record written."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, RuntimeError):
                self._process.stdin.write(order_line(order))

    async def stop(self) -> None:
        """Has mitmdump end in order; by force where it does not."""
        self._is_wanted = False
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOPPING)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
