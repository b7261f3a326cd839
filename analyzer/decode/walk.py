"""The walk through one exchange: collects leaves, and goes on wherever a leaf holds another encoding."""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.decode.branch import Branches
from analyzer.decode.envelope import Envelope
from analyzer.decode.limits import (
    MAX_DEPTH,
    MAX_EXCHANGE_BYTES,
    MAX_FIELDS,
    MAX_LAYER_BYTES,
    MAX_VALUE_CHARS,
)
from analyzer.model import Field, Location

_RUN = re.compile(rb"[\x20-\x7e]{8,}")
MEMO_SIZE = 20_000
MEMO_VALUE_CHARS = 200


class Place(Struct, frozen=True, gc=False):
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
SHORT = 8
"""Characters from which on a value without `%` and `&` may hold something encoded."""
LONG_PLAIN = (
    r"[a-z]++(?:[_. -][a-z]++)*+"
    r"|[+-]?[0-9]{1,19}+(?:[.:/-][0-9]++)*+(?:T[0-9:.]++(?:Z|[+-][0-9:]++)?+)?+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[A-Z]{1,8}+[-_][0-9]{1,12}+"
    r"|(?!1[fF]8[bB]|78|28[bB]5)(?:[0-7][0-9a-fA-F])*+[89a-fA-F][0-9a-fA-F](?=[0-9a-fA-F]{4})(?:[0-9a-fA-F]{8}){0,7}+"
    r"(?:[0-9a-fA-F]{2}){0,3}+"
)
PLAIN = rf"[^%&\n]{{0,{SHORT - 1}}}+|{LONG_PLAIN}"
NOTHING_MORE = re.compile(PLAIN).fullmatch


def may_be_a_value(name: str) -> bool:
    """Whether a member's or parameter's name may itself be one: an address, an identifier, a number to call."""
    return len(name) > 24 or "@" in name or (len(name) >= SHORT and name.lstrip("+").isdigit())


class PartFull(Exception):
    """A part of the exchange has more leaves than `MAX_FIELDS`."""


type ReadText = Callable[["Walk", Place, str], bool]
type ReadData = Callable[["Walk", Place, bytes, str], bool]


class Walk:
    """State of decoding one exchange.

    `plain` (values known to hold nothing more) and `branches` (places in trees) are shared between walks.
    """

    def __init__(
        self,
        read_text: ReadText,
        read_data: ReadData,
        plain: set[str],
        branches: Branches,
        envelopes: Sequence[Envelope] = (),
    ) -> None:
        self.fields: list[Field] = []
        self.notes: dict[str, str] = {}
        self.troubles = 0
        """How often something was noted, the same again or not."""
        self.closed: list[tuple[Place, bytes, str]] = []
        """Data that nothing could open: place, bytes, content type."""
        self.bytes_left = MAX_EXCHANGE_BYTES
        self.part_end = MAX_FIELDS
        self.read_text = read_text
        self.read_data = read_data
        self.plain = plain
        self.branches = branches
        self.envelopes = envelopes

    def begin_part(self) -> None:
        """Give the next part of the exchange its own budget of leaves."""
        self.part_end = len(self.fields) + MAX_FIELDS

    def note(self, what: str, message: str) -> None:
        """Remember trouble, once a kind."""
        self.troubles += 1
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
        if NOTHING_MORE(value) or not self.is_opened(at, value):
            self.leaf(at, value)

    def is_opened(self, at: Place, value: str) -> bool:
        """Record what is inside a value; True where that takes the value's place."""
        plain = self.plain
        if value in plain:
            return False
        if at.depth >= MAX_DEPTH:
            self.note("depth", f"More than {MAX_DEPTH} encodings inside one another: the innermost were not opened.")
            return False
        before = len(self.fields)
        if self.read_text(self, at, value):
            return True
        if len(self.fields) == before and len(value) <= MEMO_VALUE_CHARS:
            if len(plain) >= MEMO_SIZE:
                plain.clear()
            plain.add(value)
        return False

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
            self.leaf(replace(at.inside("strings"), key=""), b"\n".join(runs).decode("latin-1"))
