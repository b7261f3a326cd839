"""The nouns of the gate: what the rules, a baseline and the thresholds say of one build, for every format to render.

They hold masked text only: what was transmitted, to whom and where, never a value.
"""

import hashlib
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from analyzer.model import Severity

SCHEMA = 1
CLEAN, FOUND, NOT_SEEN = 0, 1, 3
"""Exit codes; 2 is trouble, of which there is no `Judged`."""

State = Literal["fails", "not seen", "warns", "unknown", "waived", "passes"]
"""What something does to the build, gravest first: it fails it; it keeps it from being judged; it is worth a look; it
could not be judged; the user set it aside; nothing is said against it."""
STATES: tuple[State, ...] = ("fails", "not seen", "warns", "unknown", "waived", "passes")
Family = Literal["rule", "baseline", "declared", "coverage"]


class Place(Struct, frozen=True, kw_only=True, order=True):
    """A request in a capture file."""

    file: str
    """As the user named it where that is a relative path, else the file's name."""
    exchange: int | None = None
    line: int | None = None
    """1-based; None where the file has no lines, as flow files."""
    last_line: int | None = None
    offset: int | None = None
    length: int | None = None
    """Bytes of the entry, `offset` that of its first."""


class Item(Struct, frozen=True, kw_only=True):
    """One thing to report. Items that pass are not listed."""

    rule: str
    """`JudgedRule.id`."""
    family: Family
    state: State
    severity: Severity
    title: str
    message: str
    told: str = ""
    """The message without data type and recipient, where it has them: items alike in this may share a row."""
    recipient: str | None = None
    labels: tuple[str, ...] = ()
    """Data types in words."""
    places: tuple[Place, ...] = ()
    """The first ten."""
    fingerprint: str
    """SHA-256 of what it is about (rule, recipient, data types), hexadecimal: the same in every build that shows it."""
    waived: str | None = None
    cannot_show: str = ""
    why_not: str = ""
    """Why it fails no build, though it was indicated: below the threshold, flaky, the app's own server."""


class JudgedRule(Struct, frozen=True, kw_only=True):
    """Something that the build was judged by, and what came of it."""

    id: str
    family: Family
    title: str
    severity: Severity
    description: str = ""
    references: tuple[str, ...] = ()
    state: State = "passes"
    """The gravest of its items."""


class File(Struct, frozen=True, kw_only=True):
    """A capture that was read: one run of the build."""

    name: str
    """`Place.file`."""
    sha256: str
    bytes: int
    exchanges: int
    unread: int
    """Connections that could not be read."""
    undecoded: int


class Judged(Struct, frozen=True, kw_only=True):
    """What is said of one build."""

    schema: int = SCHEMA
    tool: str
    """Name and version."""
    app: str | None = None
    version: str | None = None
    exit_code: int
    summary: str
    """One sentence that says why."""
    fail_on: Severity
    files: tuple[File, ...]
    items: tuple[Item, ...]
    """Gravest first."""
    rules: tuple[JudgedRule, ...]
    compared: tuple[str, ...] | None = None
    """Recipients whose transmissions were compared with the baseline, sorted; None without one."""

    def of(self, state: State) -> tuple[Item, ...]:
        """The items of one state."""
        return tuple(item for item in self.items if item.state == state)


def gravest(states: Iterable[State]) -> State:
    """The gravest of these; `passes` of none."""
    return min(states, key=STATES.index, default="passes")


def fingerprint(*parts: str) -> str:
    """The SHA-256, hexadecimal, of some words in their order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
