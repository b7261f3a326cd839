"""RIPEMD-160 (H. Dobbertin, A. Bosselaers, B. Preneel, 1996), which many builds of OpenSSL leave out."""

from collections.abc import Callable, Sequence

_MASK = 0xFFFFFFFF
# For each of the five rounds: the order of the words in the left and the right line, and the turn of each word.
_LEFT = ("0123456789abcdef", "74d1a6f3c0952eb8", "3ae49f812706db5c", "19ba08c4d37fe562", "40597c2ae138b6fd")
_RIGHT = ("5e7092b4d6f81a3c", "6b370d5aef8c4912", "f5137e69b8c2a04d", "86413bf05c2d97ae", "cfa4158762de039b")
_TURNS = ("befc5879bdef6798", "cdbf6997cfbd7877", "dfeb7768dedc5569", "ebce8655fcfe9986", "fcdd9586ebcb8655")
_LEFT_ADDS = (0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_RIGHT_ADDS = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0)
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_MIXES: tuple[Callable[[int, int, int], int], ...] = (
    lambda x, y, z: x ^ y ^ z,
    lambda x, y, z: x & y | ~x & z,
    lambda x, y, z: (x | ~y) ^ z,
    lambda x, y, z: x & z | y & ~z,
    lambda x, y, z: x ^ (y | ~z),
)


def ripemd160(data: bytes) -> bytes:
    """The digest, 20 bytes."""
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "little")
    state: Sequence[int] = _START
    for at in range(0, len(padded), 64):
        words = [int.from_bytes(padded[start : start + 4], "little") for start in range(at, at + 64, 4)]
        left = _line(state, words, _LEFT, _LEFT_ADDS, _MIXES)
        right = _line(state, words, _RIGHT, _RIGHT_ADDS, _MIXES[::-1])
        state = [
            (state[(place + 1) % 5] + left[(place + 2) % 5] + right[(place + 3) % 5]) & _MASK for place in range(5)
        ]
    return b"".join(word.to_bytes(4, "little") for word in state)


def _line(
    state: Sequence[int],
    words: Sequence[int],
    orders: Sequence[str],
    adds: Sequence[int],
    mixes: Sequence[Callable[[int, int, int], int]],
) -> tuple[int, int, int, int, int]:
    a, b, c, d, e = state
    for order, turns, add, mix in zip(orders, _TURNS, adds, mixes, strict=True):
        for digit in order:
            which = int(digit, 16)
            turn = int(turns[which], 16)
            total = (a + mix(b, c, d) + words[which] + add) & _MASK
            total = ((total << turn | total >> 32 - turn) + e) & _MASK
            a, b, c, d, e = e, total, b, (c << 10 | c >> 22) & _MASK, d
    return a, b, c, d, e
