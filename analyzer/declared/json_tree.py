"""Reads JSON of unknown make: bounded, never deeper than the parser goes, and searched without recursion."""

from collections.abc import Iterator
from typing import Any

import msgspec

MAX_TEXT = 4 << 20
"""Characters of a text that is parsed; a longer one is no answer of a store."""
MAX_NODES = 500_000
_DEEPER = 4_000_000
"""Characters of JSON inside strings of JSON that are parsed in all."""


def parse(text: str) -> Any:
    """The value; None where the text is no JSON, too long, or nested too deeply."""
    if len(text) > MAX_TEXT:
        return None
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def objects(root: object, marker: str = "", nodes: int = MAX_NODES) -> Iterator[dict[str, Any]]:
    """All objects in it, those first that come first; also those in strings that are JSON and hold the marker."""
    stack, seen, room = [root], 0, _DEEPER
    while stack and seen < nodes:
        node = stack.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            stack += reversed(node.values())
        elif isinstance(node, list):
            stack += reversed(node)
        elif marker and isinstance(node, str) and node[:1] in ("{", "[") and marker in node and len(node) <= room:
            room -= len(node)
            stack.append(parse(node))


def at(root: object, *path: int) -> Any:
    """What lies at these positions of nested lists; None where there is nothing."""
    for step in path:
        if not isinstance(root, list) or step >= len(root):
            return None
        root = root[step]
    return root
