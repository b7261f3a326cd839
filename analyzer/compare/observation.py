"""What a build was seen to transmit, in the form that builds are compared by: no value, no identifier of a person."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from analyzer.model import Party

ChangeKind = Literal["new", "worsened", "gone", "better"]


class Key(Struct, frozen=True, kw_only=True, order=True):
    """What makes two transmissions the same one in two builds."""

    data_type: str
    recipient: str
    """The owner, or the registrable domain where the owner is not known."""
    phase: str
    """Empty where none was marked."""
    transform: str
    """`plain`, or the derivation."""
    location: str
    """Country of the server (ISO 3166-1 alpha-2), else how that is said: `edge`, `private address`, `unknown`, ..."""


class Observed(Struct, frozen=True, kw_only=True):
    """One kind of transmission of a build."""

    key: Key
    runs: int
    """In how many of the build's runs it was seen."""
    label: str
    """The data type in words."""
    sensitivity: int
    party: Party
    seat: str | None
    """Country of the ultimate owner."""
    secure: bool
    """False where any of them travelled outside TLS."""
    evidence: str
    """The strongest."""
    hosts: tuple[str, ...]
    """Sorted, the first ten."""
    exchanges: tuple[int, ...] = ()
    """In the last run that showed it, the first ten; empty in a baseline."""
    seen_in: tuple[int, ...] = ()
    """Which of the runs those are, counted from 0; empty where only their number is known."""


class Observations(Struct, frozen=True, kw_only=True):
    """Everything that a build was seen to transmit, in one run or in several that are united."""

    app: str | None
    version: str | None
    runs: int
    items: tuple[Observed, ...]
    """Sorted by key, each key once."""
    exchanges: int
    """Requests of all runs."""
    unread: int
    """Connections that could not be read, of all runs."""
    undecoded: int


class Change(Struct, frozen=True, kw_only=True):
    """One difference between two builds."""

    kind: ChangeKind
    before: Observed | None
    after: Observed | None
    why: str
    """One sentence: what is new, gone, worse (plain for hashed, new country, before consent, no TLS) or better."""
    is_flaky: bool = False
    """Whether it was seen in some of the runs only, so that it may be chance."""


class Comparison(Struct, frozen=True, kw_only=True):
    """All differences, the gravest first."""

    before: Observations
    after: Observations
    changes: tuple[Change, ...]
    owners: Mapping[str, str] = {}
    """Recipients whose owner only one of the builds knew, by registrable domain: they are compared by the owner's
    name."""
