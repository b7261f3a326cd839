"""`apptells diff`: what is compared, what is written where, and how it ends."""

import copy
import json
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import COMMANDS, cli, main
from analyzer.errors import ApptellsError
from tests.cli.running import FLOW, HAR, SEEDS

CLEVERTAP = "in.wzrkt.com"
MUMBAI = "13.126.58.204"
VIRGINIA = "54.243.88.151"
"""An address of the same capture, in AWS us-east-1."""

type Har = dict[str, Any]


def run(*words: object) -> Result:
    """The command in this process; it has to end with 0."""
    result = CliRunner().invoke(
        cli, ["diff", *(str(word) for word in words)], catch_exceptions=False, standalone_mode=False
    )
    assert result.exit_code == 0, result.output
    return result


def table(text: str) -> list[dict[str, str]]:
    names, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(names, line, strict=True)) for line in lines]


@pytest.fixture
def mutated(tmp_path: Path) -> Callable[[Callable[[Har], None]], Path]:
    """Writes a changed copy of the founding case."""

    def write(change: Callable[[Har], None]) -> Path:
        har = copy.deepcopy(json.loads(HAR.read_bytes()))
        change(har)
        path = tmp_path / "after.har"
        path.write_text(json.dumps(har), encoding="utf-8")
        return path

    return write


def to_clevertap(har: Har) -> list[Har]:
    return [entry for entry in har["log"]["entries"] if f"//{CLEVERTAP}/" in entry["request"]["url"]]


def moved(har: Har) -> None:
    for entry in to_clevertap(har):
        assert entry["serverIPAddress"] == MUMBAI
        entry["serverIPAddress"] = VIRGINIA


def without_clevertap(har: Har) -> None:
    har["log"]["entries"] = [one for one in har["log"]["entries"] if "wzrkt.com" not in one["request"]["url"]]


def in_clear_text(har: Har) -> None:
    for entry in to_clevertap(har):
        entry["request"]["url"] = entry["request"]["url"].replace("https:", "http:")


def test_the_founding_case_does_not_differ_from_itself() -> None:
    for before, after in ((HAR, HAR), (HAR, FLOW)):
        result = run(before, after, "--seeds", SEEDS, "--all")
        assert table(result.stdout) == []
        assert "No difference in what is transmitted." in result.stderr


def test_a_server_that_moved_abroad(mutated: Callable[..., Path]) -> None:
    found = table(run(HAR, mutated(moved), "--seeds", SEEDS).stdout)
    assert {(one["change"], one["recipient"]) for one in found} == {("worsened", "WizRocket Inc. (CleverTap)")}
    email = next(one for one in found if one["data type"] == "Email address")
    assert (email["server"], email["form"], email["requests"]) == ("IN → US", "plain", "13")
    assert email["why"] == "Now a server in the United States instead of in India."


def test_a_recipient_that_came_or_went(mutated: Callable[..., Path]) -> None:
    after = mutated(without_clevertap)
    gone, new = (json.loads(run(*pair, "--seeds", SEEDS, "--format", "json").stdout) for pair in
                 ((HAR, after), (after, HAR)))  # fmt: skip
    kinds = {(one["kind"], one["before"]["key"]["recipient"]) for one in gone["changes"]}
    assert kinds == {("gone", "WizRocket Inc. (CleverTap)")}
    assert {one["kind"] for one in new["changes"]} == {"new"}
    types = [one["after"]["key"]["data_type"] for one in new["changes"]]
    assert types == [one["before"]["key"]["data_type"] for one in gone["changes"]]
    assert len(types) == len(set(types)) > 20


def test_tls_that_was_lost(mutated: Callable[..., Path]) -> None:
    after = mutated(in_clear_text)
    for pair, kind, why in (
        ((HAR, after), "worsened", "Now outside TLS instead of inside TLS."),
        ((after, HAR), "better", "Now inside TLS instead of outside TLS."),
    ):
        found = table(run(*pair, "--seeds", SEEDS).stdout)
        assert {(one["change"], one["why"]) for one in found} == {(kind, why)}
        assert "Email address" in {one["data type"] for one in found}


def test_names_alone_are_listed_with_all(mutated: Callable[..., Path]) -> None:
    after = mutated(moved)
    few, many = (len(table(run(HAR, after, "--seeds", SEEDS, *words).stdout)) for words in ((), ("--all",)))
    assert few < many


def test_a_folder_is_runs_of_a_build(mutated: Callable[..., Path], tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(HAR, runs / "1.har")
    shutil.copy(HAR, runs / "again.har")
    shutil.copy(mutated(moved), runs / "2.har")
    (runs / "notes.md").write_text("Monday.")
    result = run(HAR, runs, "--seeds", SEEDS)
    assert {one["change"] for one in table(result.stdout)} == {"worsened (flaky)"}
    assert "40 exchanges in 2 runs" in result.stderr
    assert "Passed over" in result.stderr
    assert "notes.md" in result.stderr


def test_no_value_is_in_any_format(mutated: Callable[..., Path], tmp_path: Path) -> None:
    after = mutated(without_clevertap)
    values = [value.strip(" \"'") for line in SEEDS.read_text("utf-8").splitlines() if line[:1].isalpha()
              for value in [line.partition(":")[2]] if len(value) > 6]  # fmt: skip
    assert len(values) > 5
    for words in ((), ("--format", "json"), ("--format", "markdown")):
        said = run(HAR, after, "--seeds", SEEDS, *words).output
        assert [value for value in values if value in said] == []


@pytest.mark.parametrize(("name", "starts"), [("d.json", '{"schema":1,"before":{"app"'), ("d.md", "## What the app")])
def test_a_file_is_private_and_of_the_form_its_name_says(tmp_path: Path, name: str, starts: str) -> None:
    assert run(HAR, HAR, "--output", tmp_path / name).stdout == ""
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(starts)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert run(HAR, HAR, "--output", "-").stdout.startswith("## What the app")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no.har", str(HAR)], "no.har: there is no such file"),
        ([str(HAR), "empty"], "empty: the file is empty"),
        ([str(HAR), "folder"], "folder: no file in this folder is a capture or a report"),
        ([str(HAR), "broken.yaml"], "broken.yaml:2: not a fact"),
        ([str(HAR), "report.json"], "report.json: no report of this version of apptells"),
        ([str(HAR), str(SEEDS)], "neither a HAR nor a mitmproxy flow file nor a capture of apptells"),
    ],
)
def test_trouble_is_one_sentence_and_exit_code_2(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(COMMANDS, "diff", "Compare two builds.")
    monkeypatch.setattr(sys, "argv", ["apptells", "diff", *words])
    Path("empty").touch()
    Path("folder").mkdir()
    Path("broken.yaml").write_text("apptells-baseline: 1\n- {}\n")
    Path("report.json").write_text('{"schema": 7}')
    with pytest.raises(SystemExit) as ended:
        main()
    out, said = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert says in said
    assert said.startswith("apptells: ")
    assert said.count("\n") == 1


def test_another_app_is_compared_only_where_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text('apptells-baseline: 1\napp: "com.example.other"\n')
    sides = (HAR, tmp_path / "other.yaml", "--app", "com.example.one")
    with pytest.raises(ApptellsError, match=r"other\.yaml: this is of the app com\.example\.other, but .*\.har is of"):
        run(*sides)
    assert "These are different apps: com.example.one and com.example.other." in run(*sides, "--other-app").stderr


def test_the_help_says_what_the_sides_may_be() -> None:
    said = " ".join(run("--help").output.split())
    assert "a capture, a report.json of apptells, a baseline, or a folder" in said
