"""Each condition holds, does not hold, or is not known."""

import pytest
from msgspec.structs import replace

from analyzer.model import CountryAnswer, Phase
from analyzer.policy.condition import Facts, asked
from analyzer.policy.judge import answer
from analyzer.policy.session import Session
from analyzer.policy.subject import subjects_of
from analyzer.policy.truth import Truth
from analyzer.reported import Report
from tests.policy.rules_made import changed, report, rule, words


def truth(when: str, made: Report) -> Truth:
    """What the clause says of the first group."""
    return asked_of(when, made)[0]


def asked_of(when: str, made: Report) -> tuple[Truth, list[tuple[str, str]]]:
    clauses = [(clause, asked(clause)) for clause in rule(when).when]
    said, missing, _ = answer(clauses, next(iter(subjects_of(made))), Facts(made, words().taxonomy))
    return said, list(missing)


def one(group: str, recipient: str = "", rest: str = "") -> Report:
    return report(f"recipients: [{{groups: [{group}]{', ' if recipient else ''}{recipient}}}]\n{rest}")


SERVERS = (
    ("IN", "server: IN", True), ("IN", "server: US", False), ("IN", "server: not IN", False),
    ("IN", "server: [IN, US]", True), ("IN", "server: edge", False), ("IN", "server: private", False),
    ("IN", "server: not unknown", True),
    ("edge", "server: IN", None), ("edge", "server: not IN", None), ("edge", "server: edge", True),
    ("edge", "server: [IN, edge]", True), ("edge", "server: private", False), ("edge", "server: unknown", True),
    ("private", "server: private", True), ("private", "server: IN", None), ("private", "server: not private", False),
)  # fmt: skip


@pytest.mark.parametrize(("server", "condition", "expected"), SERVERS)
def test_server(server: str, condition: str, expected: Truth) -> None:
    assert truth(f"{{{condition}}}", one("id.ad", f"server: {server}")) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("server: IN", None), ("server: not IN", None), ("server: unknown", True), ("server: [IN, not unknown]", False)],
)
def test_a_server_of_which_nothing_is_known(condition: str, expected: Truth) -> None:
    assert truth(f"{{{condition}}}", one("id.ad")) is expected


def test_a_disputed_country_is_settled_only_where_all_agree() -> None:
    made = one("id.ad", "server: IN")
    answers = tuple(CountryAnswer(country=code, method="made", date="2026-01-01") for code in ("IN", "SG"))
    disputed = with_destination(made, server_countries=answers, server_country_disputed=True)
    assert truth("{server: IN}", disputed) is None
    assert truth("{server: [IN, SG]}", disputed) is True
    assert truth("{server: US}", disputed) is False
    assert truth("{server: not US}", disputed) is True
    too_far = with_destination(made, server_country_too_far=True)
    assert truth("{server: IN}", too_far) is None


def with_destination(made: Report, **members: object) -> Report:
    from msgspec.structs import replace

    (recipient,) = made.recipients
    (to,) = recipient.destinations
    return changed(made, recipients=(replace(recipient, destinations=(replace(to, **members),)),))


RECIPIENTS = (
    ("party: third", "party: third", True), ("party: first", "party: third", False),
    ("party: unknown", "party: third", None), ("party: unknown", "party: [third, unknown]", True),
    ("party: unknown", "party: [third, not unknown]", False), ("party: unknown", "party: not first", None),
    ("category: payment", "category: payment", True), ("category: payment", "category: not payment", False),
    ("category: payment", "category: [maps, payment]", True), ("party: third", "category: payment", None),
    ("party: first", "category: payment", False), ("party: first", "category: not payment", True),
    ("party: third", "category: [payment, not unknown]", False), ("party: third", "category: unknown", True),
    ("owner: Example Inc.", "owner: example inc.", True), ("owner: Other", "owner: Example Inc.", False),
    ("owner: Daughter, parent: Mother", "owner: Mother", True), ("party: third", "owner: Example Inc.", None),
    ("seat: US", "seat: US", True), ("seat: US", "seat: not US", False), ("party: third", "seat: not US", None),
)  # fmt: skip


@pytest.mark.parametrize(("recipient", "condition", "expected"), RECIPIENTS)
def test_recipient(recipient: str, condition: str, expected: Truth) -> None:
    assert truth(f"{{{condition}}}", one("id.ad", recipient)) is expected


GROUPS = (
    ("id.ad", "data_type: id.*", True), ("id.ad", "data_type: [id.*, not id.ad]", False),
    ("id.ad", "data_type: person.email", False), ("id.ad", 'sensitivity: ">= 2"', True),
    ("id.ad", 'sensitivity: "> 2"', False), ("id.ad", 'sensitivity: "== 2"', True),
    ("{data_type: id.ad, evidence: seed}", "evidence: [seed, documented]", True),
    ("{data_type: id.ad, evidence: validated}", "evidence: not validated", False),
    ("{data_type: id.ad, secure: no}", "secure: no", True), ("id.ad", "secure: no", False),
    ("id.ad", "secure: yes", True), ("{data_type: id.ad, location: query}", "location: query", True),
    ("{data_type: id.ad, location: query}", "location: [body, header]", False),
    ('{data_type: id.ad, path: "a.Emergency_Contacts[].x"}', "path: emergencycontact*", True),
    ('{data_type: id.ad, path: "a.Emergency_Contacts[].x"}', "path: contact*", False),
    ('{data_type: id.ad, path: "a.Emergency_Contacts[].x"}', 'path: ["*contacts"]', True),
    ('{data_type: id.ad, path: "a.Emergency_Contacts[].x"}', 'path: ["*contact*"]', True),
    ('{data_type: id.ad, path: "a.Emergency_Contacts[].x"}', "path: emergency", False),
    ('{data_type: id.ad, path: "a.b"}', "path: not b", False), ('{data_type: id.ad, path: "a.b"}', "path: not c", True),
    ("{data_type: id.ad, transform: sha256(lower)}", "transform: hashed", True),
    ("{data_type: id.ad, transform: hmac-sha256(lower)}", "transform: hashed", True),
    ("{data_type: id.ad, transform: md5(plain)}", "transform: not hashed", False),
    ("{data_type: id.ad, transform: without dashes}", "transform: hashed", False),
    ("id.ad", "transform: plain", True),
    ("{data_type: id.ad, at: 3}", 'first_seen: "<= 10"', True),
    ("{data_type: id.ad, at: 30}", 'first_seen: "<= 10"', False), ("id.ad", 'first_seen: "<= 10"', None),
)  # fmt: skip


@pytest.mark.parametrize(("group", "condition", "expected"), GROUPS)
def test_group(group: str, condition: str, expected: Truth) -> None:
    assert truth(f"{{{condition}}}", one(group)) is expected


PHASES = (
    ("{after-accept: 10}", 5, "before-consent", True), ("{after-accept: 10}", 15, "before-consent", False),
    ("{after-accept: 10}", 5, "not before-consent", False), ("{after-accept: 10}", None, "before-consent", None),
    ("{before-consent: 1}", 5, "before-consent", True), ("{launch: 1}", 5, "before-consent", None),
    ("{launch: 1, before-consent: 9}", 5, "before-consent", True), ("{logged-in: 1}", 5, "before-consent", None),
    ("{after-reject: 10}", 15, "after-reject", True), ("{after-reject: 10}", 5, "after-reject", False),
    ("{after-reject: 10, after-accept: 12}", 15, "after-reject", False),
    ("{after-reject: 10, logged-in: 12}", 15, "after-reject", True), ("{after-accept: 1}", 5, "after-reject", False),
    ("{logged-in: 1}", 5, "after-reject", None), ("{logged-in: 1}", 5, "logged-in", True),
    ("{logged-in: 1}", 5, "[logged-out, logged-in]", True), ("{logged-in: 1}", 5, "logged-out", False),
    ("{launch: 1}", 5, "after-reject", None), ("{launch: 1, before-consent: 3}", 2, "after-reject", False),
    ("{before-consent: 1}", 5, "after-reject", False), ("{before-consent: 1, launch: 3}", 5, "before-consent", None),
    ("{logged-in: 1}", None, "logged-in", None), ("{before-consent: 1}", 5, "[before-consent, after-reject]", True),
)  # fmt: skip


@pytest.mark.parametrize(("phases", "at", "word", "expected"), PHASES)
def test_phase(phases: str, at: float | None, word: str, expected: Truth) -> None:
    group = "id.ad" if at is None else f"{{data_type: id.ad, at: {at}}}"
    assert truth(f"{{phase: {word}}}", one(group, "", f"phases: {phases}")) is expected


@pytest.mark.parametrize(
    ("marks", "phase", "before", "refused"),
    [
        ("launch after-reject", "launch", True, False),
        ("launch after-reject launch", "launch", None, None),
        ("launch after-reject launch", "after-reject", False, True),
        ("after-accept launch", "launch", False, False),
        ("after-reject launch", "launch", False, True),
        ("after-reject logged-in", "logged-in", False, True),
        ("before-consent after-accept before-consent", "before-consent", None, False),
        ("launch before-consent", "launch", True, False),
        ("before-consent launch", "launch", None, None),
        ("launch", "launch", None, None),
        ("launch after-accept", None, None, None),
    ],
)
def test_a_phase_may_come_again(marks: str, phase: str | None, before: Truth, refused: Truth) -> None:
    """Where no moment is known, the phase settles it only if all its stretches do."""
    session = Session(Phase(name=name, time=float(at)) for at, name in enumerate(marks.split()))
    group = replace(one("id.ad").recipients[0].groups[0], phase=phase, first_time=None)
    assert (session.holds("before-consent", group), session.holds("after-reject", group)) == (before, refused)


@pytest.mark.parametrize(("count", "refused"), [(1, False), (2, None)])
def test_what_was_sent_repeatedly_may_have_been_sent_when_its_phase_came_again(count: int, refused: Truth) -> None:
    session = Session(Phase(name=name, time=float(at)) for at, name in enumerate(["launch", "after-reject", "launch"]))
    group = replace(one("id.ad").recipients[0].groups[0], phase="launch", first_time=0.5, count=count)
    assert (session.holds("before-consent", group), session.holds("after-reject", group)) == (True, refused)
    assert session.holds("after-reject", replace(group, first_time=2.5)) is True


def test_no_phase_is_known_where_none_is_marked() -> None:
    for word in ("before-consent", "after-reject", "logged-in", "not logged-in"):
        said, missing = asked_of(f"{{phase: {word}}}", one("{data_type: id.ad, at: 3}"))
        assert (said, len(missing)) == (None, 1)
        assert "no phase of the session is marked" in missing[0][0]


TOGETHER = "{together: {data_type: [person.email], within: %s}}"


def test_together() -> None:
    near = one("{data_type: id.ad, exchange: 1}, {data_type: person.email, exchange: 1}")
    far = one("{data_type: id.ad, exchange: 1}, {data_type: person.email, exchange: 2}")
    weak = one("{data_type: id.ad, exchange: 1}, {data_type: person.email, exchange: 1, evidence: key}")
    for made, recipient, request in (
        (near, True, True),
        (far, True, False),
        (weak, None, None),
        (one("id.ad"), False, False),
    ):
        assert truth(TOGETHER % "recipient", made) is recipient
        assert truth(TOGETHER % "request", made) is request


def test_together_in_a_request_is_not_known_where_lists_of_requests_are_cut() -> None:
    from msgspec.structs import replace

    (recipient,) = one("id.ad, person.email").recipients
    first, second = recipient.groups
    long = (replace(first, exchanges=tuple(range(10))), replace(second, exchanges=tuple(range(20, 30))))
    made = changed(one("id.ad"), recipients=(replace(recipient, groups=long),))
    assert truth(TOGETHER % "request", made) is None


def test_shared() -> None:
    text = (
        "recipients: [{name: B, groups: [id.cookie]}, {name: A, groups: [dev.os]}]\nshared: [{%s data_type: id.cookie}]"
    )
    handed, several = report(text % "from: A, to: [B],"), report(text % "to: [A, B],")
    assert truth("{shared: handed-out}", handed) is True
    assert truth("{shared: several}", handed) is False
    assert truth("{shared: handed-out}", several) is False
    assert truth("{shared: several}", several) is True
    assert truth("{shared: handed-out}", report(text % "from: B, to: [B],")) is False
    cut = changed(report("recipients: [{groups: [id.cookie]}]"), shared_total=900)
    assert truth("{shared: handed-out}", cut) is None, "not all that are shared are listed"


def test_an_identifier_that_no_detector_knows() -> None:
    made = report(
        "recipients: [{name: A, groups: [dev.os]}, {name: B, groups: [dev.os]}]\nshared: [{from: A, to: [B]}]"
    )
    found = [subject for subject in subjects_of(made) if not subject.is_recognised]
    assert [(subject.recipient.name, subject.group.id) for subject in found] == [("B", "")]
    facts = Facts(made, words().taxonomy)
    for when, expected in (("{secure: no}", None), ("{transform: plain}", None), ("{shared: handed-out}", True)):
        clauses = [(clause, asked(clause)) for clause in rule(when).when]
        assert answer(clauses, found[0], facts)[0] is expected
