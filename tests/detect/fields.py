"""Makes fields for the tests of detection."""

from analyzer.detect.joined import Joined
from analyzer.model import Field, Location


def field(path: str, value: str, key: str | None = None, location: Location = "body") -> Field:
    """A field whose key is the last name on its path, unless another is given."""
    return Field(location, path, path.rpartition(".")[2] if key is None else key, value, ())


def joined(*values: str) -> Joined:
    """Values under keys that say nothing."""
    return Joined([field(f"x{position}", value) for position, value in enumerate(values)])
