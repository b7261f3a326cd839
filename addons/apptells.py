"""The mitmproxy addon: records what an app sends, slows nothing, and tells what it finds while it watches.

Use it with `mitmdump`, `mitmproxy` or `mitmweb` as `-s addons/apptells.py`, or by `apptells capture`.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import wraps
from importlib.metadata import version
from pathlib import Path

import msgspec
from mitmproxy import command, connection, ctx, dns, exceptions, flow, hooks, http, tcp, tls, udp
from mitmproxy.addonmanager import Loader
from mitmproxy.log import ALERT
from mitmproxy.proxy import layer, server_hooks

from analyzer.capture.phases import phase_name
from analyzer.capture.record import Ended, Marked, Record, Started
from analyzer.errors import ApptellsError
from analyzer.live.control import Order, Ready, Said, read_order, said_line
from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Trouble, Unreadable
from analyzer.live.follower import Follower
from analyzer.live.lines import line
from analyzer.recording.connections import Connections
from analyzer.recording.flows import Flows
from analyzer.recording.journal import Journal
from analyzer.recording.lookups import Lookups
from analyzer.recording.records import header, short
from analyzer.report.visible import visible

KEEP = 8 << 20
"""Bytes that are kept of a body, unless the user says otherwise."""
MOST_KEPT = 32 << 20
SWEEP = 0.5
"""Seconds between two looks at what does not end."""
LAST_WORDS = 10.0
"""Seconds that the live analysis has to catch up when the session ends."""
WAITING = 8 << 20
"""Bytes of records that wait for the disk until the reading of a flow file does too."""
PATIENCE = 10.0
"""Seconds that it does so: the disk may be full."""
MARK, COMMENT = ":mag:", "apptells: "
AT_START = {"apptells_file", "apptells_app", "apptells_live", "apptells_control"}
"""Options that mean nothing any more once the recording has begun."""
ON_WHOLE_REQUESTS = (
    "block_list",
    "body_size_limit",
    "intercept",
    "map_local",
    "map_remote",
    "modify_body",
    "server_replay",
    "stickyauth",
    "stickycookie",
)
"""mitmproxy's options that would pass over a request whose body goes on piece by piece: it would be sent as it is."""
SAVING = ("save_stream_file", "hardump")
ON_WHOLE_RESPONSES = ("body_size_limit", "intercept", "modify_body")

logger = logging.getLogger(__name__)


def guarded[**P, R](hook: Callable[P, R]) -> Callable[P, R | None]:
    """A hook that fails costs its own record and nothing else; mitmproxy would only log it, so it is counted too."""

    @wraps(hook)
    def run(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return hook(*args, **kwargs)
        except Exception as error:
            self = args[0]
            assert isinstance(self, Apptells)
            self.failed(hook.__name__, error)
            return None

    return run


class Apptells:
    """Hooks only: what they do is in `analyzer/recording` and `analyzer/live`."""

    name = "apptells"

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._flows = Flows(self._write, KEEP)
        self._lookups = Lookups(self._write, self._flows.number)
        self._connections = Connections(self._write, time.time)
        self._tasks: list[asyncio.Task[None]] = []
        self._follower: asyncio.Task[None] | None = None
        self._phase: str | None = None
        self._reached: Reached | None = None
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
        if (
            "apptells_seeds" in updated
            and ctx.options.apptells_seeds
            and not _path(ctx.options.apptells_seeds).is_file()
        ):
            raise exceptions.OptionsError(f"{ctx.options.apptells_seeds}: there is no such file; check apptells_seeds.")
        self._flows.keep = keep
        self._flows.passes_requests = not _any_set(ON_WHOLE_REQUESTS)
        self._flows.passes_responses = not _any_set(ON_WHOLE_RESPONSES)
        is_alone = ctx.options.apptells_control and len(ctx.options.scripts) == 1
        self._flows.keeps_messages = not is_alone or _any_set(SAVING)
        self._own_page = ctx.options.onboarding_host

    def running(self) -> None:
        """Opens the capture file; from here on nothing is missed."""
        loop = asyncio.get_running_loop()

        def trouble(message: str) -> None:
            with suppress(RuntimeError):  # of a loop that has ended
                loop.call_soon_threadsafe(self._alert, message)

        try:
            self._journal = Journal(_capture_path(ctx.options.apptells_file), trouble)
        except ApptellsError as error:
            logger.error("apptells: %s", error)
            ctx.master.shutdown()
            return
        tool = f"apptells {version('apptells')}, mitmproxy {version('mitmproxy')}"
        modes, app = tuple(ctx.options.mode), short(ctx.options.apptells_app) or None
        self._write(Started(time=time.time(), tool=tool, modes=modes, app=app))
        self._tasks.append(asyncio.create_task(self._sweep()))
        if ctx.options.apptells_live:
            options = {
                "app": app,
                "first_party": list(ctx.options.apptells_first_party),
                "seeds": str(_path(ctx.options.apptells_seeds)) if ctx.options.apptells_seeds else None,
            }
            self._follower = asyncio.create_task(Follower(self._journal.path, options, self._told).run())
        if ctx.options.apptells_control:
            threading.Thread(target=self._listen, args=(loop,), daemon=True).start()
            self._reply(Ready(file=str(self._journal.path), listening=_listening(), wireguard=_wireguard()))
        else:
            logger.log(ALERT, "apptells records to %s", self._journal.path)

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
            with suppress(TimeoutError):
                await asyncio.wait_for(self._follower, LAST_WORDS)
        if not ctx.options.apptells_control:
            logger.log(ALERT, "apptells recorded %s; read it with: apptells analyze %s", self._counts(), journal.path)

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
        """Not one that mitmproxy sends again by itself, and none to its own page of certificates."""
        if flow.is_replay == "request":
            return False
        request, page = flow.request.data, self._own_page
        # Where the app goes by addresses, as through WireGuard, the name is in the header.
        return not page or (request.host != page and header(request.headers.fields, b"host") != page.encode())

    def _paced(self, one: flow.Flow) -> Awaitable[None] | None:
        """What mitmproxy is to wait for: traffic for nothing, a flow that is read from a file for the disk."""
        is_behind = not one.live and self._journal is not None and self._journal.waiting > WAITING
        return self._room() if is_behind else None

    async def _room(self) -> None:
        end = time.monotonic() + PATIENCE
        while self._journal is not None and self._journal.waiting > WAITING and time.monotonic() < end:
            await asyncio.sleep(0.02)

    @guarded
    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """A request begins."""
        self._connections.read(flow.client_conn)
        if self._is_over and flow.killable:
            flow.kill()
        elif self._is_the_apps(flow):
            self._flows.request_begins(flow)
        return self._paced(flow)

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
        return self._paced(flow)

    @guarded
    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """A WebSocket is closed."""
        self._flows.socket_ended(flow)

    @guarded
    def tcp_message(self, flow: tcp.TCPFlow) -> Awaitable[None] | None:
        """Bytes of a connection that speaks neither HTTP nor DNS."""
        self._connections.read(flow.client_conn)
        self._flows.raw_message(flow)
        return self._paced(flow)

    @guarded
    def tcp_end(self, flow: tcp.TCPFlow) -> None:
        """Such a connection is closed."""
        self._flows.raw_ended(flow)

    @guarded
    def tcp_error(self, flow: tcp.TCPFlow) -> None:
        """Such a connection broke off."""
        self._flows.raw_ended(flow)

    @guarded
    def udp_message(self, flow: udp.UDPFlow) -> Awaitable[None] | None:
        """A datagram that is neither QUIC nor DNS."""
        self._connections.read(flow.client_conn)
        self._flows.raw_message(flow)
        return self._paced(flow)

    @guarded
    def udp_end(self, flow: udp.UDPFlow) -> None:
        """No more datagrams come."""
        self._flows.raw_ended(flow)

    @guarded
    def udp_error(self, flow: udp.UDPFlow) -> None:
        """They cannot be passed on."""
        self._flows.raw_ended(flow)

    @guarded
    def dns_request(self, flow: dns.DNSFlow) -> None:
        """A name is asked for."""
        self._connections.read(flow.client_conn)
        self._lookups.asked(flow)

    @guarded
    def dns_response(self, flow: dns.DNSFlow) -> None:
        """A name was looked up."""
        self._lookups.ended(flow)

    @guarded
    def dns_error(self, flow: dns.DNSFlow) -> None:
        """A name was asked for, and nothing came back."""
        self._lookups.ended(flow)

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

    # ---------------------------------------------------------------- what the live analysis tells

    @guarded
    def _told(self, event: Event) -> None:
        match event:
            case Seen():
                for sent in event.new:
                    if sent.telling:
                        logger.log(ALERT, "%s", line(sent))
                self._comment(event)
            case Unreadable():
                logger.info("could not see: %s", visible(f"{event.host}: {event.kind}"))
            case Trouble():
                logger.warning("apptells: %s", visible(event.message))
            case Reached():
                self._reached = event
            case PhaseBegan():
                pass

    def _comment(self, seen: Seen) -> None:
        """Writes what was found beside the flow, where there is a list of flows to look at."""
        view = ctx.master.addons.get("view")
        flow = view.get_by_id(seen.flow) if view is not None and seen.flow else None
        if flow is None:
            return
        found = [f"{one.data_type} ({one.evidence})" for one in seen.transmissions]
        before = flow.comment.removeprefix(COMMENT)
        if not flow.comment or before != flow.comment:  # else it is the user's
            kinds = dict.fromkeys([*before.split(", "), *found] if before else found)
            flow.comment = COMMENT + visible(", ".join(kinds), 1_000)
        if not flow.marked and any(one.evidence != "key" for one in seen.transmissions):
            flow.marked = MARK
        ctx.master.addons.trigger(hooks.UpdateHook([flow]))

    def _alert(self, message: str) -> None:
        if ctx.options.apptells_control:
            self._reply(Said(message=message))
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
        text = self._counts()
        if self._journal is not None:
            text += f" in {self._journal.path} ({self._journal.size:,} bytes)"
        if self._phase is not None:
            text += f", phase {self._phase}"
        if self._reached is not None:
            text += f"; {self._reached.transmissions:,} transmissions found, {self._reached.behind:,} bytes behind"
        logger.log(ALERT, "%s", text)
        return text

    @command.command("apptells.report")
    def report(self) -> None:
        """Write a report on everything recorded so far, in a folder beside the capture file."""
        if self._journal is None:
            raise exceptions.CommandError("Nothing is being recorded.")
        self._tasks.append(asyncio.create_task(self._report(self._journal.path)))

    async def _report(self, path: Path) -> None:
        folder = path.with_name(f"{path.stem}-report")
        words = [sys.executable, "-m", "analyzer", "analyze", str(path), "--output", str(folder)]
        if ctx.options.apptells_seeds:
            words += ["--seeds", str(_path(ctx.options.apptells_seeds))]
        for domain in ctx.options.apptells_first_party:
            words += ["--first-party", domain]
        process = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
        _, said = await process.communicate()
        if process.returncode:
            logger.error("apptells: %s", visible(said.decode("utf-8", "replace").strip()))
        else:
            logger.log(ALERT, "report: %s", folder / "report.html")

    def _counts(self) -> str:
        lost = self._journal.lost if self._journal is not None else 0
        troubles = (f", {lost:,} NOT RECORDED" if lost else "") + (f", {self._errors:,} errors" if self._errors else "")
        return f"{self._flows.count:,} requests, connections and look-ups{troubles}"

    # ---------------------------------------------------------------- orders of `apptells capture`

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: takes orders until whoever gives them is gone, and then ends the proxy."""
        # Not by `sys.stdin`: Python aborts where it ends while a thread waits inside of that.
        rest, standard_input = b"", 0
        while piece := os.read(standard_input, 1 << 16):
            *orders, rest = (rest + piece).split(b"\n")
            for text in orders:
                with suppress(msgspec.DecodeError, RuntimeError):
                    loop.call_soon_threadsafe(self._obey, read_order(text))
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(ctx.master.shutdown)

    @guarded
    def _obey(self, order: Order) -> None:
        if isinstance(order, Marked):
            self._phase = order.name
        self._write(order)

    def _reply(self, said: Ready | Said) -> None:
        sys.stdout.buffer.write(said_line(said).encode("utf-8", "replace"))
        sys.stdout.flush()


def _any_set(names: Sequence[str]) -> bool:
    return any(getattr(ctx.options, name) for name in names if name in ctx.options)


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _capture_path(text: str) -> Path:
    """Where to record: what the user named, else a name of the moment that is not taken."""
    if text:
        return _path(text)
    stem = time.strftime("capture-%Y%m%d-%H%M%S")
    names = [f"{stem}{number}.apptells" for number in ("", *(f"-{count}" for count in range(2, 100)))]
    return next((_path(name) for name in names if not Path(name).exists()), _path(names[-1]))


def _listening() -> tuple[tuple[str, int], ...]:
    server = ctx.master.addons.get("proxyserver")
    return tuple((at[0], at[1]) for at in server.listen_addrs()) if server is not None else ()


def _wireguard() -> str | None:
    """What a phone's WireGuard app needs to know, where that mode is on."""
    server = ctx.master.addons.get("proxyserver")
    for instance in server.servers if server is not None else ():
        if hasattr(instance, "client_conf") and (text := instance.client_conf()):
            # mitmproxy writes the port that it was asked for; 0 is none that a phone can reach.
            known = str(text).removesuffix(":0")
            return known if known == text else f"{known}:{instance.listen_addrs[0][1]}"
    return None


addons = [Apptells()]
