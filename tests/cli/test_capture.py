"""What `apptells capture` says of wrong words, and of a report that is given up; a whole session is in tests/e2e."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import capture as module
from analyzer.cli import cli
from analyzer.cli.session import Session


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session that ends at once, with its file."""
    file = tmp_path / "s.apptells"

    async def run(self: Session) -> int:
        self.file = file
        self.is_stopped = True
        return 0

    monkeypatch.setattr(Session, "run", run)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return file


def capture(*words: str) -> Result:
    return CliRunner().invoke(cli, ["capture", *words])


def test_a_report_that_is_broken_off_is_said_to_be_missing_and_the_recording_not(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_report", broken_off)
    result = capture()
    assert result.exit_code == 130
    assert f"Recorded in {recorded}" in result.output
    assert "No report was written; `apptells analyze`" in result.output


def test_a_word_that_is_no_option_is_not_taken_for_a_filter(recorded: Path) -> None:
    result = capture("com.example.shop")
    assert result.exit_code == 2
    assert "'com.example.shop' is no option: name the app with --app" in result.output
    assert "Recorded" not in result.output


def test_options_of_mitmdump_are_handed_on(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    begin = Session.__init__

    def noted(self: Session, words: list[str], *rest: object) -> None:
        begun.append(list(words))
        begin(self, words, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "__init__", noted)
    assert capture("--no-report", "--", "--set", "ssl_insecure=true", "~d post.example").exit_code == 0
    assert begun[0][-3:] == ["--set", "ssl_insecure=true", "~d post.example"]


def test_where_the_report_is_to_go_is_looked_at_before_the_recording(recorded: Path) -> None:
    (recorded.parent / "taken").touch()
    result = capture("--output", "taken")
    assert "taken: this is a file" in str(result.exception)
    assert "Recorded" not in result.output
    assert capture("--output", "taken", "--no-report").exit_code == 0


@pytest.mark.parametrize(
    ("words", "hint"),
    [("failed to listen on *:8080 with address already in use", "choose another with --port"), ("x", "capture --help")],
)
def test_why_nothing_was_recorded_comes_with_what_to_do(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, words: str, hint: str
) -> None:
    async def fail(self: Session) -> int:
        self.last_words = words
        return 1

    monkeypatch.setattr(Session, "run", fail)
    said = str(capture().exception)
    assert said.startswith(f"The recording did not start: {words}; ")
    assert hint in said
