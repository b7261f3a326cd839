"""`apptells identify`: how captures are grouped, and what is written where."""

import json
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from analyzer.cli import main
from tests.cli.running import invoke, run
from tests.identify.comparing import capture, request

ASHA, BENNO = "asha-7731-0042-xk", "benno-9915-0057-qz"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two captures of each of two people."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("A1", ASHA), ("A2", ASHA), ("B1", BENNO), ("B2", BENNO)):
        body = {"pk": value, "email": f"{value[:4]}@patra.example", "run": name}
        capture(tmp_path / f"{name}.har", [request("https://t.tracker.example/e", body)])
    return tmp_path


ALL = ("A1.har", "A2.har", "B1.har", "B2.har")


def rows(text: str) -> list[dict[str, str]]:
    names, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(names, line, strict=True)) for line in lines]


def test_a_pipe_gets_tab_separated_lines(here: Path) -> None:
    unknown, email = rows(invoke("identify", *ALL).stdout)
    assert unknown == {
        "id": "i1",
        "certainty": "identifies",
        "data type": "not known",
        "hosts": "t.tracker.example",
        "location": "body",
        "path": "pk",
        "decoding": "json",
        "places": "1",
        "values": "A: a…k; B: b…z",
        "captures": "4",
        "evidence": "The same in A1 and A2, another in B1 and B2.",
    }
    assert email["data type"] == "Email address"


def test_what_was_compared_is_said_beside_it(here: Path) -> None:
    said = invoke("identify", *ALL).stderr
    assert "Compared A: A1, A2; B: B1, B2 (4 exchanges)." in said
    assert "2 values identify, 1 of them not known to any detector; 0 more merely differ." in said


@pytest.mark.parametrize(
    "words",
    [
        ["--of", "x", "A1.har", "A2.har", "--of", "y", "B1.har", "B2.har"],
        ["--of=x", "A1.har", "A2.har", "--of=y", "B1.har", "--show-values", "B2.har"],
        ["--of", "x", "A1.har", "--of", "y", "B1.har", "B2.har", "--of", "x", "A2.har"],
        ["--format", "tsv", "--of", "x", "A1.har", "A2.har", "--of", "y", "--", "B1.har", "B2.har"],
    ],
)
def test_captures_are_of_whom_the_words_before_them_say(here: Path, words: Sequence[str]) -> None:
    first = rows(invoke("identify", *words).stdout)[0]
    assert first["values"].startswith("x: a")
    assert "; y: b" in first["values"]
    assert first["evidence"] == "The same in A1 and A2, another in B1 and B2."


def test_json(here: Path) -> None:
    found = json.loads(invoke("identify", *ALL, "--format", "json").stdout)
    assert found["schema"] == 1
    assert found["subjects"] == [["A", ["A1", "A2"]], ["B", ["B1", "B2"]]]
    one = found["identifiers"][0]
    assert (one["certainty"], one["data_type"], one["spots"][0]["path"]) == ("identifies", "id.other", "pk")


def test_values_show_only_when_asked_for(here: Path) -> None:
    for form in ("tsv", "json"):
        masked, shown = (
            invoke("identify", *ALL, "--format", form, *extra).stdout for extra in ((), ("--show-values",))
        )
        assert [value for value in (ASHA, BENNO, "asha@patra") if value in masked] == []
        assert [value for value in (ASHA, BENNO, "asha@patra") if value not in shown] == []


@pytest.mark.parametrize(("name", "starts"), [("r.json", "{"), ("r.tsv", "id\t"), ("r", "id\t")])
def test_a_file_is_private_and_of_the_form_its_name_says(here: Path, name: str, starts: str) -> None:
    assert invoke("identify", *ALL, "--output", name).stdout == ""
    assert (here / name).read_text(encoding="utf-8").startswith(starts)
    assert stat.S_IMODE((here / name).stat().st_mode) == 0o600


def test_a_pipe_gets_no_escape_codes_whatever_was_captured(here: Path) -> None:
    for name, value in (("C1", "c\x1b[31m-9917-0057"), ("D1", "d\u202e\t\n-9918-0061")):
        capture(here / f"{name}.har", [request("https://t.tracker.example/e", {"p\x1b\tk": value})])
    done = run("identify", "C1.har", "D1.har", "--show-values", cwd=here)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    (row,) = rows(done.stdout.decode())
    assert row["path"] == r"p\x1b\tk"
    assert r"c\x1b[31m-9917-0057; D: d\u202e\t\n-9918-0061" in row["values"]


def test_a_terminal_gets_a_table(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from analyzer.cli import identify as command
    from analyzer.identify.compare import identify, subjects_of
    from analyzer.knowledge import Knowledge

    monkeypatch.setenv("COLUMNS", "200")
    command._show(identify(subjects_of([(None, Path(name)) for name in ALL]), Knowledge()))
    said = capsys.readouterr().out
    assert "data type" in said
    assert "A: a…k; B: b…z" in said
    assert "\t" not in said


def test_nothing_in_common_to_tell_is_said(here: Path) -> None:
    result = invoke("identify", "--of", "x", "A1.har", "--of", "y", "A2.har")
    assert rows(result.stdout) == []
    assert "0 values identify" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["A1.har", "A2.har"], "captures of two people or devices are needed"),
        (["A1.har", "first.har"], "first.har: the name does not tell whose capture this is"),
        (["A1.har", "B1.har", "A1.har"], "A1.har: this capture is given twice"),
        (["A1.har", "B7.har"], "B7.har: there is no such file"),
        (["--of", "x", "A1.har", "B1.har"], "these are all of x"),
        (["A1.har", "B1.har", "--output", "no/such/r.json"], "cannot be written"),
    ],
)
def test_mistakes_are_one_sentence(
    here: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["apptells", "identify", *words])
    before = sorted(here.iterdir())
    with pytest.raises(SystemExit) as ended:
        main()
    out, said = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert says in said
    assert said.startswith("apptells: ")
    assert said.count("\n") == 1
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("words", [[], ["A1.har", "--of"], ["A1.har", "--format", "xml"]])
def test_wrong_words(here: Path, words: list[str]) -> None:
    done = run("identify", *words, cwd=here)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


def test_help_says_how_captures_are_named() -> None:
    said = " ".join(invoke("identify", "--help").output.split())
    assert "apptells identify A1.har A2.har B1.har B2.har" in said
    assert "--of asha 1.har 2.har --of ben 3.har 4.har" in said
