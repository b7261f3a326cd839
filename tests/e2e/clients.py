"""Real clients, each through the proxy that it is given."""

import asyncio
import base64
import hashlib
import http.client
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import grpc  # type: ignore[import-untyped]
import httpx
from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURL = shutil.which("curl")
WAIT = 60
"""Seconds that a client waits for anything."""


def curl(
    proxy: str, authority: Path, url: str, *words: str, body: bytes = b"", inside: Sequence[str] = ()
) -> "subprocess.CompletedProcess[bytes]":
    """A POST by curl, which trusts one authority only; the proxy may be a `socks5h://` too, or empty for none.

    `inside` is put before the command, such as `ip netns exec NAME`.
    """
    assert CURL
    command = [*inside, CURL, "-sS", "--fail", "--noproxy", "", "--max-time", str(WAIT), "--cacert", str(authority)]
    command += ["--proxy", proxy, *words, "--data-binary", "@-", url]
    return subprocess.run(command, input=body, capture_output=True, timeout=2 * WAIT)


def trusting(authority: Path) -> ssl.SSLContext:
    """The TLS of a client that trusts one authority only."""
    return ssl.create_default_context(cafile=str(authority))


def post(proxy: str, authority: Path, url: str, body: bytes, **headers: str) -> httpx.Response:
    """A POST by httpx over HTTP/1.1."""
    with httpx.Client(proxy=proxy, verify=trusting(authority), timeout=WAIT, trust_env=False) as client:
        return client.post(url, content=body, headers={name.replace("_", "-"): to for name, to in headers.items()})


def post_at_once(
    proxy: str, authority: Path, url: str, first: str, bodies: list[bytes], **headers: str
) -> list[httpx.Response]:
    """POSTs by httpx over HTTP/2, all under way at the same time, after a GET of `first`."""

    async def run() -> list[httpx.Response]:
        context = trusting(authority)
        async with httpx.AsyncClient(http2=True, proxy=proxy, verify=context, timeout=WAIT, trust_env=False) as client:
            await client.get(first)  # the one connection that the rest shares
            named = {name.replace("_", "-"): to for name, to in headers.items()}
            return await asyncio.gather(*(client.post(url, content=body, headers=named) for body in bodies))

    return asyncio.run(run())


def upload(proxy: str, authority: Path, url: str, pieces: Iterator[bytes], **headers: str) -> httpx.Response:
    """A POST by httpx of a body whose length it does not know: chunked."""
    with httpx.Client(proxy=proxy, verify=trusting(authority), timeout=WAIT, trust_env=False) as client:
        return client.post(url, content=pieces, headers={name.replace("_", "-"): to for name, to in headers.items()})


@contextmanager
def channel(proxy: str, authority: Path, host: str, port: int) -> Iterator[grpc.Channel]:
    """A gRPC channel through the proxy."""
    trusted = grpc.ssl_channel_credentials(authority.read_bytes())
    options = [("grpc.http_proxy", proxy), ("grpc.enable_http_proxy", 1)]
    with grpc.secure_channel(f"{host}:{port}", trusted, options) as opened:
        yield opened


def lockstep(call: grpc.StreamStreamMultiCallable, messages: list[bytes]) -> list[bytes]:
    """What a bidirectional call answers to each message, where each waits for the answer to the one before."""
    answered: Queue[bytes] = Queue()

    def said() -> Iterator[bytes]:
        yield messages[0]
        for message in messages[1:]:
            answered.get(timeout=WAIT)
            yield message

    heard = []
    for answer in call(said(), timeout=WAIT):
        heard.append(answer)
        answered.put(answer)
    return heard


@contextmanager
def tunnel(proxy: str, host: str, port: int, context: ssl.SSLContext | None = None) -> Iterator[socket.socket]:
    """A connection through CONNECT, with TLS inside where there is a context. Raises OSError where it is refused."""
    through = urlsplit(proxy)
    opening = http.client.HTTPConnection(str(through.hostname), int(through.port or 0), timeout=WAIT)
    opening.set_tunnel(host, port)
    opening.connect()
    with opening.sock as plain:
        if context is None:
            yield plain
            return
        with context.wrap_socket(plain, server_hostname=host) as secure:
            yield secure


class _Http3(QuicConnectionProtocol):
    """An HTTP/3 client of one request."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._http = H3Connection(self._quic)
        self._status, self._body = 0, b""
        self.answered: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

    def post(self, host: str, path: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        stream = self._quic.get_next_available_stream_id()
        names = [
            (b":method", b"POST"),
            (b":scheme", b"https"),
            (b":authority", host.encode()),
            (b":path", path.encode()),
        ]
        self._http.send_headers(stream, names + headers)
        self._http.send_data(stream, body, end_stream=True)
        self.transmit()

    def quic_event_received(self, event: QuicEvent) -> None:
        for each in self._http.handle_event(event):
            if isinstance(each, HeadersReceived):
                self._status = int(dict(each.headers)[b":status"])
            elif isinstance(each, DataReceived):
                self._body += each.data
            else:
                continue
            if each.stream_ended and not self.answered.done():
                self.answered.set_result((self._status, self._body))


def post_http3(
    address: tuple[str, int], authority: Path, host: str, path: str, body: bytes, headers: list[tuple[bytes, bytes]]
) -> tuple[int, bytes]:
    """The status and body of the answer to a POST over HTTP/3, sent to an address as if it were the host."""

    async def run() -> tuple[int, bytes]:
        configuration = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN, server_name=host)
        configuration.load_verify_locations(str(authority))
        async with asyncio.timeout(WAIT), connect(*address, configuration=configuration, create_protocol=_Http3) as to:
            assert isinstance(to, _Http3)
            to.post(host, path, body, headers)
            return await to.answered

    return asyncio.run(run())


def chromium_words(authority: Path) -> list[str]:
    """What makes Chromium trust whatever this authority issued (SHA-256 of its public key)."""
    certificate = x509.load_pem_x509_certificate(authority.read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return ["--no-sandbox", f"--ignore-certificate-errors-spki-list={pin}"]


CONNECT = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04demo"
"""An MQTT 3.1.1 CONNECT of client `demo`."""


def published(topic: str, payload: bytes) -> bytes:
    """An MQTT 3.1.1 PUBLISH, QoS 0."""
    rest = len(topic).to_bytes(2) + topic.encode() + payload
    assert len(rest) < 128
    return b"\x30" + bytes([len(rest)]) + rest


def protobuf(text: str) -> bytes:
    """A message whose field 1 is this text."""
    return b"\x0a" + bytes([len(text)]) + text.encode()


def framed(*messages: bytes) -> bytes:
    """As gRPC sends messages: not compressed, length first."""
    return b"".join(b"\0" + len(message).to_bytes(4) + message for message in messages)


def main() -> None:
    """`python -m tests.e2e.clients ADDRESS PORT AUTHORITY HOST`: posts standard input as a form over HTTP/3."""
    address, port, authority, host = sys.argv[1:]
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    print(post_http3((address, int(port)), Path(authority), host, "/", sys.stdin.buffer.read(), headers))


if __name__ == "__main__":
    main()
