"""Regimes on where data may go: cases of each, the payment capture, the draft of 2018, and the laws of judging."""

import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from ruamel.yaml import YAML

from analyzer.capture.open import open_capture
from analyzer.countries import load_countries
from analyzer.errors import ApptellsError
from analyzer.model import EVIDENCE, SEVERITIES, Outcome, Verdict
from analyzer.pipeline import Options, analyze
from analyzer.policy.localisation import STALE_DAYS, judge_localisation
from analyzer.policy.localisation_applies import Wanted, check_wanted
from analyzer.reported import Report
from tests.conftest import FIXTURES
from tests.policy.making_localisation import DAY, KNOWLEDGE, REGIMES, Sent, report

OUTCOMES: tuple[Outcome, ...] = ("indication", "no_indication", "insufficient_data", "not_applicable")
JUDGING = re.compile(r"\b(violat|illegal|unlawful|stored in|leak|stole|steal|breach|infring)", re.IGNORECASE)
INDIAN_PAYMENTS = Wanted(jurisdictions=("IN",), roles=("payment_system_operator",))
ALL_ROLES = tuple({role for regime in REGIMES.values() for role in regime.applies_if.roles})
BY_PLACE = [one for one in REGIMES.values() if one.test.kind in ("endpoint_outside", "no_endpoint_inside")]


def _cases(regime: str) -> dict[str, Any]:
    text = (FIXTURES / "localisation" / f"{regime}.yaml").read_text("utf-8")
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read


def _all_cases() -> list[Any]:
    found = []
    for regime in REGIMES:
        read = _cases(regime)
        named = [(outcome, outcome, read[outcome]) for outcome in OUTCOMES if outcome in read]
        named += [(case["what"], case["outcome"], case) for case in read.get("more", [])]
        for what, outcome, case in named:
            whole = {"wanted": read["wanted"], "day": read["day"], **case}
            found.append(pytest.param(regime, outcome, whole, id=f"{regime}: {what}"))
    return found


def _judge(made: Report, wanted: Wanted, *regimes: str, today: date | None = None) -> tuple[Verdict, ...]:
    return judge_localisation(
        made, [REGIMES[regime] for regime in regimes or REGIMES], KNOWLEDGE.taxonomy, wanted, today
    )


def _gravest(verdicts: tuple[Verdict, ...]) -> Verdict:
    order = ("not_applicable", "no_indication", "insufficient_data", "indication")
    return max(verdicts, key=lambda verdict: order.index(verdict.outcome))


# ---------------------------------------------------------------- cases


def test_there_are_24_regimes_and_a_case_file_for_each() -> None:
    assert len(REGIMES) == 24
    assert sorted(path.stem for path in (FIXTURES / "localisation").glob("*.yaml")) == sorted(REGIMES)


@pytest.mark.parametrize("regime", REGIMES)
def test_each_regime_has_a_case_for_each_outcome_or_the_reason_why_it_never_has(regime: str) -> None:
    cases = _cases(regime)
    never = set(cases.get("never", {}))
    assert {*OUTCOMES} - {*cases} == never
    known = REGIMES[regime]
    no_list = known.test.kind in ("listed_country", "listed_recipient") and not known.test.recipients
    assert ("indication" in never) == (known.status == "check" or not known.types or no_list)
    assert ("no_indication" in never) == (not known.types)


@pytest.mark.parametrize(("regime", "outcome", "case"), _all_cases())
def test_case(regime: str, outcome: Outcome, case: dict[str, Any]) -> None:
    sent = msgspec.convert(case["sent"], list[Sent])
    wanted = msgspec.convert(case["wanted"], Wanted)
    verdicts = _judge(report(sent, date.fromisoformat(str(case["day"]))), wanted, regime)
    verdict = _gravest(verdicts)
    assert verdict.outcome == outcome, verdict.message
    assert any(case.get("says", "") in one.message for one in verdicts), verdict.message


def test_regimes_say_nothing_where_no_country_is_asked_about() -> None:
    made = report([Sent(data_type="fin.upi.vpa", to="a.example", server="SG")])
    assert _judge(made, Wanted(roles=ALL_ROLES)) == ()


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        (Wanted(jurisdictions=("XQ",)), "'XQ' is no country code"),
        (Wanted(jurisdictions=("IN",), operator_countries=("India",)), "'India' is no country code"),
        (
            Wanted(jurisdictions=("IN",), roles=("payments",)),
            "'payments' is no role that a rule knows; they are bank, ",
        ),
    ],
)
def test_a_misspelt_country_or_role_is_said(wanted: Wanted, complaint: str) -> None:
    with pytest.raises(ApptellsError, match=complaint):
        check_wanted(wanted, REGIMES.values(), load_countries())


def test_countries_sets_and_roles_are_known_however_they_are_written() -> None:
    wanted = Wanted(jurisdictions=("in", "EU", "EEA", "jp"), roles=("Payment-System-Operator", "bank"))
    check_wanted(wanted, REGIMES.values(), load_countries())
    made = report([Sent(data_type="fin.upi.vpa", to="a.example", server="SG")])
    assert _judge(made, wanted, "IN-RBI-PSD-2018")[0].outcome == "indication"


# ---------------------------------------------------------------- the two captures


@pytest.fixture(scope="module")
def payment() -> Report:
    with open_capture(FIXTURES / "captures" / "payment-case.har") as reader:
        return analyze(reader, KNOWLEDGE, Options(app="example.paisasetu"))


@pytest.fixture(scope="module")
def founding() -> Report:
    folder = FIXTURES / "captures"
    options = Options(app="com.example.citizenconnect", seeds=folder / "founding-case.persona.yaml")
    with open_capture(folder / "founding-case.har") as reader:
        return analyze(reader, KNOWLEDGE, options)


def test_a_payment_with_one_server_in_mumbai_and_one_abroad(payment: Report) -> None:
    names = {recipient.id: recipient.name for recipient in payment.recipients}
    verdicts = _judge(payment, INDIAN_PAYMENTS, "IN-RBI-PSD-2018")
    by_name = {names[verdict.recipient or ""]: verdict for verdict in verdicts}
    assert {name: verdict.outcome for name, verdict in by_name.items()} == {
        "paisasetu.example": "no_indication",
        "riskloom.example": "indication",
    }
    kinds = "bank account number, full name, payment transaction record, phone number, UPI ID and IFSC code"
    day = r"20\d\d-\d\d-\d\d"
    databases = rf"\(estimate of AWS's published ranges of {day} and DB-IP Country Lite of {day}\)"
    assert re.fullmatch(
        re.escape(f"The app transmitted {kinds} to score.riskloom.example, whose server was in Singapore ")
        + databases
        + re.escape(
            ", outside India. Processing abroad is allowed for a day (FAQ of 26 June 2019); storage is not observable."
        ),
        by_name["riskloom.example"].message,
    )
    assert re.fullmatch(
        re.escape(f"The app transmitted {kinds} to api.paisasetu.example, whose server was in Mumbai, India ")
        + databases
        + re.escape(
            ", inside India. A server in India does not show that no copy leaves India; storage is not observable."
        ),
        by_name["paisasetu.example"].message,
    )
    abroad = by_name["riskloom.example"]
    groups = {group.id: group for recipient in payment.recipients for group in recipient.groups}
    assert {groups[group].host for group in abroad.groups} == {"score.riskloom.example"}
    assert abroad.count == sum(groups[group].count for group in abroad.groups) > 0
    sent_to = {list(payment.transmissions)[position].host for position in abroad.transmissions}
    assert sent_to == {"score.riskloom.example"}


def test_the_same_capture_without_the_role_is_not_judged(payment: Report) -> None:
    (verdict,) = _judge(payment, Wanted(jurisdictions=("IN",)), "IN-RBI-PSD-2018")
    assert verdict.outcome == "not_applicable"


def test_the_founding_case_shows_no_payment(founding: Report) -> None:
    in_2020 = structs.replace(founding.capture, first_time=1_600_000_000.0)
    made = structs.replace(founding, capture=in_2020)
    (verdict,) = _judge(made, INDIAN_PAYMENTS, "IN-RBI-PSD-2018")
    assert verdict.outcome == "insufficient_data"
    assert verdict.message.startswith("Nothing was recognised that shows a payment.")


def test_the_draft_of_2018_replayed_on_the_founding_case(founding: Report) -> None:
    wanted = Wanted(jurisdictions=("IN",), historical=True)
    verdicts = _judge(founding, wanted, "IN-PDPB-2018-S40")
    said = {verdict.message.partition(" to ")[2].partition(",")[0]: verdict for verdict in verdicts}
    assert {host: verdict.outcome for host, verdict in said.items()} == {
        "in.wzrkt.com": "no_indication",
        "api.jansamvad.example": "no_indication",
        "settings.crashlytics.com": "indication",
        "graph.facebook.com": "insufficient_data",
    }
    for verdict in verdicts:
        assert verdict.message.startswith("Historical replay of a draft that never became law, as it would have said: ")
        assert (verdict.status, verdict.severity) == ("never_law", "info")
        assert "days newer than the capture" in verdict.message
    assert "Mumbai, India" in said["in.wzrkt.com"].message


def test_without_the_replay_a_draft_says_nothing(founding: Report) -> None:
    verdicts = _judge(founding, Wanted(jurisdictions=("IN",)), "IN-PDPB-2018-S40", "IN-PDPB-2018-S41")
    assert [verdict.outcome for verdict in verdicts] == ["not_applicable", "not_applicable"]


# ---------------------------------------------------------------- wording and warnings


def test_a_rule_that_nobody_checked_for_180_days_warns() -> None:
    made = report([Sent(data_type="fin.upi.vpa", to="a.example", server="SG")], DAY)
    checked = date.fromisoformat(REGIMES["IN-RBI-PSD-2018"].verified_on)
    for days, warned in ((STALE_DAYS, False), (STALE_DAYS + 1, True)):
        (verdict,) = _judge(made, INDIAN_PAYMENTS, "IN-RBI-PSD-2018", today=checked + timedelta(days))
        assert ("Warning: the rule was last compared" in verdict.message) == warned
        assert verdict.outcome == "indication"
    late = report([Sent(data_type="fin.upi.vpa", to="a.example", server="SG")], checked + timedelta(STALE_DAYS + 1))
    assert "Warning" in _judge(late, INDIAN_PAYMENTS, "IN-RBI-PSD-2018")[0].message
    assert "Warning" not in _judge(late, INDIAN_PAYMENTS, "IN-RBI-PSD-2018", today=checked)[0].message


def test_a_capture_without_a_day_leaves_it_open_whether_the_rule_was_in_force() -> None:
    made = report([Sent(data_type="fin.upi.vpa", to="a.example", server="SG")], None)
    (verdict,) = _judge(made, INDIAN_PAYMENTS, "IN-RBI-PSD-2018")
    assert verdict.outcome == "insufficient_data"
    assert "does not say on which day" in verdict.message


def test_an_empty_capture_is_too_little() -> None:
    (verdict,) = _judge(report([]), Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")
    assert verdict.outcome == "insufficient_data"


@pytest.mark.parametrize(("count", "words"), [(1, "the one request of"), (1_200, "the 1,200 requests of")])
def test_what_was_not_recognised_is_said_of_so_many_requests(count: int, words: str) -> None:
    made = report([])
    made = structs.replace(made, capture=structs.replace(made.capture, exchanges=count))
    (verdict,) = _judge(made, Wanted(jurisdictions=("TR",)), "TR-KVKK-9")
    assert words in verdict.message


def test_names_of_fields_alone_indicate_nothing() -> None:
    made = report([Sent(data_type="person.email", to="a.example", server="US", evidence="key")])
    (verdict,) = _judge(made, Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")
    assert verdict.outcome == "insufficient_data"
    assert "recognised by the names of fields alone" in verdict.message


def test_disagreeing_sources_are_all_named() -> None:
    made = report([Sent(data_type="person.email", to="a.example", server="RU|FI")])
    (verdict,) = _judge(made, Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")
    assert "Russia by Some Database of 2026-09-01; Finland by Some Database of 2026-09-01" in verdict.message


def test_the_gravest_of_a_recipients_hosts_decides() -> None:
    made = report(
        [
            Sent(data_type="person.email", to="a.example", server="RU"),
            Sent(data_type="person.email", to="b.example", server="DE"),
        ]
    )
    one, other = made.recipients
    groups = (*one.groups, *other.groups)
    joined = structs.replace(one, destinations=(*one.destinations, *other.destinations), groups=groups)
    verdicts = _judge(structs.replace(made, recipients=(joined,)), Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")
    assert [(verdict.outcome, verdict.groups) for verdict in verdicts] == [("indication", (other.groups[0].id,))]
    assert "b.example" in verdicts[0].message
    assert "a.example" not in verdicts[0].message


def test_a_rule_that_has_ended_says_so() -> None:
    ended = structs.replace(REGIMES["RU-152FZ-18.5"], ends="2026-10-05")
    made = report([Sent(data_type="person.email", to="a.example", server="US")])
    before = report([Sent(data_type="person.email", to="a.example", server="US")], DAY - timedelta(1))
    wanted = Wanted(jurisdictions=("RU",))
    (verdict,) = judge_localisation(made, [ended], KNOWLEDGE.taxonomy, wanted)
    assert verdict.outcome == "not_applicable"
    assert "it ended on 2026-10-05" in verdict.message
    (verdict,) = judge_localisation(before, [ended], KNOWLEDGE.taxonomy, wanted)
    assert verdict.outcome == "indication"


@pytest.mark.parametrize(
    ("server", "outcome"), [("CN", "indication"), ("US", "no_indication"), ("edge", "insufficient_data")]
)
def test_a_list_of_countries_once_there_is_one(server: str, outcome: Outcome) -> None:
    regime = REGIMES["IN-DPDP-S16"]
    filled = structs.replace(regime, test=structs.replace(regime.test, countries=("CN",)))
    made = report([Sent(data_type="person.email", to="a.example", server=server)], date(2027, 6, 1))
    (verdict,) = judge_localisation(made, [filled], KNOWLEDGE.taxonomy, Wanted(jurisdictions=("IN",)))
    assert (verdict.outcome, verdict.severity) == (outcome, "low" if outcome == "indication" else "info")


@pytest.mark.parametrize(("names", "outcome"), [(("seated ltd",), "no_indication"), (("Other Inc",), "indication")])
def test_a_list_of_recipients_once_there_is_one(names: tuple[str, ...], outcome: Outcome) -> None:
    regime = REGIMES["EU-US-DPF"]
    filled = structs.replace(regime, test=structs.replace(regime.test, recipients=names))
    made = report([Sent(data_type="person.email", to="a.example", server="DE", seat="US")])
    (verdict,) = judge_localisation(made, [filled], KNOWLEDGE.taxonomy, Wanted(jurisdictions=("FR",)))
    assert verdict.outcome == outcome


def test_all_texts_of_all_regimes_are_neutral() -> None:
    for regime in REGIMES.values():
        for text in (regime.title, regime.missing, regime.cannot_show, *regime.exceptions, *regime.checked):
            assert not JUDGING.search(text), (regime.id, text)


# ---------------------------------------------------------------- laws of judging

TYPES = sorted(kind.id for kind in KNOWLEDGE.taxonomy)
SERVERS = ("IN", "SG", "US", "CN", "DE", "RU", "edge", "unknown", "IN|US", "US!", "ZZ", "")
sent_things = st.builds(
    Sent,
    data_type=st.sampled_from([*TYPES, "no.such.type"]),
    to=st.sampled_from(["a.example", "b.example", "c.example", "\x1b[31m\u202e", "x" * 300]),
    server=st.sampled_from(SERVERS),
    seat=st.sampled_from([None, "US", "IN", "CN", "??"]),
    evidence=st.sampled_from(EVIDENCE),
)
wanted_things = st.builds(
    Wanted,
    jurisdictions=st.lists(
        st.sampled_from(["IN", "eu", "US", "RU", "CN", "KZ", "BR", "VN", "AU", "?"]), max_size=4
    ).map(tuple),
    operator_countries=st.lists(st.sampled_from(["IN", "KZ"]), max_size=2).map(tuple),
    roles=st.lists(st.sampled_from(ALL_ROLES), max_size=5).map(tuple),
    historical=st.booleans(),
    payment_flow=st.sampled_from([None, True, False]),
)
days = st.one_of(st.none(), st.dates(date(2010, 1, 1), date(2030, 12, 31)))
EVERYTHING = Wanted(
    jurisdictions=("IN", "EEA", "US", "RU", "CN", "KZ", "BR", "VN", "AU", "ID", "AE", "SA", "TR"),
    operator_countries=("IN", "KZ"),
    roles=ALL_ROLES,
    historical=True,
)


@settings(max_examples=60)
@given(st.lists(sent_things, max_size=8), wanted_things, days, days)
def test_it_never_raises_and_every_verdict_is_whole(
    sent: list[Sent], wanted: Wanted, day: date | None, today: date | None
) -> None:
    made = report(sent, day)
    known = {recipient.id for recipient in made.recipients}
    for verdict in _judge(made, wanted, today=today):
        assert verdict.outcome in OUTCOMES
        assert verdict.severity in SEVERITIES
        assert verdict.message.endswith(".")
        assert not JUDGING.search(verdict.message)
        assert verdict.recipient is None or verdict.recipient in known
        assert verdict.outcome != "indication" or (verdict.groups and verdict.count and verdict.transmissions)
        regime = REGIMES[verdict.rule]
        if verdict.outcome == "indication":
            assert regime.missing in verdict.message
            assert regime.status != "check"
            assert "indication" not in _cases(regime.id).get("never", {})
        if verdict.outcome == "no_indication":
            assert regime.cannot_show in verdict.message
            assert "no_indication" not in _cases(regime.id).get("never", {})


@settings(max_examples=60)
@given(st.lists(sent_things, max_size=6), st.sampled_from(SERVERS), st.sampled_from([None, "CN", "US"]))
def test_an_unrelated_destination_changes_no_other_verdict(sent: list[Sent], server: str, seat: str | None) -> None:
    before, after = report(sent), report([*sent, Sent(data_type="dev.os", to="new.example", server=server, seat=seat)])
    assert _outcomes(before) == _outcomes(after)


@settings(max_examples=60)
@given(st.lists(sent_things, max_size=6), st.sampled_from(TYPES), st.sampled_from(SERVERS))
def test_another_recipient_changes_no_verdict_on_the_others_servers(
    sent: list[Sent], data_type: str, server: str
) -> None:
    """Whatever it was sent: a test of each server's place asks nobody else's."""
    more = [*sent, Sent(data_type=data_type, to="new.example", server=server)]
    ids = [one.id for one in BY_PLACE if one.test.kind == "endpoint_outside" and one.needs is None]
    assert _outcomes(report(sent), *ids) == _outcomes(report(more), *ids)


def _outcomes(made: Report, *regimes: str) -> list[tuple[str, str, str, str]]:
    """Of all recipients but the new one; what is said of the whole capture names its number of requests."""
    return [
        (one.rule, one.recipient, one.outcome, one.message)
        for one in _judge(made, EVERYTHING, *regimes)
        if one.recipient is not None and one.recipient != "r-new.example"
    ]


@settings(max_examples=60)
@given(st.lists(sent_things, max_size=8), st.sampled_from(["edge", "unknown", "IN|US", "US!", "ZZ"]))
def test_a_server_whose_place_is_in_doubt_never_gives_an_indication(sent: list[Sent], server: str) -> None:
    doubtful = [structs.replace(one, server=server, seat=None) for one in sent]
    for verdict in _judge(report(doubtful), EVERYTHING):
        assert verdict.outcome != "indication" or "wherever it goes" in verdict.title


@settings(max_examples=40)
@given(st.lists(sent_things, max_size=8))
def test_an_owners_seat_moves_no_server(sent: list[Sent]) -> None:
    here = report([structs.replace(one, seat="IN") for one in sent])
    there = report([structs.replace(one, seat="CN") for one in sent])
    ids = [one.id for one in BY_PLACE if not one.test.seat]
    assert _outcomes(here, *ids) == _outcomes(there, *ids)


@pytest.mark.parametrize("time", [math.inf, -math.inf, math.nan, 1e300, -1e18])
def test_an_impossible_time_is_no_day(time: float) -> None:
    made = report([Sent(data_type="person.email", to="a.example", server="US")])
    odd = structs.replace(made, capture=structs.replace(made.capture, first_time=time))
    assert _judge(odd, Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")[0].outcome == "insufficient_data"


def test_a_group_that_points_to_no_destination_is_in_doubt() -> None:
    made = report([Sent(data_type="person.email", to="a.example", server="US")])
    (one,) = made.recipients
    lost = structs.replace(one, destinations=(), groups=(structs.replace(one.groups[0], destination=99),))
    odd = structs.replace(made, recipients=(lost,), destinations=())
    assert _judge(odd, Wanted(jurisdictions=("RU",)), "RU-152FZ-18.5")[0].outcome == "insufficient_data"


def test_the_payment_capture_is_what_its_maker_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fixtures.captures import make_payment_case

    monkeypatch.setattr(make_payment_case, "HERE", tmp_path)
    make_payment_case.main()
    made = (tmp_path / "payment-case.har").read_bytes()
    assert made == (FIXTURES / "captures" / "payment-case.har").read_bytes()
