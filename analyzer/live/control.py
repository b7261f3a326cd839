"""What `apptells capture` and the addon in its mitmdump say to each other, a line each, by the pipes between them."""

import msgspec
from msgspec import Struct

from analyzer.capture.record import Marked, Prepared

MARK = "\x1eapptells "
"""Begins a line of the addon, among what mitmdump says by itself."""


class Ready(Struct, frozen=True, kw_only=True, tag="ready"):
    """The proxy listens, and records."""

    file: str
    listening: tuple[tuple[str, int], ...]
    """Addresses and ports."""
    wireguard: str | None = None
    """Configuration for the WireGuard app of a phone, where that mode is on."""


class Said(Struct, frozen=True, kw_only=True, tag="said"):
    """Something that the user must know."""

    message: str


Order = Marked | Prepared
"""Records that the addon is to write."""

_encode = msgspec.json.Encoder().encode
read_order = msgspec.json.Decoder(Order).decode
_read_said = msgspec.json.Decoder(Ready | Said).decode


def order_line(order: Order) -> bytes:
    """An order as a line for the addon's standard input."""
    return _encode(order) + b"\n"


def said_line(said: Ready | Said) -> str:
    """What the addon says, as a line of standard output."""
    return f"{MARK}{_encode(said).decode()}\n"


def read_said(line: str) -> Ready | Said | None:
    """What the addon says in a line of mitmdump's output; None where mitmdump says something itself."""
    if not line.startswith(MARK):
        return None
    try:
        said: Ready | Said = _read_said(line.removeprefix(MARK))
    except msgspec.DecodeError:
        return None
    return said
