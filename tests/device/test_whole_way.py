"""`apptells device` as a user calls it, the real adb client, and devices that speak adb's protocol."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import cli
from analyzer.device.adb import Adb
from analyzer.device.state import prepared
from analyzer.errors import ApptellsError
from tests.conftest import ROOT
from tests.device.android import Android, android
from tests.device.conftest import Connect
from tests.device.devices import KINDS, store_for
from tests.device.packages import APP, package

RUN = "from analyzer.cli.device import device; device()"


def call(*words: object) -> Result:
    return CliRunner().invoke(cli, ["device", *map(str, words)])


def refused(*words: object) -> str:
    """What a call says that is refused."""
    result = call(*words)
    assert isinstance(result.exception, ApptellsError), result.output
    return str(result.exception)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "root already" not in kind and "phone, with" not in kind])
def test_prepare_doctor_release(kind: str, connect: Connect, ca_file: Path) -> None:
    system = KINDS[kind]()
    system.packages[APP] = package()
    phone = connect(system)
    before = system.state()
    words = ("--ca", ca_file, "--store", store_for(kind), "--app", APP)

    assert call("doctor", "--ca", ca_file).exit_code == 1
    rehearsed = call("prepare", *words, "--dry-run")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert f"adb -s {phone.serial} shell 'settings put global http_proxy 127.0.0.1:8080'" in rehearsed.output
    assert (system.state(), system.changes) == (before, [])

    made = call("prepare", *words)
    assert made.exit_code == 0, made.output
    assert system.state() != before
    facts = prepared(phone.serial)
    assert facts is not None
    assert facts.app is not None
    assert (facts.app.id, len(facts.app.apk_sha256), len(facts.app.signer_sha256)) == (APP, 2, 1)
    assert facts == prepared()

    looked = call("doctor", "--ca", ca_file)
    assert looked.exit_code == 0, looked.output

    assert call("release", "--dry-run").exit_code == 0
    done = call("release")
    assert done.exit_code == 0, done.output
    assert done.output.endswith(f"{phone.serial} is as it was before\n")
    assert system.state() == before
    assert prepared() is None
    assert "nothing to put back" in refused("release")


@pytest.mark.parametrize(
    ("make", "at"),
    [
        (lambda: android(30), "chmod *"),
        (lambda: android(34), "mount --bind * /system/*"),
        (lambda: android(34), "nsenter *1200*"),
        (lambda: android(33, rootable=False), "settings put *"),
    ],
    ids=["system store", "between two mounts", "between two processes", "proxy"],
)
def test_release_after_kill_9(make: "type[Android]", at: str, connect: Connect, ca_file: Path) -> None:
    system = make()
    connect(system)
    before = system.state()
    system.freeze = at
    words = ["prepare", "--ca", str(ca_file)]
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *words], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    try:
        assert system.frozen.wait(60)
    finally:
        process.kill()
        process.wait(60)
    system.freeze = ""
    system.thawed.set()
    assert "prepared already" in refused(*words)
    assert call("release").exit_code == 0
    assert system.state() == before


def test_of_two_devices_one_has_to_be_chosen(connect: Connect, ca_file: Path) -> None:
    one, two = android(30), android(33, rootable=False)
    first, second = connect(one), connect(two)
    said = refused("prepare", "--ca", ca_file)
    assert "choose one with --device" in said
    assert first.serial in said
    assert second.serial in said
    assert call("prepare", "--ca", ca_file, "--device", second.serial).exit_code == 0
    assert one.changes == []
    assert two.settings["http_proxy"] == "127.0.0.1:8080"
    assert call("prepare", "--ca", ca_file, "--device", first.serial, "--port", 8090).exit_code == 0
    assert "several devices are prepared" in refused("release")
    newest = prepared()
    assert newest is not None
    assert newest.device == first.described()
    for phone in (first, second):
        assert call("release", "--device", phone.serial).exit_code == 0
    assert "http_proxy" not in one.settings | two.settings


def test_a_device_that_has_not_allowed_this_computer(connect: Connect, adb: Adb, ca_file: Path) -> None:
    system = android(34)
    system.authorised = False
    connect(system)
    for words in (("prepare",), ("doctor",)):
        result = call(*words, "--ca", ca_file)
        said = result.output + str(result.exception)
        if "offline" not in said and "state" not in said:  # as adb first sees it
            assert "Allow USB debugging" in said
        assert result.exit_code == 1
    assert system.changes == []


def test_no_device(adb: Adb, ca_file: Path) -> None:
    assert "no device is connected" in refused("prepare", "--ca", ca_file)
    result = call("doctor", "--ca", ca_file)
    assert (result.exit_code, "no device is connected" in result.output) == (1, True)


def test_a_device_that_went_away_keeps_its_journal(connect: Connect, adb: Adb, ca_file: Path) -> None:
    system = android(30)
    phone = connect(system)
    assert call("prepare", "--ca", ca_file).exit_code == 0
    adb.call("disconnect", phone.serial)
    assert "is not connected" in refused("release")
    assert "left over" in call("doctor", "--ca", ca_file).output
    adb.call("connect", phone.serial)
    assert call("release").exit_code == 0


def test_what_cannot_be_undone_now_is_said_and_kept(connect: Connect, ca_file: Path) -> None:
    system = android(34)
    connect(system)
    before = system.state()
    assert call("prepare", "--ca", ca_file).exit_code == 0
    system.overrides["settings put global http_proxy :0"] = (1, b"", b"\x1b[31mFailure calling service settings")
    result = call("release")
    assert result.exit_code == 1
    assert "could not undo: set the proxy" in result.output
    assert r"\x1b[31mFailure" in result.output
    assert "\x1b" not in result.output
    assert system.user == "shell", "the other steps are undone all the same"
    system.overrides.clear()
    assert call("release").exit_code == 0
    assert system.state() == before


def test_forget_changes_nothing_on_the_device(connect: Connect, ca_file: Path) -> None:
    system = android(30)
    connect(system)
    assert call("prepare", "--ca", ca_file).exit_code == 0
    done = list(system.changes)
    assert call("release", "--forget").exit_code == 0
    assert system.changes == done
    assert prepared() is None


@pytest.mark.parametrize("command", ["getprop", "ls *"])
def test_endless_output_is_cut_off(command: str, connect: Connect, ca_file: Path) -> None:
    system = android(34)
    connect(system)
    system.overrides[command] = (0, b"x" * (6 << 20), b"")
    said = refused("prepare", "--ca", ca_file)
    assert "more than 4,194,304 bytes" in said or "no API level" in said
