"""Local servers that take anything and say what they took: HTTPS, WebSocket, gRPC, HTTP/3 and raw TCP."""

import asyncio
import hashlib
import json
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import trustme
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.asyncio.server import serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated, QuicEvent
from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

ADDRESS = "127.0.0.2"
"""Of all servers: loopback, but not the proxy's own, so that neither can be taken for the other."""
DOMAIN = "kirana-demo.example"
WELCOME = "namaste"
"""What the WebSocket server says first."""
CONNACK = b"\x20\x02\x00\x00"
"""How an MQTT server takes a CONNECT (MQTT 3.1.1, 3.2); the raw server says it to whatever comes first."""
OK = b"\x0a\x02ok"
"""A protobuf message whose field 1 is `ok`."""
_WAIT = 60
_PIECE = 1 << 16


class Trust:
    """An authority with the certificate of one server, valid for every host of `DOMAIN` and for given addresses."""

    def __init__(self, folder: Path, *addresses: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        leaf = authority.issue_cert(f"*.{DOMAIN}", ADDRESS, *addresses)
        self.authority = folder / "authority.pem"
        """The certificate that makes a client trust the server."""
        self.server = folder / "server.pem"
        """Private key and certificates of the server."""
        authority.cert_pem.write_to_path(self.authority)
        leaf.private_key_and_cert_chain_pem.write_to_path(self.server)
        self.chain_sha256 = hashlib.sha256(
            b"".join(ssl.PEM_cert_to_DER_cert(pem.bytes().decode()) for pem in leaf.cert_chain_pems)
        ).hexdigest()

    def context(self) -> ssl.SSLContext:
        """What a TLS server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


@contextmanager
def in_thread(main: Callable[[asyncio.Event, asyncio.Event], Awaitable[None]]) -> Iterator[None]:
    """Runs `main(ready, ended)` on an event loop of its own, from the moment it is ready until the block ends."""
    started = threading.Event()
    stop: list[Callable[[], object]] = []

    async def run() -> None:
        ready, ended = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        task = asyncio.ensure_future(main(ready, ended))
        await ready.wait()
        started.set()
        await task

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(_WAIT), "the server did not start"
    try:
        yield
    finally:
        stop[0]()
        thread.join(_WAIT)


class Web:
    """An ASGI app. It takes any request and answers with the size and SHA-256 of its body; see `__call__` for more."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self._together: dict[str, asyncio.Barrier] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """`/events` streams, `/next` lets it go on, `/together/N` answers when N have come, `/page` is HTML."""
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": (await receive())["type"] + ".complete"})
            return
        if scope["type"] == "websocket":
            await self._talk(receive, send)
            return
        if scope["path"] == "/events":
            await self._stream(receive, send)
            return
        path: str = scope["path"]
        taken = await _take(receive)
        if path == "/next":
            self._next.set()
        elif path.startswith("/together/"):
            await self._together.setdefault(path, asyncio.Barrier(int(path.rpartition("/")[2]))).wait()
        kind, body = (b"text/html", PAGE) if path == "/page" else (b"application/json", taken)
        # In two pieces without a length: chunked in HTTP/1.1.
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body[:1], "more_body": True})
        await send({"type": "http.response.body", "body": body[1:]})

    async def _stream(self, receive: Any, send: Any) -> None:
        """Server-sent events: one, another when `/next` is asked for, and then open until the client goes."""
        await _take(receive)
        self._next.clear()
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
        await self._next.wait()
        await send({"type": "http.response.body", "body": b"data: second\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _talk(self, receive: Any, send: Any) -> None:
        """A WebSocket: greets, then says everything back."""
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": WELCOME})
        while (said := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": said.get("text"), "bytes": said.get("bytes")})


async def _take(receive: Any) -> bytes:
    """The size and hash of a whole request body, as JSON; the body is not kept."""
    digest, size, more = hashlib.sha256(), 0, True
    while more:
        event = await receive()
        piece = event.get("body", b"")
        digest.update(piece)
        size += len(piece)
        more = event.get("more_body", False)
    return json.dumps({"bytes": size, "sha256": digest.hexdigest()}).encode()


PAGE = b"""<!doctype html><title>waits</title><script>
const about = new URLSearchParams(location.hash.slice(1));
const socket = new WebSocket(`wss://${location.host}/live`);
socket.onopen = () => socket.send(JSON.stringify({contact: about.get("socket")}));
const heard = new Promise(resolve => socket.onmessage = said => { if (said.data.includes("contact")) resolve(); });
const fetched = fetch("/fetched", {method: "POST", headers: {"content-type": "application/json"},
  body: JSON.stringify({contact: about.get("fetch")})}).then(answer => answer.json());
navigator.sendBeacon("/beacon", new URLSearchParams({contact: about.get("beacon")}));
Promise.all([heard, fetched]).then(() => document.title = "done");
</script>"""


@contextmanager
def web(trust: Trust, address: str = ADDRESS) -> Iterator[int]:
    """The port of a web server: HTTP/1.1, HTTP/2 and WebSocket over TLS."""
    listening = socket.create_server((address, 0))
    port = int(listening.getsockname()[1])
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.errorlog = None
    config.graceful_timeout = config.shutdown_timeout = 0.5
    config.certfile = config.keyfile = str(trust.server)
    config.alpn_protocols = ["h2", "http/1.1"]

    async def main(ready: asyncio.Event, ended: asyncio.Event) -> None:
        ready.set()
        await serve_asgi(Web(), config, shutdown_trigger=ended.wait)

    with in_thread(main):
        yield port


@contextmanager
def remote_calls(trust: Trust) -> Iterator[int]:
    """The port of a gRPC server over TLS with one method of each kind, all of raw bytes."""

    handlers = {
        "One": grpc.unary_unary_rpc_method_handler(lambda asked, context: OK),
        "ToServer": grpc.stream_unary_rpc_method_handler(lambda asked, context: OK * bool(list(asked))),
        "ToClient": grpc.unary_stream_rpc_method_handler(lambda asked, context: iter([OK] * 3)),
        "Chat": grpc.stream_stream_rpc_method_handler(lambda asked, context: (said for said in asked)),
    }
    server = grpc.server(
        ThreadPoolExecutor(4), handlers=[grpc.method_handlers_generic_handler("kirana.Demo", handlers)]
    )
    pem = trust.server.read_bytes()
    port = server.add_secure_port(f"{ADDRESS}:0", grpc.ssl_server_credentials([(pem, pem)]))
    server.start()
    try:
        yield int(port)
    finally:
        server.stop(0).wait(_WAIT)


class _Http3(QuicConnectionProtocol):
    """Answers each request with its own body."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._http: H3Connection | None = None
        self._bodies: dict[int, bytes] = {}

    def quic_event_received(self, event: QuicEvent) -> None:
        if isinstance(event, ProtocolNegotiated):
            self._http = H3Connection(self._quic)
        for each in self._http.handle_event(event) if self._http else ():
            if not isinstance(each, HeadersReceived | DataReceived):
                continue
            if isinstance(each, DataReceived):
                self._bodies[each.stream_id] = self._bodies.get(each.stream_id, b"") + each.data
            if each.stream_ended and self._http:
                self._http.send_headers(each.stream_id, [(b":status", b"200")])
                self._http.send_data(each.stream_id, self._bodies.pop(each.stream_id, b""), end_stream=True)
                self.transmit()


@contextmanager
def http3(trust: Trust, address: str = ADDRESS) -> Iterator[int]:
    """The UDP port of an HTTP/3 server that says every body back."""
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(trust.server, trust.server)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((address, 0))
        port = int(taken.getsockname()[1])

    async def main(ready: asyncio.Event, ended: asyncio.Event) -> None:
        server = await serve(address, port, configuration=configuration, create_protocol=_Http3)
        ready.set()
        await ended.wait()
        server.close()  # type: ignore[no-untyped-call]

    with in_thread(main):
        yield port


class _Raw(socketserver.BaseRequestHandler):
    """Takes bytes until the client has said them all, and answers the first of them; or goes after those."""

    def handle(self) -> None:
        assert isinstance(self.server, _Threads)
        self.request.settimeout(_WAIT)
        if self.request.recv(_PIECE) and not self.server.breaks_off:
            self.request.sendall(CONNACK)
            while self.request.recv(_PIECE):
                pass


class _Threads(socketserver.ThreadingTCPServer):
    """Takes connections, with TLS where it has a context, and forgets those that break off."""

    daemon_threads = True
    breaks_off = False
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stays quiet: proxies come and go."""


@contextmanager
def raw(trust: Trust | None = None, *, breaks_off: bool = False) -> Iterator[int]:
    """The port of a server that takes anything, over TLS where it has `trust`; or ends each connection at once."""
    with _Threads((ADDRESS, 0), _Raw) as server:
        server.breaks_off = breaks_off
        server.tls = trust.context() if trust else None
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


def main() -> None:
    """`python -m tests.e2e.servers FOLDER ADDRESS`: both web servers until standard input ends; prints their ports."""
    trust = Trust(Path(sys.argv[1]), sys.argv[2])
    with web(trust, sys.argv[2]) as port, http3(trust, sys.argv[2]) as quic:
        print(port, quic, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
