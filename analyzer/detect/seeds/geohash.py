"""Geohash: a place as a short text (G. Niemeyer, 2008), the longer the more precise."""

ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"


def geohash(latitude: float, longitude: float, length: int) -> str:
    """The geohash of a place in degrees; five characters are about five kilometres, nine about five metres."""
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    bits = 0
    for turn in range(length * 5):
        span, value = spans[turn % 2], (longitude, latitude)[turn % 2]
        middle = (span[0] + span[1]) / 2
        above = value >= middle
        span[0 if above else 1] = middle
        bits = bits << 1 | above
    return "".join(ALPHABET[bits >> 5 * position & 31] for position in reversed(range(length)))
