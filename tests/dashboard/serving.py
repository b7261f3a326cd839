"""A dashboard that runs in a thread of its own, as a test's browser and clients need it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from analyzer.dashboard.board import Board
from analyzer.dashboard.server import Dashboard
from analyzer.errors import ApptellsError
from analyzer.live.events import Event

WAIT = 60
"""Seconds after which what a busy machine does counts as not done."""


class Serving:
    """A running dashboard and what it was asked for."""

    def __init__(self, title: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.marked: list[str] = []
        self.stops = 0
        self.refuses_marks = False
        self.dashboard = Dashboard(Board(), self._mark, title, self._stop)
        self.address = ""

    def _mark(self, name: str) -> None:
        if self.refuses_marks:
            raise ApptellsError("The recorder does not answer.")
        self.marked.append(name)

    def _stop(self) -> None:
        self.stops += 1

    @property
    def token(self) -> str:
        """From the address."""
        return parse_qs(urlsplit(self.address).query)["token"][0]

    @property
    def origin(self) -> str:
        """The address without the token."""
        return self.address.partition("/?")[0]

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.address).port or 0

    def publish(self, *events: Event) -> None:
        """Have the events published on the dashboard's own loop, and wait until they are."""

        async def run() -> None:
            for event in events:
                self.dashboard.publish(event)

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(timeout=WAIT)

    def stop(self) -> None:
        """Stop the dashboard."""
        asyncio.run_coroutine_threadsafe(self.dashboard.stop(), self.loop).result(timeout=WAIT)

    def start(self, port: int = 0) -> None:
        """Start it."""
        self.address = asyncio.run_coroutine_threadsafe(self.dashboard.start(port), self.loop).result(timeout=WAIT)


@contextmanager
def serving(title: str = "org.example.samvad") -> Iterator[Serving]:
    """A dashboard for as long as the block runs."""
    served = Serving(title)
    thread = threading.Thread(target=served.loop.run_forever, daemon=True)
    thread.start()
    try:
        served.start()
        yield served
        served.stop()
    finally:
        served.loop.call_soon_threadsafe(served.loop.stop)
        thread.join(timeout=WAIT)
        served.loop.close()
