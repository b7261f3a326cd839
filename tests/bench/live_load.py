"""A small fast server and a client that loads it: `python -m tests.bench.live_load serve`, or `load PORT COUNT`."""

import asyncio
import json
import random
import sys
import time
from functools import cache

import orjson

from tests.bench.bodies import event, token
from tests.bench.generate import PERSONA

CONNECTIONS = 8
SIZE = 2 << 10
VARIANTS = 64
_MARK = b"%016d" % 0
_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@cache
def variants(size: int) -> tuple[bytes, ...]:
    """JSON bodies of exactly so many bytes, each with room for a serial number; an eighth hold a known value."""
    dice = random.Random(7)
    made = []
    for serial in range(VARIANTS):
        body: dict[str, object] = {"serial": _MARK.decode(), "session": ""}
        if not serial % 8:
            body["email"] = PERSONA["person.email"]
        body["batch"] = [event(dice, serial + k) for k in range((size - 200) // 500)]
        body["session"] = token(dice, size - len(orjson.dumps(body)))
        made.append(orjson.dumps(body))
    return tuple(made)


def body(serial: int, size: int = SIZE) -> bytes:
    """A JSON body that no other serial number has."""
    return variants(size)[serial % VARIANTS].replace(_MARK, b"%016d" % serial)


class _Messages(asyncio.Protocol):
    """Cuts what comes into HTTP messages whose length is announced."""

    def __init__(self) -> None:
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(_END)) >= 0:
            head = self._pending[:end].lower()
            _, _, after = head.partition(_LENGTH)
            whole = end + len(_END) + int(after.partition(b"\r\n")[0] or 0)
            if len(self._pending) < whole:
                return
            self._pending = self._pending[whole:]
            self.message(head)

    def message(self, head: bytes) -> None:
        """A message is complete."""
        raise NotImplementedError


class _Server(_Messages):
    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (SIZE, body(0))

    def message(self, head: bytes) -> None:
        self.transport.write(self.ANSWER)


class _Client(_Messages):
    """Asks again as soon as it is answered, until it is told to stop."""

    def __init__(self, work: "_Work") -> None:
        super().__init__()
        self._work = work
        self._asked: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._ask(None)

    def message(self, head: bytes) -> None:
        now = time.perf_counter()
        self._work.answered(head.startswith(b"http/1.1 200"), None if self._asked is None else now - self._asked)
        self._ask(now)

    def connection_lost(self, error: Exception | None) -> None:
        self._work.lost()

    def _ask(self, now: float | None) -> None:
        """`now` is None for the first request of a connection, which waits for another connection to be made."""
        serial = self._work.next()
        if serial is None:
            self.transport.close()
            return
        self._asked = now
        self.transport.write(
            b"POST /v1/collect?serial=%d HTTP/1.1\r\nHost: events.shop.example\r\n"
            b"User-Agent: okhttp/4.12.0\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (serial, SIZE, body(serial))
        )


class _Work:
    """Requests to be made, and what became of them."""

    def __init__(self, count: int) -> None:
        self._serials = iter(range(count))
        self.seconds: list[float] = []
        """Of each request on a connection that was there already."""
        self.answers = 0
        """Requests answered with 200."""
        self._open = CONNECTIONS
        self.over = asyncio.Event()

    def next(self) -> int | None:
        return next(self._serials, None)

    def answered(self, is_fine: bool, seconds: float | None) -> None:
        self.answers += is_fine
        if seconds is not None:
            self.seconds.append(seconds)

    def lost(self) -> None:
        self._open -= 1
        if not self._open:
            self.over.set()


async def load(port: int, count: int) -> dict[str, float]:
    """Makes `count` requests over eight connections; only answers of 200 count. Times in seconds."""
    loop = asyncio.get_running_loop()
    work = _Work(count)
    began = time.perf_counter()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Client(work), "127.0.0.1", port)
    await work.over.wait()
    spent = time.perf_counter() - began
    times = sorted(work.seconds)
    return {
        "answered": work.answers,
        "rate": work.answers / spent,
        "p50": times[len(times) // 2] if times else 0.0,
        "p99": times[len(times) * 99 // 100] if times else 0.0,
    }


async def serve() -> None:
    """Answers every request with the same 2 KB; says its port, and ends with its standard input."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve())
    else:
        print(json.dumps(asyncio.run(load(int(sys.argv[2]), int(sys.argv[3])))))
