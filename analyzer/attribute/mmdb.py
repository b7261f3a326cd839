"""Reads MaxMind DB files (MaxMind DB File Format Specification 2.0).

The shipped databases are asked in every run. geoip2 reads them as well, but importing it takes a third of the time in
which all first answers have to be there; so it is left to the user's files, whose schemas it knows.
"""

import mmap
import struct
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path

from analyzer.attribute.address import Address

_MARKER = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = 16
"""Bytes between the tree and the data."""
_MOST_VALUES = 4_096
"""Of one record; real ones have a hundred. Records may point into each other, so that a small file could hold many."""
_DEEPEST = 32
_CACHED = 4_096

_POINTER, _TEXT, _DOUBLE, _MAP, _SIGNED, _ARRAY, _BOOLEAN, _FLOAT = 1, 2, 3, 7, 8, 11, 14, 15
_BYTES = 4
_UNSIGNED = frozenset({5, 6, 9, 10})


class Mmdb:
    """An open file: its type, when it was built, and the record of each address."""

    def __init__(self, source: Path | bytes) -> None:
        """Maps the file into memory, or reads its bytes. Raises OSError, ValueError for what is no such file."""
        if isinstance(source, Path):
            with source.open("rb") as file:
                self._data: bytes | mmap.mmap = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        else:
            self._data = source
        begin = self._data.rfind(_MARKER)
        if begin < 0:
            raise ValueError("no metadata")
        metadata = _Decoder(self._data, begin + len(_MARKER)).value(0)
        if not isinstance(metadata, dict):
            raise ValueError("metadata of another form")
        self._nodes, self._bits, version, self.built = (
            _number(metadata, name) for name in ("node_count", "record_size", "ip_version", "build_epoch")
        )
        """`built` is in seconds since 1970."""
        self.kind = str(metadata.get("database_type"))
        tree = self._nodes * self._bits // 4
        if self._bits not in (24, 28, 32) or version not in (4, 6) or tree + _SEPARATOR > begin:
            raise ValueError("metadata that the file does not bear out")
        self._records = lru_cache(_CACHED)(_Decoder(self._data, tree + _SEPARATOR).value)
        self._width = 32 if version == 4 else 128
        self._ipv4 = self._walk(0, 0, 96) if version == 6 else 0

    def get(self, address: Address) -> object:
        """The record of an address; None where there is none. Raises ValueError where the file is damaged."""
        if isinstance(address, IPv4Address):
            node = self._walk(self._ipv4, int(address), 32)
        elif self._width == 128:
            node = self._walk(0, int(address), 128)
        else:
            return None
        return self._records(node - self._nodes - _SEPARATOR) if node > self._nodes else None

    def _walk(self, node: int, number: int, bits: int) -> int:
        """Where the first `bits` of a number lead: a node, the count of nodes for nothing, or above it a record."""
        data, size, count = self._data, self._bits // 4, self._nodes
        for bit in range(bits - 1, -1, -1):
            if node >= count:
                break
            at, right = node * size, number >> bit & 1
            if size == 7:
                high = data[at + 3] & 15 if right else data[at + 3] >> 4
                node = high << 24 | int.from_bytes(data[at + 4 * right : at + 4 * right + 3])
            else:
                node = int.from_bytes(data[at + size // 2 * right : at + size // 2 * (right + 1)])
        return node


def _number(metadata: dict[str, object], name: str) -> int:
    number = metadata.get(name)
    if not isinstance(number, int):
        raise ValueError(f"no {name}")
    return number


class _Decoder:
    """The values of a data section; whatever is wrong with them is a ValueError."""

    def __init__(self, data: bytes | mmap.mmap, base: int) -> None:
        self._data, self._base, self._left = data, base, 0

    def value(self, offset: int) -> object:
        """The value at an offset from the start of the section."""
        self._left = _MOST_VALUES
        return self._value(self._base + offset, 0)[0]

    def _value(self, at: int, depth: int) -> tuple[object, int]:
        """A value and where the next one begins."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise ValueError("a record that never ends")
        control = self._take(at, 1)[0]
        kind, size, at = control >> 5, control & 31, at + 1
        if kind == _POINTER:
            length = (control >> 3 & 3) + 1
            raw = int.from_bytes(self._take(at, length))
            pointer = raw if length == 4 else (control & 7) << 8 * length | raw
            target = self._base + pointer + (0, 2_048, 526_336, 0)[length - 1]
            return self._value(target, depth + 1)[0], at + length
        if kind == 0:
            kind, at = 7 + self._take(at, 1)[0], at + 1
        if size >= 29:
            length = size - 28
            size = (29, 285, 65_821)[length - 1] + int.from_bytes(self._take(at, length))
            at += length
        if kind == _MAP:
            return self._map(at, size, depth)
        if kind == _ARRAY:
            items = []
            for _ in range(size):
                item, at = self._value(at, depth + 1)
                items.append(item)
            return items, at
        if kind == _BOOLEAN:
            return bool(size), at
        return self._plain(kind, self._take(at, size)), at + size

    def _map(self, at: int, size: int, depth: int) -> tuple[object, int]:
        found: dict[str, object] = {}
        for _ in range(size):
            name, at = self._value(at, depth + 1)
            if not isinstance(name, str):
                raise ValueError("a name that is no text")
            found[name], at = self._value(at, depth + 1)
        return found, at

    def _plain(self, kind: int, raw: bytes) -> object:
        if kind == _TEXT:
            return raw.decode()
        if kind in _UNSIGNED:
            return int.from_bytes(raw)
        if kind == _BYTES:
            return raw
        if kind == _SIGNED:
            return int.from_bytes(raw.rjust(4, b"\0"), signed=True)
        if (kind, len(raw)) in ((_DOUBLE, 8), (_FLOAT, 4)):
            return struct.unpack(">d" if kind == _DOUBLE else ">f", raw)[0]
        raise ValueError(f"a value of kind {kind}")

    def _take(self, at: int, size: int) -> bytes:
        taken = self._data[at : at + size]
        if len(taken) != size or at < 0:
            raise ValueError("a value beyond the end")
        return taken
