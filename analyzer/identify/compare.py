"""Finds what tells people or devices apart: values that stay the same within one and differ between two."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.domain import Domains
from analyzer.capture.open import open_capture
from analyzer.decode.exchange import Decoded, Decoder
from analyzer.errors import ApptellsError
from analyzer.identify.result import Identified, Sighting, identifiers_of
from analyzer.identify.slots import Slots, Table, digest_of
from analyzer.identify.values import MIN_CHARS, Tier, tier_of
from analyzer.knowledge import Knowledge
from analyzer.memo import Memo
from analyzer.model import Exchange, Field, Finding, Note
from analyzer.pipeline import TROUBLE, Detection, envelopes

LOOKS = 3
"""Requests in which the detectors are asked what a place holds."""
MEMO_SIZE = 50_000
_LETTERS = re.compile(r"([^\W\d_]+)[-_. ]?\d")


class Source(Struct, frozen=True):
    """A capture and what it is called in the result."""

    name: str
    path: Path


class Subject(Struct, frozen=True):
    """A person or device, and the captures that are of it."""

    name: str
    sources: tuple[Source, ...]


# ---------------------------------------------------------------- who is who


def subjects_of(captures: Sequence[tuple[str | None, Path]]) -> tuple[Subject, ...]:
    """Captures with the name of their person or device; where that is None, the letters before the first digit.

    Raises ApptellsError where a file name tells none, a file is given twice, or fewer than two are told apart.
    """
    found: dict[str, list[Path]] = {}
    seen: set[Path] = set()
    for name, path in captures:
        letters = _LETTERS.match(path.name)
        if not name and letters is None:
            raise ApptellsError(
                f"{path}: the name does not tell whose capture this is; call it A1, A2, B1, ... or say --of NAME first."
            )
        if (real := path.resolve()) in seen:
            raise ApptellsError(f"{path}: this capture is given twice; give each one once.")
        seen.add(real)
        found.setdefault(name or (letters[1] if letters else ""), []).append(path)
    if len(found) < 2:
        one = next(iter(found), "none")
        raise ApptellsError(f"captures of two people or devices are needed to compare, these are all of {one}.")
    stems = [path.stem for paths in found.values() for path in paths]
    return tuple(
        Subject(
            name,
            tuple(Source(path.stem if stems.count(path.stem) == 1 else str(path), path) for path in paths),
        )
        for name, paths in found.items()
    )


# ---------------------------------------------------------------- comparing


def identify(
    subjects: Sequence[Subject],
    knowledge: Knowledge,
    *,
    show_values: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Identified:
    """Compare captures of two or more people or devices. Every capture is read twice: to compare, then to explain.

    `progress` is called with the bytes read and the bytes to read. Raises CaptureError for what is no capture.
    """
    comparison = _Comparison(subjects, knowledge, progress)
    comparison.compare()
    return comparison.explain(show_values)


class _Comparison:
    """Two readings of the same captures: the first finds the places that tell, the second what they held."""

    def __init__(self, subjects: Sequence[Subject], knowledge: Knowledge, progress: Callable[[int, int], None]) -> None:
        self._subjects, self._knowledge, self._progress = subjects, knowledge, progress
        self._sources = [(who, source) for who, subject in enumerate(subjects) for source in subject.sources]
        self._slots = Slots(Domains())
        self._tiers = Memo[str, Tier | None](MEMO_SIZE)
        self._bytes = self._exchanges = self._undecoded = self._failed = self._unexplained = 0
        self._table = Table([who for who, _ in self._sources])
        self._sightings: dict[bytes, Sighting] = {}

    def compare(self) -> None:
        """First reading: which places tell."""
        for capture, _, decoded in self._read():
            self._undecoded += len(decoded.undecoded)
            for field, tier in self._candidates(decoded):
                for slot, _ in self._slots.slots(decoded.host, decoded.path, field):
                    self._table.add(slot, field.value, tier, capture)
        self._sightings = {slot: Sighting(told) for slot, told in self._table.told()}

    def explain(self, show_values: bool) -> Identified:
        """Second reading: what the places that tell held, and what the detectors say of it."""
        detection = Detection(self._knowledge, None)
        for capture, exchange, decoded in self._read():
            asking: dict[tuple[str, str, str], Sighting] = {}
            for field, _ in self._candidates(decoded):
                seen = self._see(field, decoded, capture, exchange.index)
                if seen is None:
                    continue
                if seen.asked < LOOKS:
                    seen.asked += 1
                    asking[field.location, field.path, field.value] = seen
            for finding in self._findings(detection, exchange, decoded) if asking else ():
                if found := asking.get((finding.field.location, finding.field.path, finding.field.value)):
                    found.learn(finding)
        return Identified(
            subjects=tuple((one.name, tuple(source.name for source in one.sources)) for one in self._subjects),
            identifiers=identifiers_of(
                self._sightings.values(),
                [one.name for one in self._subjects],
                [(who, source.name) for who, source in self._sources],
                self._knowledge.taxonomy,
                show_values,
            ),
            exchanges=self._exchanges // 2,
            undecoded=self._undecoded,
            notes=tuple(self._notes()),
        )

    def _findings(self, detection: Detection, exchange: Exchange, decoded: Decoded) -> list[Finding]:
        try:
            return detection.find(exchange, decoded)
        except TROUBLE:  # no input is known to get here; one that does must not cost the others
            self._unexplained += 1
            return []

    def _see(self, field: Field, decoded: Decoded, capture: int, exchange: int) -> Sighting | None:
        """The place that tells by this field's value, where there is one."""
        for slot, path in self._slots.slots(decoded.host, decoded.path, field):
            seen = self._sightings.get(slot)
            who = seen.told.values.get(digest_of(field.value)) if seen else None
            if seen is not None and who is not None:
                seen.see(who, field, decoded.host, path, capture, exchange)
                return seen
        return None

    def _read(self) -> Iterator[tuple[int, Exchange, Decoded]]:
        """(position of the capture, exchange, what it holds) of all captures in their order."""
        decoder = Decoder(envelopes(self._knowledge.adapters))
        total = 2 * sum(source.path.stat().st_size for _, source in self._sources if source.path.is_file())
        for capture, (_, source) in enumerate(self._sources):
            with open_capture(source.path) as reader:
                for exchange in reader:
                    self._exchanges += 1
                    try:
                        decoded = decoder.decode(exchange)
                    except TROUBLE:
                        self._failed += 1
                        continue
                    yield capture, exchange, decoded
                    if not exchange.index % 64:
                        self._progress(self._bytes + reader.bytes_read, total)
                self._bytes += reader.bytes_total

    def _candidates(self, decoded: Decoded) -> Iterator[tuple[Field, Tier]]:
        """The fields whose values could tell, and how much."""
        tiers = self._tiers
        for field in decoded.fields:
            value = field.value
            if len(value) < MIN_CHARS:
                continue
            tier = tiers[value] if value in tiers else tiers.keep(value, tier_of(value))
            if tier is not None and field.location != "host":
                yield field, tier

    def _notes(self) -> Iterator[Note]:
        if self._table.crowded:
            message = "Places that hold too many values were not compared."
            yield Note(what="crowded", message=message, count=self._table.crowded)
        if self._table.left_out:
            message = "Values beyond what fits into memory were not compared."
            yield Note(what="left-out", message=message, count=self._table.left_out)
        if self._failed:
            yield Note(what="not-analysed", message="Requests that could not be decoded.", count=self._failed // 2)
        if self._unexplained:
            message = "Requests that the detectors could not analyse: what they hold may be known."
            yield Note(what="not-explained", message=message, count=self._unexplained)
        if self._undecoded:
            yield Note(
                what="undecoded", message="Bodies or parts that no decoder could open were not compared.",
                count=self._undecoded,
            )  # fmt: skip
