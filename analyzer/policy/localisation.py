"""What regimes on where data may go indicate of a capture: one verdict for each recipient, with what it lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property

from analyzer.countries import load_countries
from analyzer.english import listed
from analyzer.model import Destination, Outcome, Severity, Verdict
from analyzer.policy.localisation_applies import Wanted, not_applicable, not_settled
from analyzer.policy.localisation_look import Copies, Seen, is_inside, look
from analyzer.policy.localisation_place import days_apart
from analyzer.policy.localisation_regime import Regime, matching, on_day
from analyzer.reported import OLD_DAYS, Group, Recipient, Report
from analyzer.taxonomy import Taxonomy, within_sentence

STALE_DAYS = 180
"""A regime that nobody has compared with its source for longer than this is shown with a warning."""
HOSTS_SHOWN = 3
LABELS_SHOWN = 6

_GRAVITY: Mapping[Outcome, int] = {"no_indication": 0, "insufficient_data": 1, "indication": 2}
_WEAK = "; recognised by the names of fields alone"
_NOT_ALL_TELLING = "Without what the names of fields alone suggest, it is not what the rule is about."
_HISTORICAL = "Historical replay of a draft that never became law, as it would have said: "
_UNREAD_LAW = "The rule has not been compared with the law's own text, so it says no more than that."


def judge_localisation(
    report: Report, regimes: Iterable[Regime], taxonomy: Taxonomy, wanted: Wanted, today: date | None = None
) -> tuple[Verdict, ...]:
    """The verdicts of all regimes in their order, each with one verdict for a recipient, or one for the capture.

    Nothing is asked, and nothing said, where `wanted` names no country. `today` is the day from which a regime's
    last check is counted; without it, that of the capture. Never raises, whatever the report holds.
    """
    if not wanted.jurisdictions and not wanted.operator_countries:
        return ()
    names_of = load_countries()
    return tuple(
        verdict
        for regime in regimes
        for verdict in _Judge(report, regime, taxonomy, wanted, names_of, today or _day(report)).verdicts()
    )


class _Judge:
    """One regime and one report."""

    def __init__(
        self,
        report: Report,
        regime: Regime,
        taxonomy: Taxonomy,
        wanted: Wanted,
        names_of: Mapping[str, str],
        checked_from: date | None,
    ) -> None:
        self._report, self._regime, self._wanted, self._names_of = report, regime, wanted, names_of
        self._checked_from = checked_from
        self._day = _day(report)
        self._test = on_day(regime.test, self._day)
        self._types = matching(regime.types, taxonomy) - matching(regime.exclude_types, taxonomy)
        combined = regime.combined
        self._combined = matching(combined.types, taxonomy) if combined else frozenset()
        self._not_only = matching(combined.not_only, taxonomy) if combined else frozenset()
        self._anywhere = matching(regime.anywhere.types, taxonomy) if regime.anywhere else frozenset()
        self._context = matching(regime.needs.types, taxonomy) if regime.needs else frozenset()

    def verdicts(self) -> list[Verdict]:
        if why := not_applicable(self._regime, self._wanted, self._day, self._names_of):
            return [self._verdict("not_applicable", why)]
        if why := not_settled(self._regime, self._day) or self._no_context():
            return [self._verdict("insufficient_data", f"{why} {self._regime.missing}")]
        made = [verdict for recipient in self._report.recipients for verdict in self._of(recipient)]
        return made or [self._nothing()]

    def _no_context(self) -> str | None:
        """What to say where the data is missing without which the regime says nothing."""
        needs = self._regime.needs
        if needs is None or self._wanted.payment_flow:
            return None
        found = [group for one in self._report.recipients for group in one.groups if group.data_type in self._context]
        if any(map(_is_telling, found)):
            return None
        weak = " beyond the names of fields" if found else ""
        return f"Nothing was recognised{weak} that shows {needs.what}."

    def _nothing(self) -> Verdict:
        """The verdict where none of the regime's data was recognised at all."""
        report = self._report
        if not report.capture.exchanges:
            return self._verdict("insufficient_data", f"The capture holds no request. {self._regime.missing}")
        connections, bodies = sum(one.count for one in report.unread), report.undecoded_total
        unread = f" (not readable: connections {connections:,}, bodies and parts of them {bodies:,})"
        count = report.capture.exchanges
        requests = f"the {'one request' if count == 1 else f'{count:,} requests'} of the capture"
        requests += unread if connections or bodies else ""
        return self._verdict(
            "no_indication",
            f"None of the data that it is about was recognised in {requests}. {self._regime.cannot_show}",
        )

    def _of(self, recipient: Recipient) -> Iterable[Verdict]:
        groups = [group for group in recipient.groups if group.data_type in self._types]
        if groups:
            yield self._of_place(recipient, groups)
        anywhere = self._regime.anywhere
        if anywhere is None:
            return
        if restricted := [group for group in recipient.groups if group.data_type in self._anywhere]:
            seen = [(group, Seen("indication", "")) for group in restricted]
            yield self._conclude(recipient, list(map(_weakened, seen)), anywhere.reason, " (wherever it goes)")

    def _of_place(self, recipient: Recipient, groups: Sequence[Group]) -> Verdict:
        seen = [(group, self._look(recipient, group)) for group in groups]
        telling = {group.data_type for group in groups if _is_telling(group)}
        combined, needs = self._regime.combined, self._regime.needs
        if combined and not self._suffices({group.data_type for group in groups}):
            return self._conclude(recipient, _capped(seen, "no_indication"), combined.reason)
        if combined and not self._suffices(telling):
            return self._conclude(recipient, _capped(seen, "insufficient_data"), _NOT_ALL_TELLING)
        alone = needs.alone if needs and not self._context & telling else ""
        return self._conclude(recipient, list(map(_weakened, seen)), alone)

    def _suffices(self, types: set[str]) -> bool:
        """Whether these data types together are what the regime is about."""
        if types - self._combined:
            return True
        return len(types) > 1 and bool(types - self._not_only)

    def _look(self, recipient: Recipient, group: Group) -> Seen:
        test = self._test
        copies = self._copies[group.data_type] if test.kind == "no_endpoint_inside" else Copies()
        return look(test, self._destination(recipient, group), self._names_of, copies)

    @cached_property
    def _copies(self) -> Mapping[str, Copies]:
        """Who was sent each data type, of all recipients."""
        hosts: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        for recipient in self._report.recipients:
            for group in recipient.groups:
                if group.data_type not in self._types:
                    continue
                inside, doubtful = hosts.setdefault(group.data_type, ({}, {}))
                there = is_inside(self._test, self._destination(recipient, group), self._names_of)
                if there and _is_telling(group):
                    inside[_short(group.host)] = None
                elif there or there is None:
                    doubtful[_short(group.host)] = None
        return {kind: Copies(inside=tuple(one), doubtful=tuple(other)) for kind, (one, other) in hosts.items()}

    def _destination(self, recipient: Recipient, group: Group) -> Destination:
        known = self._report.destinations
        if 0 <= group.destination < len(known) and known[group.destination].host == group.host:
            return known[group.destination]
        unknown = Destination(host=group.host, domain=group.host, party="unknown", party_reason="")
        return next((one for one in recipient.destinations if one.host == group.host), unknown)

    def _conclude(
        self, recipient: Recipient, seen: Sequence[tuple[Group, Seen]], remark: str, of_title: str = ""
    ) -> Verdict:
        """The gravest of what was seen of a recipient, in words; `remark` is a sentence between what and what not."""
        outcome = max((one.outcome for _, one in seen), key=_GRAVITY.__getitem__)
        shown = [(group, one) for group, one in seen if one.outcome == outcome]
        by_host: dict[tuple[str, str], list[Group]] = {}
        for group, one in shown:
            by_host.setdefault((group.host, one.said), []).append(group)
        parts = [
            f"{_labels(groups)} to {_short(host)}{', ' * bool(said)}{said}" for (host, said), groups in by_host.items()
        ]
        if len(parts) > HOSTS_SHOWN + 1:
            parts[HOSTS_SHOWN:] = [f"likewise to {len(parts) - HOSTS_SHOWN} more hosts or addresses"]
        limits = self._regime.cannot_show if outcome == "no_indication" else self._regime.missing
        said = (f"The app transmitted {'; '.join(parts)}.", remark, self._apart(recipient, shown), limits)
        message = " ".join(filter(None, said))
        return self._verdict(outcome, message, recipient.id, [group for group, _ in shown], of_title)

    def _apart(self, recipient: Recipient, seen: Sequence[tuple[Group, Seen]]) -> str:
        """What to say where the data on addresses is of another time than the capture."""
        apart = (days_apart(self._destination(recipient, group), self._day) for group, one in seen if one.said)
        most = max((days for days in apart if days is not None), key=abs, default=0)
        if abs(most) <= OLD_DAYS:
            return ""
        return f"The data on addresses is {abs(most):,} days {'newer' if most > 0 else 'older'} than the capture."

    def _verdict(
        self,
        outcome: Outcome,
        message: str,
        recipient: str | None = None,
        groups: Sequence[Group] = (),
        of_title: str = "",
    ) -> Verdict:
        regime = self._regime
        if outcome != "not_applicable":
            if regime.status == "never_law":
                message = _HISTORICAL + message
            if regime.status == "check":
                outcome = _least(outcome, "insufficient_data")
                message = f"{message} {_UNREAD_LAW}"
            message += self._stale()
        severity: Severity = "info"
        if outcome == "indication":
            severity = {"in_force": "medium", "unsettled": "low"}.get(regime.status, "info")  # type: ignore[assignment]
        return Verdict(
            rule=regime.id,
            outcome=outcome,
            severity=severity,
            message=message,
            title=regime.title + of_title,
            transmissions=tuple(position for group in groups for position in group.transmissions),
            groups=tuple(group.id for group in groups),
            recipient=recipient,
            count=sum(group.count for group in groups),
            cannot_show=regime.cannot_show,
            references=(regime.law, *regime.references),
            status=regime.status,
            verified_on=regime.verified_on,
        )

    def _stale(self) -> str:
        if self._checked_from is None:
            return ""
        days = (self._checked_from - date.fromisoformat(self._regime.verified_on)).days
        if days <= STALE_DAYS:
            return ""
        last = f"last compared with its sources on {self._regime.verified_on}, {days} days before {self._checked_from}"
        return f" Warning: the rule was {last}; check it before you cite it."


def _day(report: Report) -> date | None:
    """The day on which the capture was begun, UTC."""
    time = report.capture.first_time
    try:
        return None if time is None else datetime.fromtimestamp(time, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _is_telling(group: Group) -> bool:
    return group.evidence != "key"


def _weakened(seen: tuple[Group, Seen]) -> tuple[Group, Seen]:
    """A field whose name alone suggests the data never indicates anything."""
    group, one = seen
    if one.outcome != "indication" or _is_telling(group):
        return seen
    return group, Seen("insufficient_data", (one.said + _WEAK).removeprefix("; "))


def _capped(seen: Iterable[tuple[Group, Seen]], most: Outcome) -> list[tuple[Group, Seen]]:
    return [(group, Seen(_least(most, one.outcome), one.said)) for group, one in seen]


def _least(one: Outcome, other: Outcome) -> Outcome:
    return min(one, other, key=_GRAVITY.__getitem__)


def _labels(groups: Sequence[Group]) -> str:
    ordered = sorted(groups, key=lambda group: (-group.sensitivity, group.label))
    return listed(dict.fromkeys(within_sentence(group.label) for group in ordered), LABELS_SHOWN, "more kinds of data")


def _short(host: str) -> str:
    return host if len(host) <= 100 else f"{host[:100]}…"
