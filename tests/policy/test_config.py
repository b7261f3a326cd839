"""What a project says of the rules in `apptells.toml`."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import KnowledgeError
from analyzer.knowledge import DATA, Knowledge
from analyzer.policy.config import Config, applied, load_config
from analyzer.policy.waiver import Waiver
from tests.policy.rules_made import shipped, words

GOOD = """\
[rules]
paths = ["own"]
disable = ["third-persons"]
severity = {id-sync = "low"}

[[waivers]]
rule = "before-consent"
recipient = "Example Inc."
data_type = "id.*"
reason = "Needed to show the screen."
expires = 2027-03-31
by = "A. Reviewer"

[[waivers]]
rule = "id-sync"
reason = "Agreed."
expires = "2027-01-01"
"""
BAD = """\
colour = 1
[rules]
paths = "own"
disable = [1]
severity = {id-sync = "terrible"}
sort = true
[[waivers]]
rule = "id-sync"
[[waivers]]
rule = ""
reason = " "
expires = "soon"
by = 3
host_name = "x"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "apptells.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_of_it(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    config = load_config(path)
    assert config == Config(
        place=str(path), paths=(tmp_path / "own",), disable=("third-persons",), severity={"id-sync": "low"},
        waivers=(
            Waiver(rule="before-consent", recipient="Example Inc.", data_type="id.*",
                   reason="Needed to show the screen.", expires=date(2027, 3, 31), by="A. Reviewer"),
            Waiver(rule="id-sync", reason="Agreed.", expires=date(2027, 1, 1)),
        ),
    )  # fmt: skip
    rules = {rule.id: rule for rule in applied(config, shipped(), words().taxonomy)}
    assert "third-persons" not in rules
    assert rules["id-sync"].severity == "low"


def test_every_mistake_comes_at_once(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as raised:
        load_config(written(tmp_path, BAD))
    said = [line.split("apptells.toml: ")[1] for line in str(raised.value).splitlines()]
    for expected in (
        "the file: `colour` is not known here", "[rules]: `sort` is not known here", "[rules] paths: expected a list",
        "[rules] disable: expected a list", "[rules] severity.id-sync: not one of info",
        "waiver 1: `reason` is missing",
        "waiver 1: `expires` is missing", "waiver 2: `rule` is missing", "waiver 2: `reason` is missing",
        "waiver 2: `expires` is no date", "waiver 2: `by` has to be text", "waiver 2: `host_name` is not known here",
    ):  # fmt: skip
        assert any(line.startswith(expected) for line in said), expected
    assert len(said) == 12


def test_names_that_nothing_bears(tmp_path: Path) -> None:
    text = GOOD.replace("id-sync", "no-such").replace("third-persons", "neither").replace("id.*", "id.nothing")
    with pytest.raises(KnowledgeError) as raised:
        applied(load_config(written(tmp_path, text)), shipped(), words().taxonomy)
    said = str(raised.value).splitlines()
    assert len(said) == 4
    assert "[rules] disable: no rule 'neither'; `apptells rules list` names them" in said[0]
    assert said[3].endswith("waiver 1: 'id.nothing' names no data type")


def test_knowledge_joins_all(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    own = (DATA / "rules" / "id-sync.yaml").read_text("utf-8").replace("id: id-sync", "id: mine")
    (tmp_path / "own" / "mine.yaml").write_text(own)
    rules, waivers = Knowledge().rules_and_waivers((), written(tmp_path, GOOD))
    assert {rule.id for rule in rules} == {rule.id for rule in shipped()} - {"third-persons"} | {"mine"}
    assert len(waivers) == 2
    assert Knowledge().rules_and_waivers((), None) == (shipped(), ())


@pytest.mark.parametrize(
    "text", ["= 1", "[" * 3000, "waivers = 3", "rules = []", "x" * 300_000, '[rules]\npaths = ["a\\u0000b"]']
)
def test_what_is_none_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(KnowledgeError, match=r"apptells\.toml: "):
        load_config(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_config(tmp_path / "apptells.toml")


@settings(max_examples=60)
@given(data=st.binary(max_size=80))
def test_bytes_of_any_kind_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("config") / "apptells.toml"
    path.write_bytes(data)
    with suppress(KnowledgeError):
        assert load_config(path).waivers == ()
