import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.attribution import Attribution, Maker, load_attribution
from analyzer.attribute.owner import suffixes_of
from analyzer.attribute.party import Suggestion
from analyzer.errors import ApptellsError, KnowledgeError
from analyzer.model import Certificate, Contact, NameLookup
from tests.attribute.conftest import DATA
from tests.attribute.mmdb import write_mmdb


def test_the_four_answers_stay_apart(attribution: Attribution) -> None:
    """The 2018 case: a server in Mumbai, Amazon's network, a company with its seat in the United States."""
    found = attribution.destination("in.wzrkt.com", "13.126.10.10")
    assert (found.server_country, found.server_country_method, found.place) == ("IN", "cloud region", "Mumbai")
    assert (found.network, found.asn, found.region) == ("Amazon.com, Inc.", 16509, "AWS ap-south-1")
    assert (found.product, found.owner, found.parent) == ("CleverTap", "WizRocket Inc. (CleverTap)", None)
    assert (found.owner_country, found.owner_verified, found.owner_checked) == ("US", True, "2026-11-22")
    assert found.vendor_region == "in (vendor's label)"
    assert (found.domain, found.party, found.category) == ("wzrkt.com", "third", "engagement")
    assert [source.partition(" ")[0] for source in found.sources] == ["Server", "Network", "Owner", "Owner's", "Region"]


def test_a_local_server_has_an_owner_but_no_country(attribution: Attribution) -> None:
    found = attribution.destination("in1.clevertap-prod.com", "127.77.0.53")
    assert (found.server_country, found.server_country_method, found.network) == (None, "private address", None)
    assert found.owner == "WizRocket Inc. (CleverTap)"


def test_a_hoster_is_named_as_one(attribution: Attribution) -> None:
    found = attribution.destination("d111111abcdef8.cloudfront.net", "13.32.0.1")
    assert (found.owner, found.party, found.server_country_method) == ("Amazon Web Services, Inc.", "unknown", "edge")
    assert any("carry what its customers put there" in source for source in found.sources)


def test_an_unknown_host_says_so(attribution: Attribution) -> None:
    found = attribution.destination("api.kirana-demo.example")
    assert (found.owner, found.domain, found.server_country_method) == (None, "kirana-demo.example", "no address")
    assert found.sources == ("Server country: the capture holds no server address.", "Owner: no table knows this host.")


def test_hosts_of_the_tail_are_not_verified(attribution: Attribution) -> None:
    assert attribution.destination("cdn.segment.com").owner_verified
    with (DATA / "owners" / "services.csv").open(encoding="utf-8", newline="") as file:
        ours = {row["suffix"] for row in csv.DictReader(file)}
    with (DATA / "owners" / "third-party-web.csv").open(encoding="utf-8", newline="") as file:
        host = next(row["suffix"] for row in csv.DictReader(file) if not ours & set(suffixes_of(row["suffix"])))
    found = attribution.destination(host)
    assert (found.owner_source, found.owner_verified, found.owner_country) == ("third-party-web 0.30.0", False, None)
    assert any("not confirmed by a second source" in source for source in found.sources)


def test_what_requests_say_of_the_maker_follows_at_the_end(attribution: Attribution) -> None:
    suggestion = Suggestion("kirana-demo.example", "Origin header of 9 requests names m.kirana-demo.example")
    later = attribution.in_capture(None, suggestions=[suggestion])
    assert attribution.destination("api.kirana-demo.example").party == "unknown"
    found = later.destination("api.kirana-demo.example")
    assert (found.party, found.party_reason) == ("first", suggestion.reason)
    assert later.databases() == attribution.databases()


def test_an_alias_tells_who_answers_for_the_makers_own_host(cache: Path) -> None:
    lookups = [
        NameLookup(name="metrics.kirana.com", aliases=("kirana.sc.omtrdc.net",), source="DNS answer in flow 3"),
        NameLookup(name="img.kirana.com", aliases=("d111111abcdef8.cloudfront.net",), source="DNS answer in flow 4"),
    ]
    attribution = load_attribution(DATA, maker=Maker(app="com.kirana.demo"), cache=cache).in_capture(None, lookups)
    found = attribution.destination("metrics.kirana.com")
    assert (found.party, found.owner, found.aliases) == ("third", "Adobe Inc.", ("kirana.sc.omtrdc.net",))
    assert "by the DNS answer in flow 3" in next(said for said in found.sources if said.startswith("Owner Adobe"))
    assert found.category == "analytics"
    found = attribution.destination("img.kirana.com")
    assert (found.party, found.owner, found.hosted_by) == ("first", None, "Amazon Web Services, Inc.")


def test_an_alias_under_a_makers_domain_that_is_known_is_not_the_makers(cache: Path) -> None:
    lookups = [
        NameLookup(name="metrics.flipkart.com", aliases=("flipkart.sc.omtrdc.net",), source="DNS answer in flow 3")
    ]
    attribution = load_attribution(DATA, maker=Maker(first_party=("flipkart.com",)), cache=cache)
    assert attribution.destination("metrics.flipkart.com").owner == "Flipkart"
    found = attribution.in_capture(None, lookups).destination("metrics.flipkart.com")
    assert (found.party, found.owner) == ("third", "Adobe Inc.")


def test_contacts_become_destinations_with_what_was_measured(attribution: Attribution) -> None:
    certificate = Certificate(subject="*.wzrkt.com", organisation="WizRocket")
    contacts = [
        Contact(host="in.wzrkt.com", server_ip="13.126.10.10", exchanges=3, connect_ms=4.5, certificate=certificate),
        Contact(host="api.kirana-demo.example", exchanges=1),
    ]
    first, second = attribution.destinations(contacts)
    assert (first.host, first.exchanges, first.connect_ms, first.certificate) == ("in.wzrkt.com", 3, 4.5, certificate)
    assert (second.host, second.exchanges, second.connect_ms, second.certificate) == (
        "api.kirana-demo.example",
        1,
        None,
        None,
    )


def test_databases_have_an_age_on_the_day_of_the_capture(attribution: Attribution) -> None:
    ages = {database.name: database.age_days for database in attribution.databases("2026-12-01")}
    assert ages["DB-IP Country Lite"] == 91
    assert {database.age_days for database in attribution.databases()} == {None}


@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_no_host_and_no_address_fails(attribution: Attribution, host: str, ip: str | None) -> None:
    found = attribution.destination(host, ip)
    assert found.host == host
    assert found.party_reason
    assert found.sources


def test_answers_are_remembered(attribution: Attribution) -> None:
    assert attribution.destination("a.example", "8.8.8.8") is attribution.destination("a.example", "8.8.8.8")


def test_databases_carry_what_their_licences_ask_for(attribution: Attribution) -> None:
    databases = {database.name: database for database in attribution.databases()}
    for name in ("DB-IP Country Lite", "DB-IP ASN Lite"):
        shown = databases[name]
        assert (shown.licence, shown.attribution, shown.url) == (
            "CC BY 4.0",
            "IP Geolocation by DB-IP",
            "https://db-ip.com",
        )
        assert (shown.date, len(shown.sha256)) == ("2026-09-01", 64)
    assert databases["third-party-web 0.30.0"].licence == "MIT"


def test_what_the_user_brings(tmp_path: Path, cache: Path) -> None:
    own, geo = tmp_path / "own.csv", tmp_path / "geo.mmdb"
    own.write_text("suffix,owner,country\nwzrkt.com,Mine Ltd,IN\n")
    geo.write_bytes(write_mmdb("GeoLite2-Country", {"13.126.0.0/15": {"country": {"iso_code": "SG"}}}))
    attribution = load_attribution(
        DATA,
        maker=Maker(app="com.kirana.demo", first_party=("b.example",)),
        owner_tables=(own,),
        geoip=(geo,),
        cache=cache,
    )
    found = attribution.destination("in.wzrkt.com", "13.126.10.10")
    assert (found.owner, found.server_country, found.server_country_method) == ("Mine Ltd", "SG", "GeoLite2-Country")
    assert (found.region, found.place) == ("AWS ap-south-1", None)
    assert attribution.destination("api.kirana.com").party == "first"
    assert [database.name for database in attribution.databases()[-2:]] == [
        "own table of owners (own.csv)",
        "GeoLite2-Country (geo.mmdb)",
    ]


def test_what_the_user_gets_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    with pytest.raises(KnowledgeError, match=r"wrong"):
        load_attribution(DATA, owner_tables=(wrong,))
    with pytest.raises(KnowledgeError, match=r"wrong: not a MaxMind DB file"):
        load_attribution(DATA, geoip=(wrong,))
    with pytest.raises(ApptellsError, match="--first-party 'com'"):
        load_attribution(DATA, maker=Maker(first_party=("com",)))


def test_heavy_modules_wait_until_they_are_needed() -> None:
    """A capture of local servers needs no geo reader, and no look-up ever loads an HTTP client."""
    code = (
        "import sys; from pathlib import Path; from analyzer.attribute.attribution import load_attribution\n"
        f"load_attribution(Path({str(DATA)!r})).destination('in.wzrkt.com', '127.0.0.1')\n"
        "print(sorted({'geoip2', 'maxminddb', 'requests', 'tldextract', 'urllib3'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
