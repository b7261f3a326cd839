"""The page: its sections, its safety, its limits."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model import Capture, Destination, Phase
from analyzer.report.cards import CARD_LIMIT, FIELD_LIMIT, OPEN_ROWS, ROW_LIMIT
from analyzer.report.html import BRIEF_LIMIT, COLUMN_LIMIT, REQUEST_LIMIT, _dates, _safe_link, render_html
from analyzer.reported import Report
from tests.report.attributed import EVERYTHING, HOLDING, MATCH, NOTHING, OPERATOR, PARENT, attributed_report, recipient
from tests.report.making import builder, exchange, finding, finish
from tests.report.sample import (
    HOSTILE,
    PHASES,
    big_report,
    empty_report,
    founding_report,
    hostile_report,
    phased_report,
)

TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "main", "footer", "section", "article", "h1", "h2",
    "h3", "h4", "p", "span", "bdi", "dl", "dt", "dd", "div", "small", "b", "i", "code", "ol", "ul", "li", "table",
    "caption", "thead", "tbody", "tr", "th", "td", "details", "summary",
    "svg", "path", "text",
}  # fmt: skip
VOID = {"meta"}
LINKS = {"https://db-ip.com", OPERATOR.source, PARENT.country_source, *HOLDING.source.split("; ")} - {"written by hand"}


class Page(HTMLParser):
    """The page's tags, texts and attributes; `open_tags` stays empty where every tag is closed in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open_tags: list[str] = []
        self.texts: list[str] = []
        self.style = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open_tags and self.open_tags[-1] == "style":
            self.style += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r" ([.,:;])", r"\1", " ".join(" ".join(self.texts).split()))

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def page_of(report: Report) -> Page:
    return Page("".join(render_html(report)))


@pytest.fixture(scope="module")
def founding() -> Page:
    return page_of(founding_report())


def test_sections_come_in_order(founding: Page) -> None:
    ids = [attributes["id"] for tag, attributes in founding.tags if tag == "section"]
    assert ids == ["found", "matrix", "shared", "recipients", "rules", "unseen", "capture", "requests", "method"]


@pytest.mark.parametrize(
    "said",
    [
        "What Townhall 3.4.1 (fictitious) sent, to whom, and where",
        "23 March 2018, 10:00 to 10:21 UTC",
        "5f2b" * 16,
        "Server location India, Mumbai by AWS's published ranges, 2026-10-26",
        "Hosting network Amazon.com, Inc. AS16509, AWS ap-south-1 (Mumbai)",
        "Owner WizRocket Inc. Operates CleverTap.",
        "Owner\u2019s seat United States",
        "Vendor says in by a region label in the host name: a statement of the vendor, not a measurement.",
        "Edge network, origin unknown",
        "Meta Platforms, Inc. one source",
        "URL-encoded lz-string JSON",
        "sha256(lower)",
        "seed: the value equals the seed.",
        "payments.bank.example",
        "6 connections could not be read",
        "3 bodies or parts that no decoder could open",
        "Entry 41: the entry has no request",
        "A capture shows transmission, not use or storage",
        "Advertising ID 3…d Server-made identifier cookie uid b…5",
        "3 values that servers handed out were sent back to the recipient that made them and to no other",
        "2 bodies or parts (3,781 bytes) could not be decoded: what this recipient received in them is not known.",
        "TLS gives no proof of what a server sent.",
        "2,048",
    ],
)
def test_founding_case_is_told(founding: Page, said: str) -> None:
    assert said in founding.text


@pytest.fixture(scope="module")
def attributed() -> Page:
    return page_of(attributed_report())


def test_sections_on_who_and_where_come_in_order(attributed: Page) -> None:
    ids = [attributes["id"] for tag, attributes in attributed.tags if tag == "section"]
    assert ids == ["indicators", "found", "matrix", "shared", "recipients", "unknown", "rules", "unseen", "capture",
                   "requests", "method"]  # fmt: skip
    assert "#indicators" in attributed.values("href")


@pytest.mark.parametrize(
    "said",
    [
        "Server location India, Mumbai by AWS's published ranges, 2026-10-26 disputed DB-IP Country Lite says the "
        "United States, 2026-09-01 GeoIP2-City agrees, 2026-08-11",
        "too far India is too far away for a TCP handshake of 3.24 ms: what answered stood within 324 km of where",
        "Hosting network Amazon.com, Inc. AS16509, AWS ap-south-1 (Mumbai) Said to be: hosting provider By its name "
        "or alias, a customer\u2019s host at Example Edge, Inc.",
        "Owner\u2019s seat United States of Cataphora Corporation Not known of Anaphora Holding Ltd Germany of",
        "Ownership Anaphora GmbH Seat: Germany Operates the host since 2012 Source: https://anaphora.example/imprint, "
        "checked 2026-11-22 Anaphora Holding Ltd one source Seat not known Owns Anaphora GmbH since 2019-05 until "
        "2026-01 1 source https://register.example/anaphora; written by hand; https://news.example/",
        "Cataphora Corporation Seat: United States Owns Anaphora Holding Ltd since 2021-04-20 2 sources annual report "
        "of 2025, checked 2026-11-22 Seat: https://register.example/cataphora, checked 2026-11-22",
        "Alias of kirana.sc.metrics.example d1.edge.example Certificate Names the organisation Anaphora GmbH "
        "(Germany); for *.metrics.example; issued by Example Trust CA 2 SHA-256 9c9c",
        "Server location Not known No source knows the address Hosting network Not known Owner Not known No table of "
        "owners names it. Party unknown. Owner\u2019s seat Not known The owner is not known.",
        "2 indicator matches",
        "Request 7 went to cfg.obscure.example, which is under the domain obscure.example that made-up.stix2 "
        "(indicator--1b2f, created 2024-01-02) lists for ExampleSpy. domain "
        "Seen 2 times, in requests 7, 60.",
        "lists for ExampleSpy. address no longer vouched for What we found",
        "No table of owners names who operates these 2 domains.",
        "obscure.example 5 cfg.obscure.example Obscure Works Pvt Ltd d9.edge.example Example Transit Singapore",
        "quiet.example 0 x7.quiet.example no organisation none captured not known not known",
        "Captured in Germany, as stated for this report",
        "Indicators 12 indicators from 2 lists: 2 matches",
        "2026-09-01 91 days: run apptells data update CC BY 4.0",
        "2026-10-26 newer than the capture MIT",
        "made-up.stix2 11 4 efef",
    ],
)
def test_who_and_where_is_told(attributed: Page, said: str) -> None:
    assert said in attributed.text


def test_a_hosting_company_is_not_taken_for_its_customer() -> None:
    to = msgspec.structs.replace(EVERYTHING, hosted_by=EVERYTHING.owner)
    alone = recipient(1, to)
    both = msgspec.structs.replace(alone, id="r2", destinations=(EVERYTHING, to, to))
    text = page_of(msgspec.structs.replace(attributed_report(), recipients=(alone, both))).text
    assert text.count("Operates Anaphora Analytics. Hosts it for a customer who is not known.") == 1
    assert text.count("Operates Anaphora Analytics. Hosts 2 of 3 for customers who are not known.") == 1
    assert "customer who is not known" not in page_of(attributed_report()).text


def test_lists_that_name_nothing_are_told_of() -> None:
    page = page_of(msgspec.structs.replace(attributed_report(), indicator_matches=()))
    assert "Indicators 12 indicators from 2 lists: none seen in this capture" in page.text
    assert "indicators" not in page.values("id")


def test_what_was_not_given_is_said_plainly(founding: Page) -> None:
    assert "Captured in Not stated" in founding.text
    assert "Indicators No list was given to compare the capture with" in founding.text
    assert "2026-09-01 not known CC BY 4.0" in founding.text


def test_an_operator_without_an_owner_is_said_to_be_so() -> None:
    to = msgspec.structs.replace(NOTHING, owner=OPERATOR.name, ownership=(OPERATOR,), owner_country="DE")
    text = page_of(msgspec.structs.replace(attributed_report(), recipients=(recipient(1, to),))).text
    assert "Operates the host since 2012; no owner above it is known" in text
    assert "Owner\u2019s seat Germany Ownership" in text


@pytest.mark.parametrize(
    ("to", "linked"),
    [
        (NOTHING, False),
        (msgspec.structs.replace(NOTHING, server_country_method="DB-IP Country Lite"), True),
        (msgspec.structs.replace(NOTHING, server_countries=EVERYTHING.server_countries), True),
        (msgspec.structs.replace(NOTHING, sources=("Network Example: DB-IP ASN Lite of 2026-09-01.",)), True),
    ],
)
def test_every_use_of_dbip_has_its_link(to: Destination, linked: bool) -> None:
    report = msgspec.structs.replace(empty_report(), destinations=(to,))
    assert ("IP Geolocation by DB-IP. Values" in page_of(report).text) is linked


def test_many_matches_are_folded_and_cut() -> None:
    many = tuple(msgspec.structs.replace(MATCH, id=f"i{number}") for number in range(1, ROW_LIMIT + 21))
    page = page_of(msgspec.structs.replace(attributed_report(), indicator_matches=many))
    assert len([name for name in page.values("id") if re.fullmatch(r"i\d+", name)]) == ROW_LIMIT
    assert f"{ROW_LIMIT - OPEN_ROWS} more matches" in page.text
    assert "20 more in report.json." in page.text


def test_many_unknown_owners_are_cut() -> None:
    row = attributed_report().unknown_owners[0]
    page = page_of(msgspec.structs.replace(attributed_report(), unknown_owners=(row,) * (ROW_LIMIT + 7)))
    assert "7 more in report.json." in page.text
    assert "these 207 domains" in page.text


def test_the_request_of_a_match_is_there_beyond_the_limit() -> None:
    report = attributed_report()
    many = tuple(msgspec.structs.replace(report.requests[0], exchange=n, groups=()) for n in range(REQUEST_LIMIT + 9))
    match = msgspec.structs.replace(MATCH, exchanges=(REQUEST_LIMIT + 5,))
    page = page_of(msgspec.structs.replace(report, requests=many, indicator_matches=(match,)))
    assert f"request-{REQUEST_LIMIT + 5}" in page.values("id")
    assert f"#request-{REQUEST_LIMIT + 5}" in page.values("href")


def test_words_are_neutral(founding: Page, attributed: Page) -> None:
    words = re.compile(r"\b(leak|steal|stole|violat|suspicious|danger|infect|malicious|threat)")
    assert not words.search(founding.text.lower())
    assert not words.search(attributed.text.lower())


def test_sentences_link_to_their_requests(founding: Page) -> None:
    proofs = [attributes["href"] for tag, attributes in founding.tags if attributes.get("class") == "proof"]
    assert proofs == ["#request-7", "#request-7", "#request-9", "#request-11", "#request-6"]


@pytest.mark.parametrize(
    "report",
    [
        founding_report(), empty_report(), hostile_report(), big_report(3, 250), big_report(20, 5), attributed_report(),
        hostile_report(sample=attributed_report()), phased_report(), hostile_report(sample=phased_report()),
    ],
    ids=[
        "founding", "empty", "hostile", "long card", "many recipients", "attributed", "hostile attributed", "phased",
        "hostile phased",
    ],
)  # fmt: skip
def test_page_is_whole(report: Report) -> None:
    page = page_of(report)
    ids = page.values("id")
    inner = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert page.open_tags == []
    assert {tag for tag, _ in page.tags} <= TAGS
    assert len(ids) == len(set(ids))
    assert inner <= set(ids)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    assert not page.values("src")
    assert {link for link in page.values("href") if not link.startswith("#")} <= LINKS
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")


def test_policy_lets_nothing_load_and_names_the_style(founding: Page) -> None:
    policy = next(a["content"] or "" for _, a in founding.tags if a.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(founding.style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    assert "url(" not in founding.style
    assert "@import" not in founding.style


def test_same_report_same_page() -> None:
    assert "".join(render_html(founding_report())) == "".join(render_html(founding_report()))


def test_hostile_text_is_shown_as_text() -> None:
    page = page_of(hostile_report())
    assert "<script>window.pwned=1</script>" in page.text
    assert "{{7*7}}{% for x in (1,) %}" in page.text
    assert r"moc.elgoog\u202egpj\u2066\u200b" in page.text
    assert r"nul\x00 bell\x07 escape\x1b[31m" in page.text
    assert r"half \ud800 pair" in page.text
    assert "x" * 2_001 not in page.text
    assert "more characters)" in page.text


@settings(max_examples=15)
@given(st.text(alphabet=st.characters(codec=None, categories=None), min_size=1, max_size=60))
def test_no_text_breaks_out(text: str) -> None:
    page = "".join(render_html(hostile_report((text,), attributed_report())))
    parsed = Page(page)
    assert page.encode("utf-8")
    assert all(character.isprintable() for character in page if character != "\n")
    assert parsed.open_tags == []
    assert {tag for tag, _ in parsed.tags} <= TAGS


def test_nothing_found_is_said_plainly() -> None:
    text = page_of(empty_report()).text
    assert "No personal data was recognised in 64 exchanges." in text
    assert "Nothing is known to be missing." in text
    assert "Traffic that bypassed the recorder cannot appear in a capture" in text
    assert "IP Geolocation by DB-IP. Values" not in text


def test_nothing_found_names_what_could_not_be_seen() -> None:
    losses = founding_report()
    report = msgspec.structs.replace(empty_report(), unread=losses.unread, undecoded=losses.undecoded,
                                     undecoded_by_host=losses.undecoded_by_host, undecoded_total=1_234)  # fmt: skip
    text = page_of(report).text
    assert "6 connections could not be read, 1,234 bodies or parts could not be decoded" in text
    assert "Nothing is known to be missing" not in text


def test_undecoded_past_the_listed_ones_are_counted_by_host() -> None:
    losses = founding_report()
    first, second = losses.undecoded_by_host
    counts = (
        msgspec.structs.replace(first, count=1_500),
        msgspec.structs.replace(second, host="never-listed.example", count=77),
    )
    text = page_of(msgspec.structs.replace(losses, undecoded_by_host=counts)).text
    assert "1,498 more, counted only" in text
    assert "never-listed.example 77 counted only" in text


def test_a_line_for_each_recipient_that_knows_an_identifier(founding: Page) -> None:
    kinds = [attributes["class"] or "" for tag, attributes in founding.tags if tag == "path"]
    legend, lines = kinds[:2], kinds[2:]
    assert legend == ["sent", "assigned"]
    assert sorted(lines) == ["assigned", "sent", "sent", "sent", "sent"]


def test_no_identifier_that_several_know() -> None:
    report = msgspec.structs.replace(empty_report(), returned_total=1)
    text = page_of(report).text
    assert "No identifier was seen to go to more than one recipient." in text
    assert "1 value that a server handed out was sent back to the recipient that made it and to no other" in text


def test_many_shared_identifiers_are_folded_and_cut() -> None:
    report = founding_report()
    many = tuple(msgspec.structs.replace(report.shared_identifiers[0], id=f"s{n}") for n in range(1, ROW_LIMIT + 21))
    page = page_of(msgspec.structs.replace(report, shared_identifiers=many, shared_total=900))
    assert len([name for name in page.values("id") if re.fullmatch(r"s\d+", name)]) == ROW_LIMIT
    assert "700 more are not shown; report.json lists 220." in page.text
    assert "Not drawn: 888 identifiers." in page.text


def test_what_is_drawn_is_listed() -> None:
    """Identifiers for which there is no room in the drawing are passed over, but not as far as those without a row."""
    report = founding_report()
    model = report.shared_identifiers[0]
    wide = [msgspec.structs.replace(model, id="s1", recipients=tuple(f"r{n}" for n in range(50)), names=("A",) * 50)]
    apart = [
        msgspec.structs.replace(model, id=f"s{n}", recipients=(f"x{n}", f"y{n}"), names=("X", "Y"), receivers=())
        for n in range(2, ROW_LIMIT + 1)
    ]
    late = msgspec.structs.replace(wide[0], id=f"s{ROW_LIMIT + 1}")
    page = page_of(
        msgspec.structs.replace(report, shared_identifiers=(*wide, *apart, late), shared_total=ROW_LIMIT + 1)
    )
    assert {link[1:] for link in page.values("href") if link.startswith("#s")} <= set(page.values("id"))
    assert f"Not drawn: {ROW_LIMIT} identifiers" in page.text


def test_something_found_but_nothing_to_tell() -> None:
    report = msgspec.structs.replace(founding_report(), sentences=())
    said = "No personal data was recognised by more than the name of its field. All that was recognised is in the table"
    assert said in page_of(report).text


def test_long_cards_and_wide_matrices_are_cut_and_say_so() -> None:
    page = page_of(big_report(COLUMN_LIMIT + 3, ROW_LIMIT + 50))
    fields = [a for tag, a in page.tags if tag == "li" and a.get("class") == "field"]
    columns = [attributes for tag, attributes in page.tags if tag == "th" and attributes.get("scope") == "col"]
    assert "50 more in report.json." in page.text
    assert "3 more recipients have no column here; they stand below." in page.text
    assert len([a for tag, a in page.tags if tag == "article"]) == COLUMN_LIMIT + 3
    assert len(fields) == FIELD_LIMIT + OPEN_ROWS * (COLUMN_LIMIT + 3)
    assert len(fields) > ROW_LIMIT * 5
    assert len(columns) > COLUMN_LIMIT


def test_recipients_without_a_card_stand_in_a_table_and_links_find_them() -> None:
    report = big_report(CARD_LIMIT + BRIEF_LIMIT + 3, 9)
    last, beyond = report.recipients[CARD_LIMIT + BRIEF_LIMIT - 1], report.recipients[-1]
    counts = tuple(
        msgspec.structs.replace(report.undecoded_by_host[0], recipient=each.id, bytes=number)
        for number, each in enumerate((last, beyond), 7)
    )
    page = page_of(msgspec.structs.replace(report, undecoded_by_host=counts))
    assert len([a for tag, a in page.tags if tag == "article"]) == CARD_LIMIT
    assert f"{BRIEF_LIMIT:,} more recipients, in brief" in page.text
    row = page.text[page.text.index(f"{last.name} third party United States India, Mumbai") :][:400]
    assert "Full name, Email address" in row
    assert "Parts could not be decoded" in row
    assert "3 more in report.json." in page.text
    assert f"#{last.id}" in page.values("href")
    assert last.id in page.values("id")
    assert beyond.name in page.text
    assert beyond.id not in page.values("id")
    assert f"#{beyond.id}" not in page.values("href")


def test_what_bears_a_sentence_stands_under_it() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("loc.precise", evidence="key+value")])
    made.add(exchange(1), "t.example", [finding("person.email"), finding("person.phone")])
    page = page_of(finish(made))
    assert "Evidence: known value (2) name and form (1) Requests 1, 0" in page.text
    proofs = [attributes["href"] for tag, attributes in page.tags if attributes.get("class") == "proof"]
    assert proofs == ["#request-1", "#request-0"]
    assert set(proofs) <= {f"#{name}" for name in page.values("id")}


def test_what_was_not_looked_for_or_not_seen_is_said_beside_what_was_found() -> None:
    report = founding_report()
    text = page_of(report).text
    assert "No known values were searched for" not in text
    assert "The app\u2019s own host received personal data too ( townhall.example )." in text
    blind = msgspec.structs.replace(
        report,
        method=msgspec.structs.replace(report.method, seeds=()),
        capture=msgspec.structs.replace(report.capture, complete=False),
    )
    text = page_of(blind).text
    assert "the recording lacks parts or leaves them uncertain, the capture breaks off, as listed below" in text
    assert "No known values were searched for: data that neither proves nor names itself was not recognised." in text


def test_a_proof_beyond_the_limit_is_still_there() -> None:
    report = founding_report()
    many = tuple(msgspec.structs.replace(report.requests[0], exchange=n, groups=()) for n in range(REQUEST_LIMIT + 9))
    last = msgspec.structs.replace(report.sentences[0], requests=(7, REQUEST_LIMIT + 5))
    page = page_of(msgspec.structs.replace(report, requests=many, sentences=(last,)))
    requests = [name for name in page.values("id") if name.startswith("request-")]
    assert len(requests) == REQUEST_LIMIT + 1
    assert requests[-1] == f"request-{REQUEST_LIMIT + 5}"
    assert "8 more in report.json." in page.text


def test_shown_values_are_announced() -> None:
    report = founding_report()
    shown = msgspec.structs.replace(report, method=msgspec.structs.replace(report.method, values_shown=True))
    assert "Values are shown as captured." in page_of(shown).text
    assert "Values are masked." in page_of(report).text


def _capture(first: float | None, last: float | None) -> Capture:
    return msgspec.structs.replace(founding_report().capture, first_time=first, last_time=last)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (0.0, 1.0, "1 January 1970, 00:00 UTC"),
        (0.0, 60.0, "1 January 1970, 00:00 to 00:01 UTC"),
        (0.0, 86_400.0, "1 January 1970, 00:00 to 2 January 1970, 00:00 UTC"),
        (None, None, None),
        (None, 1.0, None),
        (1e300, 1e300, None),
        (float("nan"), 0.0, None),
    ],
)
def test_dates(first: float | None, last: float | None, shown: str | None) -> None:
    assert _dates(_capture(first, last)) == shown


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://db-ip.com", True),
        ("http://db-ip.com", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_https_becomes_a_link(url: str, safe: bool) -> None:
    assert _safe_link(url) is safe


def test_hostile_texts_are_all_used() -> None:
    shown = page_of(hostile_report()).text
    assert all(text[:8].isprintable() and text[:8] in shown for text in HOSTILE if text[:8].isprintable())


@pytest.fixture(scope="module")
def phased() -> Page:
    return page_of(phased_report())


@pytest.mark.parametrize(
    "said",
    [
        "Phases before-consent from 10:05:00 UTC, after-accept from 10:08:10 UTC, logged-in from 10:12:00 UTC",
        "When it was transmitted",
        "the consent screen was answered (accepted at 10:08:10 UTC)",
        "before the first mark from 10:00:00 UTC",
        "in phase before-consent before the answer",
        "in phase after-accept",
        "◂ before the consent screen was answered",
    ],
)
def test_what_the_page_says_of_phases(phased: Page, said: str) -> None:
    assert said in phased.text


def test_the_phases_are_drawn_for_the_eye_and_told_for_the_ear(phased: Page) -> None:
    tracks = [attributes for tag, attributes in phased.tags if attributes.get("class") == "track"]
    assert len(tracks) == 4
    assert tracks[0]["aria-label"] == "First transmissions: 2 in before-consent, 1 in after-accept"
    assert len([True for tag, attributes in phased.tags if attributes.get("class") == "answer"]) == 4 + 1


def test_cells_of_what_came_before_the_answer_are_marked() -> None:
    report = phased_report()
    page = "".join(render_html(report))
    matrix = page[page.index('id="matrix"') : page.index('id="shared"')]
    early = {
        (group.data_type, group.recipient)
        for recipient in report.recipients
        for group in recipient.groups
        if (group.first_time or 0) < PHASES[1].time
    }
    assert 0 < len(early) < sum(cell is not None for row in report.matrix for cell in row.cells)
    assert matrix.count(", also before the consent screen was answered") == len(early)
    assert matrix.count('class="early"') == len(early) + 1


def test_words_on_phases_are_neutral(phased: Page) -> None:
    assert not re.search(r"\b(leak|steal|stole|violat|without consent|unlawful|illegal)", phased.text.lower())


@pytest.mark.parametrize("words", ["phases", "in no phase", "◂", ".bands", "also before"])
def test_a_session_without_phases_says_nothing_of_them(words: str) -> None:
    assert words not in "".join(render_html(founding_report()))


def test_phases_without_an_answer_mark_no_cell() -> None:
    page = "".join(render_html(phased_report(PHASES[2:])))
    assert "logged-in" in page
    assert "early" not in page[page.index("<body>") :]
    assert "consent screen" not in page


def test_many_phases_are_counted() -> None:
    many = [Phase(name=f"p{number}", time=1521799200.0 + number) for number in range(1_000)]
    text = page_of(phased_report(many)).text
    assert "p11 from 10:00:11 UTC and 988 more" in text
    assert "p11 from 10:00:11 UTC; with 988 later phases" in text
    assert "p12 from" not in text


def test_a_body_whose_hash_is_not_known_has_none_on_the_page() -> None:
    report = founding_report()
    requests = tuple(msgspec.structs.replace(each, body_sha256="") for each in report.requests)
    page = page_of(msgspec.structs.replace(report, requests=requests))
    assert "Body SHA-256" not in page.text


def test_a_vendors_region_is_its_label_alone(attributed: Page) -> None:
    assert "Vendor says in1 by a region label in the host name" in attributed.text
    assert "vendor's label" not in attributed.text
