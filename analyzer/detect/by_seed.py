"""Known values: every written form and every hash of a seed, found in one pass over all values of an exchange."""

from binascii import Error as BinasciiError
from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from analyzer.detect.joined import Joined
from analyzer.detect.lexicon import Lexicon
from analyzer.detect.seeds.found_seeds import FoundSeeds, kind_of
from analyzer.detect.seeds.layers import BASE32, BASE64, HEX, Layer, layers
from analyzer.detect.seeds.needles import Known, Needles
from analyzer.detect.seeds.occurrences import outermost, stands_alone, that_count
from analyzer.detect.seeds.prefix_search import PREFIX, Hit, PrefixSearch
from analyzer.detect.seeds.runs import (
    MIN_DIGEST,
    STANDARD,
    Span,
    base32_runs,
    base64_runs,
    digests_in_base64,
    digests_in_hex,
    hex_runs,
    long_runs,
)
from analyzer.detect.seeds.transforms import Salt
from analyzer.detect.seeds.two_values import TwoValues
from analyzer.detect.seeds.xor import XorSearch
from analyzer.model import Finding

OF_DIGESTS = frozenset((32, 40, 64, 128))
"""Hex digits of MD5, SHA-1, SHA-256 and SHA-512; UUIDs without dashes have as many as MD5."""
MIN_OPENED = 6
"""Shorter texts occur by chance in what a token opens to."""
# A key of one of these types fits a seed of another in the same row.
FITTING = (
    frozenset(
        "person.address.city person.address.region person.address.country loc.coarse person.address.postal".split()
    ),
    frozenset(("loc.precise", "loc.coarse")),
    frozenset(("person.dob", "person.age")),
    frozenset(("person.name.full", "person.name.given", "person.name.family")),
)
_ROT13 = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"nopqrstuvwxyzabcdefghijklm")


MIN_PAYLOAD = 88
"""Characters of Base64 from which on a run may be a payload of its own, hidden by XOR with a key that repeats."""
PERIODS = (1, 2, 4, 8)
"""Bytes of such keys."""
DEEP_PERIODS = (*range(1, 9), 12, 16)


class Seeds:
    """What the user knows to be personal: data type -> values."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = {data_type: tuple(found) for data_type, found in values.items()}


class BySeed:
    """Finds seeds in the values of an exchange; in deep mode behind rarer encodings and hashes too."""

    def __init__(self, seeds: Seeds, lexicon: Lexicon, deep: bool = False, salts: Sequence[Salt] = ()) -> None:
        needles = Needles(seeds.values, deep, salts)
        self._plain = needles.plain
        # Each value of the joined text stands between line ends, so those are searched for as well.
        self._weak = {b"\n%b\n" % text: known for text, known in needles.weak.items()}
        self._two_values = TwoValues(needles.wholes)
        self._search = PrefixSearch({*self._plain, *self._weak, *self._two_values.beginnings(PREFIX)})
        self._search_opened = PrefixSearch({text for text in self._plain if len(text) >= MIN_OPENED})
        self._digests = needles.digests
        self._sizes = sorted({len(digest) for digest in self._digests})
        self._base58 = needles.base58
        self._deep = deep
        self._wholes = needles.wholes
        self._lexicon = lexicon

    def find(self, joined: Joined) -> list[tuple[int, Finding]]:
        """(position of the field, finding) of every seed; a seed inside a longer one is not reported beside it."""
        data = joined.data
        lower = b"\n%b\n" % data.lower()
        hits = self._search.find(lower)
        runs = long_runs(data)
        if not hits and not runs and not self._deep:
            return []
        found = FoundSeeds(joined)
        if hits:
            self._find_plain(joined, lower, hits, found)
        if runs:
            self._find_in_runs(data, runs, joined.position, found)
            host = joined.fields[0]
            if host.location == "host" and runs[0][0] < len(host.value):
                # A long text takes several labels of a host name.
                labels = host.value.replace(".", "").encode("utf-8", "replace")
                self._find_in_runs(labels, long_runs(labels), lambda _: 0, found)
        if self._deep:
            self._find_turned(joined, lower, found)
            for start, text, encoding in self._behind_xor(data):
                found.add(joined.position(start), self._plain[text], text, (encoding,))
        return found.findings

    def _find_plain(self, joined: Joined, lower: bytes, hits: Iterable[Hit], found: FoundSeeds) -> None:
        spans = []
        halves: set[bytes] = set()
        for start, text in hits:
            if not text.startswith(b"\n"):
                spans.append((start, text))
                continue
            if text in self._weak:
                self._find_weak(joined, start, self._weak[text], found)
            value = lower[start + 1 : lower.index(b"\n", start + 1)]
            if value not in self._plain and self._two_values.is_first_half(value):
                halves.add(value)
        for start, text in that_count(lower, spans):
            value = joined.data[start - 1 : start - 1 + len(text)]
            found.add(joined.position(start - 1), self._plain[text], value)
        if halves:
            self._find_in_two(joined, halves, found)

    def _find_in_two(self, joined: Joined, halves: set[bytes], found: FoundSeeds) -> None:
        held = found.held()
        for text, here, there in self._two_values.find(joined, halves):
            known = self._plain[text]
            kind = kind_of(known.data_type)
            if (here, kind) not in held and (there, kind) not in held:
                why = f", together with the value of '{joined.fields[there].key[:60]}'"
                found.add(here, known, joined.fields[here].value.encode("utf-8", "replace"), ending=why)

    def _find_weak(self, joined: Joined, start: int, known: Mapping[str, Known], found: FoundSeeds) -> None:
        position, offset = joined.locate(start)
        field = joined.fields[position]
        if offset or "\n" in field.value:
            return  # a line of a longer text
        types = self._lexicon.types(field.key)
        fitting = [data_type for data_type in known if data_type in types] or [
            data_type for data_type in known if any(data_type in row and types & row for row in FITTING)
        ][:1]
        why = f", under the key '{field.key[:60]}' that names such a value"
        for data_type in fitting:
            found.add(position, known[data_type], field.value.encode("utf-8", "replace"), ending=why)

    def _find_in_runs(self, data: bytes, runs: Sequence[Span], locate: Callable[[int], int], found: FoundSeeds) -> None:
        # Most long runs are identifiers in hex, and told at once.
        runs = [span for span in runs if not self._is_identifier(data, span, locate, found)]
        if not runs:
            return
        in_base64, in_hex = base64_runs(data, runs), hex_runs(data, runs)
        for start, end in in_hex:
            run = data[start:end]
            for span, digest in digests_in_hex(run, self._sizes):
                if digest in self._digests:
                    found.add(locate(start), self._digests[digest], run[slice(*span)])
        for start, end in in_base64:
            run = data[start:end]
            if len(run) >= MIN_DIGEST:
                for span, digest in digests_in_base64(run, self._sizes):
                    if digest in self._digests:
                        value = run[slice(*span)]
                        written = "base64url" if b"-" in value or b"_" in value else "base64"
                        found.add(locate(start), self._digests[digest], value, written=written)
            if run in self._base58:
                found.add(locate(start), self._base58[run], run, ("base58",))
        for layer in self._opened(data, in_base64, in_hex):
            lower = layer.data.lower()
            hits = self._search_opened.find(lower)
            if hits:
                origin = layer.origins()
                for start, text in that_count(lower, hits):
                    value = layer.data[start : start + len(text)]
                    found.add(locate(origin(start)), self._plain[text], value, layer.encodings)
            if self._deep:
                self._find_behind_xor(layer, locate, found)
        if payloads := [run for run in in_base64 if run[1] - run[0] >= MIN_PAYLOAD]:
            self._find_behind_xor(next(layers(data.translate(STANDARD), payloads, BASE64)), locate, found)

    def _is_identifier(self, data: bytes, span: Span, locate: Callable[[int], int], found: FoundSeeds) -> bool:
        """Whether a run is of as many hex digits as a digest and holds no text; a known digest is recorded."""
        start, end = span
        if end - start not in OF_DIGESTS:
            return False
        run = data[start:end]
        try:
            opened = unhexlify(run)
        except BinasciiError:
            return False
        if known := self._digests.get(opened):
            found.add(locate(start), known, run)
        return known is not None or not (self._deep or opened.isascii())

    def _opened(self, data: bytes, in_base64: Sequence[Span], in_hex: Sequence[Span]) -> Iterator[Layer]:
        if in_hex:
            yield from layers(data, in_hex, HEX)
        if in_base64:
            yield from layers(data.translate(STANDARD), in_base64, BASE64)
        if self._deep:
            upper = data.upper()
            yield from layers(upper, base32_runs(upper), BASE32)

    def _find_turned(self, joined: Joined, lower: bytes, found: FoundSeeds) -> None:
        turned = lower.translate(_ROT13)
        spans = [(start, text) for start, text in self._search.find(turned) if text in self._plain]
        for start, text in that_count(turned, spans):
            if text.translate(_ROT13) != text:
                found.add(joined.position(start - 1), self._plain[text], text, ("rot13",))

    @cached_property
    def _xor(self) -> list[XorSearch]:
        return [XorSearch(self._wholes, period) for period in (DEEP_PERIODS if self._deep else PERIODS)]

    def _find_behind_xor(self, layer: Layer, locate: Callable[[int], int], found: FoundSeeds) -> None:
        for start, text, encoding in self._behind_xor(layer.data):
            found.add(locate(layer.origins()(start)), self._plain[text], text, (*layer.encodings, encoding))

    def _behind_xor(self, data: bytes) -> Iterator[tuple[int, bytes, str]]:
        """(offset, text, encoding) of texts hidden in data."""
        keys: dict[Hit, str] = {}
        for search in self._xor:
            for start, text, key in search.find(data):
                if search.period > 1:
                    keys.setdefault((start, text), f"xor ({search.period}-byte key)")
                    continue
                before = 1 if start else 0
                around = bytes(byte ^ key[0] for byte in data[start - before : start + len(text) + 1]).lower()
                if stands_alone(around, before, text):
                    keys[start, text] = f"xor 0x{key[0]:02x}"
        return ((start, text, keys[start, text]) for start, text in outermost(keys))
