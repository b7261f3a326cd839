"""The records of an apptells capture file: what the addon writes down, in the order in which it happened.

A capture file is these records, each framed by `frame.py`. Every record makes sense without the others, so that a torn
file costs only what is torn; only `Response` and `Message` name an earlier one, by its index.
"""

import msgspec
from msgspec import Struct

from analyzer.model import AppBuild, Device, UnreadKind

FORMAT = 1
"""Of the records; a reader takes this one and older ones."""

Headers = tuple[tuple[bytes, bytes], ...]
"""In order, names as sent, duplicates kept."""


class Started(Struct, frozen=True, kw_only=True, tag="started"):
    """The first record of a file: who records, and what the user said."""

    time: float
    """Seconds since 1970 UTC, as all times here."""
    format: int = FORMAT
    tool: str = ""
    """`apptells 0.1.0, mitmproxy 12.2.3`."""
    modes: tuple[str, ...] = ()
    """Of the proxy, such as `regular` and `wireguard`."""
    app: str | None = None
    """Package or bundle id, as the user gave it."""


class Prepared(Struct, frozen=True, kw_only=True, tag="prepared"):
    """The device and the build of the app, once they are known."""

    time: float
    app: AppBuild | None = None
    device: Device | None = None


class Marked(Struct, frozen=True, kw_only=True, tag="phase"):
    """A phase of the session begins."""

    time: float
    name: str


class Body(Struct, frozen=True, kw_only=True, gc=False):
    """A body as it travelled, or its start: Content-Encoding still on it, transfer encoding off."""

    kept: bytes = b""
    size: int = 0
    """Bytes of the whole, as far as it was seen."""
    sha256: bytes = b""
    """Of the whole; empty where `kept` is all of it, or where the whole was not seen."""
    complete: bool = True
    """False where the connection ended, or the recorder, before the body did."""


class Server(Struct, frozen=True, kw_only=True, gc=False):
    """The connection that a request travelled over, as its recorder saw it."""

    ip: str | None = None
    """None where another proxy stood between."""
    port: int = 0
    sni: str | None = None
    tls_version: str = ""
    alpn: bytes = b""
    chain_sha256: bytes = b""
    """SHA-256 of the certificates that it showed, DER after DER in their order."""
    leaf_sha256: bytes = b""
    """Of its own certificate; the certificate itself is in a `Shown` record before."""
    connect_ms: float | None = None
    """Time of the TCP handshake."""
    tls_ms: float | None = None
    """Time of the TLS handshake."""


class Response(Struct, frozen=True, kw_only=True, gc=False, tag="response"):
    """The response to a request: within its record, or on its own where it came later than that was written."""

    index: int
    status: int = 0
    headers: Headers = ()
    body: Body = Body()
    started: float | None = None
    ended: float | None = None
    error: str | None = None


class Request(Struct, frozen=True, kw_only=True, gc=False, tag="request"):
    """An HTTP request, complete; with its response where that was complete too."""

    index: int
    """Position in the capture: the requests, connections and look-ups of a session are numbered in one row."""
    flow: str
    """mitmproxy's id of the flow."""
    started: float
    ended: float | None = None
    method: bytes
    scheme: bytes
    host: str
    """Where it was sent: a name, or an address where the proxy knows no name."""
    port: int
    authority: bytes = b""
    path: bytes = b"/"
    version: bytes = b"HTTP/1.1"
    headers: Headers = ()
    body: Body = Body()
    server: Server = Server()
    client: str | None = None
    """Address of the phone."""
    response: Response | None = None
    error: str | None = None
    """Why no response came, or not all of it."""


class Message(Struct, frozen=True, kw_only=True, gc=False, tag="message"):
    """A message of a WebSocket whose opening request is record `index`, or what more came of a request that lasts."""

    index: int
    flow: str
    time: float
    position: int
    """Among those of the same sender."""
    from_client: bool
    body: Body


class Stream(Struct, frozen=True, kw_only=True, gc=False, tag="stream"):
    """A connection that spoke neither HTTP nor DNS: what the app sent over it, in one part or, if it lasts, several."""

    index: int
    part: int = 0
    flow: str
    protocol: str
    """`tcp` or `udp`; TLS, where there was any, is off."""
    started: float
    ended: float | None = None
    host: str
    port: int
    sent: Body
    received: int
    """Bytes that the server sent."""
    server: Server = Server()
    error: str | None = None


class Lookup(Struct, frozen=True, kw_only=True, gc=False, tag="lookup"):
    """A name that was looked up in DNS, and what came back."""

    index: int
    time: float
    name: str
    answered: bool
    aliases: tuple[str, ...] = ()
    """The chain of CNAME records in order."""
    addresses: tuple[str, ...] = ()


class Refused(Struct, frozen=True, kw_only=True, gc=False, tag="refused"):
    """A connection that could not be read."""

    time: float
    kind: UnreadKind
    host: str
    """The name that the client asked for (SNI), else the address; empty where neither is known."""
    address: str | None = None
    """IP address of the server, or where the client wanted to go."""
    reason: str = ""
    """As mitmproxy words it."""
    alpn: tuple[bytes, ...] = ()
    """Protocols that the client offered."""


class Shown(Struct, frozen=True, kw_only=True, gc=False, tag="certificate"):
    """A certificate that servers showed for themselves: once in a file, named by its hash after that."""

    sha256: bytes
    der: bytes


class Lost(Struct, frozen=True, kw_only=True, gc=False, tag="lost"):
    """Records that could not be written: the disk was full, or the addon failed."""

    time: float
    since: float
    count: int
    reason: str


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    """The last record of a session that ended in order."""

    time: float
    open: int = 0
    """Requests that were still under way, of which nothing is written."""
    errors: int = 0
    """Times that the addon failed."""


Record = Started | Prepared | Marked | Request | Response | Message | Stream | Lookup | Refused | Shown | Lost | Ended

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Record).decode
