"""What comparing captures found: identifiers, who sent which, and to whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from analyzer.detect.seeds.transforms import HASHES
from analyzer.english import listed
from analyzer.identify.slots import FEW, Told
from analyzer.model import EVIDENCE_RANK, Evidence, Field, Finding, Location, Note
from analyzer.report.masking import HIDDEN, Masking
from analyzer.taxonomy import Taxonomy

UNKNOWN = "id.other"
DERIVED_LIMIT = 500
"""Identifiers whose hashes are looked for among the others."""
SPOTS_LIMIT = 100
"""Places named of one identifier."""
HOSTS_LIMIT = 10
"""Hosts named of one place, which differ in a number or a region only."""

Certainty = Literal["identifies", "differs"]


class Held(Struct, frozen=True, kw_only=True):
    """What one person or device sent."""

    subject: str
    captures: tuple[str, ...]
    values: tuple[str, ...]
    """Masked, unless values were asked for; the first three."""


class Spot(Struct, frozen=True, kw_only=True):
    """A place in requests where the value was sent."""

    host: str
    location: Location
    path: str
    """Array positions left out: `batch[].traits.email`."""
    decoding: tuple[str, ...]
    data_type: str | None
    """What a detector takes the value here for; None where none knows it."""
    evidence: Evidence | None
    capture: str
    """The first capture with it, and the request there."""
    exchange: int


class Identifier(Struct, frozen=True, kw_only=True):
    """One value a person or device, and everywhere it was sent."""

    id: str
    """`i1`, `i2`, ..."""
    certainty: Certainty
    """`identifies`: the same in two captures or more of one; `differs`: seen once each, or mere words."""
    data_type: str
    """By the detectors, `id.other` where they know none."""
    label: str
    known: bool
    sentence: str
    """The evidence: in which captures it was the same, in which another."""
    held: tuple[Held, ...]
    spots: tuple[Spot, ...]
    hosts: tuple[str, ...]
    """All hosts that were sent it: two of them can put their knowledge together by it."""
    captures: int
    derived: str | None = None
    """`sha256(lower) of i3`, where it is a hash of another one."""


class Identified(Struct, frozen=True, kw_only=True):
    """What came of comparing the captures; as JSON it is for programs, and names once public keep their meaning."""

    schema: int = 1
    subjects: tuple[tuple[str, tuple[str, ...]], ...]
    """Names of people or devices, and of their captures."""
    identifiers: tuple[Identifier, ...]
    """Certain ones first, and of them those that no detector knows."""
    exchanges: int
    undecoded: int
    """Bodies and parts that no decoder could open: values in them were not compared."""
    notes: tuple[Note, ...]


class Sighting:
    """A place that tells subjects apart, and what is learnt of it while the captures are read again."""

    __slots__ = ("asked", "capture", "evidence", "exchange", "field", "hosts", "path", "told", "type", "values")

    def __init__(self, told: Told) -> None:
        self.told = told
        self.field: Field | None = None
        self.path = ""
        self.hosts: dict[str, None] = {}
        self.capture = self.exchange = -1
        self.values: dict[int, dict[str, None]] = {}
        """Position of the subject -> the first of its values, in order."""
        self.asked = 0
        self.type: str | None = None
        self.evidence: Evidence | None = None

    def see(self, who: int, field: Field, host: str, path: str, capture: int, exchange: int) -> None:
        """Note that the value of a field, one of those that tell, was sent."""
        if self.field is None:
            self.field, self.path, self.capture, self.exchange = field, path, capture, exchange
        if len(self.hosts) < HOSTS_LIMIT:
            self.hosts[host] = None
        values = self.values.setdefault(who, {})
        if len(values) < FEW:
            values[field.value] = None

    def learn(self, finding: Finding) -> None:
        """Take the data type of a finding, where its evidence is the best so far."""
        if self.evidence is None or EVIDENCE_RANK[finding.evidence] < EVIDENCE_RANK[self.evidence]:
            self.type, self.evidence = finding.data_type, finding.evidence


def identifiers_of(
    sightings: Iterable[Sighting],
    subjects: Sequence[str],
    captures: Sequence[tuple[int, str]],
    taxonomy: Taxonomy,
    show_values: bool,
) -> tuple[Identifier, ...]:
    """Places with the same values united, certain ones first, and of them those first that no detector knows.

    `captures` holds for each capture the position of its subject, and its name.
    """
    united: dict[object, list[Sighting]] = {}
    for seen in sightings:
        if seen.field is not None:
            united.setdefault(_same(seen), []).append(seen)
    secrets = [value for seen in united.values() for values in seen[0].values.values() for value in values]
    maker = _Maker(subjects, captures, taxonomy, None if show_values else Masking(secrets))
    rows = [(maker.identifier(same), same[0]) for same in united.values()]
    rows.sort(key=lambda row: (row[0].certainty != "identifies", row[0].known, row[0].hosts, row[0].spots[0].path))
    named = [(replace(row, id=f"i{number}"), seen) for number, (row, seen) in enumerate(rows, 1)]
    derived = _derived(named)
    return tuple(replace(row, derived=derived.get(row.id)) for row, _ in named)


def _same(seen: Sighting) -> object:
    """What two places have in common that hold the same values, however these are written."""
    return frozenset((who, frozenset(map(_bare, values))) for who, values in seen.values.items())


def _bare(value: str) -> str:
    return value.lower().replace("-", "").strip("{}\"' ")


class _Maker:
    """Makes identifiers of the places where their values were sent."""

    def __init__(
        self,
        subjects: Sequence[str],
        captures: Sequence[tuple[int, str]],
        taxonomy: Taxonomy,
        masking: Masking | None,
    ) -> None:
        self._subjects, self._captures, self._taxonomy, self._masking = subjects, captures, taxonomy, masking

    def identifier(self, same: Sequence[Sighting]) -> Identifier:
        """One identifier, of all places with its values; its `id` is given later."""
        known = [seen for seen in same if seen.type is not None]
        best = min(known, key=lambda seen: EVIDENCE_RANK[seen.evidence or "key"]).type if known else None
        data_type = self._taxonomy.get(best or UNKNOWN)
        repeated = any(seen.told.repeated for seen in same)
        telling = any(seen.told.opaque for seen in same) or data_type.sensitivity >= 2
        bits = 0
        for seen in same:
            bits |= seen.told.captures
        present = {
            who: tuple(name for at, (of, name) in enumerate(self._captures) if of == who and bits >> at & 1)
            for who in sorted(same[0].values)
        }
        return Identifier(
            id="",
            certainty="identifies" if repeated and telling else "differs",
            data_type=data_type.id,
            label=data_type.label,
            known=best is not None,
            sentence=_sentence(list(present.values()), repeated, telling),
            held=tuple(
                Held(
                    subject=self._subjects[who],
                    captures=names,
                    values=tuple(self._shown(data_type.id, value) for value in same[0].values[who]),
                )
                for who, names in present.items()
            ),
            spots=tuple(self._spot(seen) for seen in same[:SPOTS_LIMIT]),
            hosts=tuple(dict.fromkeys(self._host(host) for seen in same for host in seen.hosts)),
            captures=bits.bit_count(),
        )

    def _spot(self, seen: Sighting) -> Spot:
        assert seen.field is not None
        return Spot(
            host=self._host(next(iter(seen.hosts))),
            location=seen.field.location,
            path=seen.path if self._masking is None else self._masking.path(seen.path),
            decoding=seen.field.decoding,
            data_type=seen.type,
            evidence=seen.evidence,
            capture=self._captures[seen.capture][1],
            exchange=seen.exchange,
        )

    def _host(self, host: str) -> str:
        return HIDDEN if self._masking is not None and self._masking.holds_secret(host) else host

    def _shown(self, data_type: str, value: str) -> str:
        return value if self._masking is None else self._taxonomy.mask(data_type, value)


def _sentence(present: Sequence[Sequence[str]], repeated: bool, telling: bool) -> str:
    """`The same in A1 and A2, another in B1 and B2.`"""
    if not repeated:
        parts = [f"{'another' if at else 'One'} in {names[0]}" for at, names in enumerate(present)]
        return f"{', '.join(parts)}; with one capture of each it may be of the session."
    # Who shows that it stays the same comes first.
    ordered = sorted(present, key=lambda names: len(names) < 2)
    parts = [f"{'another' if at else 'The same'} in {listed(names, len(names))}" for at, names in enumerate(ordered)]
    return ", ".join(parts) + ("." if telling else "; but words that many people may share.")


def _derived(rows: Sequence[tuple[Identifier, Sighting]]) -> Mapping[str, str]:
    """Identifier -> `sha256(lower) of i3`, where its values are hashes of another's."""
    holders = {value.lower(): row.id for row, seen in rows for values in seen.values.values() for value in values}
    found: dict[str, str] = {}
    for row, seen in rows[:DERIVED_LIMIT]:
        for value in (value for values in seen.values.values() for value in values):
            forms = {"".join(filter(str.isdigit, value)): "digits only", value.lower(): "lower", value: ""}
            for form, how in forms.items():
                for name, hash_of in HASHES.items():
                    digest = hash_of(form.encode("utf-8", "replace")).hex()
                    if (holder := holders.get(digest)) and holder != row.id:
                        found[holder] = f"{name}{f'({how})' if how else ''} of {row.id}"
    return found
