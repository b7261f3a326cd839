"""Remembers in bounded memory which values were seen where in which captures, and judges which places tell."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from analyzer.attribute.domain import Domains
from analyzer.identify.values import Tier, tier_of
from analyzer.memo import Memo
from analyzer.model import Field

MAX_SLOTS = 200_000
MAX_VALUES_OF_SLOT = 2_000
"""A place with more values than this holds something else in every request."""
MAX_VALUES = 1_000_000
"""In all places together: some 150 MB."""
MAX_PATH = 500
"""Characters of a path that tell places apart."""
MAX_NAME = 80
"""Characters of one name in a path; longer ones are taken for values."""
FEW = 3
"""Values that a place may hold in the only capture of somebody, and in all captures of somebody at once."""
SHARED = -1
"""Stands for the captures of a word that two subjects share."""
_MEMO = 20_000
_POSITION = re.compile(r"\[\d+\]")
_POSITIONS = re.compile(r"(?:\[\d{1,2}\])+$")
_NUMBER = re.compile(r"\d{1,4}")
_MEMBER = re.compile(r"[^.\[\]]+")
_LABEL_OF_MANY = re.compile(r"[a-z]{2}|.*\d.*")
"""Labels that name one of many like hosts: regions (`eu`) and anything with a number (`in1`, `shard-12`)."""


def digest_of(text: str) -> bytes:
    """Sixteen bytes that stand for a text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


class Slots:
    """Names the place of a field such that places alike in two captures get one name."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._hosts = Memo[str, str](_MEMO)
        self._paths = Memo[str, str](_MEMO)

    def slots(self, host: str, url_path: str, field: Field) -> Iterator[tuple[bytes, str]]:
        """(name, path) of the places that a field is at: host without numbers and regions, location, path, key.

        First the path without array positions; then, of an element without a name, the path with those at its end,
        as some senders write every object as an array.
        """
        path = self.place(url_path, field)
        start = f"{self.host(host)}\n{field.location}\n{_without_value(field.key)}\n"
        yield digest_of(start + path), path
        if field.path.endswith("]") and (tail := _POSITIONS.search(field.path[-MAX_NAME:])) and path.endswith("[]"):
            path = path[: -2 * tail[0].count("[")] + tail[0]
            yield digest_of(start + path), path

    def host(self, host: str) -> str:
        """A host with `*` for the labels before the registrable domain that name one of many: `*.example.com`."""
        host = host[:MAX_PATH]
        known = self._hosts.get(host)
        if known is None:
            domain = self._domains.registrable_domain(host)
            labels = host.removesuffix(domain).split(".") if host != domain else []
            marked = ["*" if _LABEL_OF_MANY.fullmatch(label) else label for label in labels if label]
            known = self._hosts.keep(host, ".".join([*marked, domain]))
        return known

    def place(self, url_path: str, field: Field) -> str:
        """The path of a field without array positions and without what looks like a value.

        A part of the URL's own path is named by what comes before it: `users/…/orders/` of `/users/k8s2j4/orders/9`.
        """
        if field.location == "path":
            position = _NUMBER.match(field.path)
            before = url_path.split("/", 20)[1 : int(position[0]) + 1] if position else []
            start = "".join(f"{_without_value(part)}/" for part in before)
            return start + self._members(field.path[position.end() :] if position else field.path)
        return self._members(field.path)

    def _members(self, path: str) -> str:
        path = path[:MAX_PATH]
        known = self._paths.get(path)
        if known is None:
            without = _MEMBER.sub(lambda member: _without_value(member[0]), _POSITION.sub("[]", path))
            known = self._paths.keep(path, without)
        return known


def _without_value(name: str) -> str:
    return "…" if len(name) > MAX_NAME or tier_of(name) == "opaque" else name


class Told(Struct, frozen=True):
    """A place that tells subjects apart."""

    values: Mapping[bytes, int]
    """Digest of a value -> position of the subject that it is of."""
    captures: int
    """Bits of the captures in which the place occurred."""
    repeated: bool
    """Whether at least one subject has it in two captures."""
    opaque: bool
    """Whether at least one of the values is made to be unique; else all are words."""


class Table:
    """Place -> value -> captures. What is settled to tell nothing is forgotten, and counts no longer."""

    def __init__(self, subjects: Sequence[int]) -> None:
        """`subjects` holds for each capture the position of the person or device that it is of."""
        self._subjects = subjects
        self._own = [sum(1 << at for at, other in enumerate(subjects) if other == one) for one in subjects]
        self._seen: dict[bytes, dict[bytes, int] | None] = {}
        self._words: set[bytes] = set()
        """Values that are words, of all places."""
        self._count = 0
        self.crowded = 0
        """Places with more values than are compared."""
        self.left_out = 0
        """Values not compared because there are too many places, or too many values in all."""

    def add(self, slot: bytes, value: str, tier: Tier, capture: int) -> None:
        """Note a value in a place of a capture."""
        seen = self._seen.get(slot)
        if seen is None:
            if slot in self._seen:
                return
            if len(self._seen) >= MAX_SLOTS:
                self.left_out += 1
                return
            seen = self._seen[slot] = {}
        digest = digest_of(value)
        captures = seen.get(digest)
        if captures is None:
            self._first(slot, seen, digest, tier, capture)
        elif not (captures | 1 << capture) & ~self._own[capture]:
            seen[digest] = captures | 1 << capture
        elif tier == "opaque":
            self._settle(slot)  # two subjects share it
        else:
            seen[digest] = SHARED  # beside identifiers, words are what stands in for them (`anonymous`)

    def _first(self, slot: bytes, seen: dict[bytes, int], digest: bytes, tier: Tier, capture: int) -> None:
        if len(seen) >= MAX_VALUES_OF_SLOT:
            self.crowded += 1
            self._settle(slot)
        elif self._count >= MAX_VALUES:
            self.left_out += 1
        else:
            seen[digest] = 1 << capture
            self._count += 1
            if tier == "words":
                self._words.add(digest)

    def _settle(self, slot: bytes) -> None:
        self._count -= len(self._seen[slot] or ())
        self._seen[slot] = None

    def told(self) -> Iterator[tuple[bytes, Told]]:
        """The places where all captures of each subject share a value and no two subjects do, with these values."""
        for slot, seen in self._seen.items():
            if seen and (found := self._judge(seen)):
                yield slot, found

    def _judge(self, seen: Mapping[bytes, int]) -> Told | None:
        mixed = SHARED in seen.values()
        values: dict[bytes, int] = {}
        captures = 0
        repeated = opaque = False
        for who, own in dict(zip(self._subjects, self._own, strict=True)).items():
            found = {digest: bits for digest, bits in seen.items() if bits != SHARED and bits & own}
            unique = {digest: bits for digest, bits in found.items() if digest not in self._words}
            if not found or (mixed and not unique):
                continue  # nothing of this subject's, or words that are chosen among
            chosen = unique or found
            present = 0
            for bits in chosen.values():
                present |= bits
            shared = [digest for digest, bits in chosen.items() if bits == present]
            alone = present.bit_count() == 1
            if not shared or (alone and len(shared) > FEW):
                return None
            values |= dict.fromkeys(shared, who)
            captures |= present
            repeated |= not alone
            opaque |= bool(unique)
        return Told(values, captures, repeated, opaque) if len(set(values.values())) > 1 else None
