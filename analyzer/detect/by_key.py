"""Names: what a key calls its value, believed as far as the value's shape agrees."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from analyzer.detect.coordinates import degrees_of, pair_of
from analyzer.detect.lexicon import MAX_KEY, MEMO_SIZE, KeyRule, Lexicon, Meaning, words_of
from analyzer.detect.shapes.number import longitude
from analyzer.detect.shapes.table import SHAPES
from analyzer.memo import Memo
from analyzer.model import Field, Finding

_PERSON = re.compile(
    r"(?:^|[^a-z])(?:users?|usr|profiles?|customers?|identify|identity|traits|persons?|people|contacts?|members?|patients?"
    r"|passengers?|billing|shipping|recipients?|senders?|payers?|payees?|beneficiary|user_?data|user_?properties|subscribers?"
    r"|guests?|(?:card|account)?holder|referrer|enduser|\$set(?:_once)?|person_?properties|applicants?|visitors?"
    r"|leads?|buyers?|shoppers?|nominees?|requesters?|drivers?|riders?|students?|employees?|actors?|attendees?|signers?"
    r"|borrowers?|insured|travell?ers?|receivers?|kunden?|clientes?|usuarios?|utilisateurs?|benutzer|mitglied|utente"
    r"|klant|kund)(?=$|[^a-z])",
    re.I,
)
_BUSINESS = (
    r"stores?|shops?|merchants?|sellers?|company|companies|organi[sz]ations?|restaurants?|outlets?|warehouses?|branch|branches"
    r"|hotels?|venues?|weather|airports?|stations?|suppliers?|vendors?|dealers?|depots?|facilit(?:y|ies)|pickup_?points?"
)
_OF_A_BUSINESS = re.compile(rf"(?:^|[^a-z])(?:{_BUSINESS})$", re.I)
"""Objects whose place is nobody's."""
_OF_A_THING = re.compile(
    rf"(?:^|[^a-z])(?:{_BUSINESS}|products?|items?|campaigns?|plans?|device|app|experiments?|template|teams?"
    r"|groups?)$",
    re.I,
)
"""Objects whose name, address and telephone number are nobody's."""
_INDEX = re.compile(r"\[\d+\]$")
_WRAPPER = re.compile(r"(?:\.(?:value|val|v|answer|mapValue|fields|[a-zS]{3,10}Value))+$")
"""What lies between a name and its value, in Firestore's `name.stringValue` for one."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LONGEST_PATH = 400
"""Characters of a path, counted from its end, that say where a field belongs."""
BESIDE = ("person.", "gov.", "special.", "fin.", "loc.precise")
"""Findings of these kinds make their neighbours personal too."""
NOT_BESIDE = frozenset(("person.language", "person.address.country", "person.username", "person.interests"))


NEAR = 3
"""Fields on either side that may say what a value is called."""
_NAMING = frozenset("name key field attribute property label type kind question title variable slug system".split())
_TOLD = frozenset("value val number num answer response identifier".split())
"""What is called so may be told by a neighbour."""
MEMO_CHARS = 64
_UNKNOWN = Meaning((), frozenset(), "", False)


class _Claim(Struct, frozen=True, gc=False):
    """A rule for a key, made ready: whether a value agrees with it, and what to say then."""

    rule: KeyRule
    fits: Callable[[str], bool]
    reasoning: str
    is_personal: bool
    """Whether its data type is of a person, and so not of a thing."""


class ByKey:
    """Finds fields by their names. Sees all fields of an exchange at once, because neighbours explain each other."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._claims = Memo[str, tuple[_Claim, ...]](MEMO_SIZE)
        self._fitting = Memo[tuple[str, str], tuple[_Claim, ...]](MEMO_SIZE)
        self._around = Memo[tuple[str, str], tuple[tuple[KeyRule, ...], bool]](MEMO_SIZE)
        """Rules for a field called `id` and the like, by both names; whether a neighbour may tell."""
        self._naming = Memo[str, bool](MEMO_SIZE)
        self._of_a_thing = Memo[str, bool](MEMO_SIZE)
        """By the path of a field that is called as its path ends."""

    def _that_fit(self, meaning: Meaning, key: str, value: str) -> tuple[_Claim, ...]:
        """The rules for a key that its value agrees with, most specific first; devices send the same ones for ever."""
        claims = self._claims.get(key)
        if claims is None:
            claims = self._claims.keep(key, tuple(_claim(rule, key) for rule in meaning.rules))
        found = tuple([claim for claim in claims if claim.fits(value)])
        return self._fitting.keep((key, value), found) if len(value) <= MEMO_CHARS else found

    def find(self, fields: Sequence[Field], known: Sequence[tuple[int, Finding]]) -> list[tuple[int, Finding]]:
        """(position, finding) pairs. `known` holds those of the other detectors."""
        found: list[tuple[int, Finding]] = []
        waiting: list[tuple[int, KeyRule]] = []
        degrees: dict[tuple[str, str], list[tuple[int, bool]]] = {}
        pairs: dict[tuple[str, str], list[int]] = {}
        meaning_known, meaning_of, fitting = self._lexicon.known.get, self._lexicon.meaning, self._fitting
        for position, field in enumerate(fields):
            key = field.key
            meaning = meaning_known(key, _UNKNOWN)
            if meaning is None:  # most names mean nothing
                continue
            if meaning is _UNKNOWN and (meaning := meaning_of(key)) is None:
                continue
            if not meaning.is_simple:
                if meaning.degrees:
                    group = degrees.setdefault((field.location, _home(field)), [])
                    group.append((position, meaning.degrees == "latitude"))
                    continue
                if "loc.precise" in meaning.types and field.path.endswith(("[0]", "[1]")) and longitude(field.value):
                    pairs.setdefault((field.location, field.path[:-3]), []).append(position)
                if meaning.outer and (told := self._told_around(fields, position)):
                    found.append((position, _finding(field, *told)))
                    continue
            value = field.value
            fit = fitting.get((key, value))
            if fit is None:
                fit = self._that_fit(meaning, key, value)
            for claim in fit:
                if claim.is_personal and self._is_of_a_thing(field):
                    break
                rule = claim.rule
                if rule.where == "person":
                    waiting.append((position, rule))
                    continue
                finding = Finding(
                    field=field,
                    data_type=rule.data_type,
                    evidence=rule.evidence,
                    reasoning=claim.reasoning,
                    value=value,
                )
                found.append((position, finding))
                break
        for pair in pairs.values():
            found += pair_of(fields, pair)
        for (_, home), group in degrees.items():
            if not _OF_A_BUSINESS.search(_INDEX.sub("", home)):
                found += degrees_of(fields, group)
        if waiting:
            found += _beside(fields, waiting, found, known)
        return found

    def _is_of_a_thing(self, field: Field) -> bool:
        """Whether the object that a field belongs to is a shop, a product and the like."""
        known = self._of_a_thing.get(field.path)
        if known is not None:
            return known
        found = is_of_a_thing(field)
        is_named_so = field.path.endswith(field.key) and len(field.path) <= LONGEST_PATH
        return self._of_a_thing.keep(field.path, found) if is_named_so else found

    def _told_around(self, fields: Sequence[Field], position: int) -> tuple[KeyRule, str] | None:
        """The rule by which the name around `id` or `value`, or one beside it, explains it; and where that stands."""
        field = fields[position]
        home = field.path.rpartition(".")[0]
        if not home:
            return None
        outer = _INDEX.sub("", home).rpartition(".")[2]
        around = self._around.get((outer, field.key))
        if around is None:
            # {phone: {value: ...}}; {name: {given: ...}}, {birth: {date: ...}}: a name in two parts
            names = (outer, f"{field.key}_{outer}", f"{outer}_{field.key}")
            rules = tuple(rule for name in names for rule in self._sure(name))
            may_be_told = words_of(field.key).rpartition("_")[2] in _TOLD
            around = self._around.keep((outer, field.key), (rules, may_be_told))
        rules, may_be_told = around
        for rule in rules:
            if fits(rule, field.value):
                return rule, f", within '{outer}'"
        if not may_be_told:
            return None
        for other in (*fields[max(0, position - NEAR) : position], *fields[position + 1 : position + 1 + NEAR]):
            # {type: CPF, number: ...}, {Name: lastname, Value: ...}
            if not self._is_naming(other.key) or len(other.value) > MAX_KEY or other.location != field.location:
                continue
            if other.path.rpartition(".")[0] == home:
                for rule in self._sure(other.value):
                    if fits(rule, field.value):
                        return rule, f", told by '{other.value[:60]}' beside it"
        return None

    def _is_naming(self, key: str) -> bool:
        """Whether the value of a key may be what its neighbour is called."""
        known = self._naming.get(key)
        return self._naming.keep(key, words_of(key).rpartition("_")[2] in _NAMING) if known is None else known

    def _sure(self, name: str) -> list[KeyRule]:
        """The rules for a name that hold where it stands elsewhere than on its value."""
        meaning = self._lexicon.meaning(name)
        return [
            rule
            for rule in (meaning.rules if meaning else ())
            if rule.where != "person" and (rule.evidence != "key" or rule.shapes == ("hashed",))
        ]


def is_of_a_thing(field: Field) -> bool:
    """Whether the object that a field belongs to is a shop, a product and the like, by its name."""
    return _OF_A_THING.search(_INDEX.sub("", _home(field))) is not None


def fits(rule: KeyRule, value: str) -> bool:
    """Whether a value has one of the shapes that a rule asks for."""
    return _check(rule.shapes)(value)


@lru_cache(4_096)
def _check(shapes: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a value has one of these shapes."""
    if len(shapes) == 1:
        return SHAPES[shapes[0]]
    return lambda value: any(SHAPES[shape](value) for shape in shapes)


def _claim(rule: KeyRule, key: str) -> _Claim:
    return _Claim(rule, _check(rule.shapes), _reasoning(key, _shapes(rule), ""), rule.data_type.startswith("person."))


def _home(field: Field) -> str:
    """The path of the object that a field belongs to; what only wraps the value is none."""
    whole = field.path[-LONGEST_PATH:]
    path = _WRAPPER.sub("", whole)
    if path == whole or path == field.key or path.endswith("." + field.key):
        return path.rpartition(".")[0]
    return path


def _finding(field: Field, rule: KeyRule, context: str) -> Finding:
    return Finding(
        field=field,
        data_type=rule.data_type,
        evidence=rule.evidence,
        value=field.value,
        reasoning=_reasoning(field.key, _shapes(rule), context),
    )


def _shapes(rule: KeyRule) -> tuple[str, ...]:
    """The shapes that are part of the evidence."""
    return rule.shapes if rule.evidence != "key" else ()


@lru_cache(4_096)
def _reasoning(key: str, shapes: tuple[str, ...], context: str) -> str:
    words = " or ".join(shape.replace("_", " ") for shape in shapes)
    how = f" and the value has the shape of {words}" if words else ""
    return f"The key '{key[:60]}' names such a value{how}{context}."


def _beside(
    fields: Sequence[Field],
    waiting: Sequence[tuple[int, KeyRule]],
    found: Sequence[tuple[int, Finding]],
    known: Sequence[tuple[int, Finding]],
) -> list[tuple[int, Finding]]:
    """Names such as `name` count below a person's object, or beside something that is personal for sure."""
    types = [(position, finding.data_type) for position, finding in found if finding.evidence != "key"]
    types += [(position, finding.data_type) for position, finding in known]
    parents: dict[tuple[str, str], str] = {}
    taken = {position for position, _ in found}
    with_family: set[tuple[str, str]] = set()
    for position, data_type in types:
        if data_type.startswith(BESIDE) and data_type not in NOT_BESIDE:
            field = fields[position]
            home = _home(field)
            parents.setdefault((field.location, home), field.key)
            # In {name: email, value: ...} lists the neighbours are one level up.
            parents.setdefault((field.location, _INDEX.sub("", home)), field.key)
            if data_type == "person.name.family":
                with_family.add((field.location, home))
    out: list[tuple[int, Finding]] = []
    for position, rule in waiting:
        if position in taken:
            continue
        field = fields[position]
        home = _home(field)
        if rule.name == "name" and rule.data_type == "person.name.given" and (field.location, home) not in with_family:
            continue  # one word under `name` may be anything, but for a family name beside it
        near = parents.get((field.location, home)) or parents.get((field.location, _INDEX.sub("", home)))
        scope = None
        if home or "." in field.key:
            scope = _PERSON.search(_CAMEL.sub("_", home)) or _PERSON.search(field.key.replace("_", "."))
        if near is not None and near != field.key:
            out.append((position, _finding(field, rule, f", beside '{near[:60]}'")))
        elif scope:
            out.append((position, _finding(field, rule, f", within '{scope[0].strip('.[]_')[:60]}'")))
        else:
            continue
        taken.add(position)
    return out
