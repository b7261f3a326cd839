"""Reads numbers of a few bits from the URL-safe base64 that consent strings are written in."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SIX_BITS = {character: format(value, "06b") for value, character in enumerate(_ALPHABET)}
MAX_CHARACTERS = 32_768
"""A string that lists every vendor one by one stays far below."""


class Bits:
    """A row of bits that is read from its start; ValueError where it ends too early."""

    def __init__(self, text: str) -> None:
        """Raises ValueError for text that is not base64 for URLs, or too long."""
        if not 0 < len(text) <= MAX_CHARACTERS:
            raise ValueError("no consent string has this length")
        try:
            self._bits = "".join(map(_SIX_BITS.__getitem__, text))
        except KeyError:
            raise ValueError("not base64 for URLs") from None
        self._at = 0

    def number(self, width: int) -> int:
        """The next `width` bits as a number, the highest bit first."""
        return int(self._take(width), 2)

    def flag(self) -> bool:
        """The next bit."""
        return self._take(1) == "1"

    def positions(self, width: int) -> tuple[int, ...]:
        """Of the next `width` bits those that are set, counted from 1."""
        return tuple(place for place, bit in enumerate(self._take(width) if width else "", 1) if bit == "1")

    def letters(self, count: int) -> str:
        """The next letters, six bits each: 0 is A. ValueError for what is none."""
        codes = [self.number(6) for _ in range(count)]
        if max(codes) > 25:
            raise ValueError("not a letter")
        return "".join(chr(65 + code) for code in codes)

    def fibonacci(self) -> int:
        """A number in Fibonacci coding, which ends with two set bits; 1 or more."""
        end = self._bits.find("11", self._at)
        if end < 0 or end - self._at > 40:
            raise ValueError("no number in Fibonacci coding")
        before, this, total = 1, 1, 0
        for bit in self._take(end + 1 - self._at):
            total += this if bit == "1" else 0
            before, this = this, before + this
        self._at += 1
        return total

    def _take(self, width: int) -> str:
        piece = self._bits[self._at : self._at + width]
        if len(piece) < width:
            raise ValueError("ends too early")
        self._at += width
        return piece
