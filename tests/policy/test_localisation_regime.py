"""Files of regimes: the shipped ones are whole, sets are written out, and every mistake has its line."""

import re
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import analyzer.knowledge
from analyzer.errors import KnowledgeError
from analyzer.policy.localisation_regime import Regime, load_regimes, matching, on_day
from tests.policy.making_localisation import KNOWLEDGE, REGIMES

SETS = """EU: [DE, FR]
EEA: ["@EU", "NO"]
"""
WHOLE = """id: XX-1
title: A rule
law: An Act
status: in_force
from: 2020-01-01
applies_if: {subject_country: ["@EEA"]}
types: [person.email, "fin.card.*", "@gdpr=art9"]
test: {kind: endpoint_outside, countries: ["@EEA", CH], since: {"@EU": 2021-01-01}, area: the area}
missing: Something.
cannot_show: Something else.
verified_on: 2026-11-22
evidence: V
checked: [all of it]
"""
FOLDER = Path(analyzer.knowledge.__file__).parent / "data" / "localisation"


def _load(text: str) -> Regime:
    (regime,) = load_regimes({"XX-1.yaml": text}, SETS, KNOWLEDGE.taxonomy)
    return regime


def test_sets_are_written_out_and_norway_stays_norway() -> None:
    regime = _load(WHOLE)
    assert regime.test.countries == ("DE", "FR", "NO", "CH")
    assert regime.applies_if.subject_country == ("EEA", "EU", "DE", "FR", "NO")
    assert "NO" in REGIMES["EU-GDPR-CH5"].test.countries


def test_countries_count_from_their_day() -> None:
    test = _load(WHOLE).test
    assert on_day(test, date(2020, 12, 31)).countries == ("NO", "CH")
    assert on_day(test, date(2021, 1, 1)).countries == ("DE", "FR", "NO", "CH")
    assert on_day(test, None).countries == ("DE", "FR", "NO", "CH")


def test_patterns_stand_for_data_types() -> None:
    found = matching(["person.email", "fin.card.*", "@gdpr=art10"], KNOWLEDGE.taxonomy)
    assert found == {"person.email", "fin.card.pan", "fin.card.cvv", "fin.card.expiry", "special.criminal"}
    assert matching(["no.such", "no.*", "@no=y", "person.email.*"], KNOWLEDGE.taxonomy) == {"person.email.hashed"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("id: XX-1", "id: XX-2", "XX-1.yaml:1: `id` is 'XX-2'"),
        ("status: in_force", "status: valid", "XX-1.yaml:4: Invalid enum value 'valid'"),
        ("status: in_force", "status: check", "XX-1.yaml:4: a regime from memory"),
        ("evidence: V", "evidence: M", "XX-1.yaml:4: a regime from memory"),
        ("2020-01-01", "January", "XX-1.yaml:5: 'January' is not a day"),
        ("2021-01-01", "2021", "XX-1.yaml:8: '2021' is not a day"),
        ("person.email,", "person.mail,", "XX-1.yaml:7: 'person.mail' stands for no data type"),
        ("fin.card.*", "fin.cards.*", "XX-1.yaml:7: 'fin.cards.*' stands for no data type"),
        ("@gdpr=art9", "@gdpr=art99", "XX-1.yaml:7: '@gdpr=art99' stands for no data type"),
        ("kind: endpoint_outside", "kind: nothing", "XX-1.yaml:8: Invalid enum value 'nothing'"),
        ('["@EEA", CH]', '["@EFTA", CH]', "XX-1.yaml:1: there is no set '@EFTA'"),
        ("missing: Something.\n", "", "XX-1.yaml:1: Object missing required field `missing`"),
        ("law: An Act", "laws: An Act", "XX-1.yaml:1: Object"),
        ("law: An Act", "law: [An", "not YAML"),
        ("law: An Act", "law: An Act\nlaw: Another", "XX-1.yaml:4: `law` is given twice"),
        ("law: An Act", "references: &a [x]\nlaw: An Act\nexceptions: *a", "XX-1.yaml:3: aliases (`*name`) are not"),
        ("law: An Act", f"law: {'An Act ' * 50_000}", "XX-1.yaml:1: a file of more than 256 KiB is not read"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, complaint: str) -> None:
    assert old in WHOLE
    with pytest.raises(KnowledgeError, match=re.escape(complaint)):
        _load(WHOLE.replace(old, new))


def test_all_mistakes_come_at_once() -> None:
    wrong = WHOLE.replace("2020-01-01", "January").replace("person.email,", "person.mail,")
    with pytest.raises(KnowledgeError) as raised:
        load_regimes({"XX-1.yaml": wrong, "XX-2.yaml": "- 1"}, SETS, KNOWLEDGE.taxonomy)
    assert [line.partition(" ")[0] for line in str(raised.value).splitlines()] == [
        "XX-1.yaml:5:",
        "XX-1.yaml:7:",
        "XX-2.yaml:1:",
    ]


def test_an_empty_file_is_a_mistake() -> None:
    with pytest.raises(KnowledgeError, match=r"XX-1\.yaml:1: "):
        _load("")


@pytest.mark.parametrize("regime", REGIMES.values(), ids=lambda regime: regime.id)
def test_each_regime_is_whole(regime: Regime) -> None:
    assert regime.status == "never_law" or regime.begins
    assert (regime.evidence == "M") == (regime.status == "check")
    assert regime.missing.endswith(".")
    assert regime.cannot_show.endswith(".")
    assert any(regime.verified_on in line for line in regime.checked)
    assert regime.test.area or regime.test.kind == "not_testable"
    assert not regime.perhaps_begins or (regime.begins or "") > regime.perhaps_begins


def test_norway_is_quoted_for_readers_of_yaml_1_1() -> None:
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    for path in FOLDER.glob("*.yaml"):
        assert False not in _leaves(old.load(path.read_text("utf-8"))), path.name


def _leaves(node: object) -> list[object]:
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in (key, *_leaves(value))]
    return [leaf for value in node for leaf in _leaves(value)] if isinstance(node, list) else [node]


def test_the_documentation_lists_every_regime_with_its_status() -> None:
    text = (FOLDER.parents[2] / "docs" / "localisation.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z][\w.-]+)` \|.*\| ([a-z ]+) \|$", text, re.M)
    said = {"in_force": "in force", "never_law": "draft"}
    assert dict(rows) == {one.id: said.get(one.status, one.status) for one in REGIMES.values()}
