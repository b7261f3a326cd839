"""Renders the report as one HTML page that loads nothing, runs nothing, and prints."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from analyzer.countries import in_country, load_countries
from analyzer.model import Capture, Destination, Undecoded
from analyzer.report.cards import OPEN_ROWS, ROW_LIMIT, cards_of, closed_of
from analyzer.report.dates import in_words
from analyzer.report.declarations import declared_view
from analyzer.report.drawing import draw, draw_session
from analyzer.report.groups import answer_of, is_before, told
from analyzer.report.places import server_in_words, source_of, statement, too_far
from analyzer.report.requests import moment
from analyzer.report.sentences import answered
from analyzer.report.visible import visible
from analyzer.reported import OLD_DAYS, MatrixRow, Recipient, Report, UndecodedCount

TEXT_LIMIT = 400
"""Characters of one captured text that the page shows; `report.json` holds all of it."""
LIST_LIMIT = 2000
"""Characters of a sentence or a list, which hold several texts."""
COLUMN_LIMIT = 12
"""Recipients that the matrix has columns for; all have a card."""
REQUEST_LIMIT = 1000
BRIEF_LIMIT = 1000
"""Recipients beyond those with a card that the page names."""
PROOFS_SHOWN = 8
"""Requests that a sentence links to."""
PHASE_LIMIT = 12

VENDOR_LABEL = " (vendor's label)"
STRONG = ("seed", "documented", "validated")
EVIDENCE_MEANING = {
    "seed": "The value is a known one, or a proven derivation of it.",
    "documented": "An adapter documents this field of this service.",
    "validated": "The value proves itself by its checksum or grammar.",
    "key+value": "The field's name and the form of its value agree.",
    "key": "Only the field's name says so.",
}
EVIDENCE_WORDS = {
    "seed": "known value",
    "documented": "documented field",
    "validated": "checksum or grammar",
    "key+value": "name and form",
    "key": "name only",
}
LOCATION_WORDS = {"path": "URL path", "host": "host name", "message": "WebSocket message"}
ENCODING_WORDS = {
    "urlencoded": "URL-encoded", "lzstring": "lz-string", "json": "JSON", "base64": "Base64", "base64url": "Base64 URL",
    "hex": "hexadecimal", "xml": "XML", "jwt": "JWT", "grpc": "gRPC", "msgpack": "MessagePack", "br": "Brotli",
    "ndjson": "JSON lines", "zstd": "Zstandard", "multipart": "multipart form",
}  # fmt: skip


class UndecodedHost(Struct, frozen=True):
    """What could not be decoded of one host's requests."""

    host: str
    shown: tuple[Undecoded, ...]
    more: int
    """Further ones in `report.json`."""
    unlisted: int
    """Those that are only counted."""


def render_html(report: Report) -> Iterator[str]:
    """The page in chunks: UTF-8 text with its own style, no script, and a policy that lets a browser load nothing.

    The same report gives the same page. Captured text is escaped, its invisible characters are written out, and
    what is longer than `TEXT_LIMIT` is cut.
    """
    page = Environment(
        loader=PackageLoader("analyzer.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every expression of every template passes here before it is escaped: nothing captured can go round it.
        finalize=_shown,
    )
    countries = load_countries()
    labels = {group.id: group.label for recipient in report.recipients for group in recipient.groups}
    phases, answer = report.capture.phases, answer_of(report.capture.phases)
    page.filters |= {
        "country": lambda code: countries.get(code, code),
        "in_country": lambda code: in_country(code, countries),
        "statement": lambda answer, to: statement(answer, to, countries),
        "source_of": source_of,
        "server": lambda to: server_in_words(to, countries),
        "region_label": lambda label: label.removesuffix(VENDOR_LABEL),
        "too_far": too_far,
        "by_label": lambda names: _by_label(names, labels),
        "party": lambda party: "party unknown" if party == "unknown" else f"{party} party",
        "number": lambda count: f"{count:,}",
        "location": lambda word: LOCATION_WORDS.get(word, word),
        "encoding": lambda word: ENCODING_WORDS.get(word, word),
        "is_before": lambda group: is_before(group, answer),
        "clock": lambda time: f"{at:%H:%M:%S}" if (at := moment(time)) else "",
        "words": lambda name: (name[:1].upper() + name[1:]).replace("_", " "),
        "capital": lambda text: text[:1].upper() + text[1:],
        "whole": lambda text: escape(visible(text, LIST_LIMIT)),
        "stop": lambda text: text if text.endswith((".", "!", "?", "…")) else text + ".",
    }
    declared = declared_view(report)
    sheets = ("report.css", *(("phases.css",) if phases else ()), *(("declared.css",) if declared else ()))
    css = "".join(_style(page, name) for name in sheets)
    closed = closed_of(report.recipients, report.undecoded_by_host)
    cards = cards_of(report.recipients, closed)
    brief = report.recipients[len(cards) : len(cards) + BRIEF_LIMIT]
    requests = report.requests[:REQUEST_LIMIT]
    proofs = {index for sentence in report.sentences for index in sentence.requests}
    proofs |= {index for match in report.indicator_matches for index in match.exchanges}
    requests += tuple(request for request in report.requests[REQUEST_LIMIT:] if request.exchange in proofs)
    return page.get_template("report.html.j2").generate(
        report=report,
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        proofs_shown=PROOFS_SHOWN,
        own=_own(report) if report.sentences else None,
        cards=cards,
        brief=brief,
        more_recipients=len(report.recipients) - len(cards) - len(brief),
        recipient_anchors={recipient.id for recipient in report.recipients[: len(cards) + len(brief)]},
        columns=report.recipients[:COLUMN_LIMIT],
        matrix=_by_category(report.matrix),
        column_limit=COLUMN_LIMIT,
        requests=requests,
        request_anchors={request.exchange for request in requests},
        group_anchors={group.id for card in cards for group in (*card.open_rows, *card.folded_rows)},
        data_types=len(report.matrix),
        undecoded=_by_host(report.undecoded, report.undecoded_by_host),
        closed=closed,
        closed_ids={each.recipient.id for each in closed},
        drawing=draw(report.shared_identifiers[:ROW_LIMIT]),
        session=draw_session(report.capture, report.recipients),
        answered=answered(answer) if answer else None,
        before={
            (group.data_type, group.recipient)
            for recipient in report.recipients
            for group in recipient.groups
            if is_before(group, answer)
        },
        phases=phases[:PHASE_LIMIT],
        shared_open=report.shared_identifiers[:OPEN_ROWS],
        shared_folded=report.shared_identifiers[OPEN_ROWS:ROW_LIMIT],
        open_rows=OPEN_ROWS,
        row_limit=ROW_LIMIT,
        dates=_dates(report.capture),
        strong=STRONG,
        evidence_meaning=EVIDENCE_MEANING,
        evidence_words=EVIDENCE_WORDS,
        links_dbip=any(_rests_on_dbip(to) for to in report.destinations),
        old_days=OLD_DAYS,
        indicators=sum(each.usable for each in report.method.indicators),
        safe_link=_safe_link,
        declared=declared,
    )


def _shown(value: object) -> object:
    return visible(value, TEXT_LIMIT) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style(page: Environment, name: str) -> str:
    return (page.loader.get_source(page, name)[0] if page.loader else "").replace("\r\n", "\n")


def _own(report: Report) -> Recipient | None:
    """The app's own hosts where they received what is worth telling and sentences tell of others only."""
    telling = [recipient for recipient in report.recipients if told(recipient)]
    own = [recipient for recipient in telling if recipient.party == "first"]
    return own[0] if len(own) < len(telling) and own else None


def _rests_on_dbip(to: Destination) -> bool:
    """Whether its country or its network is DB-IP's answer, whose licence (CC BY 4.0) asks for a link on the page."""
    said = (to.server_country_method, *(answer.method for answer in to.server_countries), *to.sources)
    return any("DB-IP" in words for words in said)


def _by_label(groups: Sequence[str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each label once, with the first of the groups that bear it."""
    first: dict[str, str] = {}
    for group in groups:
        first.setdefault(labels.get(group, group), group)
    return list(first.items())


def _by_category(rows: Sequence[MatrixRow]) -> tuple[tuple[str, tuple[MatrixRow, ...]], ...]:
    categories = dict.fromkeys(row.category for row in rows)
    return tuple((category, tuple(row for row in rows if row.category == category)) for category in categories)


def _by_host(undecoded: Sequence[Undecoded], counts: Sequence[UndecodedCount]) -> tuple[UndecodedHost, ...]:
    """The listed ones of each host, the first ones of it shown, in the order of the counts."""
    hosts: dict[str, list[Undecoded]] = {}
    for body in undecoded:
        hosts.setdefault(body.host, []).append(body)
    room, answer = ROW_LIMIT, []
    for count in counts[:ROW_LIMIT]:
        bodies = hosts.get(count.host, [])
        shown = tuple(bodies[: max(1, min(10, room))])
        room -= len(shown)
        answer.append(UndecodedHost(count.host, shown, len(bodies) - len(shown), max(0, count.count - len(bodies))))
    return tuple(answer)


def _dates(capture: Capture) -> str | None:
    """`23 March 2018, 10:00 to 10:21 UTC`; None where the capture names no time that a calendar has."""
    try:
        first, last = (datetime.fromtimestamp(t, UTC) for t in (capture.first_time, capture.last_time) if t is not None)
    except (ValueError, OverflowError, OSError):
        return None
    day, last_day = map(in_words, (first, last))
    start, end = f"{day}, {first:%H:%M}", f"{last_day}, {last:%H:%M}"
    if start == end:
        return f"{start} UTC"
    return f"{start} to {end if day != last_day else end[-5:]} UTC"


def _safe_link(url: str) -> bool:
    """Whether a link of our own knowledge is one: an https address and nothing that only looks like it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return url.isprintable() and parts.scheme == "https" and bool(parts.hostname)
