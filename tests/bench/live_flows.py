"""Flows as mitmproxy hands them to an addon: an app's JSON requests over TLS, ten to a connection, no two alike."""

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import trustme
from mitmproxy import certs, connection, http
from mitmproxy.proxy import context, layer
from mitmproxy.proxy.layers import tls as tls_layers
from mitmproxy.tls import ClientHelloData, TlsData

from tests.bench.live_load import body

HOST = "events.shop.example"
A_CONNECTION = 10
"""Flows of one connection."""


class Stage(NamedTuple):
    """A hook that an addon may have, and what it is called with."""

    hook: str
    argument: Any


class Session(NamedTuple):
    """A connection of the app: its hooks before and after those of its flows."""

    before: Sequence[Stage]
    flows: Sequence[Callable[[], Iterator[Stage]]]
    after: Sequence[Stage]


@cache
def chain() -> tuple[bytes, ...]:
    """Three certificates in PEM, the server's own first."""
    root = trustme.CA()
    middle = root.create_child_ca()
    leaf = middle.issue_cert(HOST).cert_chain_pems
    return (leaf[0].bytes(), leaf[1].bytes(), root.cert_pem.bytes())


@cache
def greeting() -> bytes:
    """What an app says first in a TLS handshake."""
    said = ssl.MemoryBIO()
    able = ssl.create_default_context()
    able.set_alpn_protocols(["h2", "http/1.1"])
    with suppress(ssl.SSLWantReadError):
        able.wrap_bio(ssl.MemoryBIO(), said, server_hostname=HOST).do_handshake()
    return said.read()


def _fields(size: int | None, kind: tuple[tuple[str, str], ...]) -> http.Headers:
    length = () if size is None else (("Content-Length", str(size)),)
    return http.Headers([(name.encode(), value.encode()) for name, value in (*kind, *length)])


ASKED = (
    ("Host", HOST),
    ("User-Agent", "ShopExample/5.2.1 (Linux; U; Android 14; en-IN; SM-A556E) okhttp/4.12.0"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip"),
    ("Accept-Language", "en-IN,en;q=0.9"),
    ("Authorization", "Bearer 00000000000000000000000000000000"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("X-Request-Id", "6f0d7a4e-0000-4000-8000-000000000000"),
    ("X-App-Version", "5.2.1"),
    ("Cookie", "sid=00000000000000000000; ab=3"),
    ("Connection", "Keep-Alive"),
)
ANSWERED = (
    ("Date", "Sun, 01 Mar 2026 10:00:00 GMT"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Server", "nginx"),
    ("Cache-Control", "no-store, private"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Request-Id", "6f0d7a4e-0000-4000-8000-000000000000"),
    ("Vary", "Accept-Encoding"),
    ("Set-Cookie", "sid=00000000000000000000; Path=/; Secure; HttpOnly"),
    ("Access-Control-Allow-Origin", "*"),
    ("Connection", "keep-alive"),
)


def session(first: int, size: int, count: int = A_CONNECTION, piece: int | None = None) -> Session:
    """A connection with `count` flows from serial number `first` on, bodies of `size` bytes in both directions.

    With `piece`, nobody announces the length of a body, and it passes in pieces of so many bytes.
    """
    now = time.time()
    client = connection.Client(
        peername=("192.0.2.7", 40_000 + first % 20_000),
        sockname=("192.0.2.1", 8080),
        timestamp_start=now,
        state=connection.ConnectionState.OPEN,
    )
    server = connection.Server(address=(HOST, 443))
    server.peername, server.sockname = ("198.51.100.20", 443), ("192.0.2.1", 50_000)
    server.timestamp_start, server.timestamp_tcp_setup, server.timestamp_tls_setup = now, now + 0.02, now + 0.05
    for end in (client, server):
        end.tls, end.tls_version, end.alpn, end.sni = True, "TLSv1.3", b"http/1.1", HOST
    # As of a real connection: each has certificate objects of its own.
    server.certificate_list = [certs.Cert.from_pem(pem) for pem in chain()]
    about = context.Context(client, None)  # type: ignore[arg-type]
    about.server = server
    chosen, hello = layer.NextLayer(about), tls_layers.parse_client_hello(greeting())
    assert hello is not None
    flows = [_flow(client, server, first + number, size, piece) for number in range(count)]
    return Session(
        [
            Stage("client_connected", client),
            Stage("next_layer", chosen),
            Stage("tls_clienthello", ClientHelloData(about, hello)),
            Stage("tls_established_client", TlsData(client, about)),
            Stage("next_layer", chosen),
        ],
        flows,
        [Stage("client_disconnected", client)],
    )


def _flow(
    client: connection.Client, server: connection.Server, serial: int, size: int, piece: int | None
) -> Callable[[], Iterator[Stage]]:
    now = time.time()
    announced = size if piece is None else None
    sent = body(serial, size)
    received = body(serial + 1, size)
    flow = http.HTTPFlow(client, server)
    flow.live = True
    asked = http.Request(
        host=HOST,
        port=443,
        method=b"POST",
        scheme=b"https",
        authority=b"",
        path=b"/v1/collect?v=3&app=shop&serial=%d" % serial,
        http_version=b"HTTP/1.1",
        headers=_fields(announced, ASKED),
        content=None,
        trailers=None,
        timestamp_start=now,
        timestamp_end=None,
    )
    answered = http.Response(
        http_version=b"HTTP/1.1",
        status_code=200,
        reason=b"OK",
        headers=_fields(announced, ANSWERED),
        content=None,
        trailers=None,
        timestamp_start=now + 0.03,
        timestamp_end=None,
    )

    def stages() -> Iterator[Stage]:
        flow.request = asked
        yield Stage("requestheaders", flow)
        yield from _passes(asked, sent, piece)
        asked.timestamp_end = now + 0.01
        yield Stage("request", flow)
        flow.response = answered
        yield Stage("responseheaders", flow)
        yield from _passes(answered, received, piece)
        answered.timestamp_end = now + 0.04
        yield Stage("response", flow)
        # For an addon that has not seen it yet.
        flow.response = asked.timestamp_end = answered.timestamp_end = None
        for message in (asked, answered):
            message.raw_content, message.stream = None, False

    return stages


def _passes(message: http.Message, content: bytes, piece: int | None) -> Iterator[Stage]:
    """As the proxy does it: a body is there at once, or its pieces are given to whoever asked for them."""
    if piece is None or not callable(message.stream):
        message.raw_content = content
        return
    for start in range(0, len(content), piece):
        yield Stage("piece", (message.stream, content[start : start + piece]))
