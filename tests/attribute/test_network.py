from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.cloud import load_cloud
from analyzer.attribute.datafile import load_data_files
from analyzer.attribute.network import GeoDatabase, Network, load_edges
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA
from tests.attribute.mmdb import write_mmdb

GEO = DATA / "geo"
FILES = load_data_files(GEO / "databases.csv")
MakeNetwork = Callable[..., Network]


@pytest.fixture(scope="module")
def make(cache: Path) -> MakeNetwork:
    def network(*user: Path, folder: Path | None = cache) -> Network:
        return Network(
            load_cloud(GEO / "cloud-ranges.csv.xz", GEO / "regions.csv"),
            FILES["cloud-ranges.csv.xz"].date,
            load_edges(GEO / "edge-networks.csv"),
            FILES["dbip-country-lite.mmdb.xz"],
            FILES["dbip-asn-lite.mmdb.xz"],
            folder,
            user,
        )

    return network


@pytest.fixture(scope="module")
def network(make: MakeNetwork) -> Network:
    return make()


@pytest.mark.parametrize("ip", ["13.126.10.10", "::ffff:13.126.10.10", "64:ff9b::13.126.10.10", "[::ffff:d7e:a0a]"])
def test_cloud_region(network: Network, ip: str) -> None:
    found = network.locate(ip)
    assert (found.country, found.method, found.date) == ("IN", "cloud region", "2026-10-26")
    assert (found.region, found.place) == ("AWS ap-south-1", "Mumbai")
    assert (found.network, found.asn) == ("Amazon.com, Inc.", 16509)
    assert found.sources == (
        "Server country IN: cloud region AWS ap-south-1 (Mumbai), "
        "by the ranges that Amazon Web Services publishes, as of 2026-10-26.",
        "Network Amazon.com, Inc. (AS16509): DB-IP ASN Lite of 2026-09-01.",
    )


def test_country_database(network: Network) -> None:
    found = network.locate("164.100.1.1")
    assert (found.country, found.method, found.date) == ("IN", "DB-IP Country Lite", "2026-09-01")
    assert (found.network, found.asn, found.region, found.place) == ("National Informatics Centre", 4758, None, None)
    assert network.locate("2001:4490::1").country == "IN"


@pytest.mark.parametrize(
    ("ip", "operator"),
    [
        ("104.16.0.1", "Cloudflare"),
        ("2606:4700::1", "Cloudflare"),
        ("13.32.0.1", "Amazon Web Services"),
        ("151.101.1.1", "Fastly"),
        ("23.45.1.1", "Akamai"),
        ("142.250.1.1", "Google"),
        ("13.107.42.14", "Microsoft"),
    ],
)
def test_edge_networks_have_no_country(network: Network, ip: str, operator: str) -> None:
    found = network.locate(ip)
    assert (found.country, found.method, found.region, found.place) == (None, "edge", None, None)
    assert found.sources[0].startswith(f"Server country: edge, origin unknown; {operator} answers")
    assert found.asn
    assert f"{found.date}" in found.sources[0]


@pytest.mark.parametrize(
    ("ip", "method", "said"),
    [
        ("127.77.0.53", "private address", "127.77.0.53 is a loopback address"),
        ("10.0.2.2", "private address", "10.0.2.2 is a private address"),
        ("203.0.113.1", "private address", "203.0.113.1 is a documentation address"),
        ("2001:db8::1", "private address", "2001:db8::1 is a documentation address"),
        ("", "no address", "the capture holds no server address"),
        (None, "no address", "the capture holds no server address"),
        ("<script>", "unknown", "'<script>' is not an IP address"),
    ],
)
def test_addresses_that_are_never_looked_up(network: Network, ip: str | None, method: str, said: str) -> None:
    found = network.locate(ip)
    assert (found.country, found.method, found.network, found.asn) == (None, method, None, None)
    assert said in found.sources[0]


def test_databases_stay_packed_until_a_public_address(make: MakeNetwork, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    network = make(folder=cache)
    network.locate("127.0.0.1")
    assert not cache.exists()
    assert network.locate("164.100.1.1").country == "IN"
    assert len(list(cache.iterdir())) == 2


def test_it_works_without_a_cache(make: MakeNetwork) -> None:
    found = make(folder=None).locate("164.100.1.1")
    assert (found.country, found.asn) == ("IN", 4758)


@given(st.one_of(st.text(max_size=60), st.ip_addresses().map(str)))
def test_every_text_gets_an_answer_with_a_source(network: Network, ip: str) -> None:
    found = network.locate(ip)
    assert found.sources
    assert found.country is None or len(found.country) == 2


@pytest.mark.parametrize(
    ("kind", "record", "country", "asn"),
    [
        ("GeoLite2-Country", {"country": {"iso_code": "SG"}}, "SG", None),
        ("GeoIP2-City", {"country": {"iso_code": "SG"}, "city": {"names": {"en": "Singapore"}}}, "SG", None),
        (
            "GeoIP2-Enterprise",
            {"country": {"iso_code": "SG"}, "traits": {"autonomous_system_number": 64496}},
            "SG",
            64496,
        ),
        ("GeoLite2-ASN", {"autonomous_system_number": 64496, "autonomous_system_organization": "Net"}, None, 64496),
        ("GeoIP2-ISP", {"autonomous_system_number": 64496, "autonomous_system_organization": "Net"}, None, 64496),
        ("other lite", {"country_code": "SG", "asn": "AS64496", "as_name": "Net"}, "SG", 64496),
        ("other", {"country": {"iso_code": "SG"}}, "SG", None),
    ],
)
def test_the_users_file_by_its_type(
    make: MakeNetwork, tmp_path: Path, kind: str, record: object, country: str | None, asn: int | None
) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(write_mmdb(kind, {"164.100.0.0/16": record, "13.126.0.0/15": record}))
    network = make(path)
    found = network.locate("164.100.1.1")
    assert (found.country, found.method) == (country, kind) if country else ("IN", "DB-IP Country Lite")
    assert found.asn == (asn or 4758)
    assert found.date == ("2026-09-21" if country else "2026-09-01")
    in_cloud = network.locate("13.126.10.10")
    assert in_cloud.region == "AWS ap-south-1"
    assert in_cloud.place == (None if country else "Mumbai")
    assert in_cloud.country == (country or "IN")
    assert network.locate("49.44.1.1").method == "DB-IP Country Lite"
    (file,) = network.user_files()
    assert (file.name, file.date, file.licence) == (f"{kind} (own.mmdb)", "2026-09-21", "the user's own")


def test_an_edge_stays_an_edge_whatever_the_users_file_says(make: MakeNetwork, tmp_path: Path) -> None:
    path = tmp_path / "own.mmdb"
    anycast = {"country": {"iso_code": "US"}, "traits": {"is_anycast": True}}
    path.write_bytes(write_mmdb("GeoIP2-Country", {"104.16.0.0/13": anycast, "164.100.0.0/16": anycast}))
    network = make(path)
    assert network.locate("104.16.0.1").method == "edge"
    assert network.locate("164.100.1.1").country is None


@pytest.mark.parametrize(
    "record", ["text", {"country": "SG"}, {"country": {"iso_code": 7}}, {"country": {"iso_code": "EU"}}]
)
def test_strange_records_are_no_answer(tmp_path: Path, record: object) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(write_mmdb("X-Country", {"164.100.0.0/16": record}, version=4))
    database = GeoDatabase(path)
    assert database.find(ip_address("164.100.1.1")).country is None
    assert database.find(ip_address("2001:4490::1")).country is None


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"\xab\xcd\xefMaxMind.com", b"\xab\xcd\xefMaxMind.com\xe1\x41a\x41b"]
)
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"own\.mmdb: not a MaxMind DB file"):
        GeoDatabase(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"none\.mmdb: cannot be read"):
        GeoDatabase(tmp_path / "none.mmdb")
    with pytest.raises(KnowledgeError, match=r"not a MaxMind DB file"):
        GeoDatabase(tmp_path)


def test_a_broken_database_is_no_answer(tmp_path: Path) -> None:
    whole = write_mmdb("X-Country", {f"{first}.0.0.0/8": {"country": {"iso_code": "SG"}} for first in range(1, 99)})
    path = tmp_path / "own.mmdb"
    answers: set[str | None] = set()
    refused = 0
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        try:
            answers.add(GeoDatabase(path).find(ip_address("13.0.0.1")).country)
        except KnowledgeError:
            refused += 1
    assert answers == {None, "SG"}
    assert refused


def test_the_shipped_dates_are_those_in_the_files(cache: Path, network: Network) -> None:
    network.locate("164.100.1.1")
    for path in cache.iterdir():
        with maxminddb.open_database(path) as database:
            built = datetime.fromtimestamp(database.metadata().build_epoch, UTC).date().isoformat()
        assert FILES[path.name.rpartition(".")[0] + ".xz"].date == built


def test_mistakes_in_edges(tmp_path: Path) -> None:
    path = tmp_path / "edges.csv"
    path.write_text("asn,operator,note\nAS1,A,\n2,,\n3,C,\n3,D,\n")
    with pytest.raises(KnowledgeError) as error:
        load_edges(path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "5"]
