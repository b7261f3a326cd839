import pytest

import analyzer.device.run
from analyzer.device.adb import Answer
from analyzer.device.run import lines, run
from analyzer.device.step import Command, shell
from analyzer.errors import ApptellsError
from tests.device.android import Android, android
from tests.device.direct import SERIAL, direct


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Android:
    monkeypatch.setattr(analyzer.device.run, "_PAUSE", 0)
    return android(30)


def test_the_first_that_fails_ends_it(system: Android) -> None:
    commands = [shell("rmdir", "/data/none"), shell("settings", "put", "global", "x", "1")]
    with pytest.raises(ApptellsError, match=r"adb -s stand-in-1 shell 'rmdir /data/none': rmdir: /data/none: busy"):
        run(direct(system), commands)
    assert "x" not in system.settings


def test_what_may_fail_does_not_end_it(system: Android) -> None:
    run(direct(system), [shell("rmdir", "/data/none", may_fail=True), shell("settings", "put", "global", "x", "1")])
    assert system.settings["x"] == "1"


def test_trouble_with_an_answer_ends_it_even_where_it_may_fail(system: Android) -> None:
    with pytest.raises(ApptellsError, match="not what was wanted"):
        run(direct(system), [shell("id", "-u", may_fail=True, trouble=lambda answer: "not what was wanted")])


def test_it_tries_as_often_as_it_may(system: Android) -> None:
    answers: list[Answer] = []

    def trouble(answer: Answer) -> str | None:
        answers.append(answer)
        return None if len(answers) == 3 else "not yet"

    run(direct(system), [shell("id", "-u", trouble=trouble, tries=3)])
    assert len(answers) == 3
    answers.clear()
    with pytest.raises(ApptellsError, match="not yet"):
        run(direct(system), [shell("id", "-u", trouble=trouble, tries=2)])


def test_words_arrive_as_they_are(system: Android) -> None:
    value = 'a b\'; reboot; echo "$HOME" `id` \\'
    run(direct(system), [shell("settings", "put", "global", "x", value)])
    assert system.settings["x"] == value


def test_lines_run_nothing(system: Android) -> None:
    commands = [Command(words=("reverse", "tcp:1", "tcp:2")), shell("rm", "-f", "/a b")]
    assert list(lines(direct(system), commands)) == [
        f"adb -s {SERIAL} reverse tcp:1 tcp:2",
        f"""adb -s {SERIAL} shell 'rm -f '"'"'/a b'"'"''""",
    ]
    assert system.changes == []
