"""MessagePack."""

from typing import Any

import msgspec

from analyzer.decode.walk import Place, Walk

_DECODE = msgspec.msgpack.Decoder(ext_hook=lambda code, data: bytes(data)).decode
_FIRST = frozenset([*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF])  # maps and arrays


def read(walk: Walk, at: Place, data: bytes, declared: bool) -> bool:
    """Record the leaves of one map or array that fills the data exactly."""
    if data[0] not in _FIRST or (len(data) < 4 and not declared):
        return False
    try:
        tree: Any = _DECODE(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError, ValueError):
        return False
    if not declared and not _has_names(tree):
        return False
    walk.tree(at.inside("msgpack"), tree)
    return True


def _has_names(tree: Any) -> bool:
    """Whether a tree is a map with text names, or an array that starts with one: random bytes are not."""
    if isinstance(tree, list):
        return bool(tree) and _has_names(tree[0])
    return isinstance(tree, dict) and bool(tree) and all(isinstance(name, str) and name for name in tree)
