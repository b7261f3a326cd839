"""Protocol Buffers without a schema: leaves named by field numbers, `1.2.19`.

The wire format is that of protobuf.dev's encoding page: a message is a run of (field number, wire type, value).
"""

import math
import re
import struct

from analyzer.decode.charset import to_text
from analyzer.decode.compression import sniff
from analyzer.decode.walk import Place, Walk

MAX_NUMBER = 100_000
MAX_NESTING = 40
_NAME = re.compile(r"[A-Za-z_$][\w.$:/ -]{0,59}")

type Message = list[tuple[int, int, int | bytes]]


def parse(data: bytes) -> Message | None:
    """The (field number, wire type, value) triples of a message, or None where the bytes are not exactly one."""
    out: Message = []
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at, end)
        number, wire = tag >> 3, tag & 7
        if not 0 < number <= MAX_NUMBER:
            return None
        if wire == 0:
            value, at = _varint(data, at, end)
            if value < 0:
                return None
            out.append((number, wire, value))
            continue
        if wire == 2:
            size, at = _varint(data, at, end)
        else:
            size = 8 if wire == 1 else 4 if wire == 5 else -1
        if size < 0 or at + size > end:
            return None
        out.append((number, wire, data[at : at + size]))
        at += size
    return out or None


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    if at < end and data[at] < 128:  # as most are
        return data[at], at + 1
    value = shift = 0
    while at < end and shift < 64:
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7
    return -1, at


def read(walk: Walk, at: Place, data: bytes, declared: bool) -> bool:
    """Record the leaves of a message. Undeclared, it must hold text somewhere, or random bytes would pass."""
    message = parse(data)
    if message is None or (not declared and not _holds_text(message, 0)):
        return False
    _read_message(walk, at.inside("protobuf"), message, "", 0)
    return True


def _holds_text(message: Message, level: int) -> bool:
    for _, wire, value in message:
        if wire == 2 and isinstance(value, bytes):
            if len(value) >= 4 and _text(value) is not None:
                return True
            if level < 5 and (inner := parse(value)) and _holds_text(inner, level + 1):
                return True
    return False


def _text(value: bytes) -> str | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return (
        text if text.isprintable() or (text.strip() and all(c.isprintable() or c in "\t\r\n" for c in text)) else None
    )


def _read_message(walk: Walk, at: Place, message: Message, alias: str, level: int) -> None:
    # A message of a name and a value, as in OpenTelemetry attributes and Firebase parameters, names its value.
    if len({number for number, _, _ in message}) <= 4:
        for number, wire, value in message:
            if wire == 2 and isinstance(value, bytes) and number <= 3:
                text = _text(value)
                if text is not None and _NAME.fullmatch(text) and len(message) > 1:
                    alias = text
                break
    for number, wire, value in message:
        here = at.at(str(number), alias or str(number))
        if wire == 0:
            walk.leaf(here, str(value))
        elif wire != 2:
            assert isinstance(value, bytes)
            walk.leaf(here, _fixed(value))
        else:
            assert isinstance(value, bytes)
            _read_bytes(walk, here, value, alias, level)


def _read_bytes(walk: Walk, here: Place, value: bytes, alias: str, level: int) -> None:
    if not value:
        return
    text = _text(value)
    inner = parse(value) if level < MAX_NESTING and (text is None or not text[:2].isprintable()) else None
    if text is not None and inner is None:
        walk.text(here, text)
        return
    if inner is not None:
        _read_message(walk, here, inner, alias, level + 1)
    elif sniff(value):
        walk.data(here, value)
    else:
        loose = to_text(value)
        if loose is not None:
            walk.text(here, loose)
        else:
            walk.leaf(here, value[:256].hex())
            walk.readable_runs(here, value)


def _fixed(value: bytes) -> str:
    """A fixed number as the float that a sender meant, or as the integer where it is no sensible float."""
    number = struct.unpack("<d" if len(value) == 8 else "<f", value)[0]
    if math.isfinite(number) and (number == 0 or 1e-9 < abs(number) < 1e15):
        return repr(number) if len(value) == 8 else f"{number:.7g}"
    return str(int.from_bytes(value, "little"))
