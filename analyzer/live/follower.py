"""Starts the process that follows a capture file, hands on what it says, and starts it again should it fail."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import DecodeError

from analyzer.live.events import Event, Reached, Trouble, decode

TRIES = 3
_READ = 1 << 18
_LONGEST = 64 << 20
"""Bytes of one event; more than that is none."""


class Follower:
    """One for each capture. What is analysed again after a failure is not told again."""

    def __init__(self, path: Path, options: Mapping[str, object], tell: Callable[[Event], None]) -> None:
        """`options` are those of `analyzer.pipeline.Options`, as JSON takes them; `tell` is called in the loop."""
        self._command = (sys.executable, "-m", "analyzer.live", str(path), json.dumps(options))
        self._tell = tell
        self._told = 0
        self._task: asyncio.Task[None] | None = None
        self.reached: Reached | None = None
        """How far it is, as it last said."""
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def start(self) -> None:
        """Runs from now on, beside what else the loop does."""
        self._task = asyncio.get_running_loop().create_task(self.run())

    async def finish(self, seconds: float) -> None:
        """Lets it analyse the rest, as far as it comes in so long; then it ends."""
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._task, seconds)

    async def run(self) -> None:
        """Runs until the session has ended and all of it is analysed, or until the process failed `TRIES` times."""
        for _ in range(TRIES):
            with suppress(OSError, DecodeError):  # it cannot be started, or says what is no event
                if await self._once():
                    return
        self._tell(Trouble(message="The live analysis stopped; the recording goes on, and can be analysed afterwards."))

    async def _once(self) -> bool:
        # A process of its own: analysis is Python, and would take the proxy's time in a thread; forking a proxy would
        # take its sockets along. It reads the pipe to learn when nobody is left to tell.
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
        self._process = process
        assert process.stdout is not None
        count, pending = 0, b""
        try:
            while chunk := await process.stdout.read(_READ):
                *lines, pending = (pending + chunk).split(b"\n")
                for event in map(decode, lines):
                    if isinstance(event, Reached):  # as often as time passes; all others come in the order of the file
                        self.reached = event
                        self._tell(event)
                        if event.ended:
                            return True
                        continue
                    count += 1
                    if count > self._told:
                        self._told = count
                        self._tell(event)
                if len(pending) > _LONGEST:
                    break
            return False
        finally:
            await self._end(process)

    async def _end(self, process: Process) -> None:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
