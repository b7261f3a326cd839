"""The key lexicon: what a name says about its value, in any style of writing names."""

import re
from collections.abc import Sequence

from msgspec import Struct

from analyzer.model import Evidence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
MEMO_SIZE = 20_000


class KeyRule(Struct, frozen=True, gc=False):
    """One row of `data/keys.tsv`, for one name."""

    data_type: str
    evidence: Evidence
    shapes: tuple[str, ...]
    where: str
    """`exact`, `end` or `person`."""
    name: str


def words_of(key: str) -> str:
    """A key as lower-case words joined by `_`: `userFirstName`, `user.first-name` and `USER_FIRST_NAME` alike."""
    return "_".join(_WORD.findall(key)).lower()


LATITUDE = frozenset(("latitude", "lat"))
LONGITUDE = frozenset(("longitude", "lon", "lng", "long"))
OUTER = frozenset(["id", "value", "val", "number", "num", "address", "token", "text", "content", "data", "string"])


class Meaning(Struct, frozen=True, gc=False):
    """What a key may mean; the value decides."""

    rules: tuple[KeyRule, ...]
    """Most specific first."""
    types: frozenset[str]
    degrees: str
    """`latitude` or `longitude` where the key is called so, else empty."""
    outer: bool
    """Whether the key says so little (`id`, `value`) that the name of the object around it says more."""


class Lexicon:
    """Meanings by name. Each distinct key is analysed once."""

    def __init__(self, rules: Sequence[KeyRule]) -> None:
        self._exact: dict[str, list[KeyRule]] = {}
        self._end: dict[str, list[KeyRule]] = {}
        for rule in rules:
            name = words_of(rule.name)  # the table may say `line1` where words are `line_1`
            self._exact.setdefault(name, []).append(rule)
            if rule.where == "end":
                self._end.setdefault(name, []).append(rule)
        self.known: dict[str, Meaning | None] = {}
        """Keys analysed so far; a hot loop looks here before it calls `meaning`."""

    def meaning(self, key: str) -> Meaning | None:
        """What a key may mean; None for most keys."""
        if key in self.known:
            return self.known[key]
        if len(self.known) >= MEMO_SIZE:
            self.known.clear()
        rules = self._look_up(key) if 0 < len(key) <= 80 else ()
        last = words_of(key).rpartition("_")[2] if len(key) <= 80 else ""
        degrees = "latitude" if last in LATITUDE else "longitude" if last in LONGITUDE else ""
        outer = key.lower() in OUTER
        known = rules or degrees or outer
        types = frozenset([rule.data_type for rule in rules] + ["loc.precise"] * bool(degrees))
        found = Meaning(rules, types, degrees, outer) if known else None
        self.known[key] = found
        return found

    def types(self, key: str) -> frozenset[str]:
        """The data types that a key may name."""
        found = self.meaning(key)
        return found.types if found else frozenset()

    def _look_up(self, key: str) -> tuple[KeyRule, ...]:
        return self._by_words(words_of(key), "." in key)

    def _by_words(self, name: str, dotted: bool) -> tuple[KeyRule, ...]:
        found = list(self._exact.get(name, ()))
        words = name.split("_")
        # `epn_lat`, `ep_name`, `user_email`, `customer_details_phone`: fewer and fewer words of the end.
        for start in range(1, min(len(words), 6)):
            found += self._end.get("_".join(words[start:]), ())
        if not found and len(words) > 1:
            if words[-1] in _SUFFIXES:
                return self._by_words("_".join(words[:-1]), dotted)
            if words[0] in _PREFIXES or dotted:
                rest = "_".join(words[1:])
                found += self._exact.get(rest, ()) or self._exact.get(words[-1], ())
        return tuple(found)


# Scopes that analytics SDKs put before a parameter's own name: `ep.name`, `epn.lat` (GA4), `$user_id`.
_PREFIXES = frozenset(
    """
        ep up epn upn user usr customer profile traits attr attribute prop properties p custom metadata the my x we
        u s d cust client ua ud af fl moe appmetrica person people visitor member subscriber shopper guest patient
        applicant lead buyer contact current home primary attrs params field form input cf
    """.split()
)
# Types that are written behind the name: FullStory's `gender_str`, `birthDate_date`.
_SUFFIXES = frozenset(["str", "strs", "text", "txt", "date", "value", "val"])
