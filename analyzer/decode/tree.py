"""Parsed JSON or MessagePack to its leaves: all are recorded first, then those that may hold more are looked into."""

import re
from collections.abc import Sequence
from typing import Any

from analyzer.decode.branch import Branch
from analyzer.decode.limits import MAX_LEVELS, MAX_VALUE_CHARS
from analyzer.decode.walk import (
    LONG_PLAIN,
    NOTHING_MORE,
    PLAIN,
    SHORT,
    PartFull,
    Place,
    Walk,
    may_be_a_value,
)
from analyzer.model import Field

NAME_MEMBERS = ("key", "name", "k", "field", "attribute", "property", "label", "n", "question")
VALUE_MEMBERS = (
    "value", "val", "v", "stringValue", "doubleValue", "integerValue", "booleanValue", "StringValue", "data",
    "content", "answer",
)  # fmt: skip
KIND_MEMBERS = ("type", "idType", "id_type", "kind", "id")
_VALUES = frozenset(VALUE_MEMBERS)
# What `type` says when it does not name the value: a data type, or which of several.
_NO_NAMES = frozenset(
    """
        string str text number int integer double float bool boolean date json home work other main primary
    """.split()
)
_NAME = re.compile(r"[A-Za-z_$][\w.$:-]{1,40}(?: \w{1,20}){0,3}")
_LINES_WITH_MORE = re.compile(rf"(?:(?:{PLAIN})\n)*+(.*)\n?").findall
"""The question of `NOTHING_MORE` put to all values of a tree at once, one a line, each with its end. What it gives
are the values that may hold more, and empty texts."""
_LONG_LINES_WITH_MORE = re.compile(rf"(?:(?:{LONG_PLAIN})\n)*+(.*)\n?").findall


class Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written: members in order, names may repeat."""

    def items(self) -> "Pairs":
        """The members, as a dictionary gives them."""
        return self


def read(walk: Walk, at: Place, tree: Any) -> int:
    """Record the leaves of a tree. Returns how many member names its objects have."""
    reader = _Reader(walk, at)
    start = len(walk.fields)
    reader.read(tree, walk.branches.root(at.path), at.key, 0)
    reader.look_into(start)
    return reader.names_counted


def pair_name(node: dict[Any, Any], key: str, in_list: bool) -> str | None:
    """The name of the value in a {name, value} pair, or in {type, value} in a list; `key` in a wrapper."""
    for member in NAME_MEMBERS:
        found = node.get(member)
        if type(found) is str and found and len(found) <= 60:
            return found
    for member in KIND_MEMBERS:
        found = node.get(member)
        if type(found) is str and _NAME.fullmatch(found) and found.lower() not in _NO_NAMES and not key.endswith(found):
            return found if in_list else key or found
    return key if key and len(node) <= 2 else None


class _Reader:
    """Reads one tree, all of whose leaves have the same location, chain and depth."""

    __slots__ = ("binary", "branches", "chain", "depth", "end", "fields", "location", "names_counted", "walk")

    def __init__(self, walk: Walk, at: Place) -> None:
        self.walk, self.fields, self.branches = walk, walk.fields, walk.branches
        self.end = walk.part_end
        self.location, self.chain, self.depth = at.location, at.chain, at.depth
        self.names_counted = 0
        self.binary: dict[int, bytes] = {}
        """Bytes in MessagePack, by the position of the leaf that holds their place."""

    def read(self, node: Any, at: Branch, key: str, level: int) -> None:
        kind = type(node)
        if level > MAX_LEVELS:
            self._deep(node, at.path, key)
        elif kind is dict or kind is Pairs:
            self._object(node, at, key, level)
        elif kind is list:
            self._array(node, at, key, level)
        else:
            self._scalar(node, at.path, key)

    def _object(self, node: dict[str, Any] | Pairs, at: Branch, key: str, level: int) -> None:
        # The hottest loop of the program.
        fields, members, location, chain = self.fields, at.members, self.location, self.chain
        size = len(node)
        if len(fields) + size > self.end:
            raise PartFull
        self.names_counted += size
        for name, value in node.items():
            here = name
            member = members.get(name)
            if member is None:
                member, here = self._new_member(name, at, node, key)
            kind = type(value)
            if kind is str:
                if value:
                    fields.append(Field(location, member.path, here, value, chain))
            elif kind is int:
                fields.append(Field(location, member.path, here, str(value), chain))
            elif kind is dict and level < MAX_LEVELS:
                self._object(value, member, here, level + 1)
            elif kind is list and level < MAX_LEVELS:
                self._array(value, member, here, level + 1)
            elif value is not None:
                self.read(value, member, here, level + 1)

    def _new_member(self, name: Any, at: Branch, node: dict[str, Any] | Pairs, outer: str) -> tuple[Branch, str]:
        """A member's place, and the name that says what its value is.

        A name that may itself be a value (an address, an identifier) becomes a leaf.
        """
        if type(name) is str and name in _VALUES:
            alias = pair_name(dict(node), outer, at.prefix.endswith("].")) if len(node) <= 8 else None
            return self.branches.value(at, name), alias or name
        if type(name) is not str:  # MessagePack names may be anything
            name = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        elif may_be_a_value(name):
            self._leaf(at.prefix + "{name}", "", name)
        else:
            return self.branches.member(at, name), name
        return at.member(name), name

    def _array(self, node: list[Any], at: Branch, key: str, level: int) -> None:
        fields, location, chain, items = self.fields, self.location, self.chain, at.items
        if len(fields) + len(node) > self.end:
            raise PartFull
        if len(node) == 2 and type(node[0]) is str and type(node[1]) in (str, int, list) and _NAME.fullmatch(node[0]):
            # ["email", "a@b.example"]: a name and its value.
            self.read(node[0], self.branches.item(at, 0), key, level + 1)
            self.read(node[1], self.branches.item(at, 1), node[0], level + 1)
            return
        for position, value in enumerate(node):
            kind = type(value)
            if kind is str:
                if value:
                    fields.append(Field(location, f"{at.path}[{position}]", key, value, chain))
            elif kind is int:
                fields.append(Field(location, f"{at.path}[{position}]", key, str(value), chain))
            elif value is not None:
                item = items[position] if position < len(items) else self.branches.item(at, position)
                if kind is dict and level < MAX_LEVELS:
                    self._object(value, item, key, level + 1)
                else:
                    self.read(value, item, key, level + 1)

    def _scalar(self, value: Any, path: str, key: str) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bytes):
            self.binary[len(self.fields)] = value
            value = "binary"
        elif isinstance(value, bool):
            value = "true" if value else "false"
        self._leaf(path, key, str(value))

    def _leaf(self, path: str, key: str, value: str) -> None:
        if len(self.fields) >= self.end:
            raise PartFull
        self.fields.append(Field(self.location, path, key, value, self.chain))

    def _deep(self, node: Any, path: str, key: str) -> None:
        """Leaves of a tree that is too deep to walk by name: found all the same, at the place where it got too deep."""
        self.walk.note("levels", f"Objects more than {MAX_LEVELS} deep: their leaves were read without their names.")
        stack = [node]
        while stack:
            node = stack.pop()
            if isinstance(node, Pairs):
                stack.extend(value for _, value in node)
            elif isinstance(node, dict):
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)
            else:
                self._scalar(node, path, key)

    def look_into(self, start: int) -> None:
        """Open the leaves from `start` on that hold another encoding; what is inside comes before them or instead."""
        walk, fields = self.walk, self.fields
        asked = self._worth_a_look(fields[start:])
        if self.binary:
            asked = sorted({*asked, *(position - start for position in self.binary)})
        changed: list[tuple[int, bool, list[Field]]] = []
        for position in asked:
            field, end = fields[start + position], len(fields)
            at = Place(field.location, field.path, field.key, self.chain, self.depth)
            data = self.binary.get(start + position)
            if data is not None:
                walk.data(at.inside(), data)
                stays = False
            elif walk.is_opened(at, field.value):
                stays = False
            else:
                stays = len(field.value) <= MAX_VALUE_CHARS
                if not stays:
                    walk.leaf(at, field.value)
            if len(fields) > end or not stays:
                changed.append((start + position, stays, fields[end:]))
                del fields[end:]
        if changed:
            _put_in_place(fields, start, changed)

    def _worth_a_look(self, fields: Sequence[Field]) -> list[int]:
        """Positions of the values that may hold more."""
        values = [field.value for field in fields]
        text = "\n".join(values)
        if len(text) > MAX_VALUE_CHARS or text.count("\n") >= len(values):
            return [
                position
                for position, value in enumerate(values)
                if len(value) > MAX_VALUE_CHARS or not NOTHING_MORE(value)
            ]
        if "%" in text or "&" in text:
            found = _LINES_WITH_MORE(text + "\n")
        else:
            found = _LONG_LINES_WITH_MORE("\n".join([value for value in values if len(value) >= SHORT]) + "\n")
        asked = {*found} - self.walk.plain
        asked.discard("")
        return [position for position, value in enumerate(values) if value in asked] if asked else []


def _put_in_place(fields: list[Field], start: int, changed: Sequence[tuple[int, bool, list[Field]]]) -> None:
    whole, done = [], start
    for position, stays, inner in changed:
        whole += fields[done:position]
        whole += inner
        done = position if stays else position + 1
    whole += fields[done:]
    fields[start:] = whole
