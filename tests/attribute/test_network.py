from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import maxminddb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

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
            load_cloud(GEO / "cloud-ranges.bin.xz", GEO / "regions.csv"),
            FILES["cloud-ranges.bin.xz"].date,
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
    assert [(answer.country, answer.method, answer.date, answer.place) for answer in found.countries] == [
        ("IN", "cloud region", "2026-10-26", "Mumbai"),
        ("IN", "DB-IP Country Lite", "2026-09-01", None),
    ]
    assert not found.disputed
    assert found.sources == (
        "Server country IN: cloud region AWS ap-south-1 (Mumbai), "
        "by the ranges that Amazon Web Services publishes, as of 2026-10-26.",
        "Network Amazon.com, Inc. (AS16509): DB-IP ASN Lite of 2026-09-01.",
    )


def test_country_database(network: Network) -> None:
    found = network.locate("164.100.1.1")
    assert (found.country, found.method, found.date) == ("IN", "DB-IP Country Lite", "2026-09-01")
    assert (found.network, found.asn, found.region, found.place) == ("National Informatics Centre", 4758, None, None)
    assert [answer.country for answer in found.countries] == ["IN"]


@pytest.mark.parametrize(
    ("ip", "country", "method"),
    [
        ("2001:4490::1", "IN", "DB-IP Country Lite"),
        ("2600:1f18::1", "US", "cloud region"),
        ("2406:da1a::1", "IN", "cloud region"),
        ("2600:1901:0:1234::", None, "edge"),  # Google Cloud, global
        ("2607:f8b0::1", None, "edge"),  # Google's front ends
        ("2a03:2880::1", None, "edge"),
        ("fd00::1", None, "private address"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", None, "private address"),  # Teredo
        ("2002:a464:101::1", "IN", "DB-IP Country Lite"),  # 6to4 of 164.100.1.1
        ("2002:c0a8:101::1", None, "private address"),  # 6to4 of 192.168.1.1
        ("::ffff:164.100.1.1", "IN", "DB-IP Country Lite"),
    ],
)
def test_ipv6(network: Network, ip: str, country: str | None, method: str) -> None:
    found = network.locate(ip)
    assert (found.country, found.method) == (country, method)


@pytest.mark.parametrize(
    ("ip", "operator"),
    [
        ("104.16.0.1", "Cloudflare"),
        ("2606:4700::1", "Cloudflare"),
        ("13.32.0.1", "Amazon Web Services"),
        ("151.101.1.1", "Fastly"),
        ("23.45.1.1", "Akamai"),
        ("142.250.1.1", "Google"),
        ("204.79.197.200", "Microsoft"),
        ("13.107.246.40", "Microsoft"),  # Azure Front Door, announced by AS8075 like the regions
        ("2620:1ec:c11::200", "Microsoft"),
        ("75.2.60.5", "Amazon Web Services"),  # Global Accelerator
        ("34.120.1.1", "Google Cloud"),
        ("157.240.1.1", "Meta"),
        ("17.253.1.1", "Apple"),
        ("76.76.21.21", "Vercel"),
        ("9.9.9.9", "Quad9"),
    ],
)
def test_edge_networks_have_no_country(network: Network, ip: str, operator: str) -> None:
    found = network.locate(ip)
    assert (found.country, found.method, found.region, found.place) == (None, "edge", None, None)
    assert found.sources[0].startswith(f"Server country: edge, origin unknown; {operator} answers")
    assert found.asn
    assert f"{found.date}" in found.sources[0] or "its range" in found.sources[0]
    assert not found.disputed
    assert all(answer.method == "DB-IP Country Lite" for answer in found.countries)


@pytest.mark.parametrize("ip", ["17.57.144.1", "130.211.1.1", "20.192.1.1", "172.104.1.1", "45.33.32.156"])
def test_ordinary_servers_of_those_companies_are_no_edge(network: Network, ip: str) -> None:
    assert network.locate(ip).country


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


def test_an_installed_database_is_not_packed(tmp_path: Path) -> None:
    plain = tmp_path / "dbip-country-lite.mmdb"
    plain.write_bytes(write_mmdb("DBIP-Country-Lite", {"164.100.0.0/16": {"country": {"iso_code": "SG"}}}))
    country = structs.replace(FILES["dbip-country-lite.mmdb.xz"], path=plain, date="2026-12-01")
    cloud, edges = load_cloud(GEO / "cloud-ranges.bin.xz", GEO / "regions.csv"), load_edges(GEO / "edge-networks.csv")
    network = Network(cloud, "2026-10-26", edges, country, country, tmp_path / "cache")
    assert network.locate("164.100.1.1").country == "SG"
    assert network.locate("49.44.1.1").method == "unknown"
    assert not (tmp_path / "cache").exists()


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
    assert in_cloud.place == ("Singapore" if "City" in kind else None if country else "Mumbai")
    assert in_cloud.country == (country or "IN")
    assert in_cloud.disputed == bool(country)
    assert found.place == ("Singapore" if "City" in kind else None)
    assert network.locate("49.44.1.1").method == "DB-IP Country Lite"
    (file,) = network.user_files()
    assert (file.name, file.date, file.licence) == (f"{kind} (own.mmdb)", "2026-09-21", "the user's own")


FLAGS = {"is_anonymous": True, "is_anonymous_vpn": True, "is_tor_exit_node": True, "is_hosting_provider": False}


@pytest.mark.parametrize(
    ("kind", "record", "kinds"),
    [
        ("GeoIP2-Anonymous-IP", FLAGS, ("VPN", "Tor exit")),
        ("GeoIP2-Anonymous-IP", {"is_anonymous": True}, ("anonymous network",)),
        ("GeoIP2-Anonymous-IP", {"is_hosting_provider": True}, ("hosting provider",)),
        (
            "GeoIP2-Anonymous-IP",
            {"is_public_proxy": True, "is_residential_proxy": True},
            ("public proxy", "residential proxy"),
        ),
        ("GeoIP-Anonymous-Plus", FLAGS, ("VPN", "Tor exit")),
        ("GeoIP2-Connection-Type", {"connection_type": "Cellular"}, ("Cellular connection",)),
        ("GeoIP2-Enterprise", {"traits": {"is_anonymous_vpn": True}}, ("VPN",)),
        ("other", {"is_hosting_provider": "yes", "is_tor_exit_node": 1}, ()),
    ],
)
def test_kinds_of_network(make: MakeNetwork, tmp_path: Path, kind: str, record: object, kinds: tuple[str, ...]) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(write_mmdb(kind, {"164.100.0.0/16": record}))
    network = make(path, path)
    found = network.locate("164.100.1.1")
    assert (found.kinds, found.country) == (kinds, "IN")
    said = f"Kind of network {', '.join(kinds)}: {kind} of 2026-09-21, the user's file."
    assert found.sources.count(said) == (2 if kinds else 0)
    assert network.locate("49.44.1.1").kinds == ()


def test_sources_that_differ_are_all_shown(make: MakeNetwork, tmp_path: Path) -> None:
    paths = []
    for kind, country in (("GeoLite2-Country", "SG"), ("other", "DE")):
        paths.append(tmp_path / f"{kind}.mmdb")
        paths[-1].write_bytes(write_mmdb(kind, {"13.126.0.0/15": {"country": {"iso_code": country}}}))
    network = make(*paths)
    found = network.locate("13.126.10.10")
    assert (found.country, found.method, found.disputed, found.place) == ("SG", "GeoLite2-Country", True, None)
    assert [answer.country for answer in found.countries] == ["SG", "DE", "IN", "IN"]
    assert found.sources[:2] == (
        "Server country SG: GeoLite2-Country of 2026-09-21, the user's file.",
        "Server country is disputed: SG by GeoLite2-Country of 2026-09-21; DE by other of 2026-09-21; "
        "IN by cloud region of 2026-10-26; IN by DB-IP Country Lite of 2026-09-01.",
    )
    assert not network.locate("164.100.1.1").disputed


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"city": {"names": {"de": "Singapur", "en": "Singapore"}}}, "Singapore"),
        ({"subdivisions": [{"names": {"en": "Karnataka"}}, {"names": {"en": "Bengaluru Urban"}}]}, "Bengaluru Urban"),
        ({"city": {"names": {"de": "Singapur"}}}, None),
        ({"city": "Pune"}, "Pune"),
        ({"city": {"names": ["Pune"]}, "subdivisions": [7]}, None),
    ],
)
@pytest.mark.parametrize("kind", ["GeoLite2-City", "other"])
def test_the_place_in_a_city_file(
    make: MakeNetwork, tmp_path: Path, kind: str, record: dict[str, object], place: str | None
) -> None:
    path = tmp_path / "own.mmdb"
    path.write_bytes(write_mmdb(kind, {"164.100.0.0/16": {"country": {"iso_code": "IN"}, **record}}))
    found = make(path).locate("164.100.1.1")
    assert found.country == "IN"
    assert found.place == (None if kind == "GeoLite2-City" and isinstance(record.get("city"), str) else place)


def test_the_users_file_of_ipv6(make: MakeNetwork, tmp_path: Path) -> None:
    path = tmp_path / "own.mmdb"
    record = {"country": {"iso_code": "SG"}}
    path.write_bytes(write_mmdb("GeoLite2-Country", {"2001:4490::/32": record, "164.100.0.0/16": record}))
    network = make(path)
    assert network.locate("2001:4490::1").country == "SG"
    assert network.locate("64:ff9b::a464:101").country == "SG"
    assert network.locate("2400:4000::1").method == "DB-IP Country Lite"


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
    with pytest.raises(KnowledgeError, match=r": not a file: give an \.mmdb file"):
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
    path.write_text("network,operator,note\n1,A,\nAS2,,\nAS3,C,\nAS3,D,\n10.0.0.1/8,E,\n10.0.0.0/8,F,\n")
    with pytest.raises(KnowledgeError) as error:
        load_edges(path)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "5", "6"]
