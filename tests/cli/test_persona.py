"""`apptells persona new`: what it writes where, and for whose eyes."""

import stat
import sys
from pathlib import Path

import pytest

from analyzer.cli import main
from analyzer.knowledge import Knowledge, read_run, read_seeds
from analyzer.persona.countries import COUNTRIES
from tests.cli.running import HAR, invoke


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["apptells", "persona", "new", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, said = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert said.startswith("apptells: ")
    assert said.count("\n") == 1
    return said


def test_standard_output_is_the_file_and_standard_error_says_what_to_type(here: Path) -> None:
    result = invoke("persona", "new", "--random", 5, "--run", "shop 3")
    (here / "p.yaml").write_text(result.stdout)
    seeds = read_seeds(here / "p.yaml", Knowledge().taxonomy)
    assert read_run(here / "p.yaml") == "shop 3"
    assert [value for values in seeds.values() for value in values[:1] if value not in result.stderr] == []
    assert "run shop 3, canary " in result.stderr


def test_the_file_is_private_and_says_the_same(here: Path) -> None:
    shown = invoke("persona", "new", "--random", 5, "--run", "r")
    written = invoke("persona", "new", "--random", 5, "--run", "r", "--output", "p.yaml")
    assert (here / "p.yaml").read_text() == shown.stdout
    assert written.stdout == ""
    assert stat.S_IMODE((here / "p.yaml").stat().st_mode) == 0o600
    assert "apptells analyze CAPTURE --seeds p.yaml" in written.stderr


def test_a_file_is_replaced_only_when_asked_for(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "p.yaml").write_text("mine")
    assert "--force" in fails(monkeypatch, capsys, "--output", "p.yaml")
    assert (here / "p.yaml").read_text() == "mine"
    invoke("persona", "new", "--output", "p.yaml", "--force")
    assert read_seeds(here / "p.yaml", Knowledge().taxonomy)


def test_without_a_number_everybody_is_another() -> None:
    one, other = (invoke("persona", "new").stdout for _ in range(2))
    assert one != other


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--country", "XX"], "take one of IN, DE"),
        (["--run", "a\nb"], "--run"),
        (["--email-domain", "nodot"], "--email-domain"),
        (["--output", "no/such/folder/p.yaml"], "cannot be written"),
    ],
)
def test_mistakes(
    here: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in fails(monkeypatch, capsys, *words)
    assert list(here.iterdir()) == []


def test_help_names_every_country_and_when_to_use_a_domain_of_ones_own() -> None:
    said = " ".join(invoke("persona", "new", "--help").output.split())
    assert [country for country in COUNTRIES if country not in said] == []
    assert "use a domain of your own" in said
    assert "not mean that they were issued" in said
    assert "new" in invoke("persona", "--help").output


def test_the_file_serves_an_analysis(here: Path) -> None:
    invoke("persona", "new", "--output", "p.yaml", "--country", "DE")
    assert "Report:" in invoke("analyze", HAR, "--seeds", "p.yaml", "--output", "r").output
