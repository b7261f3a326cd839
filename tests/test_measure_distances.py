"""The maintainer's measure of distances, on a map of three squares."""

import math
from itertools import pairwise

import pytest

from analyzer.attribute.distance import STEP
from tests.measure_distances import MARGIN, dense, measure

DEGREE = 111.2
"""Kilometres on a great circle."""


def square(west: int, south: int) -> list[list[int]]:
    """Ten degrees by ten, as the first point and the steps from there."""
    return [[west, south], [10, 0], [0, 10], [-10, 0], [0, -10]]


ATLAS = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [square(0, 0), square(10, 0), square(60, 0)],
    "objects": {
        "countries": {
            "geometries": [
                {"id": "356", "properties": {"name": "India"}, "arcs": [[0]]},
                {"id": "702", "properties": {"name": "Singapore"}, "arcs": [[[1]]]},
                {"id": "250", "properties": {"name": "France"}, "arcs": [[~2]]},
                {"properties": {"name": "Kosovo"}, "arcs": [[0]]},
            ]
        }
    },
}


def test_distances_are_lower_bounds() -> None:
    codes, steps = measure(ATLAS)
    km = {(one, other): steps[k][n] * STEP for k, one in enumerate(codes) for n, other in enumerate(codes)}
    assert set(codes) == {"IN", "SG", "FR", "GF", "GP", "MQ", "RE", "YT", "RS", "XK"}
    assert km["IN", "IN"] == km["IN", "SG"] == km["IN", "XK"] == 0
    assert km["FR", "RE"] == 0
    true = 40 * DEGREE * math.cos(math.radians(10))  # on the parallel; the great circle is a little shorter
    assert true - MARGIN - 80 < km["SG", "FR"] <= true - MARGIN
    assert km["SG", "FR"] == km["FR", "SG"] == km["SG", "GF"]
    assert km["IN", "FR"] > km["SG", "FR"]


@pytest.mark.parametrize("end", [(0.01, 0.0), (10.0, 0.0), (-30.0, 20.0)])
def test_no_two_points_of_a_line_are_far_apart(end: tuple[float, float]) -> None:
    points = list(dense([(0.0, 0.0), end]))
    assert (points[0], points[-1]) == ((0.0, 0.0), end)
    assert all(DEGREE * math.dist(one, other) <= 10.01 for one, other in pairwise(points))
