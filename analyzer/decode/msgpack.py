"""MessagePack."""

from typing import Any

import msgspec

from analyzer.decode import tree
from analyzer.decode.walk import Place, Walk

_DECODE = msgspec.msgpack.Decoder(ext_hook=lambda code, data: bytes(data)).decode
_FIRST = frozenset([*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF])  # maps and arrays


def read(walk: Walk, at: Place, data: bytes, declared: bool) -> bool:
    """Record the leaves of one map or array that fills the data exactly."""
    if data[0] not in _FIRST or (len(data) < 4 and not declared):
        return False
    try:
        node: Any = _DECODE(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError, ValueError):
        return False
    if not declared and not _has_names(node):
        return False
    tree.read(walk, at.inside("msgpack"), node)
    return True


def _has_names(node: Any) -> bool:
    """Whether a tree is a map with text names, or an array that starts with one: random bytes are not."""
    if isinstance(node, list):
        return bool(node) and _has_names(node[0])
    return isinstance(node, dict) and bool(node) and all(isinstance(name, str) and name for name in node)
