from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.geo_record import GeoAnswer, read_record

KEYS = [
    "country", "country_code", "iso_code", "city", "names", "en", "subdivisions", "traits", "asn", "as_name",
    "autonomous_system_number", "autonomous_system_organization", "connection_type", "is_anonymous", "is_anycast",
]  # fmt: skip
RECORDS: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("IN")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
)


@given(st.dictionaries(st.sampled_from(KEYS), RECORDS, max_size=6))
def test_every_record_is_read(record: dict[str, Any]) -> None:
    answer = read_record(record)
    assert answer.country is None or len(answer.country) == 2
    assert answer.asn is None or answer.asn >= 0
    assert answer.place is None or isinstance(answer.place, str)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({}, GeoAnswer()),
        ({"country": {"iso_code": "IN"}}, GeoAnswer("IN")),
        ({"country_code": "IN", "city": "Pune"}, GeoAnswer("IN", "Pune")),
        ({"country": "EU"}, GeoAnswer()),
        ({"country": "in"}, GeoAnswer()),
        ({"asn": "AS64496", "as_name": "Net"}, GeoAnswer(asn=64496, organisation="Net")),
        ({"asn": "AS99999999999"}, GeoAnswer()),
        ({"traits": {"autonomous_system_number": 64496, "is_anycast": True}}, GeoAnswer(asn=64496, anycast=True)),
        ({"is_anonymous": True}, GeoAnswer(kinds=("anonymous network",))),
        ({"is_anonymous": True, "is_anonymous_vpn": True}, GeoAnswer(kinds=("VPN",))),
        ({"connection_type": "Cellular"}, GeoAnswer(kinds=("Cellular connection",))),
    ],
)
def test_schemas(record: dict[str, Any], answer: GeoAnswer) -> None:
    assert read_record(record) == answer
