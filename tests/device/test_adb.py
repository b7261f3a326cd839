import os
import tempfile
from pathlib import Path

import pytest

from analyzer.device.adb import Adb, find_adb
from analyzer.errors import ApptellsError


def program(folder: Path, lines: str) -> Path:
    """A program called adb."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "adb"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


def test_it_is_found_on_path_before_the_sdk(tmp_path: Path) -> None:
    on_path, in_sdk = program(tmp_path / "bin", ""), program(tmp_path / "sdk" / "platform-tools", "")
    sdk = {"ANDROID_HOME": str(tmp_path / "sdk")}
    assert find_adb({"PATH": str(on_path.parent), **sdk}) == on_path
    assert find_adb({"PATH": str(tmp_path), **sdk}) == in_sdk
    assert find_adb({"PATH": str(tmp_path), "ANDROID_SDK_ROOT": str(tmp_path / "sdk")}) == in_sdk


@pytest.mark.parametrize("environment", [{}, {"PATH": ""}, {"PATH": "/nowhere", "ANDROID_HOME": ""}], ids=str)
def test_where_it_is_nowhere_it_says_what_to_install(environment: dict[str, str]) -> None:
    with pytest.raises(ApptellsError, match=r"not found on PATH or in ANDROID_HOME.*the package adb"):
        find_adb(environment)


def test_the_answer_is_what_came_back(tmp_path: Path) -> None:
    adb = Adb(program(tmp_path, 'echo "$@"; printf "\\377 no\\nlast line\\n" >&2; exit 3'), "serial-1")
    answer = adb.call("shell", "echo 'a b'")
    assert (answer.code, answer.out, answer.error) == (3, "-s serial-1 shell echo 'a b'\n", "� no\nlast line\n")
    assert answer.said == "last line"
    assert adb.line("shell", "echo 'a b'") == """adb -s serial-1 shell 'echo '"'"'a b'"'"''"""


def test_a_call_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="no answer within 0 seconds"):
        Adb(program(tmp_path, "exec sleep 600")).call("devices", seconds=0.3)


def test_a_call_that_closes_its_outputs_and_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="no answer within 0 seconds"):
        Adb(program(tmp_path, "exec >&- 2>&-; exec sleep 600")).call("devices", seconds=0.3)


@pytest.mark.parametrize("where", ["", " >&2"])
def test_endless_output_is_cut_off(where: str, tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="more than 100,000 bytes"):
        Adb(program(tmp_path, f"exec yes{where}")).call("devices", most=100_000)


def test_a_file_takes_the_output_up_to_its_limit(tmp_path: Path) -> None:
    adb = Adb(program(tmp_path, "printf 'exact\\r\\nbytes\\0'; echo aside >&2"))
    with tempfile.TemporaryFile() as file:
        answer = adb.call("shell", "cat", into=file)
        file.seek(0)
        assert (file.read(), answer.out, answer.error) == (b"exact\r\nbytes\0", "", "aside\n")
        with pytest.raises(ApptellsError, match="more than 5 bytes"):
            adb.call("shell", "cat", into=file, most=5)


def test_a_server_that_is_left_behind_does_not_hold_the_answer(tmp_path: Path) -> None:
    """The first call starts adb's server, which may keep the pipes open for as long as it runs."""
    adb = Adb(program(tmp_path, f"sleep 600 & echo $! > {tmp_path}/pid; echo listed"))
    answer = adb.call("devices", seconds=60)
    os.kill(int((tmp_path / "pid").read_text()), 9)
    assert answer.out == "listed\n"


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    path = program(tmp_path, "")
    path.write_bytes(b"\x7fELF no program")
    with pytest.raises(ApptellsError, match="adb cannot be started"):
        Adb(path).call("devices")
