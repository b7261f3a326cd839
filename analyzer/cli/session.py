"""One session of `apptells capture`, from the start of the proxy to its end: what is said meanwhile, and the keys."""

import asyncio
import re
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click
import msgspec

from analyzer.capture.phases import phase_name
from analyzer.capture.record import Marked, Prepared
from analyzer.cli.instructions import instructions
from analyzer.cli.keys import is_terminal, pressed
from analyzer.errors import ApptellsError
from analyzer.live.control import Ready, Said
from analyzer.live.events import Event, Reached
from analyzer.live.follower import Follower
from analyzer.live.lines import Kind, lines
from analyzer.live.proxy import Proxy
from analyzer.pipeline import Options
from analyzer.report.visible import visible

if TYPE_CHECKING:
    from analyzer.dashboard.server import Dashboard

KEYS = MappingProxyType(
    {
        "l": "launch",
        "c": "before-consent",
        "a": "after-accept",
        "r": "after-reject",
        "i": "logged-in",
        "o": "logged-out",
        "b": "background",
    }
)
"""Keys that mark phases. Others: `s` says how far it is, `q` ends as Ctrl-C does, `?` lists them."""
LAST_WORDS = 2.0
"""Seconds that the live analysis has to catch up at the end; the report is made from the file in any case."""
STYLES: Mapping[Kind, Mapping[str, Any]] = MappingProxyType(
    {"found": {}, "aside": {"dim": True}, "trouble": {"fg": "red", "err": True}}
)

_PREFIX = re.compile(r"\A(\[[\d:.]+\] |\[Errno \d+\] |apptells: |mitmdump: |error: )*")
"""Of lines that mitmdump logs."""


def say(text: str, err: bool = False, **style: Any) -> None:
    """A line on the terminal. Where that is closed, or a pipe is, the recording goes on without."""
    with suppress(OSError):
        click.echo(click.style(text, **style) if style else text, err=err)


class Session:
    """A proxy that records, the analysis that follows it, and the dashboard that shows it."""

    def __init__(
        self,
        words: Sequence[str],
        options: Options,
        modes: Sequence[str],
        device: Prepared | None,
        dashboard_port: int | None,
    ) -> None:
        """`words` are mitmdump's options; `device` is what is written into the capture of where the app runs."""
        self._options, self._modes, self._device, self._dashboard_port = options, modes, device, dashboard_port
        self.file: Path | None = None
        """The capture file, once the proxy records."""
        self.last_words = ""
        """The last that mitmdump said by itself."""
        self.is_stopped = False
        """Whether it was us who ended it."""
        self._proxy = Proxy(words, self._said, self._logged)
        self._follower: Follower | None = None
        self._dashboard: Dashboard | None = None
        self._phase: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def reached(self) -> Reached | None:
        """How far the live analysis is; None where it has said nothing yet."""
        return self._follower.reached if self._follower is not None else None

    async def run(self) -> int:
        """Runs until Ctrl-C or until mitmdump ends; gives mitmdump's exit code."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, AttributeError):  # Windows
            loop.add_signal_handler(signal.SIGINT, self._stop)
            loop.add_signal_handler(signal.SIGTERM, self._stop)
            if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under `nohup`
                loop.add_signal_handler(signal.SIGHUP, self._stop)
        with pressed(loop, self._pressed):
            code = await self._proxy.run()
        if self._follower is not None:
            await self._follower.finish(LAST_WORDS)
        if self._dashboard is not None:
            await self._dashboard.stop()
        return code

    def _stop(self) -> None:
        if not self.is_stopped:
            self.is_stopped = True
            self._tasks.append(asyncio.get_running_loop().create_task(self._proxy.stop()))

    # ---------------------------------------------------------------- what is said

    def _said(self, said: Ready | Said) -> None:
        if isinstance(said, Said):
            say(visible(said.message), fg="red", bold=True, err=True)
        elif self.file is None:
            self._ready(said)

    def _ready(self, ready: Ready) -> None:
        self.file = Path(ready.file)
        for text in instructions(ready, self._modes):
            say(text)
        if is_terminal():
            say(_keys())
        self._follower = Follower(self.file, msgspec.to_builtins(self._options, enc_hook=str), self._told)
        self._follower.start()
        if self._dashboard_port is not None:
            self._tasks.append(asyncio.get_running_loop().create_task(self._show(self.file, self._dashboard_port)))
        if self._device is not None:
            self._tell_device(self._device)

    def _tell_device(self, known: Prepared) -> None:
        """Has what `apptells device prepare` found written into the capture; of another app, only the device."""
        app = known.app if known.app is not None and known.app.id == self._options.app else None
        self._proxy.order(Prepared(time=time.time(), app=app, device=known.device))

    async def _show(self, file: Path, port: int) -> None:
        from analyzer.dashboard.board import Board
        from analyzer.dashboard.server import Dashboard

        self._dashboard = Dashboard(Board(), self._mark, self._options.app or file.name, self._stop)
        try:
            say(f"Dashboard: {await self._dashboard.start(port)}")
        except ApptellsError as error:
            say(f"{error} Recording goes on.", err=True)

    def _logged(self, text: str) -> None:
        if text.startswith(("usage:", "Error logged during startup")):
            return
        text = visible(_PREFIX.sub("", text), 500).rstrip(".")
        if self.file is not None or not self.last_words:
            self.last_words = text  # before it records, the first thing that it complains of is the cause
        if self.file is not None:
            say(f"mitmdump: {text}", dim=True, err=True)

    def _told(self, event: Event) -> None:
        for kind, text in lines(event):
            say(text, **STYLES[kind])
        if self._dashboard is not None:
            self._dashboard.publish(event)

    # ---------------------------------------------------------------- keys

    def _pressed(self, key: str) -> None:
        if key in KEYS:
            self._mark(KEYS[key])
        elif key == "q":
            self._stop()
        elif key == "s":
            say(self._status())
        elif key == "?":
            say(_keys())

    def _mark(self, name: str) -> None:
        """Has the proxy write that a phase begins now. Raises ApptellsError for what is no name."""
        self._phase = phase_name(name)
        self._proxy.order(Marked(time=time.time(), name=self._phase))
        say(f"{time.strftime('%H:%M:%S')} phase: {self._phase.replace('-', ' ')}", bold=True)

    def _status(self) -> str:
        at = self.reached
        if at is None:
            return "Nothing came yet."
        behind = f"; the analysis is {at.behind:,} bytes behind" if at.behind else ""
        return (
            f"{at.exchanges:,} requests, {at.transmissions:,} transmissions found, {at.unread:,} connections not "
            f"read, phase {self._phase or 'not marked'}{behind}"
        )


def _keys() -> str:
    marks = ", ".join(f"{key} {name.replace('-', ' ')}" for key, name in KEYS.items())
    return f"Keys mark phases: {marks}; s status, q or Ctrl-C ends and writes the report."
