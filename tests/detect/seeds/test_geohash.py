"""Geohash against published values."""

import pytest

from analyzer.detect.seeds.geohash import geohash


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((57.64911, 10.40744), "u4pruydqqvj"),
        ((42.605, -5.603), "ezs42"),
        ((0.0, 0.0), "s0000"),
        ((-90.0, -180.0), "00000"),
    ],
)
def test_known_places(place: tuple[float, float], text: str) -> None:
    assert geohash(*place, len(text)) == text
