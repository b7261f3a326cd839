"""`apptells capture`: records what an app sends, tells what it finds meanwhile, and writes the report on Ctrl-C."""

import asyncio
import re
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import PATH, analysis_options
from analyzer.errors import ApptellsError

if TYPE_CHECKING:
    from analyzer.capture.record import Prepared
    from analyzer.dashboard.server import Dashboard
    from analyzer.live.control import Ready, Said
    from analyzer.live.events import Event, Reached
    from analyzer.live.proxy import Proxy
    from analyzer.pipeline import Options

KEYS = {
    "l": "launch",
    "c": "before-consent",
    "a": "after-accept",
    "r": "after-reject",
    "i": "logged-in",
    "o": "logged-out",
    "b": "background",
}
"""Keys that mark phases. Others: `s` says how far it is, `q` ends as Ctrl-C does, `?` lists them."""

_PREFIX = re.compile(r"\A(\[[\d:.]+\] |\[Errno \d+\] |apptells: |mitmdump: |error: )*")
"""Of lines that mitmdump logs."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--file", "path", type=PATH, metavar="FILE", help="The capture file (default: capture-DATE-TIME.apptells)."
)
@click.option("--output", type=PATH, metavar="DIR", help="The folder of the report (default: named after the file).")
@click.option("--no-report", is_flag=True, help="Only record; `apptells analyze FILE` writes the report later.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port of the proxy.")
@click.option("--listen-host", metavar="ADDRESS", help="Address to listen at (default: all of this machine's).")
@click.option(
    "--mode",
    "modes",
    multiple=True,
    metavar="MODE",
    help="mitmproxy's mode: regular, wireguard, socks5, upstream:…, reverse:…, transparent, local. Repeatable.",
)
@click.option(
    "--keep", type=click.IntRange(0, 32 << 20), metavar="BYTES", help="How much of a body to keep (default: 8 MiB)."
)
@click.option("--dashboard", is_flag=True, help="Show it in a browser too, on this machine only.")
@click.option("--dashboard-port", type=click.IntRange(0, 65535), default=0, help="Its port (default: any free one).")
@analysis_options
@click.argument("mitmdump", nargs=-1, type=click.UNPROCESSED, metavar="[-- MITMDUMP OPTIONS]")
def capture(
    path: Path | None,
    output: Path | None,
    no_report: bool,
    port: int,
    listen_host: str | None,
    modes: tuple[str, ...],
    keep: int | None,
    dashboard: bool,
    dashboard_port: int,
    options: "Options",
    mitmdump: tuple[str, ...],
) -> None:
    """Record what an app sends, and report on it when you press Ctrl-C.

    Starts mitmdump with the apptells addon, says how to point a phone or an emulator at it, and tells of each new
    transmission while it happens. Keys mark the phases of the session: l launch, c consent screen, a accepted,
    r rejected, i logged in, o logged out, b in the background; s says how far it is, q ends.
    """
    from msgspec.structs import replace

    from analyzer.device.state import prepared

    device = prepared()
    if device is not None and device.app is not None and options.app is None:
        options = replace(options, app=device.app.id)
    _check(options)
    words = ["--set", f"apptells_file={path or ''}", "--listen-port", str(port), *mitmdump]
    words += ["--listen-host", listen_host] if listen_host else []
    words += ["--set", f"apptells_app={options.app}"] if options.app else []
    words += ["--set", f"apptells_keep={keep}"] if keep is not None else []
    for mode in modes:
        words += ["--mode", mode]
    session = _Session(words, options, modes, device, dashboard_port if dashboard else None)
    code = asyncio.run(session.run())
    file = session.file
    if file is None:
        said = session.last_words or f"it ended with code {code}"
        raise ApptellsError(f"The recording did not start: {said}; see `apptells capture --help`.")
    _print(f"\nRecorded in {file}")
    if session.exchanges == 0 and session.is_known:
        _print("Nothing came: is the phone's proxy set, and its certificate installed? `apptells device doctor` looks.")
    if not no_report:
        _report(file, output, options)
    if code and not session.is_stopped:
        said = session.last_words or f"code {code}"
        raise ApptellsError(
            f"The recording ended too soon: mitmdump ended by itself ({said}); what came until then is in {file}."
        )


def _check(options: "Options") -> None:
    """Finds out about wrong options before anything is started, for the same sentence after an hour is worth less."""
    from analyzer.attribute.attribution import Maker
    from analyzer.cli.judging import Judging
    from analyzer.knowledge import Knowledge

    Judging().judge()
    knowledge = Knowledge()
    knowledge.declarations(options.declared)
    knowledge.seeds(options.seeds)
    knowledge.adapters_and(options.adapters)
    maker = Maker(app=options.app, first_party=options.first_party, captured_in=options.captured_in)
    attribution = knowledge.attribution(maker, options.owners, options.geoip)
    knowledge.indicators(options.indicators, options.app, attribution.domains.is_shared)


def _report(file: Path, output: Path | None, options: "Options") -> None:
    from msgspec.structs import replace

    from analyzer.cli.files import private_folder
    from analyzer.cli.judging import Judging
    from analyzer.cli.reports import report_folder, report_on, summarise, write_files

    verdicts, _ = Judging().judge()
    report = report_on(file, options)
    report = replace(report, verdicts=verdicts(report))
    folder = private_folder(output or report_folder(file))
    paths = [folder / "report.html", folder / "report.json"]
    write_files(report, paths)
    summarise(report, paths)


class _Session:
    """From the start of the proxy to its end: what is said on the terminal meanwhile, and the keys."""

    def __init__(
        self,
        words: Sequence[str],
        options: "Options",
        modes: Sequence[str],
        device: "Prepared | None",
        dashboard_port: int | None,
    ) -> None:
        self._words, self._options, self._modes, self._dashboard_port = words, options, modes, dashboard_port
        self._device = device
        self.file: Path | None = None
        """The capture file, once the proxy records."""
        self.last_words = ""
        """The last that mitmdump said by itself."""
        self.is_stopped = False
        """Whether it was us who ended it."""
        self._reached: Reached | None = None
        self._phase: str | None = None
        self._follower: asyncio.Task[None] | None = None
        self._dashboard: Dashboard | None = None
        self._proxy: Proxy | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def exchanges(self) -> int:
        """As far as the live analysis has come."""
        return self._reached.exchanges if self._reached is not None else 0

    @property
    def is_known(self) -> bool:
        """Whether the live analysis has seen all of it."""
        return self._reached is not None and self._reached.ended

    async def run(self) -> int:
        """Runs until Ctrl-C or until mitmdump ends; gives mitmdump's exit code."""
        from analyzer.cli.keys import pressed
        from analyzer.live.proxy import Proxy

        loop = asyncio.get_running_loop()
        self._proxy = Proxy(self._words, self._said, self._logged)
        with suppress(NotImplementedError, AttributeError):  # Windows
            loop.add_signal_handler(signal.SIGINT, self._stop)
            loop.add_signal_handler(signal.SIGTERM, self._stop)
            if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under `nohup`
                loop.add_signal_handler(signal.SIGHUP, self._stop)
        with ExitStack() as stack:
            stack.enter_context(pressed(loop, self._pressed))
            code = await self._proxy.run()
        if self._follower is not None:
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._follower, 2)
        if self._dashboard is not None:
            await self._dashboard.stop()
        return code

    def _stop(self) -> None:
        if self._stopping is None and self._proxy is not None:
            self.is_stopped = True
            self._stopping = asyncio.get_running_loop().create_task(self._proxy.stop())

    # ---------------------------------------------------------------- what is said

    def _said(self, said: "Ready | Said") -> None:
        from analyzer.live.control import Ready
        from analyzer.report.visible import visible

        if isinstance(said, Ready):
            self._ready(said)
        else:
            _print(visible(said.message), fg="red", bold=True, err=True)

    def _ready(self, ready: "Ready") -> None:
        import msgspec

        from analyzer.cli.instructions import instructions
        from analyzer.cli.keys import is_terminal
        from analyzer.live.follower import Follower

        if self.file is not None:
            return
        self.file = Path(ready.file)
        for text in instructions(ready, self._modes):
            _print(text)
        if is_terminal():
            _print(_keys())
        options = msgspec.to_builtins(self._options, enc_hook=str)
        loop = asyncio.get_running_loop()
        self._follower = loop.create_task(Follower(self.file, options, self._told).run())
        if self._dashboard_port is not None:
            self._dashboard = self._made_dashboard()
            self._opening = loop.create_task(self._open_dashboard(self._dashboard, self._dashboard_port))
        self._tell_device()

    def _tell_device(self) -> None:
        """Has what `apptells device prepare` found written into the capture; of another app, only the device."""
        from analyzer.capture.record import Prepared

        known = self._device
        if known is not None and self._proxy is not None:
            app = known.app if known.app is not None and known.app.id == self._options.app else None
            self._proxy.order(Prepared(time=time.time(), app=app, device=known.device))

    def _made_dashboard(self) -> "Dashboard":
        from analyzer.dashboard.board import Board
        from analyzer.dashboard.server import Dashboard

        title = self._options.app or (self.file.name if self.file is not None else "")
        return Dashboard(Board(), self._mark, title, self._stop)

    async def _open_dashboard(self, dashboard: "Dashboard", port: int) -> None:
        try:
            _print(f"Dashboard: {await dashboard.start(port)}")
        except ApptellsError as error:
            _print(f"{error} Recording goes on.", err=True)

    def _logged(self, text: str) -> None:
        from analyzer.report.visible import visible

        if text.startswith(("usage:", "Error logged during startup")):
            return
        text = visible(_PREFIX.sub("", text), 500).rstrip(".")
        if self.file is not None or not self.last_words:
            self.last_words = text  # before it records, the first thing that it complains of is the cause
        if self.file is not None:
            _print(f"mitmdump: {text}", dim=True, err=True)

    def _told(self, event: "Event") -> None:
        from analyzer.live.events import Reached, Seen, Trouble, Unreadable
        from analyzer.live.lines import line
        from analyzer.report.visible import visible

        match event:
            case Seen():
                for sent in event.new:
                    if sent.telling:
                        _print(line(sent))
            case Unreadable():
                _print(f"could not see: {visible(event.host)} ({visible(event.kind)})", dim=True)
            case Trouble():
                _print(visible(event.message), fg="red", err=True)
            case Reached():
                self._reached = event
        if self._dashboard is not None:
            self._dashboard.publish(event)

    # ---------------------------------------------------------------- keys

    def _pressed(self, key: str) -> None:
        if key in KEYS:
            self._mark(KEYS[key])
        elif key == "q":
            self._stop()
        elif key == "s":
            _print(self._status())
        elif key == "?":
            _print(_keys())

    def _mark(self, name: str) -> None:
        """Has the proxy write that a phase begins now. Raises ApptellsError for what is no name."""
        from analyzer.capture.phases import phase_name
        from analyzer.capture.record import Marked

        self._phase = phase_name(name)
        if self._proxy is not None:
            self._proxy.order(Marked(time=time.time(), name=self._phase))
        _print(f"{time.strftime('%H:%M:%S')} phase: {self._phase.replace('-', ' ')}", bold=True)

    def _status(self) -> str:
        at = self._reached
        if at is None:
            return "Nothing came yet."
        behind = f"; the analysis is {at.behind:,} bytes behind" if at.behind else ""
        return (
            f"{at.exchanges:,} requests, {at.transmissions:,} transmissions found, {at.unread:,} connections not "
            f"read, phase {self._phase or 'not marked'}{behind}"
        )


def _print(text: str, err: bool = False, **style: Any) -> None:
    """A line on the terminal. Where that is closed, or a pipe is, the recording goes on without."""
    with suppress(OSError):
        click.echo(click.style(text, **style) if style else text, err=err)


def _keys() -> str:
    marks = ", ".join(f"{key} {name.replace('-', ' ')}" for key, name in KEYS.items())
    return f"Keys mark phases: {marks}; s status, q or Ctrl-C ends and writes the report."
