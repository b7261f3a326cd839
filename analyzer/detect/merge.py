"""One finding a field and data type: the strongest evidence wins, the others stay listed as support."""

from collections.abc import Iterable
from operator import itemgetter

import msgspec

from analyzer.model import EVIDENCE_RANK, Finding

_position = itemgetter(0)
# A field that is surely the first cannot also be the second by its name alone.
_FAMILY = {
    "person.email.hashed": "person.email",
    "person.phone.hashed": "person.phone",
    "id.ad.hashed": "id.ad",
    "loc.coarse": "loc.precise",
}


def merge(found: Iterable[tuple[int, Finding]]) -> list[tuple[int, Finding]]:
    """Findings in the order of their fields; on one field a weaker finding of another type gives way to a stronger."""
    found = list(found)
    if len(set(map(_position, found))) == len(found):
        found.sort(key=_position)
        return found
    by_field: dict[int, list[Finding]] = {}
    for position, finding in found:
        by_field.setdefault(position, []).append(finding)
    out: list[tuple[int, Finding]] = []
    for position in sorted(by_field):
        findings = by_field[position]
        if len(findings) == 1:
            out.append((position, findings[0]))
            continue
        findings.sort(key=lambda finding: EVIDENCE_RANK[finding.evidence])
        kept: list[Finding] = []
        for finding in findings:
            same = next((index for index, other in enumerate(kept) if _same(other, finding)), None)
            if same is not None:
                other = kept[same]
                if finding.evidence != other.evidence and finding.evidence not in other.support:
                    kept[same] = msgspec.structs.replace(other, support=(*other.support, finding.evidence))
            elif (
                not kept
                or EVIDENCE_RANK[finding.evidence] <= EVIDENCE_RANK["validated"]
                or _is_within(finding, kept[0])
            ):
                kept.append(finding)
        out += [(position, finding) for finding in kept]
    return out


def _is_within(weaker: Finding, stronger: Finding) -> bool:
    """Whether the weaker finding is of a part of a value, whose whole may be something else: a number in a message."""
    if EVIDENCE_RANK[stronger.evidence] > EVIDENCE_RANK["documented"]:
        return weaker.value != stronger.value
    return weaker.evidence == "key+value" and len(weaker.value) < len(stronger.value)


def _same(one: Finding, other: Finding) -> bool:
    a, b = (_FAMILY.get(finding.data_type, finding.data_type) for finding in (one, other))
    return a == b and (one.transform == other.transform or other.evidence not in ("seed",))
