"""MurmurHash3: a short hash that is no cryptographic one, as A. Appleby put it into the public domain (2011)."""

_M32 = 0xFFFFFFFF
_M64 = 0xFFFFFFFFFFFFFFFF


def murmur3_32(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0, unsigned."""
    state = 0
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        state ^= _scrambled(int.from_bytes(data[at : at + 4], "little"))
        state = (_turned(state, 13, 32) * 5 + 0xE6546B64) & _M32
    state ^= _scrambled(int.from_bytes(data[whole:], "little")) ^ len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & _M32
    state = (state ^ state >> 13) * 0xC2B2AE35 & _M32
    return state ^ state >> 16


def murmur3_128(data: bytes) -> tuple[int, int]:
    """MurmurHash3_x64_128 with seed 0: its two halves, unsigned."""
    one = two = 0
    whole = len(data) // 16 * 16
    for at in range(0, whole, 16):
        one ^= _first(int.from_bytes(data[at : at + 8], "little"))
        one = ((_turned(one, 27, 64) + two) * 5 + 0x52DCE729) & _M64
        two ^= _second(int.from_bytes(data[at + 8 : at + 16], "little"))
        two = ((_turned(two, 31, 64) + one) * 5 + 0x38495AB5) & _M64
    rest = data[whole:]
    two ^= _second(int.from_bytes(rest[8:], "little")) ^ len(data)
    one ^= _first(int.from_bytes(rest[:8], "little")) ^ len(data)
    one = (one + two) & _M64
    two = (two + one) & _M64
    one, two = _mixed(one), _mixed(two)
    one = (one + two) & _M64
    return one, (two + one) & _M64


def _turned(value: int, by: int, bits: int) -> int:
    return (value << by | value >> bits - by) & (1 << bits) - 1


def _scrambled(word: int) -> int:
    return _turned(word * 0xCC9E2D51 & _M32, 15, 32) * 0x1B873593 & _M32


def _first(word: int) -> int:
    return _turned(word * 0x87C37B91114253D5 & _M64, 31, 64) * 0x4CF5AD432745937F & _M64


def _second(word: int) -> int:
    return _turned(word * 0x4CF5AD432745937F & _M64, 33, 64) * 0x87C37B91114253D5 & _M64


def _mixed(value: int) -> int:
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _M64
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _M64
    return value ^ value >> 33
