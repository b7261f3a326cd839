"""`apptells rules`: the list, one in words, and the check of one's own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.errors import ApptellsError
from analyzer.knowledge import DATA
from tests.conftest import FIXTURES
from tests.policy.rules_made import shipped


def invoke(*words: object) -> Result:
    result = CliRunner().invoke(cli, ["rules", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def refused(*words: object) -> list[str]:
    with pytest.raises(ApptellsError) as raised:
        CliRunner().invoke(cli, ["rules", *map(str, words)], catch_exceptions=False)
    return str(raised.value).splitlines()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rule and its cases; the current folder is another one."""
    (tmp_path / "rules" / "cases").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    text = (DATA / "rules" / "id-sync.yaml").read_text("utf-8").replace("id: id-sync", "id: mine")
    (tmp_path / "rules" / "mine.yaml").write_text(text)
    (tmp_path / "rules" / "cases" / "mine.yaml").write_text((FIXTURES / "rules" / "id-sync.yaml").read_text("utf-8"))
    return tmp_path / "rules"


def test_the_list_holds_every_rule() -> None:
    names, *rows = (line.split("\t") for line in invoke("list").output.splitlines())
    assert names == ["id", "severity", "status", "title"]
    assert rows == [[rule.id, rule.severity, rule.status, rule.title] for rule in shipped()]


def test_ones_own_and_the_configuration_of_the_folder_are_in_the_list(own: Path) -> None:
    Path("apptells.toml").write_text(
        '[rules]\npaths = ["../rules"]\ndisable = ["id-sync"]\nseverity = {mine = "info"}\n'
    )
    listed = {line.split("\t")[0]: line.split("\t")[1] for line in invoke("list").output.splitlines()[1:]}
    assert listed["mine"] == "info"
    assert "id-sync" not in listed
    Path("apptells.toml").unlink()
    assert "mine\tmedium" in invoke("list", "--rules", own / "mine.yaml").output
    given = own / "other.toml"
    given.write_text('[rules]\nseverity = {id-sync = "critical"}\n')
    assert "id-sync\tcritical" in invoke("list", "--config", given).output


def test_explain(own: Path) -> None:
    said = invoke("explain", "before-consent").output
    assert said.startswith("before-consent: Personal data to third parties before consent\n")
    assert "  it was sent before a consent screen was answered\n" in said
    assert all(len(line) <= 100 for line in said.splitlines())
    assert invoke("explain", "mine", "--rules", own).output.startswith("mine: ")
    (line,) = refused("explain", "nothing")
    assert line.startswith("There is no rule 'nothing'; the rules are ad-id-joined, ")


def test_what_a_rule_of_ones_own_says_cannot_command_a_terminal(own: Path) -> None:
    path = own / "mine.yaml"
    path.write_text(path.read_text().replace("title: ", 'title: "\\e[31m" # '))
    assert "\x1b" not in invoke("explain", "mine", "--rules", path).output + invoke("list", "--rules", path).output


def test_check_runs_the_cases_beside_the_rules(own: Path) -> None:
    assert invoke("check", own).output == "1 rule, 6 cases: no mistakes.\n"
    assert invoke("check", DATA / "rules").output == f"{len(shipped())} rules, 0 cases: no mistakes.\n"
    config = own / "apptells.toml"
    config.write_text('[rules]\npaths = ["."]\n')
    assert invoke("check", own / "mine.yaml", config).output == "1 rule, 6 cases, 1 configuration: no mistakes.\n"


def test_check_tells_all_mistakes_of_all_files_at_once(own: Path) -> None:
    (own / "bad.yaml").write_text("id: bad\nwhen: {party: fourth}\n")
    (own / "cases" / "bad.yaml").write_text("yes: []\n")
    path = own / "mine.yaml"
    path.write_text(path.read_text().replace("handed-out", "several"))
    config = own / "apptells.toml"
    config.write_text('[[waivers]]\nrule = "mine"\n')
    said = refused("check", own, config)
    for expected in (
        f"{own / 'bad.yaml'}:2: 'fourth' is not known here", f"{own / 'cases' / 'bad.yaml'}:1: `no` is missing",
        f"{own / 'cases' / 'mine.yaml'}:2: one's cookie is sent to another: `yes` is expected, the rule says nothing",
        f"{config}: waiver 1: `expires` is missing",
    ):  # fmt: skip
        assert any(line.startswith(expected) for line in said), (expected, said)


def test_the_same_id_twice_is_a_mistake(own: Path) -> None:
    (own / "again").mkdir()
    (own / "again" / "mine.yaml").write_text((own / "mine.yaml").read_text())
    (line,) = refused("check", own, own / "again")
    assert "there is another rule `mine`" in line
