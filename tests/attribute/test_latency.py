import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from analyzer.attribute.distance import Distances
from analyzer.attribute.latency import check_latency
from analyzer.model import Destination
from tests.attribute.conftest import DATA

DISTANCES = Distances(DATA / "geo")
COUNTRIES = ["IN", "SG", "US", "DE", "IE", "BR", "AU", "PK", None]


def went(country: str | None, ms: float | None, method: str = "DB-IP Country Lite", ip: str = "8.8.4.4") -> Destination:
    """A destination whose host says what it is."""
    return Destination(
        host=f"{country}-{ms}.example".lower(),
        domain="example",
        party="third",
        party_reason="",
        server_ip=ip,
        server_country=country,
        server_country_method=method,
        region=f"AWS {country}" if method == "cloud region" else None,
        connect_ms=ms,
        sources=("before",),
    )


def cloud(country: str, ms: float | None) -> Destination:
    return went(country, ms, "cloud region")


def marked(*destinations: Destination, captured_in: str | None = None) -> list[bool]:
    return [found.server_country_too_far for found in check_latency(destinations, DISTANCES, captured_in)]


def test_every_handshake_gets_a_sentence() -> None:
    (found,) = check_latency([went("IN", 3.2)], DISTANCES, "IN")
    assert found.sources == (
        "before",
        "TCP handshake in 3.2 ms: what answered stood within 320 km of where the capture was made, "
        "unless something between answered in its place.",
    )


@pytest.mark.parametrize(
    ("ms", "sentence"),
    [
        (3.0, "TCP handshake in 3 ms: what answered stood within 400 km "),  # 3 may stand for 3.9
        (0.25, "TCP handshake in 0.25 ms: what answered stood within 25 km "),
        (1234.5, "TCP handshake in 1234.5 ms: allows for any place on Earth."),
    ],
)
def test_what_a_handshake_proves(ms: float, sentence: str) -> None:
    (found,) = check_latency([went("IN", ms)], DISTANCES)
    assert found.sources[1].startswith(sentence)
    assert found.reach_km == {3.0: 400, 0.25: 25}.get(ms)


@pytest.mark.parametrize("ms", [None, 0.0, -1.0, 0.05, 0.199, 131_000.0, float("nan"), float("inf")])
@pytest.mark.parametrize("captured_in", [None, "IN"])
def test_times_that_say_nothing(ms: float | None, captured_in: str | None) -> None:
    destinations = (went("US", ms), cloud("IN", 1.5))
    assert check_latency(destinations, DISTANCES, captured_in)[0] is destinations[0]


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "::1", "", "not an address"])
def test_addresses_that_say_nothing(ip: str) -> None:
    destination = went("US", 1.5, ip=ip)
    assert check_latency([destination], DISTANCES, "IN") == (destination,)


def test_from_where_the_capture_was_made() -> None:
    assert marked(went("IN", 9.5), went("SG", 9.5), went("US", 9.5), captured_in="IN") == [False, True, True]
    (found,) = check_latency([went("SG", 9.5)], DISTANCES, "IN")
    away = DISTANCES.between("IN", "SG")
    assert found.sources[-1] == (
        f"Server country SG is too far away: at least {away:,.0f} km from IN, where the capture was made "
        "by the user's word."
    )
    assert marked(went("SG", 9.5), captured_in="ZZ") == [False]


def test_cloud_regions_stand_for_where_the_capture_was_made() -> None:
    assert marked(cloud("IN", 3.5), went("US", 4.5), went("IN", 4.5), went("PK", 1.5)) == [False, True, False, False]
    found = check_latency([cloud("IN", 3.5), went("US", 4.5)], DISTANCES)[1]
    assert "too far away" in found.sources[-1]
    assert "in-3.5.example is (AWS IN); handshakes of 4.5 and 3.5 ms reach 800 km." in found.sources[-1]


def test_without_an_anchor_nothing_is_marked() -> None:
    assert marked(went("IN", 3.5), went("US", 4.5)) == [False, False]
    assert marked(cloud("IN", None), went("US", 4.5)) == [False, False]


def test_two_cloud_regions_that_cannot_both_be_right() -> None:
    destinations = (cloud("IN", 3.5), cloud("US", 4.5), cloud("IN", 90.5))
    assert marked(*destinations) == [True, True, False]
    for found in check_latency(destinations, DISTANCES)[:2]:
        assert "though published ranges say both" in found.sources[-1]


def test_an_edge_has_no_country_to_be_wrong() -> None:
    (found,) = check_latency([went(None, 2.5, "edge")], DISTANCES, "IN")
    assert not found.server_country_too_far
    assert len(found.sources) == 2


def some(times: st.SearchStrategy[float | None]) -> st.SearchStrategy[list[Destination]]:
    methods = st.sampled_from(["cloud region", "DB-IP Country Lite"])
    return st.lists(st.builds(went, st.sampled_from(COUNTRIES), times, methods), max_size=8)


@given(some(st.one_of(st.none(), st.floats(-1, 300))), st.sampled_from(COUNTRIES), st.randoms())
def test_order_does_not_matter(destinations: list[Destination], captured_in: str | None, dice: object) -> None:
    shuffled = list(destinations)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = check_latency(destinations, DISTANCES, captured_in)
    again = check_latency(shuffled, DISTANCES, captured_in)
    assert sorted(map(repr, again)) == sorted(map(repr, plain))


@given(some(st.floats(0.2, 150)), st.sampled_from(COUNTRIES))
def test_slower_never_marks_more(destinations: list[Destination], captured_in: str | None) -> None:
    slower = [structs.replace(one, connect_ms=(one.connect_ms or 0) * 2 + 1.1) for one in destinations]
    fast, slow = marked(*destinations, captured_in=captured_in), marked(*slower, captured_in=captured_in)
    assert all(before or not after for before, after in zip(fast, slow, strict=True))
    far = [structs.replace(one, connect_ms=201.0) for one in destinations]
    assert not any(marked(*far, captured_in=captured_in))
