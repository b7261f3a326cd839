"""The records of an apptells capture file: what the addon writes down, in the order in which it happened.

A capture file is these records, each framed by `frame.py`. Every record makes sense without the others, so that a torn
file costs only what is torn; only `Response` and `Message` name an earlier one, by its index.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from analyzer.model import AppBuild, Device, UnreadKind

FORMAT = 1
"""Of the records; a reader takes this one and older ones."""

Headers = tuple[tuple[bytes, bytes], ...]
"""In order, names as sent, duplicates kept."""

# What a reader takes; all that the recorder writes is far within, but a file may be of anybody.
Time = Annotated[float, Meta(ge=0, le=1e11)]
Number = Annotated[int, Meta(ge=0, le=1 << 40)]
Word = Annotated[str, Meta(max_length=300)]
"""A host name, which has 255 characters at most, an address, an id."""
Text = Annotated[str, Meta(max_length=4_000)]
Sha256 = Annotated[bytes, Meta(max_length=32)]


class Started(Struct, frozen=True, kw_only=True, tag="started"):
    """The first record of a file: who records, and what the user said."""

    time: Time
    """Seconds since 1970 UTC, as all times here."""
    format: Number = FORMAT
    tool: Word = ""
    """`apptells 0.1.0, mitmproxy 12.2.3`."""
    modes: tuple[str, ...] = ()
    """Of the proxy, such as `regular` and `wireguard`."""
    app: Word | None = None
    """Package or bundle id, as the user gave it."""


class Prepared(Struct, frozen=True, kw_only=True, tag="prepared"):
    """The device and the build of the app, once they are known."""

    time: Time
    app: AppBuild | None = None
    device: Device | None = None


class Marked(Struct, frozen=True, kw_only=True, tag="phase"):
    """A phase of the session begins."""

    time: Time
    name: Word


class Body(Struct, frozen=True, kw_only=True, gc=False):
    """A body as it travelled, or its start: Content-Encoding still on it, transfer encoding off."""

    kept: bytes = b""
    size: Number = 0
    """Bytes of the whole, as far as it was seen."""
    sha256: Sha256 = b""
    """Of the whole; empty where `kept` is all of it, or where the whole was not seen."""
    complete: bool = True
    """False where the connection ended, or the recorder, before the body did."""


class Server(Struct, frozen=True, kw_only=True, gc=False):
    """The connection that a request travelled over, as its recorder saw it."""

    ip: Word | None = None
    """None where another proxy stood between."""
    port: Number = 0
    sni: Word | None = None
    tls_version: Word = ""
    alpn: bytes = b""
    chain_sha256: Sha256 = b""
    """SHA-256 of the certificates that it showed, DER after DER in their order."""
    leaf_sha256: Sha256 = b""
    """Of its own certificate; the certificate itself is in a `Shown` record before."""
    connect_ms: float | None = None
    """Time of the TCP handshake."""
    tls_ms: float | None = None
    """Time of the TLS handshake."""


class Response(Struct, frozen=True, kw_only=True, gc=False, tag="response"):
    """The response to a request: within its record, or on its own where it came later than that was written."""

    index: Number
    status: Number = 0
    headers: Headers = ()
    body: Body = Body()
    started: Time | None = None
    ended: Time | None = None
    error: str | None = None
    sent: Body | None = None
    """Size and hash of the whole request, where its record was written before all of it had been sent."""


class Request(Struct, frozen=True, kw_only=True, gc=False, tag="request"):
    """An HTTP request, complete; with its response where that was complete too."""

    index: Number
    """Position in the capture: the requests, connections and look-ups of a session are numbered in one row."""
    flow: Word
    """mitmproxy's id of the flow."""
    started: Time
    ended: Time | None = None
    method: bytes
    scheme: bytes
    host: Word
    """Where it was sent: a name, or an address where the proxy knows no name."""
    port: Number
    authority: bytes = b""
    path: bytes = b"/"
    version: bytes = b"HTTP/1.1"
    headers: Headers = ()
    body: Body = Body()
    server: Server = Server()
    client: Word | None = None
    """Address of the phone."""
    response: Response | None = None
    error: str | None = None
    """Why no response came, or not all of it."""


class Message(Struct, frozen=True, kw_only=True, gc=False, tag="message"):
    """A message of a WebSocket whose opening request is record `index`, or what more came of a request that lasts."""

    index: Number
    flow: Word
    time: Time
    position: Number
    """Among those of the same sender."""
    from_client: bool
    body: Body


class Stream(Struct, frozen=True, kw_only=True, gc=False, tag="stream"):
    """A connection that spoke neither HTTP nor DNS: what the app sent over it, in one part or, if it lasts, several."""

    index: Number
    part: Number = 0
    flow: Word
    protocol: Word
    """`tcp` or `udp`; TLS, where there was any, is off."""
    started: Time
    ended: Time | None = None
    host: Word
    port: Number
    sent: Body
    sent_at: Time | None = None
    """When the first of it was sent."""
    received: Number
    """Bytes that the server sent."""
    server: Server = Server()
    error: str | None = None


class Lookup(Struct, frozen=True, kw_only=True, gc=False, tag="lookup"):
    """A name that was looked up in DNS, and what came back."""

    index: Number
    time: Time
    name: Word
    answered: bool
    aliases: tuple[str, ...] = ()
    """The chain of CNAME records in order."""
    addresses: tuple[str, ...] = ()


class Refused(Struct, frozen=True, kw_only=True, gc=False, tag="refused"):
    """A connection that could not be read."""

    time: Time
    kind: UnreadKind
    host: Word
    """The name that the client asked for (SNI), else the address; empty where neither is known."""
    address: Word | None = None
    """IP address of the server, or where the client wanted to go."""
    reason: Text = ""
    """As mitmproxy words it."""
    alpn: tuple[bytes, ...] = ()
    """Protocols that the client offered."""


class Shown(Struct, frozen=True, kw_only=True, gc=False, tag="certificate"):
    """A certificate that servers showed for themselves: once in a file, named by its hash after that."""

    sha256: Sha256
    der: bytes


class Lost(Struct, frozen=True, kw_only=True, gc=False, tag="lost"):
    """Records that could not be written: the disk was full, or the addon failed."""

    time: Time
    since: Time
    count: Number
    reason: Text


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    """The last record of a session that ended in order."""

    time: Time
    open: Number = 0
    """Requests that were still under way, of which nothing is written."""
    errors: Number = 0
    """Times that the addon failed."""


Record = Started | Prepared | Marked | Request | Response | Message | Stream | Lookup | Refused | Shown | Lost | Ended

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Record).decode
