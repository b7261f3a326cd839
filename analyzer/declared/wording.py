"""The words of stores and policies: kinds of data, what permissions open, what topics and companies are called."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from analyzer.errors import KnowledgeError
from analyzer.taxonomy import Taxonomy

TOPICS = ("THIRD PARTIES", "CONFIDENTIALITY", "CONSENT", "SALE", "STORAGE", "ADVERTISING", "ANALYTICS")
"""What else than data a passage may speak of."""
_ORDINARY = "ORDINARY"


class Kind(Struct, frozen=True):
    """One kind of data as a scheme names it."""

    id: str
    """`PSL_EMAIL`, `EmailAddress`."""
    label: str
    """As the store shows it in English."""
    category: str


class Wording(Struct, frozen=True):
    """All of them."""

    schemes: Mapping[str, Mapping[str, Kind]]
    """`play` and `apple`: their kinds by id, in the scheme's order."""
    permissions: Mapping[str, tuple[str, ...]]
    """Android permission -> taxonomy ids of what it opens to the app."""
    words: Mapping[str, tuple[str, ...]]
    """What a passage may speak of -> words in lower case; `*` at the end stands for any ending."""
    names: Mapping[str, tuple[str, ...]]
    """Company -> what policies call it."""
    ordinary: frozenset[str]
    """Names that are ordinary words too."""


def parse_wording(texts: Mapping[str, str], taxonomy: Taxonomy) -> Wording:
    """The files of `data/declared` by name. Raises KnowledgeError with every mistake and its place."""
    mistakes: list[str] = []
    schemes = {
        scheme: {row[0]: Kind(*row) for _, row in _rows(f"{scheme}.tsv", texts, 3, mistakes)}
        for scheme in ("play", "apple")
    }
    permissions = {}
    for place, (permission, types) in _rows("permissions.tsv", texts, 2, mistakes):
        permissions[permission] = tuple(types.split("|"))
        mistakes += [f"{place}: no data type '{name}'" for name in permissions[permission] if name not in taxonomy]
    groups = {kind.group for kind in taxonomy}
    words = {}
    for place, (about, said) in _rows("policy-words.tsv", texts, 2, mistakes):
        words[about] = tuple(said.split("|"))
        if about not in taxonomy and about not in groups and about not in TOPICS:
            mistakes.append(f"{place}: '{about}' is no data type, no group of them and no topic")
        mistakes += [f"{place}: '{word}' is not in lower case" for word in words[about] if word != word.lower()]
    names = {owner: tuple(said.split("|")) for _, (owner, said) in _rows("recipients.tsv", texts, 2, mistakes)}
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return Wording(schemes, permissions, words, names, frozenset(names.pop(_ORDINARY, ())))


def _rows(name: str, texts: Mapping[str, str], columns: int, mistakes: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Place and cells of each row but the header and comments."""
    lines = [(number, line) for number, line in enumerate(texts[name].splitlines(), 1) if not line.startswith("#")]
    cells = csv.reader(io.StringIO("\n".join(line for _, line in lines)), delimiter="\t", quoting=csv.QUOTE_NONE)
    for (number, _), row in zip(lines[1:], list(cells)[1:], strict=True):
        if len(row) == columns and all(row):
            yield f"{name}:{number}", row
        else:
            mistakes.append(f"{name}:{number}: not {columns} filled columns")


_LEGAL = re.compile(
    r"[,.\s]+(?:incorporated|inc|llc|l\.l\.c|ltd|limited|corp|corporation|gmbh|s\.?a|ag|b\.?v|n\.?v|plc|pte|pvt|private|"
    r"co|company|holdings?|ab|oy|a/s|s\.?r\.?l)\.?$",
    re.I,
)
_BRACKETS = re.compile(r"\(([^()]{3,60})\)")
_SHORTEST = 4


def names_of(company: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What a text may call a company or a product: `WizRocket Inc. (CleverTap)` -> WizRocket, CleverTap.

    `known` are the names that are not to be had from the company's own.
    """
    names = [*known.get(company, ()), *_BRACKETS.findall(company)]
    own = _BRACKETS.sub(" ", company[:200]).strip()
    while (shorter := _LEGAL.sub("", own)) != own:
        own = shorter
    names.append(" ".join(own.split()))
    return tuple(dict.fromkeys(name for name in names if len(name) >= _SHORTEST or name in known.get(company, ())))


def kinds_named(scheme: Mapping[str, Kind], labels: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The kinds that labels of a store stand for, and the labels that stand for none."""
    by_label = {_plain(kind.label): kind.id for kind in scheme.values()}
    found = {label: by_label.get(_plain(label)) for label in labels}
    return frozenset(filter(None, found.values())), tuple(label for label, kind in found.items() if kind is None)


def _plain(label: str) -> str:
    return " ".join(label[:100].casefold().split())
