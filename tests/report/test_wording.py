"""Every combination of answers makes sentences and pages that are grammatical, neutral and borne by what they name."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from msgspec.structs import replace

from analyzer.detect.shared_ids import SharedIds
from analyzer.model import Destination, Party, Phase, Unread
from analyzer.report.html import render_html
from analyzer.reported import Report
from tests.report.attributed import HOLDING, OPERATOR, PARENT
from tests.report.making import CAPTURE, METHOD, START, builder, destination, each, exchange, finding, phases

SERVERS: tuple[dict[str, object], ...] = (
    {},
    {"place": "Singapore", "server_country": "SG", "region": "AWS ap-southeast-1"},
    {"place": "Netherlands", "server_country": "NL", "region": "Azure westeurope"},
    {"server_country": None, "server_country_method": "edge", "region": None},
    {"server_country": None, "server_country_method": "edge", "region": None, "network": None},
    {"server_country": None, "server_country_method": "private address", "region": None},
    {"server_country": None, "server_country_method": "unknown", "region": None, "network": None},
    {"server_ip": None, "server_country": None, "region": None},
)
OWNERS: tuple[dict[str, object], ...] = (
    {},
    {"owner": "Tracker Inc.", "owner_country": "US"},
    {"owner": "Tracker GmbH", "parent": "Parent Corp.", "owner_country": None},
    {"owner": OPERATOR.name, "ownership": (OPERATOR, PARENT)},
    {"owner": OPERATOR.name, "ownership": (OPERATOR, HOLDING, PARENT)},
    {"owner": "Cloud, Inc.", "hosted_by": "Cloud, Inc.", "owner_country": "NL"},
)
PARTIES: tuple[Party, ...] = ("first", "third", "unknown")
KINDS: tuple[tuple[str, ...], ...] = (
    ("person.email",), ("person.email", "dev.os"), ("gov.in.aadhaar", "id.ad", "loc.precise"),
    ("person.name.given", "person.name.family", "person.name.full"),
    ("person.name.full", "person.email", "person.phone", "person.photo", "person.gender", "person.dob", "fin.card.pan",
     "fin.upi.vpa", "loc.precise", "person.education", "person.occupation", "id.ad", "dev.os", "dev.model"),
)  # fmt: skip
TIMES: tuple[tuple[Phase, ...], ...] = (
    (),
    phases(after_accept=0.5),
    phases(after_accept=900),
    phases(after_reject=0.5),
)

WRONG = re.compile(
    r"  | [,;.]|\(\)|\.\.|,,|;;|\bNone\b|\bthe The\b|\b(\w+),?(?: the)? \1\b"
    r"|\b1 (?:more )?(?:recipients|identifiers|kinds|exchanges|requests|hosts|connections|bodies|entries)\b"
    r"|\b(?:[02-9]|\d\d+) (?:more )?(?:recipient|identifier|kind|exchange|request|connection|entry)\b"
)
JUDGING = re.compile(r"\b(?:leak|steal|stole|violat|illegal|spy|secretly|suspicious)", re.I)


def made_report(
    recipients: int, party: Party, kinds: Sequence[str], marks: Sequence[Phase], more: dict[str, object]
) -> Report:
    """Each recipient is sent the first kind by itself, then the others together; two addresses where they are even."""
    made = builder()
    for number in range(recipients):
        for turn, found in enumerate((kinds[:1], kinds[1:])):
            sent = exchange(number * 2 + turn, phases=marks, ip=f"192.0.2.{turn if number % 2 else 0}")
            made.add(sent, f"h{number}.t{number}x.example", [finding(kind, path=kind) for kind in found])

    def answer(host: str, ip: str | None, exchanges: int) -> Destination:
        one = destination(host, more.get("server_ip", ip), exchanges, party)  # type: ignore[arg-type]
        one = replace(one, **{name: value for name, value in more.items() if name != "server_ip"})
        return replace(one, owner=f"{one.owner} {host[:2]}") if one.owner and recipients > 1 else one

    capture = replace(CAPTURE, phases=tuple(marks), exchanges=recipients, last_time=START + 90_000 * (recipients % 2))
    return made.finish(capture, (), METHOD, each(lambda to: answer(to.host, to.server_ip, to.exchanges)), SharedIds())


def combinations() -> Iterator[tuple[int, Party, Sequence[str], Sequence[Phase], dict[str, object]]]:
    for server, owner, party in product(SERVERS, OWNERS, PARTIES):
        yield 1, party, KINDS[1], (), server | owner
    for recipients, party, kinds, marks in product((1, 2, 5, 6, 9), PARTIES, KINDS, TIMES):
        yield recipients, party, kinds, marks, OWNERS[1]


def test_sentences_of_every_combination() -> None:
    walked = 0
    for combination in combinations():
        report = made_report(*combination)
        assert 0 < len(report.sentences) <= 5, combination
        for sentence in report.sentences:
            text = sentence.text
            walked += 1
            assert not WRONG.search(text), text
            assert not JUDGING.search(text), text
            assert re.match(r"(?:On |From |The |An )", text), text
            assert text.endswith("."), text
            assert text.count("(") == text.count(")"), text
            assert sentence.requests[0] == sentence.exchange
            assert set(sentence.requests) <= {request.exchange for request in report.requests}
    assert walked > 700


@pytest.mark.parametrize("count", [0, 1, 2])
def test_pages_with_none_one_and_two_of_everything(count: int) -> None:
    report = made_report(count, "third", KINDS[0], (), OWNERS[1])
    unread = tuple(Unread(host=f"u{number}.example", reason="made", count=1) for number in range(count))
    report = replace(report, unread=unread, undecoded_total=count, returned_total=count)
    page = "".join(render_html(report))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page[page.index("<main>") : page.index("</main>")]))
    for wrong in (
        r"\b1 (?:recipients|exchanges|transmissions|connections|bodies|entries|fields|bytes|kinds|values)\b",
        r"\b[02] (?:recipient|exchange|transmission|connection|body|entry|field|byte|kind|value)\b",
        r"\.[A-Z](?=[a-z])", r" [,;]", r"\.\. ",
    ):  # fmt: skip
        assert not re.search(wrong, text), re.search(f".{{30}}{wrong}.{{20}}", text)
