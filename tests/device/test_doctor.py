import os
from contextlib import suppress

import pytest

import analyzer.device.run
from analyzer.device.ca import Authority
from analyzer.device.doctor import Check, device_checks, doctor
from analyzer.device.plan import Wish
from analyzer.device.prepare import prepare, rehearse
from analyzer.device.release import release
from analyzer.device.state import Journals
from analyzer.errors import ApptellsError
from tests.device.android import USER_ADDED, Android, File, android
from tests.device.conftest import Connect
from tests.device.direct import SERIAL, direct


def looked(system: Android, journals: Journals, ca: Authority | ApptellsError) -> dict[str, Check]:
    checks = {check.name: check for check in device_checks(direct(system), journals, ca)}
    assert system.changes == []
    return checks


def made_ready(system: Android, ca: Authority, journals: Journals) -> None:
    list(prepare(direct(system), Wish(authority=ca, port=8080), journals))
    system.changes.clear()


def test_a_device_that_is_not_prepared(ca: Authority, journals: Journals) -> None:
    found = looked(android(34), journals, ca)
    assert {name for name, check in found.items() if check.state == "to do"} == {
        "prepared", "proxy", "tunnel", "certificate",
    }  # fmt: skip
    assert found["Android"].said == "Google sdk_gphone64_x86_64, Android 14, API 34"


@pytest.mark.parametrize("api", [30, 34])
def test_a_prepared_device_is_right(api: int, ca: Authority, journals: Journals) -> None:
    system = android(api)
    made_ready(system, ca, journals)
    assert {check.state for check in looked(system, journals, ca).values()} == {"right"}


def test_without_root_the_users_store_cannot_be_looked_into(ca: Authority, journals: Journals) -> None:
    system = android(34, rootable=False)
    made_ready(system, ca, journals)
    found = looked(system, journals, ca)
    assert found["certificate"].state == "unknown"
    assert {check.state for check in found.values()} == {"right", "unknown"}
    system.user = "root"
    assert looked(system, journals, ca)["certificate"].state == "to do"
    mount, rest = system.mount("init", f"{USER_ADDED}/{ca.hash}.0")
    mount.tree[rest] = File(ca.pem)
    assert "in the user's store" in looked(system, journals, ca)["certificate"].said


def test_after_a_restart_it_says_what_is_gone(ca: Authority, journals: Journals) -> None:
    system = android(34)
    made_ready(system, ca, journals)
    system.reboot()
    found = looked(system, journals, ca)
    assert {name for name, check in found.items() if check.state == "to do"} == {"tunnel", "certificate"}


@pytest.mark.parametrize(("value", "said"), [("192.0.2.1:1", "set by another"), (":0", "none is set any more")])
def test_a_proxy_that_was_changed_meanwhile(value: str, said: str, ca: Authority, journals: Journals) -> None:
    system = android(34)
    made_ready(system, ca, journals)
    system.settings["http_proxy"] = value
    assert said in looked(system, journals, ca)["proxy"].said


@pytest.mark.parametrize(
    ("ahead", "state", "said"), [(0, "right", "agrees"), (-4000, "to do", "s behind"), (4000, "to do", "s ahead")]
)
def test_clocks(ahead: float, state: str, said: str, ca: Authority, journals: Journals) -> None:
    system = android(34)
    system.clock = ahead
    found = looked(system, journals, ca)["clock"]
    assert (found.state, said in found.said) == (state, True)


def test_without_the_proxys_certificate_it_says_how_to_get_one(journals: Journals) -> None:
    found = looked(android(34), journals, ApptellsError("start mitmdump once"))
    assert found["certificate"] == Check("certificate", "to do", "start mitmdump once")


def test_a_damaged_journal_is_said(ca: Authority, journals: Journals) -> None:
    journals.folder.mkdir(parents=True)
    journals.path(SERIAL).write_text("{")
    assert "cannot be read" in looked(android(34), journals, ca)["prepared"].said


def test_without_adb_there_is_one_sentence(ca: Authority, journals: Journals) -> None:
    (found,) = doctor({"PATH": ""}, journals, ca)
    assert (found.name, found.state) == ("adb", "to do")


def test_of_two_devices_none_is_guessed(connect: Connect, ca: Authority, journals: Journals) -> None:
    first, second = connect(android(30)), connect(android(34))
    found = {check.name: check for check in doctor(os.environ, journals, ca)}
    assert set(found) == {"adb", "device"}
    assert first.serial in found["device"].said
    assert second.serial in found["device"].said
    assert "Android" in {check.name for check in doctor(os.environ, journals, ca, second.serial)}


@pytest.mark.parametrize(
    "garbage", [b"", b"\xff\xfe\x00" * 1000, b"[a]: [b\n" * 1000, b"0\x1b]0;title\x07\n", b"9" * 5000]
)
@pytest.mark.parametrize(
    "command", ["*", "getprop", "settings get *", "cat *", "ls *", "id -u", "ps *", "stat *", "date *"]
)
def test_garbage_is_refused_or_passed_over(
    command: str, garbage: bytes, ca: Authority, journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyzer.device.run, "_PAUSE", 0)
    system, wish = android(34), Wish(authority=ca, port=8080)
    system.overrides[command] = (0, garbage, garbage)
    for check in device_checks(direct(system), journals, ca):
        assert len(check.said) < 1000
    for attempt in (rehearse(direct(system), wish), prepare(direct(system), wish, journals)):
        with suppress(ApptellsError):
            list(attempt)
    if journal := journals.read(SERIAL):
        list(release(direct(system), journal, journals))
