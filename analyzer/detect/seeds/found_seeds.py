"""The findings of seeds in one exchange as they come in, each once."""

from msgspec.structs import replace

from analyzer.detect.joined import Joined
from analyzer.detect.seeds.needles import Known
from analyzer.model import Finding


class FoundSeeds:
    """Collects findings: one for a field, data type and derivation, and one where an encoding left two fields."""

    def __init__(self, joined: Joined) -> None:
        self.findings: list[tuple[int, Finding]] = []
        """(position of the field, finding), in the order they were found."""
        self._joined = joined
        self._seen: set[tuple[object, ...]] = set()

    def add(
        self,
        position: int,
        known: Known,
        value: bytes,
        encodings: tuple[str, ...] = (),
        written: str = "",
        ending: str = "",
    ) -> None:
        """Record that a field holds what is known, behind further encodings; `ending` goes on with the reasoning.

        `written` says how a digest is, where not in hex.
        """
        transform = f"{known.transform}, {written}" if written else known.transform
        proven = (known.data_type, transform, encodings)
        if (position, *proven) in self._seen:
            return
        self._seen.add((position, *proven))
        field = self._joined.fields[position]
        decoding = field.decoding + encodings
        place = (field.location, field.path, decoding, known.data_type, transform, value)
        if encodings and place in self._seen:
            return  # the decoder keeps short Base64 both as it was and opened
        self._seen.add(place)
        finding = Finding(
            field=replace(field, decoding=decoding) if encodings else field, data_type=known.data_type,
            evidence="seed", reasoning=_reasoning(known, transform) + ending + ".", transform=transform,
            value=value.decode("utf-8", "replace"), seed=known.seed,
        )  # fmt: skip
        self.findings.append((position, finding))

    def held(self) -> set[tuple[int, str]]:
        """(position of the field, kind of data) of all findings so far."""
        return {(position, kind_of(finding.data_type)) for position, finding in self.findings}


def kind_of(data_type: str) -> str:
    """The data type; the same for a full name and its parts."""
    return "person.name" if data_type.startswith("person.name.") else data_type


def _reasoning(known: Known, transform: str) -> str:
    seed = f"part of the seed for {known.seed}" if known.is_part else f"the seed for {known.seed}"
    if transform != "plain":
        whose = f", salt of {known.salt_of}" if known.salt_of else ""
        return f"Equals {transform} of {seed}{whose}"
    return f"Equals {seed}, written {known.form}" if known.form else f"Equals {seed}"
