"""The walk through one exchange: collects leaves, and goes on wherever a leaf holds another encoding."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.decode.limits import (
    MAX_DEPTH,
    MAX_EXCHANGE_BYTES,
    MAX_FIELDS,
    MAX_LAYER_BYTES,
    MAX_LEVELS,
    MAX_VALUE_CHARS,
)
from analyzer.model import Field, Location

if TYPE_CHECKING:
    from analyzer.decode.encrypted import Envelope

_RUN = re.compile(rb"[\x20-\x7e]{8,}")
MEMO_SIZE = 20_000
MEMO_VALUE_CHARS = 200


class Place(NamedTuple):
    """Where in the exchange a piece of data lies, and what was taken off to get there."""

    location: Location
    path: str
    key: str
    chain: tuple[str, ...]
    depth: int

    def inside(self, *encodings: str) -> "Place":
        """The same place, one encoding further in."""
        return Place(self.location, self.path, self.key, (*self.chain, *encodings), self.depth + 1)

    def at(self, name: str, key: str | None = None) -> "Place":
        """A named member below this place."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(self.location, path, name if key is None else key, self.chain, self.depth)

    def item(self, position: int) -> "Place":
        """An array element below this place: it keeps the array's key."""
        return Place(self.location, f"{self.path}[{position}]", self.key, self.chain, self.depth)


# What most values are: short texts, UUIDs, numbers, versions, points in time, lower-case words, stock numbers, and hex
# that cannot be text because a byte of it is not ASCII (nor starts as gzip, zlib, zstd). Tells them at the least cost.
NOTHING_MORE = re.compile(
    r"[^%&]{0,7}|[a-z]{1,23}(?:[_. -][a-z]{1,23})*"
    r"|[+-]?[0-9]{1,20}(?:[.:/-][0-9]+)*(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[A-Z]{1,8}[-_][0-9]{1,12}"
    r"|(?!1[fF]8[bB]|78|28[bB]5)(?:[0-7][0-9a-fA-F]){0,31}[89a-fA-F][0-9a-fA-F](?:[0-9a-fA-F]{2}){2,31}"
).fullmatch


class PartFull(Exception):
    """A part of the exchange has more leaves than `MAX_FIELDS`."""


type ReadText = Callable[["Walk", Place, str], bool]
type ReadData = Callable[["Walk", Place, bytes, str], bool]

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


def pair_name(node: dict[Any, Any], key: str, in_list: bool) -> str | None:
    """The name of the value in a {name, value} pair, or in {type, value} in a list; `key` in a wrapper."""
    if _VALUES.isdisjoint(node):
        return None
    for member in NAME_MEMBERS:
        found = node.get(member)
        if type(found) is str and found and len(found) <= 60:
            return found
    for member in KIND_MEMBERS:
        found = node.get(member)
        if type(found) is str and _NAME.fullmatch(found) and found.lower() not in _NO_NAMES and not key.endswith(found):
            return found if in_list else key or found
    return key if key and len(node) <= 2 else None


class Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written: members in order, names may repeat."""


class Walk:
    """State of decoding one exchange.

    `plain` (values known to hold nothing more) and `names` (member names that are just names) are shared between walks.
    """

    def __init__(
        self,
        read_text: ReadText,
        read_data: ReadData,
        plain: set[str],
        names: set[str],
        envelopes: "Sequence[Envelope]" = (),
    ) -> None:
        self.fields: list[Field] = []
        self.notes: dict[str, str] = {}
        self.closed: list[tuple[Place, bytes, str]] = []
        """Data that nothing could open: place, bytes, content type."""
        self.keys = 0
        """Names counted in the JSON or MessagePack tree that is being read."""
        self.bytes_left = MAX_EXCHANGE_BYTES
        self.part_end = MAX_FIELDS
        self.read_text = read_text
        self.read_data = read_data
        self.plain = plain
        self.names = names
        self.envelopes = envelopes

    def begin_part(self) -> None:
        """Give the next part of the exchange its own budget of leaves."""
        self.part_end = len(self.fields) + MAX_FIELDS

    def note(self, what: str, message: str) -> None:
        """Remember trouble, once a kind."""
        self.notes[what] = message

    def leaf(self, at: Place, value: str) -> None:
        """Record a leaf without looking into it."""
        if len(self.fields) >= self.part_end:
            raise PartFull
        if len(value) > MAX_VALUE_CHARS:
            self.note("long-value", f"A value longer than {MAX_VALUE_CHARS >> 20} MiB was cut.")
            value = value[:MAX_VALUE_CHARS]
        self.fields.append(Field(at.location, at.path, at.key, value, at.chain))

    def text(self, at: Place, value: str) -> None:
        """Record a leaf, or what is inside it where it holds another encoding."""
        if not value:
            return
        plain = self.plain
        if value in plain or NOTHING_MORE(value):
            self.leaf(at, value)
        elif at.depth >= MAX_DEPTH:
            self.note("depth", f"More than {MAX_DEPTH} encodings inside one another: the innermost were not opened.")
            self.leaf(at, value)
        else:
            before = len(self.fields)
            if self.read_text(self, at, value):
                return
            if len(self.fields) == before and len(value) <= MEMO_VALUE_CHARS:
                if len(plain) >= MEMO_SIZE:
                    plain.clear()
                plain.add(value)
            self.leaf(at, value)

    def data(self, at: Place, data: bytes, content_type: str = "") -> None:
        """Open bytes with whatever fits; remember them as closed where nothing does."""
        if not data:
            return
        if at.depth > MAX_DEPTH:
            self.note("depth", f"More than {MAX_DEPTH} encodings inside one another: the innermost were not opened.")
            self.closed.append((at, data, content_type))
        elif not self.read_data(self, at, data, content_type):
            self.closed.append((at, data, content_type))
            self.readable_runs(at, data)

    def readable_runs(self, at: Place, data: bytes) -> None:
        """Record the texts in data of an unknown format, so that known values in it are found all the same."""
        runs = _RUN.findall(data[:MAX_LAYER_BYTES])
        if runs:
            self.leaf(at.inside("strings")._replace(key=""), b"\n".join(runs).decode("latin-1"))

    def tree(self, at: Place, node: Any) -> None:
        """Record the leaves of parsed JSON or MessagePack."""
        location, path, key, chain, depth = at
        self._branch(node, location, path, key, chain, depth, 0)

    def _branch(
        self, node: Any, location: Location, path: str, key: str, chain: tuple[str, ...], depth: int, level: int
    ) -> None:
        kind = type(node)
        if level > MAX_LEVELS:
            self._deep(Place(location, path, key, chain, depth), node)
        elif kind is dict or kind is Pairs:
            self._object(node, location, path, key, chain, depth, level)
        elif kind is list:
            self._array(node, location, path, key, chain, depth, level)
        else:
            self._scalar(Place(location, path, key, chain, depth), node)

    def _object(
        self,
        node: dict[str, Any] | Pairs,
        location: Location,
        path: str,
        key: str,
        chain: tuple[str, ...],
        depth: int,
        level: int,
    ) -> None:
        # The hottest loop of the program: plain leaves are appended here, everything else takes the longer way.
        fields, plain, names, nothing_more = self.fields, self.plain, self.names, NOTHING_MORE
        size = len(node)
        if len(fields) + size > self.part_end:
            raise PartFull
        self.keys += size
        whole = node if type(node) is dict else dict(node)
        alias = None
        if size <= 8 and not _VALUES.isdisjoint(whole):
            alias = pair_name(whole, key, path.endswith("]"))
        prefix = path + "." if path else ""
        for name, value in node.items() if isinstance(node, dict) else node:
            if name not in names:
                name = self._new_name(Place(location, prefix + "{name}", "", chain, depth), name)
            here = name if alias is None or name not in _VALUES else alias
            kind = type(value)
            if kind is str:
                if value in plain or nothing_more(value):
                    if value:
                        fields.append(Field(location, prefix + name, here, value, chain))
                else:
                    self.text(Place(location, prefix + name, here, chain, depth), value)
            elif kind is int:
                fields.append(Field(location, prefix + name, here, str(value), chain))
            elif kind is dict and level < MAX_LEVELS:
                self._object(value, location, prefix + name, here, chain, depth, level + 1)
            elif value is not None:
                self._branch(value, location, prefix + name, here, chain, depth, level + 1)

    def _new_name(self, at: Place, name: Any) -> str:
        """A member's name as text; one that may itself be a value (an address, an identifier) becomes a leaf."""
        if type(name) is not str:  # MessagePack names may be anything
            return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        if len(name) > 24 or "@" in name:
            self.text(at, name)
        elif len(self.names) < MEMO_SIZE:
            self.names.add(name)
        return name

    def _array(
        self, node: list[Any], location: Location, path: str, key: str, chain: tuple[str, ...], depth: int, level: int
    ) -> None:
        fields, plain = self.fields, self.plain
        if len(fields) + len(node) > self.part_end:
            raise PartFull
        if len(node) == 2 and type(node[0]) is str and type(node[1]) in (str, int, list) and _NAME.fullmatch(node[0]):
            # ["email", "a@b.example"]: a name and its value.
            self._branch(node[0], location, f"{path}[0]", key, chain, depth, level + 1)
            self._branch(node[1], location, f"{path}[1]", node[0], chain, depth, level + 1)
            return
        for position, value in enumerate(node):
            kind = type(value)
            if kind is str and (value in plain or NOTHING_MORE(value)):
                if value:
                    fields.append(Field(location, f"{path}[{position}]", key, value, chain))
            elif kind is dict and level < MAX_LEVELS:
                self._object(value, location, f"{path}[{position}]", key, chain, depth, level + 1)
            elif kind is int:
                fields.append(Field(location, f"{path}[{position}]", key, str(value), chain))
            else:
                self._branch(value, location, f"{path}[{position}]", key, chain, depth, level + 1)

    def _scalar(self, at: Place, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            self.leaf(at, "true" if value else "false")
        elif isinstance(value, str):
            self.text(at, value)
        elif isinstance(value, bytes):
            self.data(at.inside(), value)
        else:
            self.leaf(at, str(value))

    def _deep(self, at: Place, node: Any) -> None:
        """Leaves of a tree that is too deep to walk by name: found all the same, at the place where it got too deep."""
        self.note("levels", f"Objects more than {MAX_LEVELS} deep: their leaves were read without their names.")
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
                self._scalar(at, node)
