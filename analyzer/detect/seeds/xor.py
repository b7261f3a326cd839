"""Texts hidden by XOR with a short key that repeats: bytes a key apart differ by the same bits whatever the key is."""

from collections.abc import Iterable, Iterator

from analyzer.detect.seeds.prefix_search import PrefixSearch

_CASE = 0x20
"""The bit in which the two cases of a letter differ."""
MIN_COMPARED = 6
"""Bytes of a text that have to agree besides those that give the key away: 40 bits."""


def differences(data: bytes, period: int = 1) -> bytes:
    """Each byte XORed with the one `period` before it, letter case aside; shorter by as many. Linear in time."""
    size = len(data)
    if size <= period:
        return b""
    number = int.from_bytes(data, "big")
    without_case = int.from_bytes(bytes([0xFF ^ _CASE]) * size, "big")
    return ((number ^ number >> 8 * period) & without_case).to_bytes(size, "big")[period:]


class XorSearch:
    """Finds texts under every key of one length but those that change nothing or letter case only."""

    def __init__(self, texts: Iterable[bytes], period: int = 1) -> None:
        self.period = period
        # Two words as long as the key differ by the same bits in either order, so it has to repeat more than twice.
        size = max(period + MIN_COMPARED, 2 * period + 2)
        self._texts = {differences(text, period): text for text in texts if len(text) >= size}
        self._search = PrefixSearch(self._texts)

    def find(self, data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
        """(offset, text in lower case, key as it lies on the text) of every occurrence."""
        for start, found in self._search.find(differences(data, self.period)):
            text = self._texts[found]
            hidden = data[start : start + len(text)]
            key = bytes(a ^ b for a, b in zip(hidden[: self.period], text, strict=False))
            repeats = len(set(key)) == 1 and self.period > 1  # a shorter key, whose search finds it too
            if repeats or not any(byte & ~_CASE for byte in key):
                continue
            if self.period > 1:
                yield start, text, key
                continue
            for one in {key[0], key[0] ^ _CASE} - {0, _CASE}:
                if bytes(byte ^ one for byte in hidden).lower() == text:
                    yield start, text, bytes([one])
                    break
