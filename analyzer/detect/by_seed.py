"""Known values: every written form and every hash of a seed, found in one pass over all values of an exchange."""

from collections.abc import Iterator, Mapping, Sequence

import ahocorasick_rs
from msgspec import Struct

from analyzer.detect.canonical import COARSE, canonical_forms, hash_forms
from analyzer.detect.joined import Joined
from analyzer.detect.lexicon import MEMO_SIZE, Lexicon
from analyzer.detect.transforms import digests
from analyzer.model import Finding

PREFIX = 12
"""Search looks for the first bytes of a needle and compares the rest itself: the automaton stays small."""
MIN_LENGTH = 5
"""Shorter values occur by chance; they count only where the key fits."""
LOW_ENTROPY = frozenset(
    """
        person.gender person.age person.marital person.address.country person.language person.nationality dev.os
        net.type loc.timezone person.education fin.currency
    """.split()
)
# A key of one of these types fits a seed of another in the same row.
FITTING = (
    frozenset(
        {
            "person.address.city",
            "person.address.region",
            "person.address.country",
            "loc.coarse",
            "person.address.postal",
        }
    ),
    frozenset({"loc.precise", "loc.coarse"}),
    frozenset({"person.dob", "person.age"}),
)


class Needle(Struct, frozen=True, gc=False):
    """One text to look for, and what finding it proves."""

    data_type: str
    text: bytes
    """Lower case."""
    exact: bytes | None
    """The only letter case that counts, where case matters (Base64)."""
    transform: str
    form: str
    hashed: bool


class Seeds:
    """What the user knows to be personal: data type -> values."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = {data_type: tuple(found) for data_type, found in values.items()}

    def needles(self) -> Iterator[Needle]:
        """Every needle of every seed; short and low-entropy ones only in hashed form."""
        for data_type, values in self.values.items():
            for value in values:
                if data_type not in LOW_ENTROPY:
                    for form in canonical_forms(data_type, value):
                        if len(form.text) >= MIN_LENGTH and not form.weak:
                            for text in (
                                {form.text, form.text.lower(), form.text.upper(), form.text.title()}
                                if not form.text.isascii()
                                else {form.text}
                            ):
                                yield Needle(data_type, text.encode().lower(), None, "plain", form.name, False)
                for form in hash_forms(data_type, value):
                    for name, digest in digests(form.text):
                        exact = None if name.isalnum() else digest.encode()
                        derivation = f"{name.partition(',')[0]}({form.name or 'as typed'})"
                        encoding = name.partition(", ")[2]
                        transform = f"{derivation}, {encoding}" if encoding else derivation
                        yield Needle(data_type, digest.lower().encode(), exact, transform, form.name, True)

    def weak(self) -> dict[str, dict[str, str]]:
        """Data type -> value in lower case -> form name, of what counts under a fitting key only."""
        out: dict[str, dict[str, str]] = {}
        for data_type, values in self.values.items():
            for value in values:
                for form in canonical_forms(data_type, value):
                    if form.weak or len(form.text) < MIN_LENGTH or data_type in LOW_ENTROPY:
                        out.setdefault(data_type, {})[form.text.lower()] = form.name
        return out


class BySeed:
    """Finds seeds in the values of an exchange."""

    def __init__(self, seeds: Seeds, lexicon: Lexicon) -> None:
        self._by_prefix: dict[bytes, list[Needle]] = {}
        for needle in seeds.needles():
            same = self._by_prefix.setdefault(needle.text[:PREFIX], [])
            if all(other.text != needle.text or other.exact != needle.exact for other in same):
                same.append(needle)
        for same in self._by_prefix.values():
            same.sort(key=lambda needle: -len(needle.text))
        self._prefixes = list(self._by_prefix)
        self._search = ahocorasick_rs.BytesAhoCorasick(
            self._prefixes or [b"\x00apptells: no seeds\x00"],
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.DFA,
        )
        self._weak = seeds.weak()
        self._fitting: dict[str, dict[str, tuple[str, str]] | None] = {}
        self._lexicon = lexicon

    def find(self, joined: Joined) -> list[tuple[int, Finding]]:
        """(position of the field, finding) of every seed; a seed inside a longer one is not reported beside it."""
        lower = joined.data.lower()
        hits = self._search.find_matches_as_indexes(lower, overlapping=True)
        found = list(self._under_fitting_keys(joined)) if self._weak else []
        if not hits:
            return found
        spans: list[tuple[int, int, Needle]] = []
        for which, start, _ in hits:
            for needle in self._by_prefix[self._prefixes[which]]:
                end = start + len(needle.text)
                if lower.startswith(needle.text, start) and _stands_alone(lower, start, end, needle):
                    if needle.exact is None or joined.data.startswith(needle.exact, start):
                        spans.append((start, end, needle))
                        break
        spans.sort(key=lambda span: (span[0], -span[1]))
        reach = -1  # end of the span that reaches furthest: what starts later and ends earlier lies within it
        seen: set[tuple[int, str, str]] = set()
        for start, end, needle in spans:
            if end <= reach:
                continue
            reach = end
            position, _ = joined.locate(start)
            same = (position, needle.data_type, needle.transform)
            if same in seen:
                continue
            seen.add(same)
            value = joined.data[start:end].decode("utf-8", "replace")
            found.append((position, _finding(joined, position, needle, value)))
        return found

    def _under_fitting_keys(self, joined: Joined) -> Iterator[tuple[int, Finding]]:
        known = self._fitting
        for position, field in enumerate(joined.fields):
            key = field.key
            values = known[key] if key in known else self._weak_under(key)
            if values is None or len(field.value) > 32:
                continue
            found = values.get(field.value.lower())
            if found is None:
                continue
            seed, form = found
            data_type = "loc.coarse" if form.endswith(COARSE) else seed
            how = f" ({form})" if form else ""
            finding = Finding(
                field=field,
                data_type=data_type,
                evidence="seed",
                seed=seed,
                value=field.value,
                reasoning=f"Equals the seed for {seed}{how}, under the key '{key[:60]}' that names such a value.",
            )
            yield position, finding

    def _weak_under(self, key: str) -> dict[str, tuple[str, str]] | None:
        """Weak values that count under a key: value -> (data type, form)."""
        types = self._lexicon.types(key)
        found: dict[str, tuple[str, str]] = {}
        for data_type, values in self._weak.items():
            if types and (data_type in types or any(data_type in row and types & row for row in FITTING)):
                found |= {value: (data_type, form) for value, form in values.items()}
        if len(self._fitting) >= MEMO_SIZE:
            self._fitting.clear()
        self._fitting[key] = found or None
        return found or None


def _stands_alone(data: bytes, start: int, end: int, needle: Needle) -> bool:
    """Whether the match is a value of its own, not a part of a longer number or word."""
    before = data[start - 1 : start]
    after = data[end : end + 1]
    size = end - start
    if needle.text.isdigit():
        if size < 8:
            return before in (b"", b"\n", b" ", b",", b":", b'"') and after in (
                b"",
                b"\n",
                b" ",
                b",",
                b":",
                b'"',
                b".",
            )
        return (
            not before.isdigit() and not after.isdigit() and not (size < 12 and (before.isalpha() or after.isalpha()))
        )
    if size >= 16 and not needle.text.isalpha():
        return True
    if needle.text.isalpha() and b"_" in (before, after):
        return False  # a file or user name, `asha_8f31.jpg`
    return not before.isalnum() and not after.isalnum()


def _finding(joined: Joined, position: int, needle: Needle, value: str) -> Finding:
    if needle.hashed:
        reasoning = f"Equals {needle.transform} of the seed for {needle.data_type}."
    elif needle.form:
        reasoning = f"Equals the seed for {needle.data_type}, written {needle.form}."
    else:
        reasoning = f"Equals the seed for {needle.data_type}."
    return Finding(
        field=joined.fields[position], data_type=needle.data_type, evidence="seed", reasoning=reasoning, value=value,
        transform=needle.transform, seed=needle.data_type,
    )  # fmt: skip
