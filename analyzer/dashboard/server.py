"""The dashboard: one page on this machine that shows what is being found, and takes marks of phases."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from analyzer.capture.phases import PHASES, phase_name
from analyzer.dashboard.board import Board, Snapshot
from analyzer.dashboard.guard import MAX_BODY, Guard, GuardedHandler, Nothing
from analyzer.errors import ApptellsError
from analyzer.live.events import Event, Reached, Trouble
from analyzer.report.visible import visible

ADDRESS = "127.0.0.1"
MAX_PAGES = 20
"""Pages that may be open at once."""
PAUSE = 0.2
"""Seconds between two states that a page is sent, at least."""
TRY_LATER = 1013  # of the IANA registry of WebSocket close codes, as the next one
GOING_AWAY = 1001
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}


class State(Struct, frozen=True):
    """What a page is sent, whole each time: a page that missed some is right again with the next."""

    title: str
    started: float
    """When the dashboard was, seconds since 1970 UTC."""
    ended: float | None
    """When the session had ended and was analysed; None before."""
    names: tuple[str, ...]
    """Names of phases that are known."""
    board: Snapshot


class Dashboard:
    """Serves the board to pages that hold the token. All its methods belong to the event loop that started it."""

    def __init__(
        self, board: Board, mark_phase: Callable[[str], None], title: str, on_stop: Callable[[], None]
    ) -> None:
        """`title` names the app; `mark_phase` is given the name of a phase that the user says begins now.

        Its ApptellsError is shown to the user. `on_stop` is called when the user asks to end the capture.
        """
        self.board = board
        self.mark_phase = mark_phase
        self.on_stop = on_stop
        self.pages: dict[Live, asyncio.Task[None]] = {}
        self._title = visible(title, 120)
        self._started = time.time()
        self._ended: float | None = None
        self._state: bytes | None = None
        self._server: HTTPServer | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on this machine only, at any free port where `port` is 0; returns the address with the token.

        Raises ApptellsError where it cannot listen there.
        """
        try:
            listening = socket.create_server((ADDRESS, port))
        except (OSError, OverflowError) as error:
            raise ApptellsError(
                f"The dashboard cannot listen on {ADDRESS}:{port} ({error}): choose another port, or 0 for a free one."
            ) from None
        # Where logging is not set up, Python would write warnings, with what a stranger sent, to the terminal.
        logging.getLogger("tornado").addHandler(logging.NullHandler())
        guard = Guard(listening.getsockname()[1], secrets.token_urlsafe(16))
        self._server = HTTPServer(
            self._application(guard),
            max_body_size=16 * MAX_BODY,
            max_header_size=16_384,
            idle_connection_timeout=60,
            body_timeout=10,
        )
        listening.setblocking(False)
        self._server.add_socket(listening)
        return f"http://{guard.hosts[0]}/?token={guard.token}"

    def publish(self, event: Event) -> None:
        """Apply an event to the board, and let the open pages know, each at most once in `PAUSE`."""
        self.board.apply(event)
        if isinstance(event, Reached) and event.ended and self._ended is None:
            self._ended = time.time()
        self._state = None
        for page in self.pages:
            page.stale.set()

    async def stop(self) -> None:
        """Send the open pages the last state, and listen no more."""
        if self._server is None:
            return
        self._server.stop()
        await asyncio.gather(*(self._close(page, task) for page, task in self.pages.items()))
        await asyncio.wait([asyncio.ensure_future(self._server.close_all_connections())], timeout=1)
        self._server = None

    def state(self) -> bytes:
        """What pages show now, as JSON."""
        if self._state is None:
            snapshot = self.board.snapshot()
            self._state = msgspec.json.encode(State(self._title, self._started, self._ended, PHASES, snapshot))
        return self._state

    async def follow(self, page: "Live") -> None:
        """Keep a page up to date until it closes; one that reads slowly gets fewer states, and none are kept for it."""
        with suppress(WebSocketClosedError, StreamClosedError):
            while True:
                await page.stale.wait()
                page.stale.clear()
                await page.write_message(self.state())
                await asyncio.sleep(PAUSE)

    async def _close(self, page: "Live", following: asyncio.Task[None]) -> None:
        following.cancel()
        with suppress(WebSocketClosedError, StreamClosedError, TimeoutError):
            await asyncio.wait_for(page.write_message(self.state()), timeout=1)
        page.close(GOING_AWAY, "The capture has ended.")

    def _application(self, guard: Guard) -> Application:
        folder = Path(__file__).with_name("page")
        files = {path: (folder.joinpath(name).read_bytes(), kind) for path, (name, kind) in _FILES.items()}
        return Application(
            [
                (r"/(?:page\.css|page\.js)?", PageFile),
                (r"/state\.json", StateFile),
                (r"/phase", PhaseMark),
                (r"/stop", Stop),
                (r"/live", Live),
            ],
            default_handler_class=Nothing,
            guard=guard,
            dashboard=self,
            files=files,
            log_function=lambda _: None,
            websocket_max_message_size=MAX_BODY,
            websocket_ping_interval=20,
        )


class Route(GuardedHandler):
    """A route of the dashboard."""

    @property
    def dashboard(self) -> Dashboard:
        """The one whose route it is."""
        dashboard: Dashboard = self.settings["dashboard"]
        return dashboard

    def log_exception(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """A mistake of ours is shown on the page, as it has no log; the requests' own mistakes are their senders'."""
        if kind is not None and not isinstance(error, HTTPError):
            self.dashboard.publish(Trouble(message=f"The dashboard failed to answer a request ({kind.__name__})."))


class PageFile(Route):
    """The page, its style and its script."""

    def prepare(self) -> None:
        """On the first visit, put the token from the address into a cookie, and take it out of the address."""
        guard = self.guard
        if self.request.path == "/" and self.request.host.lower() in guard.hosts:
            if guard.is_token(self.get_query_argument("token", None)):
                self.set_cookie(guard.cookie, guard.token, httponly=True, samesite="Strict")
                self.redirect("/", status=303)
                return
        super().prepare()

    def get(self) -> None:
        """The file."""
        content, kind = self.settings["files"][self.request.path]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish(content)


class StateFile(Route):
    """The state, for scripts."""

    def get(self) -> None:
        """`State` as JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(self.dashboard.state())


class PhaseRequest(Struct):
    """The JSON form of a mark."""

    name: str


class PhaseMark(Route):
    """Marks that a phase begins: `{"name": "after-accept"}` as JSON, or `name=after-accept` as a form sends it."""

    def post(self) -> None:
        """Answers with the name as it is kept; 400 where it is none, 503 where it could not be marked."""
        try:
            name = phase_name(self._name())
        except ApptellsError as error:
            self.refuse(400, visible(str(error), 400))
            return
        try:
            self.dashboard.mark_phase(name)
        except ApptellsError as error:
            self.refuse(503, visible(str(error), 400))
            return
        self.finish({"name": name})

    def _name(self) -> str:
        try:
            if self.request.headers.get("Content-Type", "").startswith("application/json"):
                return msgspec.json.decode(self.request.body, type=PhaseRequest).name
            return parse_qs(self.request.body.decode(), max_num_fields=8)["name"][0]
        except (ValueError, KeyError, RecursionError, msgspec.MsgspecError):
            raise ApptellsError(
                'The request names no phase: send name=after-accept or {"name": "after-accept"}.'
            ) from None


class Stop(Route):
    """Ends the capture."""

    def post(self) -> None:
        """Answers before it ends, as the answer could not be sent after that."""
        self.set_status(202)
        self.finish({"stopping": True})
        self.dashboard.on_stop()


class Live(Route, WebSocketHandler):
    """A page that is open: gets the state whenever it changes, and has nothing to say."""

    def check_origin(self, origin: str) -> bool:
        """The guard has looked at it."""
        return True

    def open(self, *_: str, **__: str) -> None:
        """Follow the board, where there are not too many pages open."""
        self.stale = asyncio.Event()
        self.stale.set()
        pages = self.dashboard.pages
        if len(pages) >= MAX_PAGES:
            self.close(TRY_LATER, f"{MAX_PAGES} pages are open already: close one of them.")
        else:
            pages[self] = asyncio.get_running_loop().create_task(self.dashboard.follow(self))

    def on_message(self, message: str | bytes) -> None:
        """Nothing that a page says is listened to."""

    def on_close(self) -> None:
        """Follow no more."""
        if task := self.dashboard.pages.pop(self, None):
            task.cancel()
