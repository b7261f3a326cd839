"""Which transmissions an assertion is about: by data type, by where they went, by phase, by evidence."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from analyzer.capture.phases import phase_name
from analyzer.errors import ApptellsError
from analyzer.model import EVIDENCE_RANK, Destination, Evidence, Phase, Transmission
from analyzer.taxonomy import Taxonomy
from analyzer.testing.snapshot import Snapshot

__tracebackhide__ = True
FIRST_PARTY = "first party"
THIRD_PARTIES = "third parties"
"""Everyone but the first party: a host whose party is not known counts, for it must not look clean."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What a test asks for; `wanted` makes one from what the test's author wrote."""

    data_type: str
    """A data type, or the beginning of several at a dot: `person` is all of `person.…`."""
    to: str | None = None
    """`FIRST_PARTY`, `THIRD_PARTIES`, an owner, a product, a host, or a domain with all below it; None is anyone."""
    before: str | None = None
    """A phase: everything until it began first."""
    during: str | None = None
    evidence: Evidence = "key"
    """The weakest that counts."""

    def __str__(self) -> str:
        to = f" to {self.to}" if self.to else ""
        before = f" before {self.before}" if self.before else ""
        return f"{self.data_type}{to}{before}{f' during {self.during}' if self.during else ''}"

    def select(self, snapshot: Snapshot) -> Iterator[Transmission]:
        """Those transmissions, in the order of the capture."""
        phases = snapshot.report.capture.phases
        takes = [self.to is None or is_at(one, self.to) for one in snapshot.report.destinations]
        for one in snapshot.report.transmissions:
            if (
                is_of(one.data_type, self.data_type)
                and takes[one.destination]
                and EVIDENCE_RANK[one.evidence] <= EVIDENCE_RANK[self.evidence]
                and (self.during is None or one.phase == self.during)
                and (self.before is None or _is_before(one, self.before, phases))
            ):
                yield one


def wanted(
    taxonomy: Taxonomy,
    data_type: str,
    to: str | None = None,
    before: str | None = None,
    during: str | None = None,
    evidence: Evidence = "key",
) -> Wanted:
    """Raises ApptellsError for what names nothing: a slip must not make a test pass."""
    if not any(is_of(kind.id, data_type) for kind in taxonomy):
        raise ApptellsError(f"{data_type!r} is no data type; give one such as person.email, or person for all of them.")
    if evidence not in EVIDENCE_RANK:
        raise ApptellsError(f"{evidence!r} is no level of evidence; give one of {', '.join(EVIDENCE_RANK)}.")
    return Wanted(
        data_type=data_type,
        to=checked_name(to) if to is not None else None,
        before=phase_name(before) if before is not None else None,
        during=phase_name(during) if during is not None else None,
        evidence=evidence,
    )


def checked_name(name: str) -> str:
    """The name of a recipient; ApptellsError where it is empty."""
    if not name.strip():
        raise ApptellsError("A recipient has no name; give an owner, a host, a domain, or 'third parties'.")
    return name.strip()


def is_of(data_type: str, asked: str) -> bool:
    """Whether a data type is the one that is asked for, or below it: `person.email.hashed` is of `person.email`."""
    return data_type == asked or data_type.startswith(f"{asked}.")


def is_at(destination: Destination, name: str) -> bool:
    """Whether a destination is what a test calls `name`.

    Names of companies and products count from their beginning, by whole words: `Google` is `Google LLC` too.
    """
    if name == FIRST_PARTY:
        return destination.party == "first"
    if name == THIRD_PARTIES:
        return destination.party != "first"
    asked, host = name.casefold(), destination.host.casefold()
    if host == asked or host.endswith(f".{asked}") or destination.domain.casefold() == asked:
        return True
    names = (destination.owner, destination.product, destination.parent)
    return any(begins(one.casefold(), asked) for one in names if one)


def begins(name: str, words: str) -> bool:
    """Whether a name begins with these words, the last of them whole."""
    return name.startswith(words) and not name[len(words) : len(words) + 1].isalnum()


def _is_before(transmission: Transmission, name: str, phases: Sequence[Phase]) -> bool:
    began: dict[str, float] = {}
    for phase in phases:
        began.setdefault(phase.name, phase.time)
    # What was sent before the first mark has no phase; and until a phase is marked, everything is before it.
    if name not in began or transmission.phase is None:
        return True
    return began.get(transmission.phase, 0.0) < began[name]
