"""Names: what a key calls its value, believed as far as the value's shape agrees."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from analyzer.detect.lexicon import MEMO_SIZE, KeyRule, Lexicon, Meaning
from analyzer.detect.shapes.number import latitude, longitude
from analyzer.detect.shapes.table import SHAPES
from analyzer.memo import Memo
from analyzer.model import Field, Finding

_PERSON = re.compile(
    r"(?:^|[^a-z])(?:users?|usr|profiles?|customers?|identify|identity|traits|persons?|people|contacts?|members?|patients?"
    r"|passengers?|billing|shipping|recipients?|senders?|payers?|payees?|beneficiary|user_?data|user_?properties|subscribers?"
    r"|guests?|holder|referrer|enduser|\$set(?:_once)?|person_?properties|applicants?|visitors?"
    r"|leads?|buyers?|shoppers?|nominees?|requesters?|drivers?|riders?|students?|employees?)(?=$|[^a-z])",
    re.I,
)
_BUSINESS = (
    r"stores?|shops?|merchants?|sellers?|company|companies|organi[sz]ations?|restaurants?|outlets?|warehouses?|branch|branches"
    r"|hotels?|venues?|weather|airports?|stations?"
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
                if meaning.outer and (rule := self._outer_rule(field)):
                    found.append((position, _finding(field, rule, f", within '{_outer_name(field)}'")))
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
            found += _pair(fields, pair)
        for (_, home), group in degrees.items():
            if not _OF_A_BUSINESS.search(_INDEX.sub("", home)):
                found += _coordinates(fields, group)
        if waiting:
            found += _beside(fields, waiting, found, known)
        return found

    def _is_of_a_thing(self, field: Field) -> bool:
        """Whether the object that a field belongs to is a shop, a product and the like."""
        known = self._of_a_thing.get(field.path)
        if known is not None:
            return known
        found = _OF_A_THING.search(_INDEX.sub("", _home(field))) is not None
        is_named_so = field.path.endswith(field.key) and len(field.path) <= LONGEST_PATH
        return self._of_a_thing.keep(field.path, found) if is_named_so else found

    def _outer_rule(self, field: Field) -> KeyRule | None:
        """The rule by which the name around `id` or `value` explains it."""
        meaning = self._lexicon.meaning(_outer_name(field))
        for rule in meaning.rules if meaning else ():
            if rule.evidence != "key" and rule.where != "person" and fits(rule, field.value):
                return rule
        return None


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


def _outer_name(field: Field) -> str:
    return _INDEX.sub("", field.path.rpartition(".")[0]).rpartition(".")[2]


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
    for position, data_type in types:
        if data_type.startswith(BESIDE) and data_type not in NOT_BESIDE:
            field = fields[position]
            home = _home(field)
            parents.setdefault((field.location, home), field.key)
            # In {name: email, value: ...} lists the neighbours are one level up.
            parents.setdefault((field.location, _INDEX.sub("", home)), field.key)
    out: list[tuple[int, Finding]] = []
    for position, rule in waiting:
        if position in taken:
            continue
        field = fields[position]
        home = _home(field)
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


def _coordinates(fields: Sequence[Field], group: Sequence[tuple[int, bool]]) -> list[tuple[int, Finding]]:
    """Latitude and longitude of one object; a latitude alone counts where its key leaves no doubt."""
    lats = [position for position, is_lat in group if is_lat and latitude(fields[position].value)]
    lons = [position for position, is_lat in group if not is_lat and longitude(fields[position].value)]
    out: list[tuple[int, Finding]] = []
    for position in [*lats, *lons]:
        field = fields[position]
        decimals = len(field.value.partition(".")[2])
        paired = bool(lats and lons)
        sure = "itude" in field.key.lower() or re.search(
            r"geo|loc|gps|coord|position", f"{field.path} {field.key}", re.I
        )
        if not paired and not (sure and decimals >= 3) and decimals < 5:
            continue
        kind = "loc.precise" if decimals >= 3 else "loc.coarse"
        what = "beside its counterpart" if paired else "with five decimals or under a key of a place"
        out.append(
            (
                position,
                Finding(
                    field=field, data_type=kind, evidence="key+value", value=field.value,
                    reasoning=f"The key '{field.key[:60]}' names a coordinate and the value is one in degrees"
                    f" with {decimals} decimals, {what}.",
                ),
            )
        )  # fmt: skip
    return out


def _pair(fields: Sequence[Field], pair: Sequence[int]) -> list[tuple[int, Finding]]:
    """Two numbers in an array that is called a place, in either order (GeoJSON puts longitude first)."""
    if len(pair) != 2 or not any(latitude(fields[position].value) for position in pair):
        return []
    if any(len(fields[position].value.partition(".")[2]) < 3 for position in pair):
        return []
    return [
        (
            position,
            Finding(
                field=fields[position], data_type="loc.precise", evidence="key+value", value=fields[position].value,
                reasoning=f"The key '{fields[position].key[:60]}' names a place and its value is a pair of degrees"
                " with three decimals or more.",
            ),
        )
        for position in pair
    ]  # fmt: skip
