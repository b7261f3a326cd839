"""What a picture says of itself: the EXIF metadata of its camera, with the place where it was taken."""

import re
import struct
from collections.abc import Iterator, Sequence

from analyzer.decode.walk import Place, Walk

MAX_LOOKED_AT = 1 << 20
"""Bytes of a picture in which its metadata is looked for; cameras put it first."""
MAX_ENTRIES = 200
MAX_TEXT = 2_000
_TIFF = re.compile(rb"(?:Exif\0\0|eXIf|EXIF.{4})(?=II\*\0|MM\0\*)", re.S)
"""What stands before it in JPEG and HEIC, in PNG, in WebP."""

# Tags by the names that the standard gives them (CIPA DC-008, Exif 3.0, 4.6). Only what tells of a person, a device
# or a place; exposure and colours do not.
_MAIN = {
    0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime",
    0x013B: "Artist", 0x013C: "HostComputer", 0x8298: "Copyright",
}  # fmt: skip
_CAMERA = {
    0x9003: "DateTimeOriginal", 0x9286: "UserComment", 0xA420: "ImageUniqueID", 0xA430: "CameraOwnerName",
    0xA431: "BodySerialNumber", 0xA435: "LensSerialNumber",
}  # fmt: skip
_CAMERA_PART, _PLACE_PART = 0x8769, 0x8825
_LATITUDE, _LONGITUDE, _ALTITUDE = 2, 4, 6
_TEXT, _SHORT, _LONG, _FRACTION, _ANY = 2, 3, 4, 5, 7
_SIZES = {1: 1, _TEXT: 1, _SHORT: 2, _LONG: 4, _FRACTION: 8, _ANY: 1}


def read(walk: Walk, at: Place, data: bytes) -> bool:
    """Record the metadata of a picture as leaves below `at`; False where it holds none. Pixels are not looked at."""
    match = _TIFF.search(data, 0, MAX_LOOKED_AT)
    if match is None:
        return False
    inner = at.inside("exif")
    found = list(_Tiff(data[match.end() : match.end() + MAX_LOOKED_AT]).leaves())
    for name, value in found:
        walk.leaf(inner.at(name), value)
    return bool(found)


class _Tiff:
    """A TIFF structure: tables of entries that point to one another by offsets, which may point anywhere."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = "<" if data.startswith(b"II") else ">"

    def leaves(self) -> Iterator[tuple[str, str]]:
        """Names and values, those of the place first."""
        main = self._table(self._number(4))
        yield from _place(self._table(self._pointer(main, _PLACE_PART)))
        camera = self._table(self._pointer(main, _CAMERA_PART))
        for table, names in ((main, _MAIN), (camera, _CAMERA)):
            for tag, name in names.items():
                value = table.get(tag)
                if isinstance(value, bytes) and (text := _text(value, self._order)):
                    yield name, text

    def _number(self, offset: int) -> int | None:
        piece = self._data[offset : offset + 4]
        return int(struct.unpack(self._order + "I", piece)[0]) if len(piece) == 4 else None

    @staticmethod
    def _pointer(table: dict[int, bytes | tuple[int, ...]], tag: int) -> int | None:
        value = table.get(tag)
        return value[0] if isinstance(value, tuple) and value else None

    def _table(self, offset: int | None) -> dict[int, bytes | tuple[int, ...]]:
        """Texts and numbers of a table by tag; a fraction is two numbers. Empty where the offset leads nowhere."""
        if offset is None or not 8 <= offset <= len(self._data) - 2:
            return {}
        (count,) = struct.unpack_from(self._order + "H", self._data, offset)
        table: dict[int, bytes | tuple[int, ...]] = {}
        for start in range(offset + 2, offset + 2 + 12 * min(count, MAX_ENTRIES), 12):
            if start + 12 > len(self._data):
                break
            tag, kind, length = struct.unpack_from(self._order + "HHI", self._data, start)
            size = _SIZES.get(kind, 0) * length
            if not 0 < size <= MAX_TEXT:
                continue
            where = start + 8 if size <= 4 else self._number(start + 8) or 0
            value = self._data[where : where + size]
            if len(value) < size:
                continue
            if kind in (_SHORT, _LONG, _FRACTION):
                letter = "H" if kind == _SHORT else "I"
                table[tag] = struct.unpack(f"{self._order}{size // struct.calcsize('<' + letter)}{letter}", value)
            else:
                table[tag] = value
        return table


def _place(table: dict[int, bytes | tuple[int, ...]]) -> Iterator[tuple[str, str]]:
    """Latitude and longitude in degrees, negative for south and west; the height in metres."""
    for tag, name, limit, negative in (
        (_LATITUDE, "GPSLatitude", 90, b"S"),
        (_LONGITUDE, "GPSLongitude", 180, b"W"),
    ):
        degrees = _sexagesimal(table.get(tag))
        side = table.get(tag - 1)
        if degrees is not None and degrees <= limit:
            is_negative = isinstance(side, bytes) and side[:1].upper() == negative
            yield name, f"{-degrees if is_negative else degrees:.6f}"
    height = table.get(_ALTITUDE)
    if isinstance(height, tuple) and (metres := _fractions(height)) and metres[0] is not None:
        yield "GPSAltitude", f"{metres[0]:.1f}"


def _sexagesimal(value: bytes | tuple[int, ...] | None) -> float | None:
    parts = _fractions(value) if isinstance(value, tuple) else []
    if len(parts) != 3 or parts[0] is None:
        return None
    # A camera that knows no seconds writes 0/0 for them.
    return parts[0] + (parts[1] or 0) / 60 + (parts[2] or 0) / 3600


def _fractions(numbers: Sequence[int]) -> list[float | None]:
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return [above / below if below else None for above, below in pairs]


def _text(value: bytes, order: str) -> str:
    """A text as cameras write it: up to a zero byte; comments begin with the name of their alphabet."""
    if value.startswith(b"UNICODE\0"):
        text = value[8:].decode("utf-16-le" if order == "<" else "utf-16-be", "replace")
    else:
        text = value.removeprefix(b"ASCII\0\0\0").decode("utf-8", "replace")
    text = text.partition("\0")[0].strip()
    return text if text.isprintable() else ""
