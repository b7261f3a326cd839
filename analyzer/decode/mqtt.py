"""MQTT 3.1, 3.1.1 and 5.0 as clients send it: a run of control packets, over a connection of its own or a WebSocket."""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.decode.limits import MAX_FIELDS
from analyzer.decode.mqtt_packet import (
    CONNECT,
    DISCONNECT,
    NAMES,
    Packet,
    is_cut_header,
    opening_version,
    packet_at,
    parse,
)
from analyzer.decode.walk import PartFull, Place, Walk

UNKNOWN = 0
"""Version of a connection that is known to speak MQTT, but not which."""
OLD = 4
"""Version 3.1.1 as CONNECT names it; 3.1 has the same packets."""
NEW = 5


def read(walk: Walk, at: Place, data: bytes, version: int | None = None) -> bool:
    """Record what the packets hold; False where the data is no MQTT. Raises PartFull where they are too many.

    `version` is that of the connection, or None where nothing says that it speaks MQTT: then the data must begin with
    CONNECT, or well-formed packets must fill it exactly. A packet that is cut is read as far as it goes.
    """
    if opening_version(data) is None:
        version = version or _guess(data) or (None if version is None else OLD)
        if version is None or not data or packet_at(data, 0) is None:
            return False
    if not _read_packets(walk, at.inside("mqtt"), data, version or OLD):
        walk.note("broken-mqtt", "MQTT that breaks off, or in which bytes are no packet, was read as far as it goes.")
    return True


def spoken(messages: Sequence[bytes], protocols: str) -> int | None:
    """The version of MQTT that the messages of a WebSocket are in, or `UNKNOWN`; None where nothing says they are MQTT.

    `protocols` is the header Sec-WebSocket-Protocol of the request (OASIS MQTT 5.0, 6: `mqtt`; clients of 3.1 say
    `mqttv3.1`).
    """
    version = opening_version(messages[0]) if messages else None
    if version is None and any(each.strip().startswith("mqtt") for each in protocols.lower().split(",")):
        return UNKNOWN
    return version


def joined(messages: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """(position of the first, data) of messages of a WebSocket that speaks MQTT, joined where a packet spans several.

    Packets need not be aligned with messages (OASIS MQTT 5.0, 6, [MQTT-6.0.0-2]).
    """
    start, pieces, missing, head = 0, list[bytes](), 0, b""
    for position, message in enumerate(messages):
        if not pieces:
            start = position
        pieces.append(message)
        missing, head = _lacking(head + message if head else message, missing)
        if not missing and not head:
            yield start, b"".join(pieces)
            pieces = []
    if pieces:
        yield start, b"".join(pieces)


def _lacking(data: bytes, missing: int) -> tuple[int, bytes]:
    """How many bytes the last packet lacks, and the start of a fixed header where the data ends within one.

    `missing` is what the last packet before the data lacked.
    """
    position = missing
    while position < len(data):
        packet = packet_at(data, position)
        if packet is None:
            return 0, data[position:] if is_cut_header(data, position) else b""
        if packet.lacks:
            return packet.lacks, b""
        position = packet.end
    return position - len(data), b""


def _guess(data: bytes) -> int | None:
    """The version of packets that fill the data exactly. Under 3.1.1 the properties would belong to the payload."""
    return next((version for version in (NEW, OLD) if _is_run(data, version)), None)


def _is_run(data: bytes, version: int) -> bool:
    """Whether well-formed packets fill the data exactly, and at least one of them names a topic."""
    position, topics = 0, 0
    for _ in range(MAX_FIELDS):
        if position >= len(data):
            return topics > 0
        packet = packet_at(data, position)
        if packet is None or packet.lacks:
            return False
        leaves, size = parse(packet, version)
        named = [value for path, key, value in leaves if path == "topic" or key == "filter"]
        if size != len(packet.body) or not all(map(_is_topic, named)):
            return False
        topics += len(named)
        position = packet.end
    return False


def _is_topic(value: str | bytes) -> bool:
    return isinstance(value, str) and value != "" and value.isprintable() and "\ufffd" not in value


def _read_packets(walk: Walk, inner: Place, data: bytes, version: int) -> bool:
    """Record the leaves of packets; False where not all of the data is well-formed packets."""
    counts: Counter[str] = Counter()
    position, is_whole = 0, True
    for _ in range(MAX_FIELDS):
        if position >= len(data):
            return is_whole
        packet, opening = packet_at(data, position), opening_version(data, position)
        if packet is None or (packet.kind == CONNECT and opening is None):
            if not is_cut_header(data, position):
                walk.data(inner.at("rest"), data[position:])
            return False
        version = opening or version
        name = NAMES[packet.kind]
        at = inner.at(name)
        if packet.kind not in (CONNECT, DISCONNECT):
            at = at.item(counts[name])
            counts[name] += 1
        is_whole &= _read_packet(walk, at, packet, version)
        position = packet.end
    raise PartFull


def _read_packet(walk: Walk, at: Place, packet: Packet, version: int) -> bool:
    """Record the leaves of one packet; False where it is cut or malformed."""
    leaves, size = parse(packet, version)
    if size < 0 and not packet.lacks:
        walk.data(at, packet.body)
        return False
    texts = {path: value for path, _, value in leaves if isinstance(value, str)}
    for path, key, value in leaves:
        if isinstance(value, str):
            walk.text(at.at(path, key), value)
        else:
            walk.data(at.at(path, key), value, texts.get(path.removesuffix("payload") + "content_type", ""))
    if size >= 0:
        walk.data(at.at("rest"), packet.body[size:])
    return not packet.lacks
