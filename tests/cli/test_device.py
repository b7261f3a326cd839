"""What `apptells device` says before it talks to a device; `tests/device/test_whole_way.py` has the rest."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.errors import ApptellsError
from tests.device.conftest import made_certificate


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No adb, and no state of whoever runs the tests."""
    for name, value in {"PATH": "", "ANDROID_HOME": "", "ANDROID_SDK_ROOT": "", "XDG_STATE_HOME": tmp_path}.items():
        monkeypatch.setenv(name, str(value))


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(made_certificate("Fictitious Proxy"))
    return path


def call(*words: object) -> Result:
    return CliRunner().invoke(cli, ["device", *map(str, words)])


def refused(*words: object) -> str:
    result = call(*words)
    assert isinstance(result.exception, ApptellsError), result.output
    return str(result.exception)


def test_without_adb_prepare_says_what_to_install(ca: Path) -> None:
    assert "adb was not found on PATH" in refused("prepare", "--ca", ca)


def test_without_adb_doctor_says_so_in_its_table(ca: Path) -> None:
    result = call("doctor", "--ca", ca)
    assert result.exit_code == 1
    names, row = [line.split("\t") for line in result.output.splitlines()]
    assert (names, row[:2]) == (["check", "state", "what"], ["adb", "to do"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prepare", "--app", "shop; reboot"), "not a package id"),
        (("prepare", "--ca", "none.pem"), "start mitmdump once"),
        (("doctor", "--device", "--all"), "not a serial"),
        (("release", "--device", "a b"), "not a serial"),
        (("release",), "nothing to put back"),
        (("release", "--device", "emulator-5554"), "is not prepared"),
    ],
)
def test_what_is_refused(words: tuple[str, ...], said: str, ca: Path) -> None:
    more = ("--ca", ca) if words[0] == "prepare" and "--ca" not in words else ()
    assert said in refused(*words, *more)


@pytest.mark.parametrize("words", [("--port", "0"), ("--port", "65536"), ("--store", "none")])
def test_wrong_options_are_usage(words: tuple[str, str]) -> None:
    assert call("prepare", *words).exit_code == 2


@pytest.mark.parametrize("command", ["doctor", "prepare", "release"])
def test_help(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "--device SERIAL" in result.output
