import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.distance import FILE, Distances
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

DISTANCES = Distances(DATA / "geo")
CODES = [line.partition(",")[0] for line in (DATA / "countries.csv").read_text("utf-8").splitlines()[1:]]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("IN", "PK", 0, 0),
        ("SG", "MY", 0, 0),
        ("US", "RU", 0, 0),  # the Bering Strait
        ("FR", "BR", 0, 0),  # French Guiana
        ("UA", "RU", 0, 0),
        ("MA", "MR", 0, 0),  # Western Sahara
        ("XK", "AL", 0, 0),
        ("IN", "SG", 1_000, 1_240),  # Great Nicobar to Singapore: 1,240 km
        ("IN", "AE", 900, 1_300),
        ("IE", "US", 3_500, 4_500),  # Maine, not Alaska
        ("JP", "AU", 2_500, 5_500),
        ("NZ", "ES", 15_000, 20_000),
    ],
)
def test_known_distances(one: str, other: str, least: float, most: float) -> None:
    between = DISTANCES.between(one, other)
    assert between is not None
    assert least <= between <= most


def test_every_country_is_in_the_table() -> None:
    assert [code for code in CODES if DISTANCES.between(code, "IN") is None] == []


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_distances_are_symmetric_and_zero_at_home(one: str, other: str) -> None:
    between = DISTANCES.between(one, other)
    assert between is not None
    assert between == DISTANCES.between(other, one)
    assert 0 <= between < 20_038
    assert DISTANCES.between(one, one) == 0


def test_unknown_countries() -> None:
    assert DISTANCES.between("IN", "ZZ") is None
    assert DISTANCES.between("", "IN") is None


@pytest.mark.parametrize(
    "content",
    [None, b"", b"junk", *(lzma.compress(text) for text in (b"", b"A,B\n0\n0\n", b"A\nx\n", b"A,B\n0\n", b"\xff"))],
)
def test_damaged_tables(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(KnowledgeError, match="missing or damaged distances"):
        Distances(tmp_path).between("A", "B")
