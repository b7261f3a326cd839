"""Makes small reports for the tests of regimes on where data may go: who was sent what, and where its server was."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct, structs

from analyzer.knowledge import Knowledge
from analyzer.model import Capture, CountryAnswer, Destination, Evidence, OwnerStep
from analyzer.reported import Group, Method, Recipient, Report
from tests.report.sample import ListLog

KNOWLEDGE = Knowledge()
REGIMES = {regime.id: regime for regime in KNOWLEDGE.regimes()}
DAY = date(2026, 10, 5)
METHOD = Method(
    tool="test", databases=(), seeds=(), app=None, first_party=(), values_shown=False, suffix_list="", detectors=()
)


class Sent(Struct, frozen=True, kw_only=True, rename={"data_type": "type"}):
    """One group: `server` is a country, `edge`, `unknown`, `IN|SG` (sources disagree) or `SG!` (too far away)."""

    data_type: str
    to: str
    server: str
    seat: str | None = None
    evidence: Evidence = "key+value"


def destination(sent: Sent) -> Destination:
    """The host that received it, as attribution would describe it."""
    country, others, far = sent.server.rstrip("!").split("|")[0], sent.server.split("|"), sent.server.endswith("!")
    step = OwnerStep(name="Seated Ltd", country=sent.seat, source="test", checked="2026-01-01", verified=True)
    made = Destination(
        host=sent.to,
        domain=sent.to,
        party="third",
        party_reason="test",
        server_ip="192.0.2.1",
        owner="Seated Ltd" if sent.seat else None,
        owner_country=sent.seat,
        ownership=(step,) if sent.seat else (),
    )
    if country in ("edge", "unknown"):
        return structs.replace(made, server_country_method=country)
    answers = [CountryAnswer(country=code.rstrip("!"), method="Some Database", date="2026-09-01") for code in others]
    return structs.replace(
        made,
        server_country=country,
        server_country_method="Some Database",
        server_country_date="2026-09-01",
        server_countries=tuple(answers),
        server_country_disputed=len(others) > 1,
        server_country_too_far=far,
        connect_ms=4.0 if far else None,
    )


def report(sent: Sequence[Sent], day: date | None = DAY) -> Report:
    """A report in which each host is a recipient; a host's server is that of the first thing it was sent."""
    first = {one.to: one for one in reversed(sent)}
    hosts = list(dict.fromkeys(one.to for one in sent))
    destinations = [destination(first[host]) for host in hosts]
    groups: dict[str, list[Group]] = {host: [] for host in hosts}
    for number, one in enumerate(sent):
        groups[one.to].append(_group(number, one, f"r-{one.to}", hosts.index(one.to)))
    recipients = [
        Recipient(
            id=f"r-{to.host}",
            name=to.owner or to.host,
            party="third",
            owner=to.owner,
            parent=None,
            owner_country=to.owner_country,
            category=None,
            destinations=(to,),
            groups=tuple(groups[to.host]),
            exchanges=1,
        )
        for to in destinations
    ]
    time = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() if day else None
    return Report(
        capture=Capture(
            path="a.har", sha256="0", bytes=1, format="HAR", recorder="test", exchanges=len(sent), first_time=time
        ),
        sentences=(),
        recipients=tuple(recipients),
        matrix=(),
        requests=(),
        transmissions=ListLog([]),
        destinations=tuple(destinations),
        verdicts=(),
        unread=(),
        undecoded=(),
        undecoded_total=0,
        notes=(),
        method=Method(
            tool="test",
            databases=(),
            seeds=(),
            app=None,
            first_party=(),
            values_shown=False,
            suffix_list="",
            detectors=(),
        ),
    )


def _group(number: int, sent: Sent, recipient: str, position: int) -> Group:
    known = KNOWLEDGE.taxonomy.get(sent.data_type) if sent.data_type in KNOWLEDGE.taxonomy else None
    shape: dict[str, Any] = {"location": "body", "path": "a", "decoding": (), "transform": "plain", "seed": None}
    return Group(
        id=f"t{recipient}-{number}",
        recipient=recipient,
        host=sent.to,
        data_type=sent.data_type,
        label=known.label if known else sent.data_type,
        sensitivity=known.sensitivity if known else 0,
        evidence=sent.evidence,
        reasoning="test",
        masked_value="…",
        count=2,
        exchanges=(number,),
        destination=position,
        transmissions=(2 * number, 2 * number + 1),
        **shape,
    )
