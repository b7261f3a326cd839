"""Makes fields for the tests of detection."""

from collections.abc import Mapping, Sequence

from analyzer.detect.joined import Joined
from analyzer.model import Field, Location


def field(path: str, value: str, key: str | None = None, location: Location = "body") -> Field:
    """A field whose key is the last name on its path, unless another is given."""
    return Field(location, path, path.rpartition(".")[2] if key is None else key, value, ())


def joined(*values: str) -> Joined:
    """Values under keys that say nothing."""
    return Joined([field(f"x{position}", value) for position, value in enumerate(values)])


def each(table: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(name, value) pairs of a table of values by name, for `parametrize`."""
    return [(name, value) for name, values in table.items() for value in values]
