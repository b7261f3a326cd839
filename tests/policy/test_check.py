"""Rules that somebody wrote, and the examples of the documentation among them."""

import re
from pathlib import Path

import pytest

from analyzer.errors import KnowledgeError
from analyzer.knowledge import Knowledge
from analyzer.policy.check import Checked
from analyzer.policy.condition import CONDITIONS
from analyzer.policy.config import load_config
from analyzer.policy.wording import PARTS
from tests.conftest import ROOT
from tests.policy.rules_made import words

DOCUMENT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
RULE, CASES = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT, re.M | re.S)


def test_the_documented_rule_says_what_its_cases_say() -> None:
    checked = Checked(words())
    checked.add("id-in-url.yaml", RULE, "cases/id-in-url.yaml", CASES)
    checked.finish()
    assert (checked.rules, checked.cases) == (1, 3)


def test_the_documented_configuration_is_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", DOCUMENT, re.M | re.S)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "id-in-url.yaml").write_text(RULE)
    path = tmp_path / "apptells.toml"
    path.write_text(text)
    rules, (waiver,) = Knowledge().rules_and_waivers((), path)
    assert {"id-in-url"} < {rule.id for rule in rules}
    assert waiver.by == "A. Reviewer"
    assert load_config(path).disable == ("third-persons",)


def test_every_condition_and_part_is_documented() -> None:
    assert re.findall(r"^\| `(\w+)` \|", DOCUMENT.split("| condition |")[1], re.M) == list(CONDITIONS_IN_ORDER)
    assert {f"{{{name}}}" for name in PARTS} <= set(re.findall(r"\{\w+\}", DOCUMENT))


CONDITIONS_IN_ORDER = (
    "data_type", "sensitivity", "evidence", "party", "category", "owner", "seat", "server", "phase", "transform",
    "secure", "location", "path", "first_seen", "together", "shared",
)  # fmt: skip


def test_every_condition_of_a_rule_can_be_asked() -> None:
    from msgspec.structs import fields

    from analyzer.policy.rule import Clause

    assert set(CONDITIONS) == {field.name for field in fields(Clause)} == set(CONDITIONS_IN_ORDER)


def test_mistakes_of_a_rule_and_of_its_cases_come_together() -> None:
    checked = Checked(words())
    checked.add("a.yaml", "id: a", "cases/a.yaml", "yes: []")
    checked.add("b.yaml", RULE.replace("id: id-in-url", "id: b"), "cases/b.yaml", CASES.replace("[id.ad]", "[id.none]"))
    with pytest.raises(KnowledgeError) as raised:
        checked.finish()
    names = {line.split(":")[0] for line in str(raised.value).splitlines()}
    assert names == {"a.yaml", "cases/a.yaml", "cases/b.yaml"}
