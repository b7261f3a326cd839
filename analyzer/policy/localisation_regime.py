"""Laws on where data may go, as data: what a regime is, and how its YAML file is read.

A regime is one file, `data/localisation/<id>.yaml`; every scalar in it is text. `@NAME` among countries stands for a
set of `sets.yaml`; among data types, `@column=value` stands for all rows of the taxonomy with that cell, and
`prefix.*` for all below a prefix. docs/localisation.md says what each member means.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct, field

from analyzer.errors import KnowledgeError
from analyzer.policy.yaml_file import YamlFile
from analyzer.taxonomy import Taxonomy

Status = Literal["in_force", "unsettled", "never_law", "check"]
TestKind = Literal[
    "endpoint_outside", "owner_in", "listed_country", "listed_recipient", "no_endpoint_inside", "not_testable"
]


class Applies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom a regime applies; each that is given has to hold."""

    subject_country: tuple[str, ...] = ()
    """Where the persons are whose data it is: ISO 3166-1 alpha-2, and the names of the sets they came from."""
    operator_country: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class PlaceTest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a regime a capture can test."""

    kind: TestKind
    countries: tuple[str, ...] = ()
    """Those inside (`endpoint_outside`, `no_endpoint_inside`), listed (`listed_country`), or of the owner's seat."""
    since: dict[str, str] = {}
    """Countries that are inside from a day on only, YYYY-MM-DD."""
    area: str = ""
    """These countries in words: `India`."""
    seat: bool = False
    """`endpoint_outside`: whether an operator seated elsewhere leaves it open where the server is inside."""
    server_too: bool = False
    """`owner_in`: whether a server in one of the countries is asked about as well as the owner's seat."""
    recipients: tuple[str, ...] = ()
    """`listed_recipient`: names of owners."""


class Context(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that has to be in the capture before the regime says anything of it."""

    types: tuple[str, ...]
    what: str
    """What such data shows: `a payment`."""
    alone: str
    """The sentence for a recipient that was sent none of it."""


class Anywhere(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that the regime restricts wherever it goes."""

    types: tuple[str, ...]
    reason: str


class Combined(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that counts only where the same recipient was sent two kinds of it, or other data of the regime."""

    types: tuple[str, ...]
    not_only: tuple[str, ...]
    """Such data that does not count among itself either."""
    reason: str


class Regime(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begins": "from", "ends": "until"}):
    """One law, direction or draft on where data may go."""

    id: str
    title: str
    law: str
    status: Status
    begins: str | None = None
    """First day in force, YYYY-MM-DD."""
    ends: str | None = None
    """First day no longer in force."""
    perhaps_begins: str | None = field(name="perhaps_from", default=None)
    """The earliest day that has been named, where the first day is not settled."""
    applies_if: Applies
    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    needs: Context | None = None
    test: PlaceTest
    anywhere: Anywhere | None = None
    combined: Combined | None = None
    exceptions: tuple[str, ...] = ()
    missing: str
    """What an indication still lacks: it ends the message."""
    cannot_show: str
    """What a capture cannot show of the matter: it ends the message where there is no indication."""
    references: tuple[str, ...] = ()
    verified_on: str
    evidence: Literal["V", "M"]
    """`V`: the core was compared with sources; `M`: from memory, so that its status is `check`."""
    checked: tuple[str, ...]
    """What was compared with which source on which day, and what was not."""


def matching(patterns: Iterable[str], taxonomy: Taxonomy) -> frozenset[str]:
    """The data types that any of the patterns stands for."""
    found: set[str] = set()
    for pattern in patterns:
        column, is_cell, value = pattern.removeprefix("@").partition("=")
        if is_cell:
            found |= {kind.id for kind in taxonomy if kind.columns.get(column) == value}
        elif pattern.endswith(".*"):
            found |= {kind.id for kind in taxonomy if kind.id.startswith(pattern[:-1])}
        elif pattern in taxonomy:
            found.add(pattern)
    return frozenset(found)


def on_day(test: PlaceTest, day: date | None) -> PlaceTest:
    """The test with the countries that counted as inside on that day; with all of them where it is not known."""
    if day is None or not test.since:
        return test
    counted = tuple(code for code in test.countries if test.since.get(code, "") <= day.isoformat())
    return msgspec.structs.replace(test, countries=counted)


def load_regimes(texts: Mapping[str, str], sets: str, taxonomy: Taxonomy) -> tuple[Regime, ...]:
    """The regimes in the texts of files, by name of the file, in that order; `sets` is the text of `sets.yaml`.

    Raises KnowledgeError with the place of every mistake.
    """
    file = YamlFile("sets.yaml", sets)
    known = _read(file, dict[str, tuple[str, ...]]) or {}
    mistakes, regimes = file.mistakes, []
    for name, text in texts.items():
        file = YamlFile(name, text)
        regime = _read(file, Regime)
        if regime is not None:
            regimes.append(_Resolver(file, known).resolved(regime, taxonomy))
        mistakes += file.mistakes
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return tuple(regimes)


def _read[T](file: YamlFile, kind: type[T]) -> T | None:
    """The file as `kind`, or None after a mistake."""
    if (root := file.root()) is None:
        return None
    try:
        return msgspec.convert(file.plain(root), kind, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        keys = [key.partition("[")[0] for key in where.rstrip("`").split(".")[1:]]
        file.mistake(file.under(keys), what)
    return None


class _Resolver:
    """Checks a regime, and writes its sets of countries out."""

    def __init__(self, file: YamlFile, sets: Mapping[str, Sequence[str]]) -> None:
        self._file, self._sets = file, sets

    def _mistake(self, keys: Sequence[str], what: str) -> None:
        self._file.mistake(self._file.under(keys), what)

    def resolved(self, regime: Regime, taxonomy: Taxonomy) -> Regime:
        """The regime with its sets of countries written out, once everything in it has been checked."""
        if regime.id != self._file.name.rpartition("/")[2].removesuffix(".yaml"):
            self._mistake(["id"], f"`id` is {regime.id!r}, but the file's name says otherwise")
        for name in ("begins", "ends", "perhaps_begins", "verified_on"):
            day = getattr(regime, name)
            if day is not None and not _is_day(day):
                self._mistake([{"begins": "from", "ends": "until"}.get(name, name)], f"{day!r} is not a day YYYY-MM-DD")
        for day in regime.test.since.values():
            if not _is_day(day):
                self._mistake(["test", "since"], f"{day!r} is not a day YYYY-MM-DD")
        if (regime.evidence == "M") != (regime.status == "check"):
            self._mistake(["status"], "a regime from memory (evidence M) has the status check, and no other has")
        for part, patterns in _patterns(regime).items():
            for pattern in patterns:
                if not matching([pattern], taxonomy):
                    self._mistake(part.split("."), f"{pattern!r} stands for no data type of the taxonomy")
        applies, test = regime.applies_if, regime.test
        return msgspec.structs.replace(
            regime,
            applies_if=msgspec.structs.replace(
                applies,
                subject_country=self._countries(applies.subject_country, named=True),
                operator_country=self._countries(applies.operator_country, named=True),
            ),
            test=msgspec.structs.replace(
                test,
                countries=self._countries(test.countries),
                since={code: day for name, day in test.since.items() for code in self._countries([name])},
                recipients=self._countries(test.recipients),
            ),
        )

    def _countries(self, names: Iterable[str], *, named: bool = False) -> tuple[str, ...]:
        """With the members of each set in its place; `named` leaves the set's name, so that it can be asked for."""
        out: list[str] = []
        for name in names:
            if not name.startswith("@"):
                out.append(name)
            elif name[1:] in self._sets:
                out += [name[1:]] if named else []
                out += self._countries(self._sets[name[1:]], named=named)
            else:
                self._mistake([], f"there is no set {name!r} in sets.yaml")
        return tuple(dict.fromkeys(out))


def _patterns(regime: Regime) -> dict[str, tuple[str, ...]]:
    """All patterns of data types, by where they are written."""
    return {
        "types": regime.types,
        "exclude_types": regime.exclude_types,
        "needs.types": regime.needs.types if regime.needs else (),
        "anywhere.types": regime.anywhere.types if regime.anywhere else (),
        "combined.types": (*regime.combined.types, *regime.combined.not_only) if regime.combined else (),
    }


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
