"""Texts of a capture file, which may be of anybody, at the length that texts of their kind have."""

from msgspec.structs import replace

from analyzer.capture.record import Headers
from analyzer.model import AppBuild, Device

_LONGEST = 400
_FACTS = 1_000


def text(raw: bytes) -> str:
    """Bytes that travelled, as text; what is no UTF-8 is shown as replaced."""
    return raw.decode("utf-8", "replace")


def texts(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Names and values of headers as text."""
    return tuple((text(name), text(value)) for name, value in headers)


def line(said: str) -> str:
    """A text on one line, at most 400 characters long."""
    return " ".join(said.split())[:_LONGEST]


def cut[T: (AppBuild, Device)](facts: T | None) -> T | None:
    """Facts on the build or the device, each on one line, at most a thousand in a list."""
    if facts is None:
        return None
    short = {
        name: line(value) if isinstance(value, str) else tuple(map(line, value[:_FACTS]))
        for name in facts.__struct_fields__
        if isinstance(value := getattr(facts, name), str | tuple)
    }
    return replace(facts, **short)
