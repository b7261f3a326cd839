"""lz-string, in all its output alphabets, with an early end where the data is something else.

The algorithm is LZ-based with a growing code width; Pieroxy's lz-string 1.4/1.5 defines the alphabets.
"""

from collections.abc import Sequence

MAX_TEXT = 1 << 20
"""Characters that one text may open to."""
MAX_SOURCE = 1 << 18
"""Characters of a compressed text that are looked at; SDKs send a few thousand."""

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
URI_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
_BASE64 = {char: position for position, char in enumerate(BASE64)}
_URI_SAFE = {char: position for position, char in enumerate(URI_SAFE)}


def from_base64(text: str, limit: int) -> str | None:
    """`compressToBase64`."""
    return _decompress(text.rstrip("="), _BASE64, 6, limit)


def from_uri_component(text: str, limit: int) -> str | None:
    """`compressToEncodedURIComponent`; a space stands for a `+` that a form decoder turned into one."""
    return _decompress(text.rstrip("$").replace(" ", "+"), _URI_SAFE, 6, limit)


def from_utf16(text: str, limit: int) -> str | None:
    """`compressToUTF16`."""
    return _decompress([ord(char) - 32 for char in text], None, 15, limit)


def from_string(text: str, limit: int) -> str | None:
    """`compress`: sixteen bits a character."""
    return _decompress([ord(char) for char in text], None, 16, limit)


def from_bytes(data: bytes, limit: int) -> str | None:
    """`compressToUint8Array`."""
    if len(data) % 2:
        return None
    if len(data) > 2 * MAX_SOURCE:
        return None
    return _decompress([data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)], None, 16, limit)


def _bits(units: Sequence[int], width: int) -> str:
    return "".join([format(unit, f"0{width}b") for unit in units])


def _starts_with_text(bits: str) -> bool:
    """Whether the first code is a printable character: tells most other data apart before it costs anything."""
    if bits[:2] == "01":
        return False
    size = 8 if bits[:2] == "00" else 16
    return bits[:2] != "11" and _plausible(chr(int(bits[2 : 2 + size][::-1] or "0", 2)))


def _decompress(source: str | Sequence[int], alphabet: dict[str, int] | None, width: int, limit: int) -> str | None:
    """The text, or None where the source is no lz-string of printable text. `limit` is in characters."""

    def units(part: str | Sequence[int]) -> list[int]:
        return [alphabet.get(char, 0) for char in part] if alphabet else list(part)  # type: ignore[arg-type]

    if len(source) > MAX_SOURCE:
        return None
    head = units(source[:4])
    if any(not 0 <= unit < 1 << width for unit in head) or not _starts_with_text(_bits(head, width)):
        return None
    rest = units(source)
    if any(not 0 <= unit < 1 << width for unit in rest):
        return None
    # Units come highest bit first, the codes in them least significant bit first.
    bits = _bits(rest, width)
    at, end = 0, len(bits)

    def code(size: int) -> int:
        nonlocal at
        if at + size > end:
            raise EOFError
        value = int(bits[at : at + size][::-1], 2)
        at += size
        return value

    try:
        kind = code(2)
        if kind == 2:
            return None
        first = chr(code(8 if kind == 0 else 16))
        if not _plausible(first):
            return None
        words: list[str] = ["", "", "", first]
        out, size, last, room, length = [first], 3, first, 4, 1
        while True:
            value = code(size)
            if value == 2:
                return _paired("".join(out)) if end - at < width + 16 else None
            if value < 2:
                char = chr(code(8 if value == 0 else 16))
                if not _plausible(char):
                    return None
                words.append(char)
                value = len(words) - 1
                room -= 1
                if room == 0:
                    room, size = 1 << size, size + 1
            if value < len(words):
                entry = words[value]
            elif value == len(words):
                entry = last + last[0]
            else:
                return None
            out.append(entry)
            length += len(entry)
            if length > limit:
                return _paired("".join(out)[:limit])
            words.append(last + entry[0])
            last = entry
            room -= 1
            if room == 0:
                room, size = 1 << size, size + 1
    except (EOFError, ValueError):
        return None


def _plausible(char: str) -> bool:
    return char.isprintable() or char in "\t\r\n" or "\ud800" <= char <= "\udfff"


def _paired(text: str) -> str:
    """JavaScript writes characters beyond 16 bits, emoji for one, as two units."""
    return text if text.isprintable() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
