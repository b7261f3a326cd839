"""One exchange to its leaves: host, path, query, headers, cookies, body, messages."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from analyzer.decode import body, form, url, values
from analyzer.decode.entropy import entropy
from analyzer.decode.envelope import Envelope
from analyzer.decode.limits import MAX_FIELDS
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
CACHE_SIZE = 4_000
MEMO_CHARS = 2_000
MEMO_FIELDS = 100
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


class _Part(Struct):
    """A part of a request that repeats from exchange to exchange."""

    fields: list[Field]
    chars: int
    """How long it is."""


class _Url(_Part):
    host: str
    path: str


class _Headers(_Part):
    content_type: str = ""
    encoding: str = ""
    clues: list[tuple[str, str]] = []


class Decoder:
    """Decodes exchanges one by one. It remembers headers, URL paths and plain values, which repeat; never findings."""

    def __init__(self, envelopes: Sequence[Envelope] = ()) -> None:
        self._envelopes = envelopes
        self._plain: set[str] = set()
        self._names: set[str] = set()
        self._urls = Memo[str, _Url](CACHE_SIZE)
        self._paths = Memo[tuple[str, str], _Part](CACHE_SIZE)
        self._headers = Memo[tuple[tuple[str, str], ...], _Headers](CACHE_SIZE)
        self._lines = Memo[tuple[str, str], _Part](CACHE_SIZE)
        """Single headers, where others beside them change."""

    def decode(self, exchange: Exchange) -> Decoded:
        """Every leaf of the request and of its messages. Never raises; what could not be read is said."""
        walk = self._walk()
        asked = self._recall(walk, self._urls, exchange.url, self._read_url)
        headers = self._recall(walk, self._headers, exchange.headers, self._read_headers)
        if exchange.body:
            self._body(walk, exchange, headers.content_type, headers.encoding)
        for position, message in enumerate(exchange.messages):
            at = Place("message", f"[{position}]", "", (), 0)
            self._part(walk, partial(walk.data, at, message), "message", message)
        undecoded = [
            _undecoded(exchange.index, asked.host, at, data, kind)
            for at, data, kind in walk.closed
            if len(data) >= SMALL
        ]
        return Decoded(asked.host, asked.path, walk.fields, undecoded, walk.notes, headers.clues)

    def _recall[K, P: _Part](self, walk: Walk, memo: Memo[K, P], key: K, read: Callable[[Walk, K], P]) -> P:
        """Record what `read` finds in a part, or found in the same before."""
        part = memo.get(key)
        if part is None:
            own = self._walk()
            own.bytes_left = walk.bytes_left
            part = read(own, key)
            walk.bytes_left = own.bytes_left
            walk.notes |= own.notes
            walk.closed += own.closed
            if not own.notes and not own.closed and len(part.fields) < MEMO_FIELDS and part.chars < MEMO_CHARS:
                memo.keep(key, part)
        walk.fields += part.fields
        return part

    def _read_url(self, walk: Walk, text: str) -> _Url:
        host, path, query, fragment = url.split(text)
        self._recall(walk, self._paths, (host, path), self._read_path)
        if query:
            self._part(walk, partial(form.read, walk, Place("query", "", "", (), 0), query), "query", query)
        if fragment:
            at = Place("query", "#", "", (), 0)
            self._part(walk, partial(walk.text, at, form.unquote(fragment, plus=False)), "query", fragment)
        return _Url(walk.fields, len(text), host, path)

    def _read_path(self, walk: Walk, key: tuple[str, str]) -> _Part:
        host, path = key
        self._part(walk, partial(_read_path, walk, host, path), "path", path)
        return _Part(walk.fields, len(host) + len(path))

    def _read_headers(self, walk: Walk, headers: tuple[tuple[str, str], ...]) -> _Headers:
        found = _Headers(walk.fields, sum(len(name) + len(value) for name, value in headers))
        for name, value in headers:
            lower = name.lower()
            if lower == "content-type":
                found.content_type = value
            elif lower == "content-encoding":
                found.encoding = value
            elif lower not in TECHNICAL_HEADERS:
                self._recall(walk, self._lines, (lower, value), self._read_line)
            if lower in SELF_NAMING:
                found.clues.append((lower, value))
        return found

    def _read_line(self, walk: Walk, key: tuple[str, str]) -> _Part:
        name, value = key
        location: Location = "cookie" if name == "cookie" else "header"
        self._part(walk, partial(_read_header, walk, name, value), location, value)
        return _Part(walk.fields, len(name) + len(value))

    def _body(self, walk: Walk, exchange: Exchange, content_type: str, encoding: str) -> None:
        at, data = Place("body", "", "", (), 0), exchange.body
        if encoding and not exchange.body_is_decoded:
            at, data = body.take_off_encodings(walk, at, data, encoding)
        self._part(walk, partial(walk.data, at, data, content_type), "body", data)

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

    def _walk(self) -> Walk:
        return Walk(values.read, body.read, self._plain, self._names, self._envelopes)


def _read_path(walk: Walk, host: str, path: str) -> None:
    walk.leaf(Place("host", "", "", (), 0), host)
    for position, segment in enumerate(path[1:].split("/")):
        if len(segment) > 1:
            walk.text(Place("path", str(position), "", (), 0), form.unquote(segment, plus=False))


def _read_header(walk: Walk, name: str, value: str) -> None:
    at = Place("header", name, name, (), 0)
    if name == "cookie":
        form.read_cookies(walk, value)
    elif name in ("authorization", "proxy-authorization"):
        scheme, _, token = value.partition(" ")
        walk.text(at.at(scheme.lower()[:20]) if token else at, token or value)
    else:
        walk.text(at, value)


def _undecoded(index: int, host: str, at: Place, data: bytes, content_type: str) -> Undecoded:
    kind = content_type or body.media_type(data) or ""
    return Undecoded(
        exchange=index, host=host, location=at.location, path=at.path, bytes=len(data), content_type=kind[:200],
        entropy=round(entropy(data), 2),
    )  # fmt: skip
