"""What the process that follows a capture says, one JSON object a line, in the order of the capture file."""

import msgspec
from msgspec import Struct

from analyzer.model import Evidence, Location, Party, Transmission


class Sent(Struct, frozen=True, kw_only=True):
    """A kind of data that a host was sent for the first time, or for the first time in this phase or in this form."""

    exchange: int
    time: float | None
    """Seconds since 1970 UTC, as all times here."""
    phase: str | None
    data_type: str
    label: str
    """The data type in words."""
    sensitivity: int
    """0 (technical) to 4."""
    telling: bool
    """Personal, and shown by more than a name: worth a line on the terminal."""
    host: str
    recipient: str
    """The owner, or the registrable domain where the owner is not known."""
    party: Party
    owner: str | None
    seat: str | None
    """Country of the ultimate owner, ISO 3166-1 alpha-2."""
    server: str
    """Where the server stood, in few words: `Mumbai`, `India`, `edge network`, `unknown`."""
    location: Location
    path: str
    transform: str
    evidence: Evidence
    masked_value: str


class Seen(Struct, frozen=True, kw_only=True, tag="seen"):
    """An exchange in which something was found."""

    exchange: int
    flow: str | None
    """mitmproxy's id of the flow."""
    transmissions: tuple[Transmission, ...]
    """All of them, exactly as the report will have them; `destination` is provisional."""
    new: tuple[Sent, ...]


class PhaseBegan(Struct, frozen=True, kw_only=True, tag="phase"):
    """A phase was marked."""

    name: str
    time: float


class Unreadable(Struct, frozen=True, kw_only=True, tag="unreadable"):
    """A connection that could not be read, the first of its host and reason."""

    host: str
    kind: str
    reason: str


class Trouble(Struct, frozen=True, kw_only=True, tag="trouble"):
    """Something that the user should know at once: records lost, a part of the file that cannot be read."""

    message: str


class Reached(Struct, frozen=True, kw_only=True, tag="reached"):
    """How far the process is: said about once a second where anything changed, and at the end."""

    exchanges: int
    """Requests, connections and look-ups seen."""
    transmissions: int
    unread: int
    undecoded: int
    behind: int
    """Bytes of the capture file that are not analysed yet."""
    ended: bool = False
    """True in the last of them: the session has ended and all of it is analysed."""


Event = Seen | PhaseBegan | Unreadable | Trouble | Reached

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Event).decode
