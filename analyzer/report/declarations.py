"""Lays what was declared out beside what was seen, for the page: rows and their links, quotes, changes of a policy."""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from msgspec import Struct

from analyzer.reported import Declaration, Declared, Quote, Report
from analyzer.taxonomy import within_sentence

ROWS, QUOTES, CHANGES = 60, 40, 60
"""Shown on the page; `report.json` holds all."""
OPEN_QUOTES = 6
_NAMES = 8
_GROUPS = {"person": "personal data"}
_SCHEMES = {"play": "Kinds of data as Google Play names them", "apple": "Kinds of data as Apple names them"}


class SeenBy(Struct, frozen=True):
    """One who received it."""

    name: str
    recipient: str
    group: str
    """`Group.id` of the first, to link to."""


class SeenRow(Struct, frozen=True):
    """One kind of data."""

    row: Declared
    seen: tuple[SeenBy, ...]
    more: int
    """Further recipients."""
    stands_out: bool
    """Whether it was seen, by more than the name of a field, and is not declared."""


class Table(Struct, frozen=True):
    """The kinds of one scheme."""

    title: str
    rows: tuple[SeenRow, ...]
    more: int


class Said(Struct, frozen=True):
    """A passage and, in words, what it speaks of."""

    quote: Quote
    about: tuple[str, ...]


class Quoted(Struct, frozen=True):
    """The passages of one document."""

    declaration: Declaration
    open: tuple[Said, ...]
    folded: tuple[Said, ...]
    more: int


class Change(Struct, frozen=True):
    """A passage of two versions, side by side; None where one does not have it."""

    kind: str
    before: Quote | None
    after: Quote | None
    about: tuple[str, ...]


class DeclaredView(Struct, frozen=True):
    """The whole section."""

    declarations: tuple[Declaration, ...]
    tables: tuple[Table, ...]
    quoted: tuple[Quoted, ...]
    changes: tuple[Change, ...]
    more_changes: int


def declared_view(report: Report) -> DeclaredView | None:
    """What the page shows of the maker's statements; None where none were given."""
    if not report.declarations:
        return None
    words = {row.data_type: within_sentence(row.label) for row in report.matrix}
    words |= {recipient.name: recipient.name for recipient in report.recipients} | _GROUPS
    changes: tuple[Any, ...] = report.policy_changes
    return DeclaredView(
        report.declarations,
        tuple(_tables(report)),
        tuple(_quoted(report, words)),
        tuple(Change(one.kind, one.before, one.after, _in_words(one.about, words)) for one in changes[:CHANGES]),
        max(0, len(changes) - CHANGES),
    )


def _tables(report: Report) -> Iterable[Table]:
    names = {recipient.id: recipient.name for recipient in report.recipients}
    sure = {group.id for recipient in report.recipients for group in recipient.groups if group.evidence != "key"}
    owner = {group.id: recipient.id for recipient in report.recipients for group in recipient.groups}
    for scheme in dict.fromkeys(row.scheme for row in report.declared):
        rows = [row for row in report.declared if row.scheme == scheme]
        shown = tuple(_seen_row(row, names, owner, sure) for row in rows[:ROWS])
        yield Table(_SCHEMES.get(scheme, scheme), shown, len(rows) - len(shown))


def _seen_row(row: Declared, names: Mapping[str, str], owner: Mapping[str, str], sure: Set[str]) -> SeenRow:
    first: dict[str, str] = {}
    for group in row.groups:
        first.setdefault(owner.get(group, ""), group)
    seen = [SeenBy(names.get(one, one), one, first.get(one, "")) for one in row.recipients]
    stands_out = row.declared == "not declared" and not sure.isdisjoint(row.groups)
    return SeenRow(row, tuple(seen[:_NAMES]), max(0, len(seen) - _NAMES), stands_out)


def _quoted(report: Report, words: Mapping[str, str]) -> Iterable[Quoted]:
    for declaration in report.declarations:
        quotes = [one for one in report.quotes if one.source == declaration.source]
        said = tuple(Said(one, _in_words(one.about, words)) for one in quotes[:QUOTES])
        if said:
            yield Quoted(declaration, said[:OPEN_QUOTES], said[OPEN_QUOTES:], len(quotes) - len(said))


def _in_words(about: Iterable[str], words: Mapping[str, str]) -> tuple[str, ...]:
    """Data types by their labels, or by the end of their id where none was seen; topics in small letters."""
    return tuple(words.get(one) or one.lower().rpartition(".")[2].replace("_", " ") for one in about)
