"""Data types: what kinds of personal data there are, how sensitive each is, and how values of each are masked."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

_SHOWABLE = re.compile(r"[\w .,/+()-]{1,40}")
_SEVEN_DIGITS = re.compile(r"\d{7}")
_FILE = re.compile(r"data:(image|audio|video|application)/([a-z0-9.-]{1,20});bytes=(\d{1,12});sha256=[0-9a-f]{64}")
"""What `decode/media.py` puts for a file; its hash may name it."""

_PROPER = ("Aadhaar", "Android", "Bluetooth", "Indian")
"""First words of labels that keep their capital in a sentence; acronyms and names of several words show as such."""


class DataType(Struct, frozen=True, gc=False):
    """One row of `data/taxonomy/types.tsv`."""

    id: str
    label: str
    group: str
    sensitivity: int
    """0 (technical) to 4 (credential, special category, national identifier)."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What the type is in other schemes: `play`, `apple`, `gdpr`, `dpdp`, `in_spd_2018`, `rbi_psd`, `us_doj`, ..."""


class Taxonomy:
    """All data types by id."""

    def __init__(self, types: Mapping[str, DataType]) -> None:
        self._types = dict(types)

    def __contains__(self, data_type: str) -> bool:
        return data_type in self._types

    def __iter__(self) -> Iterator[DataType]:
        return iter(self._types.values())

    def get(self, data_type: str) -> DataType:
        """The row of a data type; KeyError where there is none."""
        return self._types[data_type]

    def mask(self, data_type: str, value: str) -> str:
        """A value as a report may show it: technical values as they are, others by their ends, secrets not at all.

        Of a file, its kind and size.
        """
        kind = self._types[data_type]
        if kind.sensitivity == 0 and _SHOWABLE.fullmatch(value) and not _SEVEN_DIGITS.search(value):
            return value
        if kind.group == "credential":
            return f"({len(value)} characters)"
        if file := _FILE.fullmatch(value):
            return f"{file[1]}/{file[2]}, {int(file[3]):,} bytes"
        if data_type == "fin.card.pan" and len(value) >= 13:
            return f"{value[:6]}…{value[-4:]}"
        if data_type == "gov.in.aadhaar" and len(value) >= 12:
            return f"XXXX XXXX {value[-4:]}"
        if len(value) < 5:
            return "…"
        return f"{value[0]}…{value[-1]}"


def within_sentence(label: str) -> str:
    """A label of a data type as it stands within a sentence: `e-mail` for `E-mail (work)`."""
    label = label.partition(" (")[0]
    first, *others = label.split(" ")
    of_a_name = any(word[:1].isupper() and word[1:].islower() for word in others)
    named = first in _PROPER or of_a_name or not first[1:].islower()
    return label if named else label[:1].lower() + label[1:]
