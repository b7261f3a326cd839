import pytest

from analyzer.device.ca import Authority
from analyzer.device.phone import Phone
from analyzer.device.plan import Wish
from analyzer.device.prepare import prepare
from analyzer.device.release import Undone, release
from analyzer.device.state import Journals
from tests.device.android import APEX, Android, android
from tests.device.direct import SERIAL, direct


@pytest.fixture
def system() -> Android:
    return android(34)


def put_back(phone: Phone, journals: Journals) -> list[Undone]:
    journal = journals.read(SERIAL)
    assert journal is not None
    return list(release(phone, journal, journals))


def prepared(system: Android, ca: Authority, journals: Journals) -> object:
    """Prepares the device; its state before."""
    before = system.state()
    list(prepare(direct(system), Wish(authority=ca, port=8080), journals))
    return before


def test_it_goes_on_where_a_step_cannot_be_undone(system: Android, ca: Authority, journals: Journals) -> None:
    before = prepared(system, ca, journals)
    system.overrides["rmdir *"] = (1, b"", b"rmdir: busy")
    troubles = [step.trouble for step in put_back(direct(system), journals)]
    assert [trouble is None for trouble in troubles] == [True, True, False, True]
    assert "busy" in str(troubles[2])
    journal = journals.read(SERIAL)
    assert journal is not None
    assert [type(step).__name__ for step in journal.steps] == ["MemoryStore"]
    system.overrides.clear()
    assert [step.trouble for step in put_back(direct(system), journals)] == [None]
    assert system.state() == before
    assert journals.read(SERIAL) is None


def test_mounts_that_stay_are_said(system: Android, ca: Authority, journals: Journals) -> None:
    prepared(system, ca, journals)
    system.overrides["nsenter *1200* umount *"] = (1, b"", b"umount: Invalid argument")
    said = [step.trouble for step in put_back(direct(system), journals) if step.trouble]
    assert len(said) == 1
    assert "1 processes still see the copy; restart the device" in said[0]
    assert f"{ca.hash}.0" in system.names(APEX, "shop")


def test_without_root_what_needs_it_waits(system: Android, ca: Authority, journals: Journals) -> None:
    prepared(system, ca, journals)
    system.user, system.rootable = "shell", False
    troubles = [step.trouble for step in put_back(direct(system), journals)]
    assert [trouble is None for trouble in troubles] == [True, True, False, True]
    assert "gives adb no root" in str(troubles[2])
    system.rootable = True
    assert [step.trouble for step in put_back(direct(system), journals)] == [None]
    assert f"{ca.hash}.0" not in system.names(APEX, "shop")


def test_what_another_mounted_there_stays(system: Android, ca: Authority, journals: Journals) -> None:
    system.user = "root"
    system.shell("mkdir -p /data/local/tmp/other")
    system.shell("mount -t tmpfs -o mode=755 other /data/local/tmp/other")
    before = prepared(system, ca, journals)
    put_back(direct(system), journals)
    assert system.state() == before


def test_the_user_is_told_what_is_left_to_do(ca: Authority, journals: Journals) -> None:
    system = android(34, rootable=False)
    prepared(system, ca, journals)
    assert [hint for step in put_back(direct(system), journals) if (hint := step.by_hand)] == [
        "On the device, if you installed the certificate: Encryption & credentials > Trusted credentials > User > "
        "mitmproxy > Remove."
    ]
    assert journals.read(SERIAL) is None


def test_a_proxy_that_someone_set_meanwhile_gives_way_to_the_one_before(
    system: Android, ca: Authority, journals: Journals
) -> None:
    system.shell("settings put global http_proxy 192.0.2.7:3128")
    before = prepared(system, ca, journals)
    system.shell("settings put global http_proxy 192.0.2.9:1")
    put_back(direct(system), journals)
    assert system.state() == before
