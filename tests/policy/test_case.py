"""Every shipped rule has its cases, and says of each what the case file says."""

import pytest

from analyzer.knowledge import DATA
from analyzer.policy.case import KINDS, read_cases, wrong_cases
from analyzer.policy.rule import Rule
from tests.conftest import FIXTURES
from tests.policy.rules_made import shipped, words

FOLDER = FIXTURES / "rules"


@pytest.mark.parametrize("rule", shipped(), ids=lambda rule: rule.id)
def test_the_rule_says_what_its_cases_say(rule: Rule) -> None:
    path = FOLDER / f"{rule.id}.yaml"
    cases, mistakes = read_cases(path.name, path.read_text(encoding="utf-8"), words())
    assert mistakes == (), "a yes, a no and an unknown are needed"
    assert wrong_cases(rule, cases, words()) == ()
    needed = set(KINDS) - (set() if rule.unless else {"allowed"})
    assert {case.kind for case in cases} >= needed
    assert all(case.why for case in cases)


def test_every_case_file_has_its_rule() -> None:
    names = {path.stem for path in (DATA / "rules").iterdir()}
    assert {path.stem for path in FOLDER.iterdir()} == names == {rule.id for rule in shipped()}


def test_a_case_that_a_rule_contradicts_is_told_with_its_place() -> None:
    (rule,) = (rule for rule in shipped() if rule.id == "clear-text")
    text = "yes:\n  - {why: in TLS, recipients: [{groups: [person.email]}]}\nno: []\nunknown: []\n"
    cases, _ = read_cases("x.yaml", text, words())
    assert wrong_cases(rule, cases, words()) == ("x.yaml:2: in TLS: `yes` is expected, the rule says nothing",)


def test_mistakes_of_a_case_file_come_all_at_once() -> None:
    text = """\
yes:
  - recipients:
      - party: fourth
        category: nothing
        server: ZZ
        groups: [person.emial, {data_type: id.ad, evidence: strong, at: soon, secure: perhaps}]
    shared: [{from: Nobody, to: [Nobody]}]
    phases: {x: y}
maybe: []
"""
    _, mistakes = read_cases("x.yaml", text, words())
    places = [mistake.split(": ")[0] for mistake in mistakes]
    assert sorted(places) == ["x.yaml:1"] * 2 + ["x.yaml:3", "x.yaml:4", "x.yaml:5"] + ["x.yaml:6"] * 4 + [
        "x.yaml:7", "x.yaml:8", "x.yaml:9"
    ]  # fmt: skip
    assert any("no data type 'person.emial'" in mistake for mistake in mistakes)
