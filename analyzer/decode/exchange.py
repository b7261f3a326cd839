"""One exchange to its leaves: host, path, query, headers, cookies, body, messages."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from analyzer.decode import body, form, mqtt, url, values
from analyzer.decode.branch import Branches
from analyzer.decode.entropy import entropy
from analyzer.decode.envelope import Envelope
from analyzer.decode.limits import MAX_FIELDS
from analyzer.decode.media import kind_of
from analyzer.decode.walk import PartFull, Place, Walk
from analyzer.memo import Memo
from analyzer.model import Exchange, Field, Location, Undecoded

# Headers that say how to talk, not who talks; every browser and library sends them.
TECHNICAL_HEADERS = frozenset(
    """
        accept accept-charset accept-encoding accept-ranges access-control-request-headers
        access-control-request-method cache-control connection content-encoding content-length content-type
        date dnt expect host if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive origin
        pragma priority proxy-connection range sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest
        sec-fetch-mode sec-fetch-site sec-fetch-storage-access sec-fetch-user sec-websocket-extensions
        sec-websocket-key sec-websocket-protocol sec-websocket-version te trailer transfer-encoding upgrade
        upgrade-insecure-requests vary via purpose sec-purpose content-disposition grpc-accept-encoding
        grpc-encoding grpc-timeout
    """.split()
)
SELF_NAMING = frozenset(("origin", "referer", "x-requested-with", "x-android-package", "x-ios-bundle-identifier"))
CACHE_SIZE = 12_000
MEMO_CHARS = 2_000
MEMO_FIELDS = 100
MAX_POSITION = 1 << 48
"""Of a message; a recorder that claims more is not believed."""
SMALL = 64
"""Closed data under this many bytes is not reported as undecoded."""


class Decoded(Struct, frozen=True):
    """What an exchange holds."""

    host: str
    path: str
    fields: list[Field]
    undecoded: list[Undecoded]
    notes: dict[str, str]
    clues: list[tuple[str, str]]
    """The headers that name the app or its web origin (`SELF_NAMING`), names in lower case."""


class Decoder:
    """Decodes exchanges one by one. It remembers headers, URL parts and plain values, which repeat; never findings."""

    def __init__(self, envelopes: Sequence[Envelope] = ()) -> None:
        self._envelopes = envelopes
        self._plain: set[str] = set()
        self._branches = Branches()
        self._parts = Memo[tuple[Location, str, str], list[Field]](CACHE_SIZE)
        """Leaves of paths, queries and headers, by location, name and text."""

    def decode(self, exchange: Exchange) -> Decoded:
        """Every leaf of the request and of its messages; of a later part of an exchange, those of its messages.

        Never raises; what could not be read is said.
        """
        walk = Walk(values.read, body.read, self._plain, self._branches, self._envelopes)
        host, path, query, fragment = url.split(exchange.url)
        clues = [] if exchange.continues else self._request(walk, exchange, host, path, query, fragment)
        if exchange.messages:
            self._messages(walk, exchange)
        undecoded = [
            _undecoded(exchange.index, host, at, data, kind) for at, data, kind in walk.closed if len(data) >= SMALL
        ]
        return Decoded(host, path, walk.fields, undecoded, walk.notes, clues)

    def _request(
        self, walk: Walk, exchange: Exchange, host: str, path: str, query: str, fragment: str
    ) -> list[tuple[str, str]]:
        """Record the leaves of URL, headers and body. Returns the clues."""
        self._recall(walk, "path", host, path, _read_path)
        if query:
            self._recall(walk, "query", "", query, _read_query)
        if fragment:
            self._recall(walk, "query", "#", fragment, _read_fragment)
        content_type = encoding = ""
        clues = []
        for name, value in exchange.headers:
            lower = name.lower()
            if lower not in TECHNICAL_HEADERS:
                self._recall(walk, "cookie" if lower == "cookie" else "header", lower, value, _read_header)
            elif lower == "content-type":
                content_type = value
            elif lower == "content-encoding":
                encoding = value
            if lower in SELF_NAMING:
                clues.append((lower, value))
        if exchange.body:
            self._body(walk, exchange, content_type, encoding)
        return clues

    def _recall(
        self, walk: Walk, location: Location, name: str, text: str, read: Callable[[Walk, str, str], None]
    ) -> None:
        """Record what `read` finds in a part of a request, or found in the same part of another."""
        key = (location, name, text)
        known = self._parts.get(key)
        if known is not None:
            walk.fields += known
            return
        start, troubles, closed = len(walk.fields), walk.troubles, len(walk.closed)
        self._part(walk, partial(read, walk, name, text), location, text)
        fields = walk.fields[start:]
        is_small = len(fields) < MEMO_FIELDS and len(name) + len(text) < MEMO_CHARS
        if is_small and walk.troubles == troubles and len(walk.closed) == closed:
            self._parts.keep(key, fields)

    def _body(self, walk: Walk, exchange: Exchange, content_type: str, encoding: str) -> None:
        at, data = Place("body", "", "", (), 0), exchange.body
        if encoding and not exchange.body_is_decoded:
            at, data = body.take_off_encodings(walk, at, data, encoding)
        self._part(walk, partial(walk.data, at, data, content_type), "body", data)

    def _messages(self, walk: Walk, exchange: Exchange) -> None:
        protocols = ",".join(value for name, value in exchange.headers if name.lower() == "sec-websocket-protocol")
        version = mqtt.spoken(exchange.messages, protocols)
        messages = enumerate(exchange.messages) if version is None else mqtt.joined(exchange.messages)
        first = min(max(exchange.first_message, 0), MAX_POSITION)
        for position, message in messages:
            at = Place("message", f"[{first + position}]", "", (), 0)
            self._part(walk, partial(_read_message, walk, at, message, version), "message", message)

    def _part(self, walk: Walk, read: Callable[[], object], location: Location, source: str | bytes) -> None:
        walk.begin_part()
        try:
            read()
        except PartFull:
            # What is past the cap is still searched for seeds and patterns, as one text without names.
            walk.note(
                "fields", f"A part of a request with more than {MAX_FIELDS:,} values: the rest was read as plain text."
            )
            text = source if isinstance(source, str) else source.decode("utf-8", "replace")
            walk.part_end += 1
            walk.leaf(Place(location, "", "", ("text",), 0), text)


def _read_path(walk: Walk, host: str, path: str) -> None:
    walk.leaf(Place("host", "", "", (), 0), host)
    for position, segment in enumerate(path[1:].split("/")):
        if len(segment) > 1:
            walk.text(Place("path", str(position), "", (), 0), form.unquote(segment, plus=False))


def _read_query(walk: Walk, _: str, query: str) -> None:
    form.read(walk, Place("query", "", "", (), 0), query)


def _read_fragment(walk: Walk, mark: str, fragment: str) -> None:
    walk.text(Place("query", mark, "", (), 0), form.unquote(fragment, plus=False))


def _read_header(walk: Walk, name: str, value: str) -> None:
    at = Place("header", name, name, (), 0)
    if name == "cookie":
        form.read_cookies(walk, value)
    elif name in ("authorization", "proxy-authorization"):
        scheme, _, token = value.partition(" ")
        walk.text(at.at(scheme.lower()[:20]) if token else at, token or value)
    else:
        walk.text(at, value)


def _read_message(walk: Walk, at: Place, message: bytes, version: int | None) -> None:
    if version is None or not mqtt.read(walk, at, message, version):
        walk.data(at, message)


def _undecoded(index: int, host: str, at: Place, data: bytes, content_type: str) -> Undecoded:
    kind = content_type
    if not kind and (media := kind_of(data)) is not None:
        kind = media.name
    return Undecoded(
        exchange=index, host=host, location=at.location, path=at.path, bytes=len(data), content_type=kind[:200],
        entropy=round(entropy(data), 2),
    )  # fmt: skip
