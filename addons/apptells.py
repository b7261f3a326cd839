"""The mitmproxy addon: records what an app sends, slows nothing, and tells what it finds while it watches.

Use it with `mitmdump`, `mitmproxy` or `mitmweb` as `-s addons/apptells.py`, or by `apptells capture`.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from mitmproxy import command, connection, ctx, dns, exceptions, hooks, http, tcp, tls, udp
from mitmproxy.addonmanager import Loader
from mitmproxy.log import ALERT
from mitmproxy.proxy import layer, server_hooks

from analyzer.capture.phases import phase_name
from analyzer.capture.record import Ended, Marked, Record, Started
from analyzer.errors import ApptellsError
from analyzer.live.control import Order, Ready, Said
from analyzer.live.events import Event, Seen
from analyzer.live.follower import Follower
from analyzer.live.lines import lines
from analyzer.live.orders import answer, listen
from analyzer.live.report_process import write_report
from analyzer.recording.connections import Connections
from analyzer.recording.flows import Flows
from analyzer.recording.guard import guarded
from analyzer.recording.journal import Journal, check_new, new_path
from analyzer.recording.listening import addresses, wireguard
from analyzer.recording.lookups import Lookups
from analyzer.recording.pace import paced
from analyzer.recording.proxy_options import is_saving, needs_whole_requests, needs_whole_responses
from analyzer.recording.records import header, short
from analyzer.recording.remarks import remark
from analyzer.report.visible import visible

KEEP = 8 << 20
"""Bytes that are kept of a body, unless the user says otherwise."""
MOST_KEPT = 32 << 20
SWEEP = 0.5
"""Seconds between two looks at what does not end."""
LAST_WORDS = 10.0
"""Seconds that the live analysis has to catch up when the session ends."""
AT_START = {"apptells_file", "apptells_app", "apptells_live", "apptells_control"}
"""Options that mean nothing any more once the recording has begun."""
LEVELS = {"found": ALERT, "aside": logging.INFO, "trouble": logging.WARNING}
"""Of mitmproxy's log, for each kind of line."""

logger = logging.getLogger(__name__)


class Apptells:
    """Hooks only: what they do is in `analyzer/recording` and `analyzer/live`."""

    name = "apptells"

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._flows = Flows(self._write, KEEP)
        self._lookups = Lookups(self._write, self._flows.number)
        self._connections = Connections(self._write, time.time)
        self._tasks: list[asyncio.Task[None]] = []
        self._follower: Follower | None = None
        self._phase: str | None = None
        self._errors = 0
        self._is_over = False
        """Whether the file is closed."""
        self._own_page = ""
        """Host of mitmproxy's page of certificates; to ask the options for it at each request is dear."""

    # ---------------------------------------------------------------- options and life

    def load(self, loader: Loader) -> None:
        """Declares the options."""
        loader.add_option("apptells_file", str, "", "Capture file to write (default: capture-DATE-TIME.apptells).")
        loader.add_option("apptells_app", str, "", "Package or bundle id of the app.")
        loader.add_option("apptells_first_party", Sequence[str], [], "Domains of the app's maker.")
        loader.add_option("apptells_seeds", str, "", "File of known values to look for.")
        loader.add_option("apptells_keep", int, KEEP, "Bytes to keep of a body; all of it is hashed.")
        loader.add_option("apptells_live", bool, True, "Analyse while recording, in a process of its own.")
        loader.add_option("apptells_control", bool, False, "Take orders on standard input, as from `apptells capture`.")

    def configure(self, updated: set[str]) -> None:
        """Checks the options. Raises OptionsError."""
        if self._journal is not None and (late := sorted(AT_START & updated)):
            raise exceptions.OptionsError(f"{late[0]} cannot be changed while recording; start again with it.")
        keep = ctx.options.apptells_keep
        if "apptells_keep" in updated and not 0 <= keep <= MOST_KEPT:
            raise exceptions.OptionsError(f"apptells_keep is {keep}; give 0 to {MOST_KEPT} bytes.")
        if "apptells_file" in updated and ctx.options.apptells_file:
            try:
                check_new(_path(ctx.options.apptells_file))
            except ApptellsError as error:
                logger.error("apptells: %s", error)  # mitmproxy ends now; what is said later its own screen would hide
        seeds = _seeds()
        if "apptells_seeds" in updated and seeds is not None and not seeds.is_file():
            raise exceptions.OptionsError(f"{seeds}: there is no such file; check apptells_seeds.")
        self._flows.keep = keep
        self._flows.passes_requests = not needs_whole_requests(ctx.options)
        self._flows.passes_responses = not needs_whole_responses(ctx.options)
        is_alone = ctx.options.apptells_control and len(ctx.options.scripts) == 1
        self._flows.keeps_messages = not is_alone or is_saving(ctx.options)
        self._own_page = ctx.options.onboarding_host if ctx.options.onboarding else ""

    def running(self) -> None:
        """Opens the capture file; from here on nothing is missed."""
        loop = asyncio.get_running_loop()

        def trouble(message: str) -> None:
            with suppress(RuntimeError):  # of a loop that has ended
                loop.call_soon_threadsafe(self._alert, message)

        named = ctx.options.apptells_file
        try:
            self._journal = Journal(_path(named) if named else new_path(), trouble)
        except ApptellsError as error:
            logger.error("apptells: %s", error)
            ctx.master.shutdown()
            return
        path = self._journal.path
        tool = f"apptells {version('apptells')}, mitmproxy {version('mitmproxy')}"
        modes, app = tuple(ctx.options.mode), short(ctx.options.apptells_app) or None
        self._write(Started(time=time.time(), tool=tool, modes=modes, app=app))
        self._tasks.append(asyncio.create_task(self._sweep()))
        if ctx.options.apptells_live:
            seeds, first_party = _seeds(), list(ctx.options.apptells_first_party)
            options = {"app": app, "first_party": first_party, "seeds": str(seeds) if seeds is not None else None}
            self._follower = Follower(path, options, self._told)
            self._follower.start()
        if ctx.options.apptells_control:
            listen(self._obey, ctx.master.shutdown)
            server = ctx.master.addons.get("proxyserver")
            answer(Ready(file=str(path), listening=addresses(server), wireguard=wireguard(server)))
        else:
            logger.log(ALERT, "apptells records to %s", path)

    async def done(self) -> None:
        """Ends the capture file in order, and lets the live analysis finish."""
        for task in self._tasks:
            task.cancel()
        self._sweep_all(float("inf"))
        journal, self._journal = self._journal, None
        if journal is None:
            return
        # mitmproxy passes traffic until it is gone; what would not be recorded any more is not passed on either.
        self._is_over = True
        last = Ended(time=time.time(), open=self._flows.open, errors=self._errors)
        await asyncio.to_thread(journal.close, last)
        if self._follower is not None:
            await self._follower.finish(LAST_WORDS)
        if not ctx.options.apptells_control:
            counts = self._counts(journal)
            logger.log(ALERT, "apptells recorded %s; read it with: apptells analyze %s", counts, journal.path)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self._sweep_all(time.time())

    @guarded
    def _sweep_all(self, now: float) -> None:
        self._flows.sweep(now)
        self._lookups.sweep(now)

    def _write(self, record: Record) -> None:
        if self._journal is not None:
            self._journal.write(record)

    def failed(self, hook: str, error: Exception) -> None:
        """Counts a failure of the addon; the first is told."""
        self._errors += 1
        if self._errors == 1:
            why = visible(f"{type(error).__name__}: {error}", 200)
            self._alert(f"NOT RECORDED: the addon failed in {hook} ({why}); it goes on.")

    # ---------------------------------------------------------------- hooks

    def _is_the_apps(self, flow: http.HTTPFlow) -> bool:
        """Not one that mitmproxy sends again by itself, and none that it answers with its page of certificates."""
        if flow.is_replay == "request":
            return False
        request, page = flow.request.data, self._own_page
        # Where the app goes by addresses, as through WireGuard, the name is in the header.
        if not page or (request.host != page and header(request.headers.fields, b"host") != page.encode()):
            return True
        # An app may send several names to be overlooked; mitmproxy's own rule, which is dear, says what it answers.
        return flow.request.pretty_host != page

    @guarded
    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """A request begins."""
        self._connections.read(flow.client_conn)
        if self._is_over and flow.killable:
            flow.kill()
        elif self._is_the_apps(flow):
            self._flows.request_begins(flow)
        return paced(flow, self._journal)

    @guarded
    def request(self, flow: http.HTTPFlow) -> None:
        """A request is complete; mitmproxy's options may change it after this hook."""
        self._flows.request_ends(flow)

    @guarded
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """A response begins."""
        self._flows.response_begins(flow)

    @guarded
    def response(self, flow: http.HTTPFlow) -> None:
        """A response is complete."""
        if self._is_the_apps(flow):
            self._flows.ended(flow)

    @guarded
    def error(self, flow: http.HTTPFlow) -> None:
        """A request or its response broke off."""
        if self._is_the_apps(flow):
            self._flows.broke_off(flow)

    @guarded
    def http_connect_error(self, flow: http.HTTPFlow) -> None:
        """A CONNECT came to nothing."""
        self._connections.tunnel_failed(flow)

    @guarded
    def websocket_message(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """A message of a WebSocket."""
        if self._is_the_apps(flow):
            self._flows.message(flow)
        return paced(flow, self._journal)

    @guarded
    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """A WebSocket is closed."""
        self._flows.socket_ended(flow)

    @guarded
    def tcp_message(self, flow: tcp.TCPFlow | udp.UDPFlow) -> Awaitable[None] | None:
        """Bytes of a connection that speaks neither HTTP nor DNS, or a datagram that is neither QUIC nor DNS."""
        self._connections.read(flow.client_conn)
        self._flows.raw_message(flow)
        return paced(flow, self._journal)

    udp_message = tcp_message

    @guarded
    def tcp_end(self, flow: tcp.TCPFlow | udp.UDPFlow) -> None:
        """Such a connection is closed, or broke off; no more datagrams come, or they cannot be passed on."""
        self._flows.raw_ended(flow)

    tcp_error = udp_end = udp_error = tcp_end

    @guarded
    def dns_request(self, flow: dns.DNSFlow) -> None:
        """A name is asked for."""
        self._connections.read(flow.client_conn)
        self._lookups.asked(flow)

    @guarded
    def dns_response(self, flow: dns.DNSFlow) -> None:
        """A name was looked up, or was asked for and nothing came back."""
        self._lookups.ended(flow)

    dns_error = dns_response

    @guarded
    def client_connected(self, client: connection.Client) -> None:
        """The app has connected."""
        self._connections.connected(client)

    @guarded
    def client_disconnected(self, client: connection.Client) -> None:
        """The app has closed a connection."""
        self._connections.disconnected(client)

    @guarded
    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """The app begins a handshake."""
        self._connections.hello(data)

    @guarded
    def tls_established_client(self, data: tls.TlsData) -> None:
        """The handshake with the app has succeeded."""
        self._connections.encrypted(data)

    @guarded
    def tls_failed_client(self, data: tls.TlsData) -> None:
        """The handshake with the app has failed."""
        self._connections.client_refused(data)

    @guarded
    def tls_failed_server(self, data: tls.TlsData) -> None:
        """The handshake with a server has failed."""
        self._connections.server_refused(data)

    @guarded
    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """A server cannot be connected to."""
        self._connections.server_failed(data)

    @guarded
    def next_layer(self, chosen: layer.NextLayer) -> None:
        """mitmproxy decides what a connection speaks: after this hook, for scripts come before its own addons."""
        asyncio.get_running_loop().call_soon(self._chosen, chosen)

    @guarded
    def _chosen(self, chosen: layer.NextLayer) -> None:
        self._connections.chosen(chosen)

    # ---------------------------------------------------------------- what is told

    @guarded
    def _told(self, event: Event) -> None:
        for kind, text in lines(event):
            logger.log(LEVELS[kind], "apptells: %s" if kind == "trouble" else "%s", text)
        view = ctx.master.addons.get("view")  # where there is a list of flows to look at
        if view is not None and isinstance(event, Seen) and (flow := view.get_by_id(event.flow)) is not None:
            remark(flow, event.transmissions)
            ctx.master.addons.trigger(hooks.UpdateHook([flow]))

    def _alert(self, message: str) -> None:
        if ctx.options.apptells_control:
            answer(Said(message=message))
        else:
            logger.error("apptells: %s", message)

    # ---------------------------------------------------------------- commands

    @command.command("apptells.phase")
    def phase(self, name: str) -> None:
        """Mark that a phase of the session begins: launch, before-consent, after-accept, ..."""
        if self._journal is None:
            raise exceptions.CommandError("Nothing is being recorded.")
        try:
            self._obey(Marked(time=time.time(), name=phase_name(name)))
        except ApptellsError as error:
            raise exceptions.CommandError(str(error)) from None
        logger.log(ALERT, "phase: %s", self._phase)

    @command.command("apptells.status")
    def status(self) -> str:
        """How much is recorded, and how far the live analysis is."""
        text = self._counts(self._journal)
        if self._journal is not None:
            text += f" in {self._journal.path} ({self._journal.size:,} bytes)"
        if self._phase is not None:
            text += f", phase {self._phase}"
        if self._follower is not None and (at := self._follower.reached) is not None:
            text += f"; {at.transmissions:,} transmissions found, {at.behind:,} bytes behind"
        logger.log(ALERT, "%s", text)
        return text

    @command.command("apptells.report")
    def report(self) -> None:
        """Write a report on everything recorded so far, in a folder beside the capture file."""
        if self._journal is None:
            raise exceptions.CommandError("Nothing is being recorded.")
        self._tasks.append(asyncio.create_task(self._report(self._journal.path)))

    async def _report(self, path: Path) -> None:
        try:
            page = await write_report(path, _seeds(), ctx.options.apptells_first_party)
        except ApptellsError as error:
            logger.error("apptells: %s", visible(str(error)))
        else:
            logger.log(ALERT, "report: %s", page)

    def _counts(self, journal: Journal | None) -> str:
        lost = journal.lost if journal is not None else 0
        troubles = (f", {lost:,} NOT RECORDED" if lost else "") + (f", {self._errors:,} errors" if self._errors else "")
        return f"{self._flows.count:,} requests, connections and look-ups{troubles}"

    @guarded
    def _obey(self, order: Order) -> None:
        if isinstance(order, Marked):
            self._phase = order.name
        self._write(order)


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _seeds() -> Path | None:
    return _path(ctx.options.apptells_seeds) if ctx.options.apptells_seeds else None


addons = [Apptells()]
