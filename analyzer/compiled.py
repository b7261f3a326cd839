"""What shipped YAML is compiled to: JSON, so that a start need not read YAML."""

from collections.abc import Collection
from types import GenericAlias

import msgspec

from analyzer.errors import KnowledgeError


def dump(things: Collection[msgspec.Struct]) -> bytes:
    """The things as JSON; `restore` reads it back."""
    return msgspec.json.encode(things) + b"\n"


def restore[T: msgspec.Struct](data: bytes, kind: type[T], what: str) -> tuple[T, ...]:
    """Things of a kind from the JSON of `dump`; `what` they are called, such as `adapters`.

    Raises KnowledgeError where it is not of this version.
    """
    try:
        things: tuple[T, ...] = msgspec.json.decode(data, type=GenericAlias(tuple, (kind, ...)))
    except msgspec.MsgspecError as error:
        raise KnowledgeError(f"The compiled {what} do not fit this version ({error}); compile them again.") from error
    return things
