"""JSON: exact numbers, repeated names kept, and the readable part of what is broken."""

import json
import re
from typing import Any

import msgspec
import re2

from analyzer.decode import encrypted, tree
from analyzer.decode.tree import Pairs
from analyzer.decode.walk import Place, Walk

# Numbers stay text, so that 1.50, 1e400 and identifiers over 2^64 arrive as they were sent.
_DECODE = msgspec.json.Decoder(float_hook=str).decode
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')
_MEMBER = re2.compile(
    r'"((?:[^"\\]|\\.){0,200})"\s{0,20}:\s{0,20}(?:"((?:[^"\\]|\\.)*)"?|(-?[0-9][0-9.eE+-]{0,60}|true|false))'
)


def read(walk: Walk, at: Place, data: bytes) -> bool:
    """Record the leaves of one JSON object or array; False where the data is none, not even a broken one."""
    node = parse(data)
    if node is None:
        return _read_slowly(walk, at.inside("json"), data)
    read_parsed(walk, at, data, node)
    return True


def read_parsed(walk: Walk, at: Place, data: bytes, node: Any) -> None:
    """Record the leaves of JSON data that `parse` made `node` of."""
    inner = at.inside("json")
    if walk.envelopes and encrypted.read(walk, inner, node):
        return
    fields, closed = len(walk.fields), len(walk.closed)
    counted = tree.read(walk, inner, node)
    if _may_repeat(data, counted):
        # A parser keeps the last of two equal names only, and so the first value would stay unseen.
        try:
            exact = _exact(data)
        except (ValueError, RecursionError):
            return
        del walk.fields[fields:], walk.closed[closed:]
        tree.read(walk, inner, exact)


def parse(data: bytes) -> Any:
    """The tree of JSON data, None where it is not JSON."""
    try:
        return _DECODE(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _may_repeat(data: bytes, names: int) -> bool:
    """Whether JSON text may have more member names than the `names` different ones that its objects gave."""
    is_spaced = b" :" in data or b"\n" in data or b"\t" in data or b"\r" in data
    if not is_spaced and data.count(b'":') == names:
        return False  # a quoted `":` inside a text would make it more
    if b'\\\\"' in data or data.count(b'":') - data.count(b'\\":') != names:
        return True
    return is_spaced and _SPACED_COLON.search(data) is not None


def _exact(data: bytes) -> Any:
    text = data.decode("utf-8", "surrogatepass").lstrip("\ufeff")
    return json.loads(text, object_pairs_hook=Pairs, parse_int=str, parse_float=str)


def _read_slowly(walk: Walk, inner: Place, data: bytes) -> bool:
    try:
        node = _exact(data)
    except (ValueError, RecursionError):
        return _salvage(walk, inner, data)
    tree.read(walk, inner, node)
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
