"""Writes small MaxMind DB files for tests (MaxMind DB File Format Specification 2.0)."""

from collections.abc import Mapping
from ipaddress import ip_network

_BUILD = 1_790_000_000
"""2026-09-21, seconds since 1970."""


class _Short(int):
    """Encoded as uint16; readers insist on the sizes of the metadata."""


class _Long(int):
    """Encoded as uint64."""


def write_mmdb(kind: str, records: Mapping[str, object], version: int = 6) -> bytes:
    """A database of type `kind` with one record for each network."""
    bits = 128 if version == 6 else 32
    nodes: list[list[int | None]] = [[None, None]]
    data, leaves = b"", {}
    for cidr, record in records.items():
        network = ip_network(cidr)
        # IPv4 lies at ::/96 of an IPv6 tree.
        length = network.prefixlen + bits - network.max_prefixlen
        number, node = int(network.network_address), 0
        for depth in range(length):
            side = number >> (bits - 1 - depth) & 1
            if depth == length - 1:
                leaves[node, side] = len(data)
            else:
                following = nodes[node][side]
                if following is None:
                    nodes.append([None, None])
                    following = nodes[node][side] = len(nodes) - 1
                node = following
        data += _encode(record)
    count = len(nodes)
    tree = b"".join(
        (leaves[index, side] + count + 16 if (index, side) in leaves else count if target is None else target).to_bytes(
            3
        )
        for index, node in enumerate(nodes)
        for side, target in enumerate(node)
    )
    metadata = {
        "node_count": count,
        "record_size": _Short(24),
        "ip_version": _Short(version),
        "database_type": kind,
        "languages": [],
        "binary_format_major_version": _Short(2),
        "binary_format_minor_version": _Short(0),
        "build_epoch": _Long(_BUILD),
        "description": {},
    }
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _encode(metadata)


def _encode(value: object) -> bytes:
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_encode(key) + _encode(item) for key, item in value.items())
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_encode, value))
    if isinstance(value, bool):
        return _control(14, value)
    if isinstance(value, _Short):
        return _control(5, 2) + value.to_bytes(2)
    if isinstance(value, _Long):
        return _control(9, 8) + value.to_bytes(8)
    if isinstance(value, int):
        return _control(6, 4) + value.to_bytes(4)
    text = str(value).encode()
    return _control(2, len(text)) + text


def _control(kind: int, size: int) -> bytes:
    assert size < 29 + 256
    first, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return (bytes([kind << 5 | first]) if kind < 8 else bytes([first, kind - 7])) + more
