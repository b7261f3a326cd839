"""What one condition of a rule says of data that somebody received: that it holds, that it does not, or not known."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.countries import load_countries
from analyzer.model import Destination
from analyzer.policy.companions import Companions
from analyzer.policy.load_rules import COMPARISON
from analyzer.policy.rule import NOT, Clause, data_types, listed_in
from analyzer.policy.session import Session
from analyzer.policy.truth import Truth, all_of, any_of, no
from analyzer.reported import Group, Recipient, Report, SharedIdentifier
from analyzer.taxonomy import Taxonomy

UNKNOWN = "unknown"

_NOWHERE = ("edge", "private address")
"""Methods that place an address without a country."""
_HASHED = re.compile(r"\b(hmac|md5|sha\d|sha-?\d|blake|ripemd|murmur)", re.I)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq,
}  # fmt: skip


class Subject(NamedTuple):
    """What a rule is asked of: like transmissions to one host."""

    group: Group
    recipient: Recipient
    destination: Destination | None
    shared: tuple[SharedIdentifier, ...] = ()
    """Identifiers that are sent so and that others know."""
    is_recognised: bool = True
    """False where it is known by that only: the group was made for it, and is not in the report."""


class Facts:
    """What conditions need to know of the report beside the subject."""

    def __init__(self, report: Report, taxonomy: Taxonomy) -> None:
        self.session = Session(report.capture.phases)
        self.start = report.capture.first_time
        self.shared_are_all = report.shared_total <= len(report.shared_identifiers)
        self.countries = load_countries()
        self._taxonomy = taxonomy
        self._selected: dict[tuple[str, ...], frozenset[str]] = {}
        self._companions: dict[tuple[str, tuple[str, ...]], Companions] = {}

    def selected(self, selectors: tuple[str, ...]) -> frozenset[str]:
        """The data types that these selectors name."""
        if selectors not in self._selected:
            self._selected[selectors] = data_types(selectors, self._taxonomy)
        return self._selected[selectors]

    def companions(self, recipient: Recipient, selectors: tuple[str, ...]) -> Companions:
        """The groups of a recipient that hold these data types."""
        key = recipient.id, selectors
        if key not in self._companions:
            self._companions[key] = Companions(recipient, self.selected(selectors))
        return self._companions[key]


class Answer(NamedTuple):
    """Whether a condition holds; where that is not known, the question and whom it is about (`{}` in it)."""

    truth: Truth
    question: str = ""
    about: str = ""


type Ask = Callable[[Clause, Subject, Facts], Answer]


def asked(clause: Clause) -> tuple[Ask, ...]:
    """The conditions that the clause has, the cheapest first."""
    return tuple(ask for name, ask in CONDITIONS.items() if getattr(clause, name) not in ((), "", None))


def _data_type(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    return Answer(subject.group.data_type in facts.selected(clause.data_type))


def _sensitivity(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    return Answer(_compares(subject.group.sensitivity, clause.sensitivity))


def _evidence(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    return Answer(listed_in(clause.evidence, (subject.group.evidence,)))


def _location(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    return Answer(listed_in(clause.location, (subject.group.location,)))


def _path(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    names = [re.sub(r"[^a-z0-9]", "", name) for name in re.split(r"[.\[\]/]+", subject.group.path.lower())]
    wanted = [word for word in clause.path if not word.startswith(NOT)]
    barred = [word.removeprefix(NOT) for word in clause.path if word.startswith(NOT)]
    if any(_is_named(name, word) for name in names for word in barred):
        return Answer(False)
    return Answer(not wanted or any(_is_named(name, word) for name in names for word in wanted))


def _is_named(name: str, word: str) -> bool:
    core = word.strip("*")
    if word.startswith("*"):
        return core in name if word.endswith("*") else name.endswith(core)
    return name.startswith(core) if word.endswith("*") else name == core


def _transform(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    transform = subject.group.transform
    kinds = [transform, "hashed"] if _HASHED.search(transform) else [transform]
    if not subject.is_recognised:
        return Answer(None, "how the identifier sent to {} was derived", subject.group.host)
    return Answer(listed_in(clause.transform, kinds))


def _secure(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    if not subject.is_recognised:
        return Answer(None, "whether an identifier travelled to {} in TLS", subject.group.host)
    return Answer(subject.group.secure == clause.secure)


def _party(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    party = subject.destination.party if subject.destination else subject.recipient.party
    known = () if party == "unknown" else (party,)
    return _fits(clause.party, known, "whether {} belonged to the app's maker", subject.recipient.name)


def _category(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    category = subject.destination.category if subject.destination else subject.recipient.category
    if category is None and subject.recipient.party == "first":
        category = "the app's own"  # which is none of the services
    question = "what kind of service {} provided"
    return _fits(clause.category, (category,) if category else (), question, subject.recipient.name)


def _owner(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    to = subject.destination
    named = (to.product, to.owner, to.parent, *(step.name for step in to.ownership)) if to else ()
    names = [name for name in (*named, subject.recipient.owner, subject.recipient.parent) if name]
    return _fits(clause.owner, names, "who owns {}", subject.recipient.name)


def _seat(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    seat = subject.destination.owner_country if subject.destination else subject.recipient.owner_country
    question = "in which country the owner of {} has its seat"
    return _fits(clause.seat, (seat,) if seat else (), question, subject.recipient.name)


def _fits(words: Sequence[str], values: Sequence[str], question: str, about: str) -> Answer:
    """Whether the values are those asked for; what is not known is so, unless `unknown` is among the words itself."""
    if not values and not any(word.removeprefix(NOT) == UNKNOWN for word in words):
        return Answer(None, question, about)
    return Answer(listed_in(words, values or (UNKNOWN,)))


def _server(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    """Where sources differ on the country, the condition is settled only if each of their answers settles it alike."""
    to = subject.destination
    method = to.server_country_method if to else "no address"
    named = {answer.country for answer in to.server_countries} if to else set()
    if to and to.server_country:
        named.add(to.server_country)
    is_known = bool(named) and method not in _NOWHERE and not (to and to.server_country_too_far)

    def stands(word: str, country: str | None) -> Truth:
        if word == "private":
            return method == "private address" if method != "no address" else None
        if word == "edge":
            return method == "edge" if is_known or method in _NOWHERE else None
        if word == UNKNOWN:
            return not is_known
        return word == country if country else None

    def settled(country: str | None) -> Truth:
        return _any_word(clause.server, lambda word: stands(word, country))

    truths = set(map(settled, named)) if is_known else {settled(None)}
    truth = truths.pop() if len(truths) == 1 else None
    if truth is None and not is_known and any(word.removeprefix(NOT) == UNKNOWN for word in clause.server):
        truth = listed_in(clause.server, (UNKNOWN,))
    why = f" ({method})" if method in _NOWHERE else " (what is known disagrees)" if named else ""
    question = f"in which country the server of {{}} stands{why}"
    return Answer(truth) if truth is not None else Answer(None, question, subject.group.host)


def _any_word(words: Sequence[str], holds: Callable[[str], Truth]) -> Truth:
    """Whether what the words ask for holds: one of the plain ones, and none of those after `not`."""
    wanted = [holds(word) for word in words if not word.startswith(NOT)]
    barred = [no(holds(word.removeprefix(NOT))) for word in words if word.startswith(NOT)]
    return all_of((any_of(wanted) if wanted else True, *barred))


def _phase(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    def holds(word: str) -> Truth:
        return facts.session.holds(word, subject.group) if subject.is_recognised else None

    truth = _any_word(clause.phase, holds)
    return Answer(truth) if truth is not None else Answer(None, facts.session.why_unknown(), subject.group.host)


def _first_seen(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    first = subject.group.first_time
    if first is None or facts.start is None:
        return Answer(None, "when {} first received it", subject.group.host)
    return Answer(_compares(first - facts.start, clause.first_seen))


def _together(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    assert clause.together is not None
    truth = facts.companions(subject.recipient, clause.together.data_type).went_with(
        subject.group, clause.together.within
    )
    return Answer(truth, "whether the other data went to {} with it", subject.group.host)


def _shared(clause: Clause, subject: Subject, facts: Facts) -> Answer:
    if not subject.shared:
        if facts.shared_are_all or not subject.group.data_type.startswith("id."):
            return Answer(False)
        return Answer(None, "who else knows identifiers sent to {}, for not all are listed", subject.group.host)
    return Answer(any(listed_in(clause.shared, _ways(shared, subject.recipient)) for shared in subject.shared))


def _ways(shared: SharedIdentifier, recipient: Recipient) -> Iterator[str]:
    """How a recipient comes to share an identifier with others."""
    if is_handed_out(shared, recipient):
        yield "handed-out"
    if len({receiver.recipient for receiver in shared.receivers}) > 1:
        yield "several"


def is_handed_out(shared: SharedIdentifier, recipient: Recipient) -> bool:
    """Whether another recipient's server made the identifier."""
    return shared.assigner is not None and shared.assigner.recipient != recipient.id


def _compares(value: float, comparison: str) -> bool:
    found = COMPARISON.fullmatch(comparison)
    return found is not None and _COMPARE[found[1]](value, float(found[2]))


CONDITIONS: Mapping[str, Ask] = {
    "data_type": _data_type,
    "sensitivity": _sensitivity,
    "evidence": _evidence,
    "location": _location,
    "path": _path,
    "transform": _transform,
    "secure": _secure,
    "party": _party,
    "category": _category,
    "owner": _owner,
    "seat": _seat,
    "server": _server,
    "phase": _phase,
    "first_seen": _first_seen,
    "together": _together,
    "shared": _shared,
}
"""How each condition is asked, the cheapest first."""
