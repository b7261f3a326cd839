"""A rule on what may be transmitted to whom: the nouns, and which data types a selector names."""

from collections.abc import Iterable

from msgspec import Struct

from analyzer.model import Severity
from analyzer.taxonomy import Taxonomy

STATUSES = ("stable", "experimental")
NOT = "not "
"""Before a word, excludes it: `not IN` is any country but India."""


class Reference(Struct, frozen=True, kw_only=True):
    """A document that the rule rests on."""

    document: str
    date: str | None = None
    """As far as known: YYYY, YYYY-MM or YYYY-MM-DD."""


class Together(Struct, frozen=True, kw_only=True):
    """Another data type that went the same way."""

    data_type: tuple[str, ...]
    within: str = "recipient"
    """`recipient`: sent to the same one, at any time; `request`: in the same request."""


class Clause(Struct, frozen=True, kw_only=True):
    """Conditions that must all hold; of one condition's words, one is enough. What is left empty is not asked."""

    data_type: tuple[str, ...] = ()
    sensitivity: str = ""
    """A comparison with 0 to 4: `>= 3`."""
    evidence: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    """Of the service that receives it."""
    owner: tuple[str, ...] = ()
    """Product, operator, or a company above it."""
    seat: tuple[str, ...] = ()
    """Country of the ultimate owner, ISO 3166-1 alpha-2."""
    server: tuple[str, ...] = ()
    """Country of the server, or `edge`, or `private`."""
    phase: tuple[str, ...] = ()
    """`before-consent`: any time before an answer; `after-reject`: any time while a refusal holds; else a name."""
    transform: tuple[str, ...] = ()
    """`plain`, `hashed` (any hash), or a derivation as reports write it."""
    secure: bool | None = None
    location: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    """Names on the path, as letters and digits only; `*` at either end for anything."""
    first_seen: str = ""
    """A comparison with seconds after the capture's first exchange: `<= 10`."""
    together: Together | None = None
    shared: tuple[str, ...] = ()
    """`handed-out`: another recipient's server made the identifier; `several`: several recipients were sent it."""


class Rule(Struct, frozen=True, kw_only=True):
    """One rule. It indicates where one clause of `when` holds and none of `unless` does."""

    id: str
    title: str
    status: str
    severity: Severity
    description: str
    references: tuple[Reference, ...]
    verified_on: str
    """Date on which someone last compared the rule with its references, YYYY-MM-DD."""
    when: tuple[Clause, ...]
    unless: tuple[Clause, ...] = ()
    message: str
    """One sentence; `{labels}` and the other names of `wording.PARTS` stand for what was seen."""
    false_positives: tuple[str, ...]
    cannot_show: str


def listed_in(words: Iterable[str], values: Iterable[str]) -> bool:
    """Whether one of the values is among the words, and none among those after `not`; case makes no difference."""
    wanted = {word.lower() for word in words if not word.startswith(NOT)}
    barred = {word.removeprefix(NOT).lower() for word in words if word.startswith(NOT)}
    given = {value.lower() for value in values}
    return not given & barred and (not wanted or bool(given & wanted))


def data_types(selectors: Iterable[str], taxonomy: Taxonomy) -> frozenset[str]:
    """The ids that selectors name: an id, `prefix.*`, `@column=value` of the taxonomy; after `not` taken away again.

    Selectors that only take away do so from all.
    """
    selectors = tuple(selectors)
    taken = [_selected(selector, taxonomy) for selector in selectors if not selector.startswith(NOT)]
    left = [_selected(selector.removeprefix(NOT), taxonomy) for selector in selectors if selector.startswith(NOT)]
    chosen = frozenset[str]().union(*taken) if taken else frozenset(kind.id for kind in taxonomy)
    return chosen.difference(*left)


def _selected(selector: str, taxonomy: Taxonomy) -> frozenset[str]:
    if selector.startswith("@"):
        column, _, value = selector[1:].partition("=")
        return frozenset(kind.id for kind in taxonomy if value and value in kind.columns.get(column, "").split("|"))
    if selector.endswith(".*"):
        return frozenset(kind.id for kind in taxonomy if kind.id.startswith(selector[:-1]))
    return frozenset({selector} if selector in taxonomy else ())
