"""What long runs hold when they are opened as hex or Base64, as a few texts to search, however many runs there are."""

import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from analyzer.detect.seeds.runs import Span

UTF16_SHARE = 32
"""UTF-16 is looked for where one byte in so many is NUL; in random bytes it is one in 256."""

# The digits of Base32 are others than those of numbers to the base of 32.
_BASE32_DIGITS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHIJKLMNOPQRSTUV")


class Encoding(Struct, frozen=True):
    """A way to write bytes as characters."""

    name: str
    group: int
    """So many characters ..."""
    size: int
    """... stand for so many bytes."""
    pad: bytes
    """A character that opens to bytes of no text."""
    decode: Callable[[bytes], bytes]


def _from_base32(text: bytes) -> bytes:
    """The bytes of whole groups. Unlike the standard library's, made for short texts, it is fast on long ones."""
    return int(b"0" + text.translate(_BASE32_DIGITS), 32).to_bytes(len(text) // 8 * 5, "big")


HEX = Encoding("hex", 2, 1, b"f", binascii.unhexlify)
BASE64 = Encoding("base64", 4, 3, b"/", binascii.a2b_base64)
"""In its standard alphabet."""
BASE32 = Encoding("base32", 8, 5, b"7", _from_base32)
"""In upper case."""


class Layer(Struct, frozen=True, gc=False):
    """Runs opened together as one text."""

    data: bytes
    encodings: tuple[str, ...]
    runs: Sequence[Span]
    encoding: Encoding
    shift: int
    """The character of each run that the first group begins with."""
    step: int = 1
    first: int = 0
    """Every `step`-th byte from the `first` on was taken."""

    def origins(self) -> Callable[[int], int]:
        """From an offset in `data` to the offset of the run that it comes from."""
        group, size = self.encoding.group, self.encoding.size
        starts = list(accumulate((_padded(end - start, group) for start, end in self.runs), initial=0))

        def origin(offset: int) -> int:
            at = (offset * self.step + self.first) // size * group + self.shift
            return self.runs[bisect_right(starts, at) - 1][0]

        return origin


def layers(data: bytes, runs: Sequence[Span], encoding: Encoding) -> Iterator[Layer]:
    """The runs opened from each character of their first group on, for what they hold may begin at any."""
    # All runs are opened in one go, each filled up so that the next one begins with a group.
    pad, group, decode, encodings = encoding.pad, encoding.group, encoding.decode, (encoding.name,)
    text = b"".join([data[start:end].ljust(_padded(end - start, group), pad) for start, end in runs])
    for shift in range(group):
        opened = decode(text[shift : len(text) - -shift % group])
        yield Layer(opened, encodings, runs, encoding, shift)
        if opened.count(0) * UTF16_SHARE > len(opened):
            for first in (0, 1):
                yield Layer(opened[first::2], (*encodings, "utf-16"), runs, encoding, shift, 2, first)


def _padded(length: int, group: int) -> int:
    return length + group + -length % group
