"""The report in a few lines for a terminal: what was found, who received it, and where the whole report lies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.countries import load_countries
from analyzer.english import counted
from analyzer.report.groups import answer_of, told_before
from analyzer.report.ownership import seats_of
from analyzer.report.sentences import answered
from analyzer.report.visible import visible
from analyzer.reported import Recipient, Report
from analyzer.taxonomy import within_sentence

TEXT_LIMIT = 1000
NAME_LIMIT = 80
ROW_LIMIT = 15
NAMES_SHOWN = 6
"""Data types (or countries) named for one recipient; the others are counted."""
REQUESTS_SHOWN = 5
BEFORE_SHOWN = 5
SHARED_SHOWN = 3
UNKNOWN_SHOWN = 3
MATCHES_SHOWN = 5
VERDICTS_SHOWN = 5


def summary(report: Report, paths: Sequence[Path] = ()) -> RenderableType:
    """What to print after an analysis; `paths` are the files that hold the whole report.

    Captured text is put in as plain text with its invisible characters written out: it can neither style the
    output nor send a command to the terminal.
    """
    parts: list[RenderableType] = list(_matches(report))
    for number, sentence in enumerate(report.sentences[:5], 1):
        parts.append(_text(f"{number}. {sentence.text}", f" [{_requests(sentence.requests)}]"))
    parts.extend(_before_answer(report))
    if not report.matrix:
        parts.append(_text(f"No personal data was recognised in {counted(report.capture.exchanges, 'exchange')}."))
    elif not report.sentences:
        parts.append(_text("No personal data was recognised by more than the name of its field; what was recognised:"))
    if report.recipients:
        parts.append(Padding(_table(report.recipients), (1, 0)))
    if len(report.recipients) > ROW_LIMIT:
        parts.append(_text("", f"{len(report.recipients) - ROW_LIMIT:,} more recipients in the report"))
    if report.shared_identifiers:
        parts.append(_text("Known to several recipients: ", _shared(report)))
    if report.unknown_owners:
        parts.append(_text("Owner not known: ", _unknown(report)))
    if report.method.indicators and not report.indicator_matches:
        parts.append(_text("Compared with ", f"{_compared(report)}: none seen in this capture"))
    parts.extend(_verdicts(report))
    parts.append(_text("Not seen: ", _not_seen(report)))
    parts.extend(_text("Report: ", str(path)) for path in paths)
    return Group(*parts)


def plain_table() -> Table:
    """A table without lines, as all of the program's."""
    return Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))


def _table(recipients: Sequence[Recipient]) -> Table:
    countries = load_countries()
    table = plain_table()
    for title, share in (("recipient", 3), ("owner, seat", 3), ("server", 3), ("data types", 5)):
        table.add_column(title, ratio=share, overflow="fold")
    for recipient in recipients[:ROW_LIMIT]:
        seats = seats_of(recipient, countries) or ["the app's own" if recipient.party == "first" else "not known"]
        table.add_row(
            _text(visible(recipient.name, NAME_LIMIT)),
            _text(_some(seats)),
            _text(_some(_servers(recipient, countries))),
            _text(_some(group.label for group in recipient.groups)),
        )
    return table


def _servers(recipient: Recipient, countries: Mapping[str, str]) -> Iterator[str]:
    for to in recipient.destinations:
        if to.server_country:
            doubt = " (disputed)" if to.server_country_disputed else ""
            doubt += " (too far)" if to.server_country_too_far else ""
            yield countries.get(to.server_country, to.server_country) + doubt
        else:
            yield to.server_country_method


def _some(names: Iterable[str]) -> str:
    """The first few different names, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(visible(name, NAME_LIMIT) for name in distinct[:NAMES_SHOWN])
    return f"{shown} and {len(distinct) - NAMES_SHOWN:,} more" if len(distinct) > NAMES_SHOWN else shown


def _matches(report: Report) -> Iterator[RenderableType]:
    """What the lists of indicators name, before all else."""
    matches = report.indicator_matches
    for match in matches[:MATCHES_SHOWN]:
        yield _text(match.sentence)
    if matches:
        more = len(matches) - MATCHES_SHOWN
        rest = f" ({more:,} more in the report)" if more > 0 else ""
        found = f"{_compared(report)}: {counted(len(matches), 'match', 'matches')}{rest}"
        yield Padding(_text("Compared with ", found), (0, 0, 1, 0))


def _compared(report: Report) -> str:
    lists = report.method.indicators
    return f"{counted(sum(each.usable for each in lists), 'indicator')} from {counted(len(lists), 'list')}"


def _unknown(report: Report) -> str:
    names = [visible(each.domain, NAME_LIMIT) for each in report.unknown_owners]
    shown, more = ", ".join(names[:UNKNOWN_SHOWN]), len(names) - UNKNOWN_SHOWN
    return f"{counted(len(names), 'domain')} ({shown}{f' and {more:,} more' if more > 0 else ''})"


def _shared(report: Report) -> str:
    shown = [
        f"{visible(shared.label.partition(' (')[0], NAME_LIMIT)} ({_some(shared.names)})"
        for shared in report.shared_identifiers[:SHARED_SHOWN]
    ]
    more = report.shared_total - len(shown)
    return "; ".join(shown) + (f"; {more:,} more {'identifier' if more == 1 else 'identifiers'}" if more else "")


def _before_answer(report: Report) -> Iterator[RenderableType]:
    """Who received what before a consent screen was answered; nothing where nobody did."""
    answer = answer_of(report.capture.phases)
    found = told_before(report.recipients, answer)
    if answer is None or not found:
        return
    names = {recipient.id: recipient.name for recipient in report.recipients}
    shown = [
        f"{visible(names[groups[0].recipient], NAME_LIMIT)} ({_some(within_sentence(group.label) for group in groups)})"
        for groups in found[:BEFORE_SHOWN]
    ]
    more = len(found) - len(shown)
    rest = f"; {counted(more, 'more recipient')}" if more else ""
    yield _text(f"Before {answered(answer)}: ", "; ".join(shown) + rest)


def _verdicts(report: Report) -> Iterator[RenderableType]:
    """The gravest of what the rules indicate, and how much more they say."""
    indicated = [verdict for verdict in report.verdicts if verdict.outcome == "indication" and not verdict.waived]
    for verdict in indicated[:VERDICTS_SHOWN]:
        yield _text(f"Indicated ({verdict.severity}): {verdict.message}", f" [rule {verdict.rule}]")
    outcomes = [verdict.outcome for verdict in report.verdicts]
    counts = (
        (len(indicated) - VERDICTS_SHOWN, "more indications"),
        (sum(verdict.waived is not None for verdict in report.verdicts), "waived"),
        (outcomes.count("unknown") + outcomes.count("insufficient_data"), "could not be judged"),
    )
    if said := ", ".join(f"{count:,} {what}" for count, what in counts if count > 0):
        yield _text("Rules: ", said)


def _not_seen(report: Report) -> str:
    capture = report.capture
    counts = (
        (sum(unread.count for unread in report.unread), "unread connection", "unread connections"),
        (report.undecoded_total, f"undecoded body or part{_to(report)}", f"undecoded bodies or parts{_to(report)}"),
        (capture.skipped_total, "skipped entry", "skipped entries"),
        (len(report.notes), "note", "notes"),
    )
    parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count]
    parts += [] if capture.complete else ["the capture breaks off"]
    return ", ".join(parts) or "nothing is known to be missing"


def _to(report: Report) -> str:
    """Who received what could not be decoded, those with the most bytes first."""
    names = {recipient.id: recipient.name for recipient in report.recipients}
    to = _some(names.get(count.recipient, count.host) for count in report.undecoded_by_host)
    return f" (to {to})" if to else ""


def _requests(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:REQUESTS_SHOWN])) + (" and more" if len(numbers) > REQUESTS_SHOWN else "")
    return f"{'request' if len(numbers) == 1 else 'requests'} {shown}"


def _text(text: str, dim: str = "") -> Text:
    return Text(visible(text, TEXT_LIMIT)).append(visible(dim), style="dim")
