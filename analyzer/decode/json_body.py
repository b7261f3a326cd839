"""JSON: exact numbers, repeated names kept, and the readable part of what is broken."""

import json
import re
from typing import Any

import msgspec
import re2

from analyzer.decode.walk import Pairs, Place, Walk

# Numbers stay text, so that 1.50, 1e400 and identifiers over 2^64 arrive as they were sent.
_DECODE = msgspec.json.Decoder(float_hook=str).decode
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')
_MEMBER = re2.compile(
    r'"((?:[^"\\]|\\.){0,200})"\s{0,20}:\s{0,20}(?:"((?:[^"\\]|\\.)*)"?|(-?[0-9][0-9.eE+-]{0,60}|true|false))'
)


def read(walk: Walk, at: Place, data: bytes) -> bool:
    """Record the leaves of one JSON object or array; False where the data is none, not even a broken one."""
    inner = at.inside("json")
    before, keys = len(walk.fields), walk.keys
    try:
        tree = _DECODE(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_slowly(walk, inner, data)
    walk.tree(inner, tree)
    if walk.keys - keys != _names(data):
        # A parser keeps the last of two equal names only, and so the first value would stay unseen.
        try:
            tree = _exact(data)
        except (ValueError, RecursionError):
            return True
        del walk.fields[before:]
        walk.tree(inner, tree)
    return True


def parse(data: bytes) -> Any:
    """The tree of JSON data, None where it is not JSON."""
    try:
        return _DECODE(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _names(data: bytes) -> int:
    """How many member names the text holds, counted without parsing; -1 where that cannot be told."""
    if b'\\\\"' in data:
        return -1
    if (b'"\n' in data or b'" ' in data or b'"\r' in data or b'"\t' in data) and _SPACED_COLON.search(data):
        return -1
    return data.count(b'":') - data.count(b'\\":')


def _exact(data: bytes) -> Any:
    text = data.decode("utf-8", "surrogatepass").lstrip("\ufeff")
    return json.loads(text, object_pairs_hook=Pairs, parse_int=str, parse_float=str)


def _read_slowly(walk: Walk, inner: Place, data: bytes) -> bool:
    try:
        tree = _exact(data)
    except (ValueError, RecursionError):
        return _salvage(walk, inner, data)
    walk.tree(inner, tree)
    return True


def _salvage(walk: Walk, inner: Place, data: bytes) -> bool:
    """Name and value pairs of JSON that is cut off, too deep or broken, without their exact path."""
    text = data.decode("utf-8", "replace")
    found = False
    for match in _MEMBER.finditer(text):
        name, quoted, bare = match.groups()
        value = bare if bare is not None else _unescape(quoted or "")
        if value:
            found = True
            walk.text(inner.at(_unescape(name)), value)
    if found:
        walk.note(
            "broken-json", "JSON that is cut off, too deep or broken was read as far as names and values could be told."
        )
    return found


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
