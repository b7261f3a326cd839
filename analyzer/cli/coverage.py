"""Whether enough of a build was seen to say anything of it."""

from collections.abc import Iterator, Sequence

from analyzer.cli.runs import Demands, Run
from analyzer.english import counted
from analyzer.report.judged import Item, JudgedRule, Place, fingerprint

_COVERAGE_RULES = (
    JudgedRule(
        id="too-few-exchanges",
        family="coverage",
        title="Too few exchanges were captured",
        severity="medium",
        description="With fewer requests than asked for, that nothing was found says nothing of the build.",
    ),
    JudgedRule(
        id="too-many-unread",
        family="coverage",
        title="Too many connections could not be read",
        severity="medium",
        description="What goes through a connection that the recorder could not open is not known.",
    ),
    JudgedRule(
        id="capture-breaks-off",
        family="coverage",
        title="A capture breaks off",
        severity="medium",
        description="The file ends in the middle of an entry; what came after it is not known.",
    ),
    JudgedRule(
        id="no-seed-seen",
        family="coverage",
        title="None of the seeds was seen",
        severity="medium",
        description="Where no value that was typed in is transmitted to anybody, the test may not have come that far.",
    ),
)


def coverage(runs: Sequence[Run], demands: Demands) -> Iterator[Item]:
    """What was not seen."""
    rules = {rule.id: rule for rule in _COVERAGE_RULES}

    def item(rule: str, message: str, run: Run | None = None) -> Item:
        return Item(
            rule=rule,
            family="coverage",
            state="not seen",
            severity=rules[rule].severity,
            title=rules[rule].title,
            message=message,
            places=(Place(file=run.file),) if run else (),
            fingerprint=fingerprint("coverage", rule, run.file if run else ""),
        )

    for run in runs:
        capture, unread = run.report.capture, run.unread
        if capture.exchanges < demands.min_exchanges:
            seen = counted(capture.exchanges, "exchange")
            yield item("too-few-exchanges", f"{run.file}: {seen}; {demands.min_exchanges:,} are asked for.", run)
        share = unread / ((unread + capture.exchanges) or 1)
        if demands.max_unread is not None and share > demands.max_unread:
            text = f"{run.file}: {counted(unread, 'connection')} could not be read ({share:.0%}; at most "
            yield item("too-many-unread", f"{text}{demands.max_unread:.0%} may be).", run)
        if not capture.complete:
            yield item("capture-breaks-off", f"{run.file}: the capture breaks off; save it again.", run)
    if demands.require_seeds and not any(group.evidence == "seed" for run in runs for group in run.groups()):
        yield item("no-seed-seen", "None of the seeds was seen in any run; the test may not have typed them in.")


def coverage_rules(demands: Demands) -> tuple[JudgedRule, ...]:
    """What is asked of the coverage."""
    off = {"too-many-unread"} if demands.max_unread is None else set[str]()
    off |= {"no-seed-seen"} if not demands.require_seeds else set()
    return tuple(rule for rule in _COVERAGE_RULES if rule.id not in off)
