"""Bodies and other bytes: takes compression off, then tries the formats in order."""

import re
from collections.abc import Callable

from analyzer.decode import delimited, form, grpc, json_body, lines, lzstring, mqtt, msgpack, multipart, protobuf, xml
from analyzer.decode.charset import to_text
from analyzer.decode.compression import ENCODINGS, Inflated, inflate, sniff
from analyzer.decode.limits import MAX_FIELDS, MAX_LAYER_BYTES
from analyzer.decode.media import kind_of
from analyzer.decode.media import read as read_media
from analyzer.decode.walk import Place, Walk

_PROTOBUF = re.compile(r"protobuf|x-proto|grpc", re.I)


def _json(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    start = data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1]
    if start not in (b"{", b"["):
        return False
    data = data.removeprefix(b"\xef\xbb\xbf")
    tree = json_body.parse(data)
    if tree is None:
        return lines.read(walk, at, data) or json_body.read(walk, at, data)
    json_body.read_parsed(walk, at, data, tree)
    return True


def _multipart(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    return (data.startswith(b"--") or "multipart" in content_type.lower()) and multipart.read(
        walk, at, data, content_type
    )


def _mqtt(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    # Without its CONNECT, as in later messages of a WebSocket, MQTT is recognised only where it cannot be nested data.
    return (data[0] == 0x10 or (at.location == "message" and not at.depth)) and mqtt.read(walk, at, data)


def _grpc(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    return ("grpc" in content_type.lower() or data[0] in (0, 1)) and grpc.read(walk, at, data, content_type)


def _msgpack(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    return msgpack.read(walk, at, data, "msgpack" in content_type.lower())


def _protobuf(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    declared = _PROTOBUF.search(content_type) is not None
    return (declared or data[0] < 0x20 or data[0] > 0x7E) and protobuf.read(walk, at, data, declared)


def _xml(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    if data.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] != b"<":
        return False
    text = to_text(data, content_type)
    return text is not None and xml.read(walk, at, text)


def _table(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    if not delimited.is_declared(content_type):
        return False
    text = to_text(data, content_type)
    return text is not None and delimited.read(walk, at, text)


def _text(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    text = to_text(data, content_type)
    if text is None:
        return False
    stripped = text.strip()
    lines_of_text = stripped.split("\n", MAX_FIELDS)
    if all(map(form.looks_like_form, lines_of_text)):  # several in a batch, as Universal Analytics sends them
        for position, line in enumerate(lines_of_text):
            here = at if len(lines_of_text) == 1 else at.item(position)
            form.read(walk, here.inside(), line.rstrip("\r"))
    else:
        walk.text(at, stripped)
    return True


def _lzstring(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    text = lzstring.from_bytes(data, lzstring.MAX_TEXT) if len(data) >= 16 else None
    if text is None or len(text) < 8:
        return False
    walk.text(at.inside("lzstring"), text)
    return True


DECODERS: tuple[Callable[[Walk, Place, bytes, str], bool], ...] = (
    _json, _multipart, _table, _xml, _mqtt, _grpc, _msgpack, _protobuf, _text, _lzstring,
)  # fmt: skip
"""Body formats in the order they are tried; each looks at the bytes first, for senders declare wrong types."""


def read(walk: Walk, at: Place, data: bytes, content_type: str) -> bool:
    """Open bytes; False where nothing reads them."""
    if data[0] not in b"{[":  # as most bodies begin, and neither compressed data nor media
        name = sniff(data)
        if name:
            opened = _inflate(walk, name, data)
            if opened is not None:
                walk.data(at.inside(opened.name), opened.data, content_type)
                return True
        media = kind_of(data)
        if media is not None:
            read_media(walk, at, data, media)
            return False
    return any(decoder(walk, at, data, content_type) for decoder in DECODERS)


def take_off_encodings(walk: Walk, at: Place, data: bytes, header: str) -> tuple[Place, bytes]:
    """Undo the Content-Encoding header, last encoding first; what does not fit the bytes is left as it is."""
    for name in reversed([part.strip() for part in header.lower().split(",")][-10:]):
        known = ENCODINGS.get(name)
        if known is None:
            continue
        opened = _inflate(walk, known, data)
        if opened is None:
            walk.note("encoding-mismatch", "A body was not encoded as its Content-Encoding header says.")
            break
        at, data = at.inside(opened.name), opened.data
    return at, data


def _inflate(walk: Walk, name: str, data: bytes) -> Inflated | None:
    opened = inflate(name, data, min(MAX_LAYER_BYTES, walk.bytes_left))
    if opened is None:
        return None
    walk.bytes_left -= len(opened.data)
    if not opened.complete:
        walk.note(
            "cut",
            "Compressed data that breaks off, or opens to more than fits, was read in part.",
        )
    return opened
