"""The sample report with all that attribution can say: owners, aliases, certificates, disputes, indicators."""

from msgspec.structs import replace

from analyzer.model import Certificate, CountryAnswer, Destination, OwnerStep
from analyzer.report.unknown import unknown_owners
from analyzer.reported import IndicatorList, IndicatorMatch, Recipient, Report
from tests.report.sample import founding_report

OPERATOR = OwnerStep(
    name="Anaphora GmbH", country="DE", source="https://anaphora.example/imprint", checked="2026-11-22", verified=True,
    country_source="https://anaphora.example/imprint", since="2012",
)  # fmt: skip
HOLDING = OwnerStep(
    name="Anaphora Holding Ltd", country=None, source="https://register.example/anaphora; written by hand; "
    "https://news.example/2021/04/20/anaphora-becomes-part-of-another-company-of-advertising-and-marketing",
    checked="2026-11-22", verified=False, since="2019-05", until="2026-01",
)  # fmt: skip
PARENT = OwnerStep(
    name="Cataphora Corporation", country="US", source="annual report of 2025", checked="2026-11-22", verified=True,
    country_source="https://register.example/cataphora", since="2021-04-20",
)  # fmt: skip
CERTIFICATE = Certificate(
    subject="*.metrics.example", organisation="Anaphora GmbH", country="DE", issuer="Example Trust CA 2",
    sha256="9c" * 32, sha1="7d" * 20,
)  # fmt: skip

EVERYTHING = Destination(
    host="metrics.kirana.example", domain="kirana.example", party="third", exchanges=21,
    party_reason="under kirana.example, but DNS gave it as an alias of kirana.sc.metrics.example (Anaphora GmbH)",
    product="Anaphora Analytics", owner="Anaphora GmbH", parent="Cataphora Corporation", owner_country="US",
    owner_source=OPERATOR.source, owner_checked="2026-11-22", owner_verified=True,
    ownership=(OPERATOR, HOLDING, PARENT), category="analytics", hosted_by="Example Edge, Inc.",
    aliases=("kirana.sc.metrics.example", "d1.edge.example"), certificate=CERTIFICATE, server_ip="13.126.10.21",
    server_country="IN", server_country_method="cloud region", server_country_date="2026-10-26",
    server_countries=(
        CountryAnswer(country="IN", method="cloud region", date="2026-10-26", place="Mumbai"),
        CountryAnswer(country="US", method="DB-IP Country Lite", date="2026-09-01"),
        CountryAnswer(country="IN", method="GeoIP2-City", date="2026-08-11", place="Mumbai"),
    ),
    server_country_disputed=True, connect_ms=3.24, reach_km=324, server_country_too_far=True,
    network="Amazon.com, Inc.", asn=16509,
    network_kinds=("hosting provider",), region="AWS ap-south-1", place="Mumbai", vendor_region="in1 (vendor's label)",
    sources=("Country: AWS publishes 13.126.0.0/15 as ap-south-1 (2026-10-26).",),
)  # fmt: skip
NOTHING = Destination(host="x7.quiet.example", domain="quiet.example", party="unknown", party_reason="party unknown")
UNKNOWN = Destination(
    host="cfg.obscure.example", domain="obscure.example", party="third", party_reason="not under townhall.example",
    aliases=("d9.edge.example",), certificate=replace(CERTIFICATE, organisation="Obscure Works Pvt Ltd", country="IN"),
    server_ip="198.51.100.9", server_country="SG", server_country_method="DB-IP Country Lite",
    server_country_date="2026-09-01", network="Example Transit", asn=64496, exchanges=5,
    server_countries=(CountryAnswer(country="SG", method="DB-IP Country Lite", date="2026-09-01"),),
)  # fmt: skip

MATCH = IndicatorMatch(
    id="i1", kind="domain", indicator="obscure.example", observed="cfg.obscure.example", how="is under the domain",
    indicates=("ExampleSpy",), source="made-up.stix2, indicator--1b2f, created 2024-01-02", expired=False, count=2,
    exchanges=(7, 60), sentence="Request 7 went to cfg.obscure.example, which is under the domain obscure.example "
    "that made-up.stix2 (indicator--1b2f, created 2024-01-02) lists for ExampleSpy.",
)  # fmt: skip
LISTS = (
    IndicatorList(name="made-up.stix2", sha256="ef" * 32, usable=11, others=4),
    IndicatorList(name="second.stix2", sha256="fe" * 32, usable=1, others=0),
)


def recipient(number: int, to: Destination) -> Recipient:
    return Recipient(
        id=f"r{number}", name=to.owner or to.domain, party=to.party, owner=to.owner, parent=to.parent,
        owner_country=to.owner_country, category=to.category, destinations=(to,), groups=(), exchanges=to.exchanges,
    )  # fmt: skip


def attributed_report() -> Report:
    """The founding case with three more recipients: with every answer, with none, and without an owner."""
    sample = founding_report()
    more = tuple(recipient(number, to) for number, to in enumerate((EVERYTHING, NOTHING, UNKNOWN), 5))
    databases = tuple(
        replace(database, age_days=days) for database, days in zip(sample.method.databases, (91, -3), strict=True)
    )
    return replace(
        sample,
        recipients=sample.recipients + more,
        destinations=sample.destinations + tuple(to for each in more for to in each.destinations),
        method=replace(sample.method, databases=databases, indicators=LISTS, captured_in="DE"),
        indicator_matches=(MATCH, replace(MATCH, id="i2", kind="address", expired=True, exchanges=(), count=1)),
        unknown_owners=unknown_owners(more),
    )
