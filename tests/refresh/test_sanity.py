from pathlib import Path

import pytest

from analyzer.attribute.address import not_public, parse_address
from analyzer.errors import KnowledgeError
from analyzer.refresh.sanity import COUNTRIES, NETWORKS, REGIONS, SUFFIXES, THIRD_PARTIES, Checked, check
from tests.attribute.conftest import DATA
from tests.refresh.made import asn_db, country_db, mmdb

TABLE = DATA / "geo" / "regions.csv"


def asked(tmp_path: Path, role: str, content: bytes) -> Checked:
    (tmp_path / "file").write_bytes(content)
    return check(role, tmp_path / "file", TABLE)


def test_about_twenty_look_ups_each_of_which_can_be_answered() -> None:
    for table in (COUNTRIES, NETWORKS, REGIONS, SUFFIXES, THIRD_PARTIES):
        assert len(table) >= 19
    for ip in (*COUNTRIES, *NETWORKS, *REGIONS):
        address = parse_address(ip)
        assert address is not None
        assert not_public(address) is None


def test_four_fifths_have_to_be_right(tmp_path: Path) -> None:
    others = {"a8_8_8_8": "CA", "a77_88_8_8": "US", "a52_58_1_1": "FR", "a34_93_1_1": "SG"}
    checked = asked(tmp_path, "country", country_db(**others))
    assert (checked.right, checked.asked, checked.sound) == (17, 21, True)
    assert "8.8.8.8 is CA, not US" in checked.wrong
    assert not asked(tmp_path, "country", country_db(**others, a13_48_1_1="FI")).sound


@pytest.mark.parametrize(
    ("records", "sound"),
    [
        ({}, True),
        ({"192.0.2.0/24": {"country": {"iso_code": "IN"}}}, True),
        ({"8.8.8.0/24": {"country": {"iso_code": "US"}}}, True),
        ({"8.8.8.0/24": {"country": {"iso_code": "IN"}}}, False),
        ({"8.8.8.0/24": {"autonomous_system_number": 64496}}, False),
    ],
)
def test_a_database_of_the_user_may_know_little_but_not_wrongly(
    tmp_path: Path, records: dict[str, object], sound: bool
) -> None:
    assert asked(tmp_path, "geoip", mmdb("Office", records or {"192.0.2.0/24": {}})).sound is sound


def test_of_a_database_that_knows_neither_country_nor_network_nothing_is_asked(tmp_path: Path) -> None:
    anonymous = mmdb("GeoIP2-Anonymous-IP", {"13.126.0.0/16": {"is_hosting_provider": True}})
    assert asked(tmp_path, "geoip", anonymous) == Checked(right=0, asked=0, wrong=())


def test_of_the_users_databases_networks_are_asked_too(tmp_path: Path) -> None:
    assert asked(tmp_path, "geoip", asn_db()).right == len(NETWORKS)


@pytest.mark.parametrize("role", ["country", "network", "geoip", "cloud-ranges"])
def test_what_cannot_be_read_as_its_role(tmp_path: Path, role: str) -> None:
    with pytest.raises(KnowledgeError):
        asked(tmp_path, role, b"\xff\xfe neither")


def test_roles_without_look_ups(tmp_path: Path) -> None:
    assert asked(tmp_path, "services", b"anything") == Checked(right=0, asked=0, wrong=())
    assert asked(tmp_path, "services", b"anything").sound
