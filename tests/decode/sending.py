"""Makes requests for the tests of decoding, and reads what came out of them."""

from collections.abc import Sequence

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.model import Exchange, Field

Headers = Sequence[tuple[str, str]]


def request(
    body: bytes = b"",
    content_type: str = "",
    encoding: str = "",
    *,
    url: str = "https://api.example.com/v1/track",
    headers: Headers = (),
    messages: Sequence[bytes] = (),
    body_is_decoded: bool = False,
) -> Exchange:
    """One request; empty arguments leave their header out."""
    named = list(headers)
    if content_type:
        named.append(("Content-Type", content_type))
    if encoding:
        named.append(("Content-Encoding", encoding))
    return Exchange(
        index=0,
        method="POST" if body else "GET",
        url=url,
        headers=tuple(named),
        body=body,
        messages=tuple(messages),
        body_is_decoded=body_is_decoded,
    )


def decode(exchange: Exchange) -> Decoded:
    """What a fresh decoder makes of a request."""
    return Decoder().decode(exchange)


def sent(body: bytes, content_type: str = "", encoding: str = "") -> Decoded:
    """What a fresh decoder makes of a body."""
    return decode(request(body, content_type, encoding))


def leaf(decoded: Decoded, value: str) -> Field:
    """The one leaf with exactly this value; the test fails where there is none or more than one."""
    found = [field for field in decoded.fields if field.value == value]
    assert len(found) == 1, (value, decoded.fields)
    return found[0]


def place(decoded: Decoded, value: str) -> tuple[str, str, tuple[str, ...]]:
    """Location, path and chain of the one leaf with this value."""
    field = leaf(decoded, value)
    return field.location, field.path, field.decoding


def values(decoded: Decoded, location: str = "body") -> list[str]:
    """The values of one location, in order."""
    return [field.value for field in decoded.fields if field.location == location]


def varint(number: int) -> bytes:
    """A protobuf varint."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def member(number: int, value: int | bytes | str) -> bytes:
    """One protobuf field: a varint, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data
