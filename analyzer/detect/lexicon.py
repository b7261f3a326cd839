"""The key lexicon: what a name says about its value, in any style of writing names, and how far it is to be believed.

`data/keys.tsv` holds behind a name how often a finding by it was right and wrong in captures whose contents are known
(`email:212/0`; `tests/measure_keys.py` counts). A name's weight is (right + 2 p) / (right + wrong + 2), where p is the
same share over all names of its row: so a name that was never met weighs as much as its synonyms.
"""

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from analyzer.detect.shapes.rates import is_loose
from analyzer.memo import Memo
from analyzer.model import EVIDENCE_RANK, Evidence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
MEMO_SIZE = 20_000
MAX_KEY = 80
"""Characters; longer keys are no names."""


class KeyRule(Struct, frozen=True, gc=False):
    """One row of `data/keys.tsv`, for one name."""

    data_type: str
    evidence: Evidence
    shapes: tuple[str, ...]
    where: str
    """`exact`, `end` or `person`."""
    name: str
    right: int = 0
    """How often a finding by this name was right where it was measured."""
    wrong: int = 0
    weight: float = 0.5


_Row = tuple[str, Evidence, tuple[str, ...], str]
BELIEVED = 0.5
"""A rule that weighs less is only a name: level `key`."""
BELIEVED_LOOSE = 0.6
"""The same for a shape that most values have, so that the name alone has to carry the finding."""


def weigh(rules: Sequence[KeyRule]) -> list[KeyRule]:
    """The rules with the counts taken off their names, each with its weight and the evidence it is good for."""
    rows: dict[_Row, list[tuple[str, int, int]]] = {}
    for rule in rules:
        row = rule.data_type, rule.evidence, rule.shapes, rule.where
        rows.setdefault(row, []).append(_counts(rule.name))
    weighed: list[KeyRule] = []
    for (data_type, evidence, shapes, where), names in rows.items():
        right, wrong = sum(name[1] for name in names), sum(name[2] for name in names)
        prior = 2 * (right + 1) / (right + wrong + 2)
        least = BELIEVED_LOOSE if is_loose(shapes) else BELIEVED
        for name, right, wrong in names:
            weight = (right + prior) / (right + wrong + 2) if right or wrong else prior / 2
            believed: Evidence = evidence if weight >= least else "key"
            weighed.append(KeyRule(data_type, believed, shapes, where, name, right, wrong, weight))
    return weighed


def _counts(name: str) -> tuple[str, int, int]:
    """`email:212/0` -> the name, how often right, how often wrong."""
    if ":" not in name:
        return name, 0, 0
    name, _, counts = name.partition(":")
    right, _, wrong = counts.partition("/")
    return name, int(right), int(wrong)


def words_of(key: str) -> str:
    """A key as lower-case words joined by `_`: `userFirstName`, `user.first-name` and `USER_FIRST_NAME` alike."""
    if key.isascii() and key.islower() and key.replace("_", "").isalpha():
        return "_".join(filter(None, key.split("_")))  # most names are written so already
    if not key.isascii():  # `prénom` is written without its accent as often
        key = "".join(char for char in unicodedata.normalize("NFKD", key) if not "\u0300" <= char <= "\u036f")
    return "_".join(_WORD.findall(key)).lower()


LATITUDE = frozenset(("latitude", "lat"))
LONGITUDE = frozenset(("longitude", "lon", "lng", "long"))
OUTER = frozenset(
    """
        id value val number num address token text content data string answer response identifier date iso raw formatted
        full e164 year home work primary main given family first last middle
    """.split()
)


class Meaning(Struct, frozen=True, gc=False):
    """What a key may mean; the value decides."""

    rules: tuple[KeyRule, ...]
    """Most specific first."""
    types: frozenset[str]
    degrees: str
    """`latitude` or `longitude` where the key is called so, else empty."""
    outer: bool
    """Whether the key says so little (`id`, `value`) that the name of the object around it says more."""
    is_simple: bool = False
    """Whether its rules are all there is to ask: no coordinate, no name around it."""


class Lexicon:
    """Meanings by name. Each distinct key is analysed once."""

    def __init__(self, rules: Sequence[KeyRule]) -> None:
        self._exact: dict[str, list[KeyRule]] = {}
        self._end: dict[str, list[KeyRule]] = {}
        for rule in sorted(weigh(rules), key=_most_telling_first):
            words = words_of(rule.name)  # the table may say `line1` where words are `line_1`
            for name in {words, words.replace("_", "")} if len(words) > 6 else {words}:  # `dateofbirth`
                self._exact.setdefault(name, []).append(rule)
                if rule.where == "end":
                    self._end.setdefault(name, []).append(rule)
        self.known = Memo[str, Meaning | None](MEMO_SIZE)
        """Keys analysed so far; a hot loop looks here before it calls `meaning`."""

    def meaning(self, key: str) -> Meaning | None:
        """What a key may mean; None for most keys."""
        if key in self.known:
            return self.known[key]
        if not 0 < len(key) <= MAX_KEY:
            return None if key else self.known.keep(key, None)
        rules = self._look_up(key)
        first, _, last = words_of(key).rpartition("_")
        degrees = "latitude" if last in LATITUDE else "longitude" if last in LONGITUDE else ""
        if degrees and (rules or not _THINGS.isdisjoint(words_of(key).split("_"))):
            degrees = ""  # `lat_lng` holds both, and the place of a shop is nobody's
        outer = key.lower().lstrip("$_") in OUTER or (bool(first) and last in ("value", "val") and not rules)
        known = rules or degrees or outer
        types = frozenset([rule.data_type for rule in rules] + ["loc.precise"] * bool(degrees))
        is_simple = not degrees and not outer and "loc.precise" not in types
        found = Meaning(rules, types, degrees, outer, is_simple) if known else None
        return self.known.keep(key, found)

    def types(self, key: str) -> frozenset[str]:
        """The data types that a key may name."""
        found = self.meaning(key)
        return found.types if found else frozenset()

    def _look_up(self, key: str) -> tuple[KeyRule, ...]:
        name = words_of(key)
        if _SPELT.fullmatch(name):
            name = name.replace("_", "")
        return self._by_words(name, "." in key)

    def _by_words(self, name: str, dotted: bool) -> tuple[KeyRule, ...]:
        found = list(self._exact.get(name, ()))
        words = name.split("_")
        # `epn_lat`, `ep_name`, `user_email`, `customer_details_phone`: fewer and fewer words of the end.
        for start in range(1, min(len(words), 6)):
            ends = self._end.get("_".join(words[start:]), ())
            found += [
                rule for rule in ends if words[start - 1] not in _THINGS or not rule.data_type.startswith("person.")
            ]
        if not found and len(words) == 1 and (scope := _GLUED.match(name)):
            found += self._end.get(name[scope.end() :], ())  # `useremail`
        if not found and len(words) > 1:
            if words[-1] in _SUFFIXES:
                return self._by_words("_".join(words[:-1]), dotted)
            if words[0] in _PREFIXES or (dotted and _THINGS.isdisjoint(words)):
                rest = "_".join(words[1:])
                found += self._exact.get(rest, ()) or self._exact.get(words[-1], ())
        return tuple(found)


def _most_telling_first(rule: KeyRule) -> tuple[int, bool, float]:
    return EVIDENCE_RANK[rule.evidence], is_loose(rule.shapes), -rule.weight


# Scopes that analytics SDKs put before a parameter's own name: `ep.name`, `epn.lat` (GA4), `$user_id`.
_PREFIXES = frozenset(
    """
        ep up epn upn user usr customer profile traits attr attribute prop properties p custom metadata the my x we
        u s d cust client ua ud af fl moe appmetrica person people visitor member subscriber shopper guest patient
        applicant lead buyer contact current home primary attrs params field form input cf kunde kunden cliente client
        usuario utilisateur benutzer mitglied klant kund utente actor payer sender recipient
    """.split()
)
# A name spelt letter by letter: `Z.I.P.`, which some services make `z_i_p` of.
_SPELT = re.compile(r"[a-z](?:_[a-z]){2,5}")
# What is not a person: `store_phone`, `company_address`, `weather_city`.
_THINGS = frozenset(
    """
        store stores shop merchant seller company branch outlet restaurant hotel warehouse venue clinic hospital
        support helpline helpdesk brand product item campaign weather server cafe mall airport station supplier vendor
        dealer depot facility
    """.split()
)
_GLUED = re.compile("user|customer|billing|shipping|delivery|patient|contact|guest|member")
# Behind the name: types (`gender_str`, Salesforce's `Birthdate__c`), and which one of several (`phone_primary`).
_SUFFIXES = frozenset(
    "str strs text txt date value val c primary secondary home work main personal alternate alt 1 2 3".split()
)
