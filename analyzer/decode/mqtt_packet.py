"""The control packets of MQTT 3.1, 3.1.1 and 5.0 that a client sends: where one is, and what it holds.

Sections named here are those of OASIS MQTT 5.0; but for the properties, 3.1.1 says the same of the same packets.
"""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from analyzer.decode.limits import MAX_FIELDS
from analyzer.decode.walk import may_be_a_value

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT = 1, 3, 8, 10, 14
NAMES = {
    CONNECT: "connect", PUBLISH: "publish", 4: "puback", 5: "pubrec", 6: "pubrel", 7: "pubcomp",
    SUBSCRIBE: "subscribe", UNSUBSCRIBE: "unsubscribe", 12: "pingreq", DISCONNECT: "disconnect", 15: "auth",
}  # fmt: skip
"""Kinds of packets that a client may send (2.1.2)."""
_FLAGS = {PUBLISH: (0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13), 6: (2, 10), SUBSCRIBE: (2, 10), UNSUBSCRIBE: (2, 10)}
"""Flags of the fixed header (2.1.3), 0 for all others; 3.1 also knew DUP on three of them."""
_FIRST = frozenset(kind << 4 | flags for kind in NAMES for flags in _FLAGS.get(kind, (0,)))
_CONNECT_START = re.compile(rb"\x10[\x80-\xff]{0,3}[\x00-\x7f](?:\x00\x04MQTT|\x00\x06MQIsdp)(.?)", re.S)
"""Fixed header and protocol name (3.1.2.1), then the protocol version; a bridge sets its highest bit."""
_CUT_HEADER = re.compile(rb"[%b][\x80-\xff]{0,3}\Z" % re.escape(bytes(_FIRST)))
_BEFORE_PROPERTIES = {4: 3, 5: 3, 6: 3, 7: 3, DISCONNECT: 1, 15: 1}
"""Bytes of packet identifier and reason code in the packets that hold nothing else but properties."""
_PROPERTIES: dict[int, tuple[str, str | int]] = {
    0x01: ("payload_format_indicator", 1), 0x02: ("message_expiry_interval", 4), 0x03: ("content_type", "text"),
    0x08: ("response_topic", "text"), 0x09: ("correlation_data", "binary"), 0x0B: ("subscription_identifier", "varint"),
    0x11: ("session_expiry_interval", 4), 0x15: ("authentication_method", "text"),
    0x16: ("authentication_data", "binary"), 0x17: ("request_problem_information", 1), 0x18: ("will_delay_interval", 4),
    0x19: ("request_response_information", 1), 0x1F: ("reason_string", "text"), 0x21: ("receive_maximum", 2),
    0x22: ("topic_alias_maximum", 2), 0x23: ("topic_alias", 2), 0x26: ("user_property", "pair"),
    0x27: ("maximum_packet_size", 4),
}  # fmt: skip
"""Those that a client may send (2.2.2.2): name, and type or bytes of a number. Numbers say how to talk: no leaves."""

type Leaf = tuple[str, str, str | bytes]
"""Path within the packet, key, value: text, or data that may be of any format."""


class Packet(Struct, frozen=True, gc=False):
    """One packet, as far as it was captured."""

    kind: int
    flags: int
    body: bytes
    """All that follows its fixed header."""
    lacks: int
    """Bytes of the body that were not captured."""
    end: int
    """Where the next one begins."""


def packet_at(data: bytes, position: int) -> Packet | None:
    """The packet whose fixed header (2.1.1) is at `position`; None where there is none, or not all of it."""
    first = data[position]
    size, start = _varint(data, position + 1) if first in _FIRST else (-1, 0)
    if size < 0:
        return None
    body = data[start : start + size]
    return Packet(first >> 4, first & 15, body, size - len(body), start + len(body))


def is_cut_header(data: bytes, position: int) -> bool:
    """Whether the data ends within the fixed header of a packet that begins at `position`."""
    return _CUT_HEADER.match(data, position) is not None


def opening_version(data: bytes, position: int = 0) -> int | None:
    """The version that a CONNECT packet at `position` names: 3, 4 (which is 3.1.1) or 5; None where there is none."""
    opening = _CONNECT_START.match(data, position)
    return (opening[1] or b"\4")[0] & 127 if opening else None


def parse(packet: Packet, version: int) -> tuple[list[Leaf], int]:
    """The leaves of a packet, no more than `MAX_FIELDS` and one, and how many bytes they took: -1 where it lacks some,
    or is malformed.
    """
    cursor = _Cursor(packet.body)
    leaves = list(islice(_leaves(packet, cursor, version >= 5), MAX_FIELDS + 1))
    return leaves, cursor.at if cursor.is_sound else -1


class _Cursor:
    """Reads the bytes of a packet in order. Behind their end all is empty; `is_sound` says whether that was asked."""

    __slots__ = ("at", "data", "is_sound")

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.is_sound = data, 0, True

    def is_at_end(self) -> bool:
        return self.at >= len(self.data)

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        self.at += len(piece)
        if len(piece) < size:
            self.is_sound = False
        return piece

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def varint(self) -> int:
        value, self.at = _varint(self.data, self.at)
        if value < 0:
            self.is_sound = False
        return value

    def binary(self) -> bytes:
        return self.take(self.number(2))

    def text(self) -> str:
        return self.binary().decode("utf-8", "replace")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer of at most four bytes (1.5.5), -1 where it is none, and where it ends."""
    value = 0
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    return -1, at


def _leaves(packet: Packet, cursor: _Cursor, has_properties: bool) -> Iterator[Leaf]:
    if packet.kind == CONNECT:
        yield from _connect(cursor, has_properties)
    elif packet.kind == PUBLISH:  # 3.3
        yield "topic", "topic", cursor.text()
        if packet.flags & 6:
            cursor.take(2)
        if has_properties:
            yield from _properties(cursor)
        yield "payload", "payload", cursor.rest()
    elif packet.kind in (SUBSCRIBE, UNSUBSCRIBE):  # 3.8, 3.10
        cursor.take(2)
        if has_properties:
            yield from _properties(cursor)
        position = 0
        while not cursor.is_at_end():
            yield f"filter[{position}]", "filter", cursor.text()
            position += 1
            if packet.kind == SUBSCRIBE:
                cursor.take(1)
    else:
        cursor.take(min(_BEFORE_PROPERTIES.get(packet.kind, 0), len(cursor.data)))
        if has_properties and not cursor.is_at_end():
            yield from _properties(cursor)


def _connect(cursor: _Cursor, has_properties: bool) -> Iterator[Leaf]:
    """The variable header and payload of CONNECT (3.1.2, 3.1.3)."""
    cursor.binary()
    cursor.take(1)
    flags = cursor.number(1)
    cursor.take(2)
    if has_properties:
        yield from _properties(cursor)
    yield "client_id", "client_id", cursor.text()
    if flags & 0x04:
        if has_properties:
            yield from _properties(cursor, "will.")
        yield "will.topic", "topic", cursor.text()
        yield "will.payload", "payload", cursor.binary()
    if flags & 0x80:
        yield "user_name", "user_name", cursor.text()
    if flags & 0x40:
        yield "password", "password", cursor.binary()


def _properties(cursor: _Cursor, prefix: str = "") -> Iterator[Leaf]:
    """The properties of a packet of version 5 (2.2.2)."""
    size = cursor.varint()
    end = cursor.at + size
    for _ in range(MAX_FIELDS):
        if cursor.is_at_end() or cursor.at >= end:
            break
        name, kind = _PROPERTIES.get(cursor.varint(), ("", ""))
        if kind == "text":
            yield prefix + name, name, cursor.text()
        elif kind == "binary":
            yield prefix + name, name, cursor.binary()
        elif kind == "pair":
            key = cursor.text()
            yield f"{prefix}{name}.{key}", key, cursor.text()
            if may_be_a_value(key):
                yield f"{prefix}{name}.{{name}}", "", key
        elif kind == "varint":
            cursor.varint()
        elif isinstance(kind, int):
            cursor.take(kind)
        else:
            break
    if cursor.at != end:
        cursor.is_sound = False
