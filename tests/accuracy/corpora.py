"""The corpora: captures and requests, what they hold, and what would be a mistake to find in them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec import Struct

from analyzer.capture.open import open_capture
from analyzer.model import Exchange, Finding
from fixtures.captures.founding_persona import PERSONA
from tests.accuracy.labels import (
    DATA_TYPES,
    FOUNDING_SEED_ONLY,
    JUDGED,
    SEED_ONLY,
    allowed_for,
    founding_labels,
    right_for,
)
from tests.conftest import FIXTURES, LABELLED, ROOT

type Mode = Literal["seeded", "cold", "cold, without adapters"]
"""Whether the person's values are given to the search, and whether what is documented of trackers is used."""

FOUNDING = FIXTURES / "captures" / "founding-case.har"
SERVICES = ROOT / "tests" / "detect" / "services.json"


class Spot(NamedTuple):
    """Where something is expected: an exchange, or one place in it."""

    exchange: int
    location: str = ""
    path: str = ""


class Expected(Struct, frozen=True, kw_only=True):
    """One thing that a capture holds."""

    spot: Spot
    name: str
    """What the label calls it."""
    right: tuple[str, ...]
    """Data types that name it rightly, its own first."""
    texts: tuple[str, ...] = ()
    """How it is written there, decoded; to tell why it was missed."""
    seed_only: bool = False
    """True where nobody could recognise it without knowing it."""


class Case(Struct, frozen=True, kw_only=True):
    """One capture or request and its labels."""

    name: str
    read: Callable[[], Iterable[Exchange]]
    expected: tuple[Expected, ...] = ()
    allowed: Mapping[Spot, frozenset[str]]
    """Data types that are no mistake."""


class Corpus(Struct, frozen=True, kw_only=True):
    """Cases that are labelled and judged alike."""

    id: str
    title: str
    about: str
    modes: tuple[Mode, ...]
    cases: tuple[Case, ...]
    seeds: Path | None = None
    by_place: bool = False
    """Whether labels name the place of a field; otherwise they name the exchange."""
    is_judged: Callable[[Finding], bool]
    """Whether a finding that no label allows is a mistake; where nobody knows, it is not counted."""


def own_corpora() -> list[Corpus]:
    """The corpora that are part of the project."""
    return [founding(), services(), adapters(), negatives()]


def of_person(finding: Finding) -> bool:
    """Whether a finding says that a person's data was sent."""
    return finding.data_type in JUDGED


def founding() -> Corpus:
    """The founding case, whose session says in code what each call holds."""
    expected: list[Expected] = []
    exchanges = list(read_capture(FOUNDING))
    for exchange in exchanges:
        for name in founding_labels(exchange.index):
            kind = DATA_TYPES[name]
            values = PERSONA.get(kind, ())
            texts = (values,) if isinstance(values, str) else tuple(values)
            is_seed_only = name in FOUNDING_SEED_ONLY
            expected.append(
                Expected(spot=Spot(exchange.index), name=name, right=(kind,), texts=texts, seed_only=is_seed_only)
            )
    # Whoever sends the name sends its parts.
    beside = frozenset(("person.name.given", "person.name.family"))
    case = Case(
        name="founding-case",
        read=partial(read_capture, FOUNDING),
        expected=tuple(expected),
        allowed=_allowed((one.spot, beside.union(one.right)) for one in expected),
    )
    return Corpus(
        id="founding",
        title="Founding case",
        about="the rebuilt session of 2018: twenty requests of a fictitious app to its own server and five trackers",
        modes=("seeded", "cold", "cold, without adapters"),
        cases=(case,),
        seeds=FOUNDING.with_suffix(".persona.yaml"),
        is_judged=of_person,
    )


def services() -> Corpus:
    """Requests of services without an adapter's help: their hosts are made up."""
    cases = []
    for name, row in json.loads(SERVICES.read_text("utf-8")).items():
        exchange = Exchange(
            index=0, url=row["url"], method="POST", headers=(("Content-Type", row["type"]),), body=row["body"].encode()
        )
        expected = tuple(Expected(spot=Spot(0), name=kind, right=(kind,)) for kind in row["holds"])
        cases.append(
            Case(
                name=name,
                read=partial(tuple, [exchange]),
                expected=expected,
                allowed={Spot(0): frozenset(row["holds"])},
            )
        )
    return Corpus(
        id="services",
        title="Services unknown to adapters",
        about="requests as the software development kits of many services write them, sent to hosts no adapter knows",
        modes=("cold",),
        cases=tuple(cases),
        is_judged=of_person,
    )


def adapters() -> Corpus:
    """The fixture pairs of the adapters: each says every place that its adapter documents."""
    cases = []
    for pair in sorted((FIXTURES / "adapters").glob("*.json")):
        expected = tuple(
            Expected(
                spot=Spot(row["exchange"], row["location"], row["path"]),
                name=row["data_type"],
                right=(row["data_type"],),
            )
            for row in json.loads(pair.read_text("utf-8"))
        )
        cases.append(
            Case(
                name=pair.stem,
                read=partial(read_capture, pair.with_suffix(".har")),
                expected=expected,
                allowed=_allowed((one.spot, one.right) for one in expected),
            )
        )
    return Corpus(
        id="adapters",
        title="Fixtures of the adapters",
        about="requests of every tracker that has an adapter; counted place by place, at level `documented` only",
        modes=("cold",),
        cases=tuple(cases),
        by_place=True,
        is_judged=lambda finding: finding.evidence == "documented",
    )


def negatives() -> Corpus:
    """Traffic that looks personal and is not."""
    cases = [
        Case(name=path.stem, read=partial(read_capture, path), allowed={})
        for path in sorted((FIXTURES / "negative").glob("*.har"))
    ]
    return Corpus(
        id="negative",
        title="Traffic that looks personal and is not",
        about="shop stock, digests, versions, weather, digits and words; a finding above level `key` is a mistake",
        modes=("cold",),
        cases=tuple(cases),
        is_judged=lambda finding: finding.evidence != "key",
    )


def labelled() -> list[Corpus]:
    """The labelled captures beside the checkout; nothing where they are not there."""
    cases = [_labelled_case(truth) for truth in sorted(LABELLED.glob("*/truth.json"))]
    if not cases:
        return []
    corpus = Corpus(
        id="labelled",
        title="Labelled captures",
        about="sessions of real software development kits in browser, Node.js and Python with one fictitious person",
        modes=("seeded", "cold", "cold, without adapters"),
        cases=tuple(cases),
        seeds=LABELLED / "persona.yaml",
        is_judged=of_person,
    )
    return [corpus]


def _labelled_case(truth: Path) -> Case:
    labels = json.loads(truth.read_text("utf-8"))["findings"]
    texts: dict[tuple[int, str], dict[str, None]] = {}
    for label in labels:
        # A CORS preflight repeats the URL of the request it asks for.
        if right_for(label["field"]) and not label.get("preflight"):
            texts.setdefault((label["index"], label["field"]), {})[label["text"]] = None
    expected = [
        Expected(spot=Spot(index), name=field, right=right_for(field), texts=tuple(found), seed_only=field in SEED_ONLY)
        for (index, field), found in sorted(texts.items())
    ]
    return Case(
        name=truth.parent.name,
        read=partial(read_capture, truth.with_name("capture.har")),
        expected=tuple(expected),
        allowed=_allowed((Spot(label["index"]), allowed_for(label["field"])) for label in labels),
    )


def read_capture(path: Path) -> Iterator[Exchange]:
    """The exchanges of a capture file."""
    with open_capture(path) as reader:
        yield from reader


def _allowed(pairs: Iterable[tuple[Spot, Iterable[str]]]) -> dict[Spot, frozenset[str]]:
    out: dict[Spot, frozenset[str]] = {}
    for spot, kinds in pairs:
        out[spot] = out.get(spot, frozenset()).union(kinds)
    return out
