"""What the judge says, and the laws it keeps whatever it is given."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model import Phase, Verdict
from analyzer.policy.case import START
from analyzer.policy.condition import Facts, asked
from analyzer.policy.judge import answer, judge
from analyzer.policy.rule import Rule
from analyzer.policy.subject import subjects_of
from analyzer.policy.truth import all_of, any_of
from analyzer.policy.waiver import Waiver
from analyzer.reported import Report
from tests.policy.rules_made import TODAY, changed, report, reports, rule, shipped, words

FEW = settings(max_examples=40)


def judged(made: Report, *rules: Rule, waivers: tuple[Waiver, ...] = ()) -> tuple[Verdict, ...]:
    return judge(made, rules or shipped(), words().taxonomy, waivers, TODAY)


def test_one_verdict_for_a_rule_and_a_recipient() -> None:
    made = report("recipients: [{name: A, groups: [person.email, id.ad]}, {name: B, groups: [id.ad, dev.os]}]")
    first, second = judged(made, rule('{sensitivity: ">= 2"}', message="{recipient} ({host}) received {labels}."))
    assert first.message == "A (a.example) received email address and advertising ID."
    assert (first.recipient, first.groups, first.count, first.outcome) == ("r1", ("t1", "t2"), 2, "indication")
    assert (second.recipient, second.groups, second.title) == ("r2", ("t3",), "Made")
    assert first.references == ("Nowhere",)
    assert (first.cannot_show, first.status, first.verified_on) == ("Anything.", "stable", "2026-11-22")


def test_what_is_not_known_is_one_sentence_for_a_rule() -> None:
    made = report("recipients: [{name: A, party: unknown, groups: [person.email]}, {name: B, groups: [id.ad]}]")
    (verdict,) = judged(made, rule("{party: third, phase: before-consent}"))
    assert (verdict.outcome, verdict.recipient, verdict.groups) == ("unknown", None, ("t1", "t2"))
    assert verdict.message == (
        "Email address and advertising ID, sent to A and B: not judged, for it is not known when a consent screen was "
        "answered (no phase of the session is marked); whether A belonged to the app's maker."
    )


def test_questions_of_several_recipients_are_sentences_too() -> None:
    made = report(
        "recipients: [{name: A, party: unknown, groups: [id.ad]}, {name: B, party: unknown, groups: [id.ad]}]"
    )
    (verdict,) = judge(made, (rule("{party: third, category: advertising}"),), words().taxonomy, (), TODAY)
    assert verdict.message.endswith(
        "what kind of service A and B provided; whether A and B belonged to the app's maker."
    )


def test_allowed_only_where_it_would_indicate_otherwise() -> None:
    made = report(
        "recipients: [{name: A, category: payment, groups: [fin.card.pan]}, {name: B, groups: [fin.card.pan]}]"
    )
    pays = "{category: payment}"
    allowed, unknown = sorted(judged(made, rule("{party: third}", pays)), key=lambda verdict: verdict.outcome)
    assert (allowed.outcome, allowed.recipient) == ("allowed", "r1")
    assert allowed.message.endswith("The rule allows it here.")
    assert (unknown.outcome, unknown.groups) == ("unknown", ("t2",))
    assert judged(made, rule("{party: first}", pays)) == ()


def test_an_indication_wins_over_what_is_allowed_to_the_same_recipient() -> None:
    made = report("recipients: [{category: payment, groups: [fin.card.pan, auth.password]}]")
    (verdict,) = judged(made, rule("{party: third}", "{data_type: fin.*}"))
    assert (verdict.outcome, verdict.groups) == ("indication", ("t2",))


def test_companions_are_named_and_linked() -> None:
    made = report("recipients: [{name: A, groups: [id.ad, person.email, dev.os]}]")
    (verdict,) = judged(made, *(each for each in shipped() if each.id == "ad-id-joined"))
    assert verdict.message == "A received advertising ID as well as email address (a.example)."
    assert verdict.groups == ("t1", "t2")


def test_an_identifier_that_no_detector_knows_is_judged_without_an_anchor() -> None:
    made = report(
        "recipients: [{name: A, groups: [dev.os]}, {name: B, groups: [dev.os]}]\nshared: [{from: A, to: [B]}]"
    )
    (verdict,) = judged(made)
    assert (verdict.rule, verdict.recipient, verdict.groups) == ("id-sync", "r2", ())
    assert verdict.message == "B was sent server-made identifier that A had handed out (b.example)."


def test_captured_names_are_not_taken_for_parts_of_a_message() -> None:
    made = report('recipients: [{name: "{labels}{0.__class__}", groups: [id.ad]}]')
    (verdict,) = judged(made, rule("{party: third}", message="{recipient} got {labels}."))
    assert verdict.message == "{labels}{0.__class__} got advertising ID."


def test_the_gravest_indication_comes_first() -> None:
    made = report("recipients: [{name: A, party: unknown, groups: [auth.password, {data_type: id.ad, secure: no}]}]")
    order = [(verdict.outcome, verdict.severity) for verdict in judged(made)]
    assert order[0] == ("indication", "high")
    assert all(outcome == "unknown" for outcome, _ in order[1:])
    assert order[1] == ("unknown", "critical")


WAIVER = Waiver(rule="made", recipient="a", data_type="id.*", reason="Agreed.", expires=TODAY, by="R")


def test_a_waiver_covers_its_part_and_is_told() -> None:
    made = report("recipients: [{name: A, groups: [person.email, id.ad]}]")
    rest, waived = judged(made, rule("{party: third}"), waivers=(WAIVER,))
    assert (rest.groups, rest.waived) == (("t1",), None)
    assert (waived.groups, waived.waived) == (("t2",), "Agreed (by R, until 2026-11-22)")


def test_an_expired_waiver_no_longer_holds_and_is_said() -> None:
    made = report("recipients: [{name: A, groups: [person.email, id.ad]}]")
    expired = replace(WAIVER, expires=date(2026, 11, 21))
    (verdict,) = judged(made, rule("{party: third}"), waivers=(expired,))
    assert verdict.waived is None
    assert verdict.message == (
        "A received email address and advertising ID. A waiver has expired: Agreed (by R, until 2026-11-21)."
    )
    _, waived = judged(made, rule("{party: third}"), waivers=(expired, WAIVER))
    assert waived.waived, "another one holds"


def test_nothing_to_judge() -> None:
    assert judged(changed(report("recipients: [{groups: [dev.os]}]"), recipients=())) == ()


# ---------------------------------------------------------------- laws


@FEW
@given(reports(), st.randoms())
def test_order_makes_no_difference(made: Report, random: object) -> None:
    def mixed[T](items: tuple[T, ...]) -> tuple[T, ...]:
        taken = list(items)
        random.shuffle(taken)  # type: ignore[attr-defined]
        return tuple(taken)

    shuffled = tuple(replace(each, groups=mixed(each.groups)) for each in mixed(made.recipients))
    assert judged(made) == judge(replace(made, recipients=shuffled), mixed(shipped()), words().taxonomy, (), TODAY)


@FEW
@given(reports())
def test_each_verdict_is_of_one_rule_and_recipient_and_groups_that_exist(made: Report) -> None:
    verdicts = judged(made)
    keys = [(verdict.rule, verdict.recipient) for verdict in verdicts]
    assert len(keys) == len(set(keys))
    of = {group.id: recipient.id for recipient in made.recipients for group in recipient.groups}
    evidence = {group.id: group.evidence for recipient in made.recipients for group in recipient.groups}
    for verdict in verdicts:
        assert verdict.message
        assert (verdict.recipient is None) == (verdict.outcome == "unknown")
        if verdict.recipient is not None:
            assert {of[group] for group in verdict.groups} == {verdict.recipient}
            assert "key" not in {evidence[group] for group in verdict.groups}, "a name alone indicates nothing"


@FEW
@given(reports(), reports(most=1))
def test_another_recipient_changes_no_verdict_on_the_others(made: Report, more: Report) -> None:
    added = tuple(
        replace(
            each, id="other", destinations=tuple(replace(to, host="other.example") for to in each.destinations),
            groups=tuple(
                replace(group, id=f"o{group.id}", recipient="other", host="other.example", destination=99)
                for group in each.groups
            ),
        )
        for each in more.recipients
    )  # fmt: skip
    both = changed(made, recipients=(*made.recipients, *added))

    def of_old(verdicts: tuple[Verdict, ...]) -> list[Verdict]:
        return [verdict for verdict in verdicts if verdict.recipient not in (None, "other")]

    assert of_old(judged(both)) == of_old(judged(made))


CLAUSES = (
    "{party: third, phase: before-consent}",
    "[{category: advertising}, {server: not IN, party: [first, third]}]",
    "{seat: US, first_seen: '<= 10'}",
    "[{phase: after-reject}, {owner: C, secure: no}, {category: [payment, not analytics]}]",
)


@FEW
@given(reports(), st.sampled_from(CLAUSES))
def test_the_answer_is_that_of_the_logic(made: Report, when: str) -> None:
    facts = Facts(made, words().taxonomy)
    clauses = [(clause, asked(clause)) for clause in rule(when).when]
    for subject in subjects_of(made):
        said, missing, _ = answer(clauses, subject, facts)
        assert said == any_of(all_of(ask(clause, subject, facts).truth for ask in asks) for clause, asks in clauses)
        assert bool(missing) == (said is None)


@FEW
@given(reports(), st.sampled_from(CLAUSES), st.sampled_from(("first", "third")), st.sampled_from(("payment", "maps")),
       st.sampled_from(("IN", "US")), st.sampled_from(((), ("after-accept",), ("after-reject",))))  # fmt: skip
def test_learning_more_unsettles_nothing(
    made: Report, when: str, party: str, category: str, country: str, answers: tuple[str, ...]
) -> None:
    """What is settled while much is not known stays so when that becomes known."""
    clauses = [(clause, asked(clause)) for clause in rule(when).when]
    learnt = []
    for recipient in made.recipients:
        (to,) = recipient.destinations
        knows_place = to.server_country or to.server_country_method in ("private address",)
        to = replace(
            to,
            party=party if to.party == "unknown" else to.party,
            category=to.category or category,
            owner_country=to.owner_country or country,
            server_country=to.server_country if knows_place else country,
            server_country_method=to.server_country_method if knows_place else "made",
            owner=to.owner or "C",
        )
        # A group whose phase is known has been placed; one that has neither time nor phase may turn out anywhere.
        groups = tuple(
            replace(group, first_time=START + 3) if group.first_time is None and group.phase is None else group
            for group in recipient.groups
        )
        learnt.append(replace(recipient, party=to.party, category=to.category, destinations=(to,), groups=groups))
    phases = made.capture.phases or tuple(Phase(name=name, time=START + 10) for name in answers)
    more = changed(made, recipients=tuple(learnt), capture=replace(made.capture, phases=phases))
    before, after = Facts(made, words().taxonomy), Facts(more, words().taxonomy)
    for old, new in zip(subjects_of(made), subjects_of(more), strict=True):
        settled = answer(clauses, old, before)[0]
        assert settled is None or settled == answer(clauses, new, after)[0]


@FEW
@given(reports())
def test_without_marked_phases_nothing_that_asks_for_one_is_settled(made: Report) -> None:
    """Neither indicated nor allowed: it may have been sent at any time."""
    made = changed(made, capture=replace(made.capture, phases=()))
    asking = [one for one in shipped() if all(clause.phase for clause in one.when)]
    assert {one.id for one in asking} == {"after-refusal", "before-consent"}
    own = rule('{sensitivity: ">= 0"}', unless="{phase: after-accept}")
    assert {verdict.outcome for verdict in judged(made, *asking, own)} <= {"unknown"}
    assert len(judged(made, own)) == any(recipient.groups for recipient in made.recipients)


EXCEPTIONS = (
    "{phase: after-accept}",
    "{category: [consent, payment]}",
    "{server: IN}",
    "[{phase: not before-consent}, {owner: Bob Bank}]",
    "{seat: not US, party: first}",
)


@FEW
@given(reports())
def test_who_may_be_the_apps_maker_is_no_third_party(made: Report) -> None:
    asking = [one for one in shipped() if all("third" in clause.party for clause in one.when)]
    assert len(asking) > 3
    parties = {recipient.id: recipient.party for recipient in made.recipients}
    settled = {verdict.recipient for verdict in judged(made, *asking) if verdict.outcome != "unknown"}
    assert {parties[one or ""] for one in settled} <= {"third"}


@FEW
@given(reports(), st.sampled_from(EXCEPTIONS))
def test_an_exception_settles_a_group_only_as_far_as_it_is_known(made: Report, unless: str) -> None:
    own = rule('{sensitivity: ">= 0"}', unless=unless)
    facts, clauses = Facts(made, words().taxonomy), [(clause, asked(clause)) for clause in own.unless]
    truths = {subject.group.id: answer(clauses, subject, facts)[0] for subject in subjects_of(made)}
    weak = {group.id for recipient in made.recipients for group in recipient.groups if group.evidence == "key"}
    expected: dict[str, set[str]] = {
        "indication": {name for name, truth in truths.items() if truth is False} - weak,
        "unknown": {name for name, truth in truths.items() if truth is None or (truth is False and name in weak)},
        "allowed": {name for name, truth in truths.items() if truth} - weak,
    }
    said: dict[str, set[str]] = {outcome: set() for outcome in expected}
    for verdict in judged(made, own):
        said[verdict.outcome].update(verdict.groups)
    assert said["indication"] == expected["indication"]
    assert said["unknown"] == expected["unknown"]
    assert said["allowed"] <= expected["allowed"], "an indication to the same recipient takes its place"


@FEW
@given(reports())
def test_a_waiver_takes_away_no_group(made: Report) -> None:
    waivers = tuple(Waiver(rule=each.id, data_type="id.*", reason="Made.", expires=TODAY) for each in shipped())

    def indicated(verdicts: tuple[Verdict, ...]) -> set[tuple[str, str]]:
        return {
            (verdict.rule, group) for verdict in verdicts if verdict.outcome == "indication" for group in verdict.groups
        }

    assert indicated(judged(made, waivers=waivers)) == indicated(judged(made))


@pytest.mark.parametrize("destination", [-5, 99])
def test_a_report_that_contradicts_itself_is_judged_as_far_as_it_goes(destination: int) -> None:
    made = report("recipients: [{groups: [{data_type: person.email, secure: no}]}]")
    (recipient,) = made.recipients
    (group,) = recipient.groups
    odd = replace(group, destination=destination, data_type="no.such", first_time=float("nan"), exchanges=())
    verdicts = judged(changed(made, recipients=(replace(recipient, groups=(odd,), destinations=()),)))
    assert [verdict.rule for verdict in verdicts if verdict.outcome == "indication"] == ["clear-text"]


def test_the_founding_case_as_it_is_analysed() -> None:
    """The rebuilt session of 2018: what one third party was told, and what nobody can say for want of marks."""
    from analyzer.capture.open import open_capture
    from analyzer.knowledge import Knowledge
    from analyzer.pipeline import Options, analyze
    from tests.cli.running import HAR, SEEDS

    knowledge = Knowledge()
    with open_capture(HAR) as reader:
        made = analyze(reader, knowledge, Options(seeds=SEEDS, first_party=("jansamvad.example",)))
    said = {(verdict.rule, verdict.outcome): verdict for verdict in judged(made)}
    assert set(said) == {
        ("ad-id-joined", "indication"), ("id-sync", "indication"), ("after-refusal", "unknown"),
        ("before-consent", "unknown"),
    }  # fmt: skip
    joined = said["ad-id-joined", "indication"]
    assert joined.message == (
        "WizRocket Inc. (CleverTap) received advertising ID as well as email address and phone number (in.wzrkt.com)."
    )
    sent = list(made.transmissions)
    kinds = {sent[position].data_type for position in joined.transmissions}
    assert kinds == {"id.ad", "person.email", "person.phone"}
    start = made.capture.first_time or 0.0
    marks = (Phase(name="before-consent", time=start), Phase(name="after-reject", time=start + 30))
    marked = replace(made, capture=replace(made.capture, phases=marks))
    indicated = {verdict.rule for verdict in judged(marked) if verdict.outcome == "indication"}
    assert indicated == {"ad-id-joined", "id-sync", "before-consent", "after-refusal"}
