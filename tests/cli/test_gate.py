"""What makes a build fail, warn, or be one of which nothing can be said."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.cli.gate import at_lines, judge_build
from analyzer.cli.runs import Demands, Run
from analyzer.cli.undeclared import CAUTION
from analyzer.compare.observation import Change, Comparison, Key, Observations, Observed
from analyzer.model import SEVERITIES, Outcome, Severity, Unread, Verdict
from analyzer.report.judged import Item, Judged, Place
from analyzer.reported import Declaration, Declared, Report
from analyzer.taxonomy import within_sentence
from tests.report.sample import founding_report

REPORT = replace(founding_report(), verdicts=(), unread=())
GROUPS = tuple(group.id for group in REPORT.recipients[0].groups[:2])


def verdict(
    outcome: Outcome = "indication",
    severity: Severity = "high",
    recipient: str | None = "r1",
    groups: Sequence[str] = GROUPS,
    waived: str | None = None,
    rule: str = "clear-text",
) -> Verdict:
    return Verdict(
        rule=rule, outcome=outcome, severity=severity, message="Something was sent.", transmissions=(),
        title="A rule", groups=tuple(groups), recipient=recipient, waived=waived,
    )  # fmt: skip


def run(*verdicts: Verdict, file: str = "shop.har", report: Report = REPORT) -> Run:
    return Run(file=file, report=replace(report, verdicts=verdicts))


def judged(*runs: Run, comparison: Comparison | None = None, **demands: object) -> Judged:
    return judge_build(runs, Demands(**demands), (), comparison)  # type: ignore[arg-type]


def only(said: Judged) -> Item:
    (item,) = said.items
    return item


# ---------------------------------------------------------------- rules


def test_nothing_said_is_clean() -> None:
    said = judged(run())
    assert (said.exit_code, said.items) == (0, ())
    assert said.summary == "Nothing in 1 run fails the build."


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("fail_on", SEVERITIES)
def test_an_indication_fails_from_the_severity_on(severity: Severity, fail_on: Severity) -> None:
    said = judged(run(verdict(severity=severity)), fail_on=fail_on)
    fails = SEVERITIES.index(severity) >= SEVERITIES.index(fail_on)
    assert only(said).state == ("fails" if fails else "warns")
    assert said.exit_code == int(fails)


def test_an_indication_has_its_requests_and_data_types() -> None:
    groups = [group for group in REPORT.recipients[0].groups if group.id in GROUPS]
    item = only(judged(run(verdict())))
    assert item.labels == tuple(sorted(group.label for group in groups))
    assert [place.exchange for place in item.places] == sorted({at for group in groups for at in group.exchanges})[:10]
    assert item.recipient == REPORT.recipients[0].name


def test_what_is_waived_fails_nothing_and_is_told() -> None:
    said = judged(run(verdict(waived="Agreed (until 2027-01-01)")))
    assert (said.exit_code, only(said).state, only(said).waived) == (0, "waived", "Agreed (until 2027-01-01)")


def test_a_waiver_of_a_part_leaves_the_rest() -> None:
    said = judged(run(verdict(groups=GROUPS[:1]), verdict(groups=GROUPS[1:], waived="Agreed")))
    assert [item.state for item in said.items] == ["fails", "waived"]
    assert said.exit_code == 1


@pytest.mark.parametrize("outcome", ["unknown", "insufficient_data"])
def test_what_a_rule_cannot_say_fails_nothing(outcome: Outcome) -> None:
    said = judged(run(verdict(outcome)))
    assert (said.exit_code, only(said).state) == (0, "unknown")
    assert said.rules[0].state == "unknown"


@pytest.mark.parametrize("outcome", ["allowed", "no_indication"])
def test_what_is_allowed_is_a_rule_that_passes(outcome: Outcome) -> None:
    said = judged(run(verdict(outcome)))
    assert said.items == ()
    assert [(rule.id, rule.state) for rule in said.rules if rule.family == "rule"] == [("clear-text", "passes")]


def test_a_rule_that_does_not_apply_is_not_listed() -> None:
    assert "clear-text" not in {rule.id for rule in judged(run(verdict("not_applicable"))).rules}


def test_rules_that_were_asked_and_none_of_which_applies_are_not_silent() -> None:
    said = judged(run(verdict("not_applicable", rule="IN-1"), verdict("not_applicable", rule="IN-2")))
    assert (said.exit_code, only(said).state, only(said).rule) == (0, "unknown", "localisation")
    assert only(said).message.startswith("None of 2 localisation rules applies to the users")
    assert "localisation" in {rule.id for rule in said.rules}
    one_applies = judged(run(verdict("not_applicable", rule="IN-1"), verdict("no_indication", rule="IN-2")))
    assert one_applies.items == ()


def test_one_run_that_shows_it_is_enough() -> None:
    said = judged(run(file="1.har"), run(verdict(), file="2.har"), run(verdict("allowed"), file="3.har"))
    assert said.exit_code == 1
    assert only(said).message == "Something was sent. Seen in 1 of 3 runs."
    assert {place.file for place in only(said).places} == {"2.har"}


def test_runs_are_told_apart_by_recipients_names_not_ids() -> None:
    first, second, *others = REPORT.recipients
    renamed = replace(REPORT, recipients=(replace(second, id="r1"), replace(first, id="r2"), *others))
    said = judged(run(verdict()), run(verdict(recipient="r2"), file="2.har", report=renamed))
    assert only(said).recipient == first.name
    assert "runs" not in only(said).message


def test_what_only_some_runs_show_of_it_is_in_the_message() -> None:
    """No run says all: the first shows one data type, the second two others."""
    groups = [group for group in REPORT.recipients[0].groups if group.sensitivity > 2]
    by_label = list({group.label: group.id for group in groups}.items())[:3]
    ids = [name for _, name in by_label]
    item = only(judged(run(verdict(groups=ids[:1])), run(verdict(groups=ids[1:]), file="2.har")))
    assert item.message == f"Something was sent. In other runs also: {within_sentence(by_label[0][0])}."
    assert item.labels == tuple(sorted(label for label, _ in by_label))
    assert "other runs" not in only(judged(run(verdict()), run(verdict(groups=GROUPS[:1]), file="2.har"))).message


def test_two_things_that_a_rule_says_of_one_recipient_are_both_told() -> None:
    wherever = replace(verdict(groups=GROUPS[1:]), title="A rule (wherever it goes)", message="Something else.")
    said = judged(run(verdict(groups=GROUPS[:1]), wherever))
    assert {item.message for item in said.items} == {"Something was sent.", "Something else."}


def test_the_fingerprint_is_of_what_it_is_about() -> None:
    one = only(judged(run(verdict())))
    assert only(judged(run(verdict(), file="other.har"))).fingerprint == one.fingerprint
    assert only(judged(run(verdict(groups=GROUPS[:1])))).fingerprint != one.fingerprint
    assert only(judged(run(verdict(recipient="r2")))).fingerprint != one.fingerprint


# ---------------------------------------------------------------- builds


def observed(sensitivity: int = 3, **members: object) -> Observed:
    group = REPORT.recipients[0].groups[0]
    key = Key(
        data_type=group.data_type, recipient=REPORT.recipients[0].name, phase="", transform="plain", location="IN"
    )
    known: dict[str, object] = {
        "key": key, "runs": 1, "label": group.label, "party": "third", "seat": "US", "secure": True,
        "evidence": "seed", "hosts": (group.host,), "exchanges": group.exchanges,
    }  # fmt: skip
    return Observed(sensitivity=sensitivity, **known | members)  # type: ignore[arg-type]


def changed(*changes: Change, runs: int = 1) -> Comparison:
    def build(seen: Sequence[Observed | None]) -> Observations:
        items = tuple(one for one in seen if one)
        return Observations(app=None, version=None, runs=runs, items=items, exchanges=9, unread=0, undecoded=0)

    before, after = build([one.before for one in changes]), build([one.after for one in changes])
    return Comparison(before=before, after=after, changes=changes)


def new(is_flaky: bool = False, **members: object) -> Change:
    return Change(kind="new", before=None, after=observed(**members), why="It is new.", is_flaky=is_flaky)  # type: ignore[arg-type]


def test_something_new_fails_the_build() -> None:
    said = judged(run(), comparison=changed(new()))
    assert said.exit_code == 1
    assert only(said).rule == "new-transmission"
    assert only(said).places[0] == Place(file="shop.har", exchange=observed().exchanges[0])
    assert only(said).message == "Full name to WizRocket Inc. (CleverTap), server IN: It is new."
    assert said.summary == "1 new or worsened transmission in 1 run."
    assert said.compared == (REPORT.recipients[0].name,)


def test_something_worse_fails_the_build() -> None:
    worse = Change(kind="worsened", before=observed(), after=observed(secure=False), why="No TLS.")
    said = judged(run(), comparison=changed(worse))
    assert (said.exit_code, only(said).rule) == (1, "worsened-transmission")


def test_what_is_gone_or_better_is_not_told() -> None:
    gone = Change(kind="gone", before=observed(), after=None, why="Gone.")
    better = Change(kind="better", before=observed(secure=False), after=observed(), why="TLS.")
    said = judged(run(), comparison=changed(gone, better))
    assert (said.exit_code, said.items) == (0, ())


def test_what_is_flaky_warns() -> None:
    said = judged(run(), run(file="2.har"), comparison=changed(new(is_flaky=True), runs=2))
    assert (said.exit_code, only(said).state) == (0, "warns")
    assert only(said).message.endswith(": It is new. Seen in 1 of 2 runs.")


@pytest.mark.parametrize(
    ("fail_on_new", "party", "code"),
    [
        ("any", "first", 1), ("any", "third", 1),
        ("third-party", "first", 0), ("third-party", "third", 1), ("third-party", "unknown", 1),
        ("none", "third", 0),
    ],
)  # fmt: skip
def test_fail_on_new(fail_on_new: str, party: str, code: int) -> None:
    said = judged(run(), comparison=changed(new(party=party)), fail_on_new=fail_on_new)
    assert said.exit_code == code
    assert bool(only(said).why_not) is not bool(code)


@pytest.mark.parametrize("sensitivity", range(5))
def test_the_severity_of_a_change_is_that_of_the_data(sensitivity: int) -> None:
    said = judged(run(), comparison=changed(new(sensitivity=sensitivity)))
    assert only(said).severity == SEVERITIES[sensitivity]


def test_the_last_run_that_shows_it_is_pointed_to() -> None:
    bare = replace(REPORT, recipients=())
    said = judged(run(file="1.har"), run(file="2.har"), run(file="3.har", report=bare), comparison=changed(new()))
    assert {place.file for place in only(said).places} == {"2.har"}


def test_without_a_baseline_nothing_is_compared() -> None:
    said = judged(run())
    assert said.compared is None
    assert {rule.family for rule in said.rules} == {"coverage"}


def test_a_recipient_whose_owner_became_known_warns_and_fails_nothing() -> None:
    known = replace(changed(), owners={"tracker.example": "Example Inc."})
    said = judged(run(), comparison=known)
    assert (said.exit_code, only(said).state, only(said).recipient) == (0, "warns", "Example Inc.")
    assert only(said).message.startswith("tracker.example and Example Inc. are compared as one recipient: ")
    assert only(said).rule in {rule.id for rule in said.rules}


# ---------------------------------------------------------------- declarations


def row(declared: str = "not declared", recipients: Sequence[str] = ("r1",), **members: object) -> Declared:
    names = {recipient.id: recipient.groups[0].id for recipient in REPORT.recipients if recipient.groups}
    known: dict[str, object] = {
        "scheme": "play", "kind": "PSL_NAME", "label": "Name", "sources": ("form.csv",), "data_types": ("person.name",),
        "groups": tuple(names[one] for one in recipients), "message": "Not named in the Data safety form; seen.",
    }  # fmt: skip
    return Declared(declared=declared, recipients=tuple(recipients), **known | members)  # type: ignore[arg-type]


def declaring(*rows: Declared, file: str = "shop.har", report: Report = REPORT) -> Run:
    form = Declaration(kind="Google Play Data safety", source="form.csv", sha256="0")
    return Run(file=file, report=replace(report, declarations=(form,), declared=rows))


@pytest.mark.parametrize(("fails", "state"), [(False, "warns"), (True, "fails")])
def test_what_is_not_declared_warns_unless_it_is_to_fail(fails: bool, state: str) -> None:
    said = judged(declaring(row()), fail_on_undeclared=fails)
    item = only(said)
    assert (said.exit_code, item.state, item.family, item.rule) == (int(fails), state, "declared", "undeclared-data")
    assert item.message == f"Name: not named in the Data safety form; seen. {CAUTION}"
    assert item.recipient == REPORT.recipients[0].name
    assert item.places[0].exchange in REPORT.recipients[0].groups[0].exchanges
    assert item.severity == SEVERITIES[REPORT.recipients[0].groups[0].sensitivity]
    assert bool(item.why_not) is not fails
    if fails:
        assert said.summary == "1 undeclared data type in 1 run."


@pytest.mark.parametrize("declared", ["collected", "shared", "collected and shared"])
def test_what_is_declared_passes(declared: str) -> None:
    said = judged(declaring(row(declared)), fail_on_undeclared=True)
    assert (said.exit_code, said.items) == (0, ())
    assert [rule.state for rule in said.rules if rule.family == "declared"] == ["passes"]


def test_what_was_not_seen_passes() -> None:
    assert judged(declaring(row(recipients=())), fail_on_undeclared=True).items == ()


@pytest.mark.parametrize("declared", ["mentioned", "no statement"])
def test_what_no_form_speaks_of_could_not_be_judged(declared: str) -> None:
    said = judged(declaring(row(declared, message="No form.")), fail_on_undeclared=True)
    assert (said.exit_code, only(said).state, only(said).message) == (0, "unknown", "Name: no form.")


def test_what_only_names_of_fields_tell_could_not_be_judged() -> None:
    first, *others = REPORT.recipients
    named = replace(first, groups=tuple(replace(group, evidence="key") for group in first.groups))
    only_named = replace(REPORT, recipients=(named, *others))
    assert only(judged(declaring(row(), report=only_named), fail_on_undeclared=True)).state == "unknown"
    both = judged(declaring(row(), report=only_named), declaring(row(), file="2.har"), fail_on_undeclared=True)
    assert (only(both).state, both.exit_code) == ("fails", 1)
    assert only(both).message.endswith(" Seen in 1 of 2 runs.")


def test_runs_that_show_other_recipients_are_one_item() -> None:
    names = [recipient.name for recipient in REPORT.recipients]
    item = only(judged(declaring(row()), declaring(row(recipients=("r2", "r3")), file="2.har")))
    assert f"seen. In other runs {names[0]} received it too. " in item.message
    assert item.recipient is None
    assert {place.file for place in item.places} == {"shop.har", "2.har"}


def test_without_declarations_nothing_is_asked_of_them() -> None:
    assert "declared" not in {rule.family for rule in judged(run()).rules}


# ---------------------------------------------------------------- coverage


def of(exchanges: int = 64, unread: int = 0, complete: bool = True) -> Report:
    capture = replace(REPORT.capture, exchanges=exchanges, complete=complete)
    return replace(REPORT, capture=capture, unread=(Unread(host="a.example", reason="refused", count=unread),))


@pytest.mark.parametrize(
    ("report", "demands", "rule"),
    [
        (of(exchanges=0), {}, "too-few-exchanges"),
        (of(exchanges=9), {"min_exchanges": 10}, "too-few-exchanges"),
        (of(exchanges=10), {"min_exchanges": 10}, None),
        (of(exchanges=6, unread=4), {"max_unread": 0.39}, "too-many-unread"),
        (of(exchanges=6, unread=4), {"max_unread": 0.4}, None),
        (of(exchanges=6, unread=400), {}, None),
        (of(complete=False), {}, "capture-breaks-off"),
        (replace(REPORT, recipients=()), {"require_seeds": True}, "no-seed-seen"),
        (REPORT, {"require_seeds": True}, None),
    ],
)  # fmt: skip
def test_coverage(report: Report, demands: dict[str, Any], rule: str | None) -> None:
    said = judged(run(report=report), **demands)
    assert [item.rule for item in said.items] == ([rule] if rule else [])
    assert said.exit_code == (3 if rule else 0)


def test_each_run_has_to_show_enough() -> None:
    said = judged(run(), run(file="2.har", report=of(exchanges=3)), min_exchanges=10)
    assert (said.exit_code, only(said).message) == (3, "2.har: 3 exchanges; 10 are asked for.")


def test_one_run_with_seeds_is_enough() -> None:
    bare = replace(REPORT, recipients=())
    assert judged(run(report=bare), run(file="2.har"), require_seeds=True).exit_code == 0


def test_something_wrong_is_wrong_even_if_not_all_was_seen() -> None:
    said = judged(run(verdict(), report=of(complete=False)))
    assert said.exit_code == 1
    assert {item.state for item in said.items} == {"fails", "not seen"}
    assert said.summary == "1 indication in 1 run; not everything was seen."


def test_lines_are_put_to_the_requests() -> None:
    said = judged(run(verdict()))
    first = only(said).places[0]
    assert first.exchange is not None
    placed = only(at_lines(said, {(first.file, first.exchange): (3, 5, 100, 50)})).places
    assert placed[0] == Place(file="shop.har", exchange=first.exchange, line=3, last_line=5, offset=100, length=50)
    assert [place.line for place in placed[1:]] == [None] * (len(placed) - 1)
