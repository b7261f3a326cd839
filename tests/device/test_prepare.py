from contextlib import suppress
from typing import cast

import pytest

from analyzer.device.ca import Authority
from analyzer.device.phone import Phone
from analyzer.device.plan import StoreName, Wish
from analyzer.device.prepare import prepare, rehearse
from analyzer.device.release import rehearse_release, release
from analyzer.device.state import Journals
from analyzer.errors import ApptellsError
from tests.device.android import APEX, SYSTEM, Android, Process, android
from tests.device.devices import KINDS, store_for
from tests.device.direct import SERIAL, Killed, direct
from tests.device.packages import APP, package

each_kind = pytest.mark.parametrize("kind", KINDS)


def wish(ca: Authority, kind: str = "", app: str | None = None) -> Wish:
    return Wish(authority=ca, port=8080, store=cast(StoreName, store_for(kind)), app=app)


def put_back(phone: Phone, journals: Journals) -> list[str]:
    """Release as often as it needs to come through; what it said was in trouble at the last time."""
    journal = journals.read(phone.serial)
    return [str(step.trouble) for step in release(phone, journal, journals) if step.trouble] if journal else []


@each_kind
def test_release_restores_what_prepare_found(kind: str, ca: Authority, journals: Journals) -> None:
    system = KINDS[kind]()
    before = system.state()
    said = list(prepare(direct(system), wish(ca, kind), journals))
    assert said
    assert system.state() != before
    assert system.settings["http_proxy"] == "127.0.0.1:8080"
    assert system.reverses["tcp:8080"] == "tcp:8080"
    assert put_back(direct(system), journals) == []
    assert system.state() == before
    assert journals.read(SERIAL) is None


@each_kind
def test_release_restores_after_an_end_at_any_change(kind: str, ca: Authority, journals: Journals) -> None:
    """Killed before and after each change that `prepare` makes; a release after it finds all as it was."""
    for number in range(1, changes_of(kind, ca, journals) + 1):
        for after in (False, True):
            system = KINDS[kind]()
            before = system.state()
            with pytest.raises(Killed):
                list(prepare(direct(system, number, after), wish(ca, kind), journals))
            assert journals.read(SERIAL) is not None, "what may have been begun has to be in the journal"
            assert put_back(direct(system), journals) == []
            assert system.state() == before, (number, after)
            assert journals.read(SERIAL) is None


@each_kind
def test_a_release_that_ends_at_any_change_is_finished_by_the_next(
    kind: str, ca: Authority, journals: Journals
) -> None:
    for number in range(1, 100):
        for after in (False, True):
            system = KINDS[kind]()
            before = system.state()
            list(prepare(direct(system), wish(ca, kind), journals))
            system.changes.clear()
            phone = direct(system, number, after)
            with suppress(Killed):
                put_back(phone, journals)
            finished = journals.read(SERIAL) is None
            assert put_back(direct(system), journals) == []
            assert system.state() == before, (number, after)
        if finished:
            assert number > 3
            return
    raise AssertionError("a release that never ends")


@each_kind
def test_every_step_is_in_the_journal_before_it_is_begun(kind: str, ca: Authority, journals: Journals) -> None:
    system = KINDS[kind]()
    steps = 0
    for line in prepare(direct(system), wish(ca, kind), journals):
        journal = journals.read(SERIAL)
        if line.endswith(" ..."):
            assert journal is not None
            assert f"{journal.steps[-1].says()} ..." == line
            steps += 1
    assert steps >= 2


@each_kind
def test_a_rehearsal_changes_nothing(kind: str, ca: Authority, journals: Journals) -> None:
    system = KINDS[kind]()
    before = system.state()
    said = list(rehearse(direct(system), wish(ca, kind)))
    assert (system.state(), system.changes) == (before, [])
    assert not journals.folder.exists()
    list(prepare(direct(system), wish(ca, kind), journals))
    prepared_state, done = system.state(), len(system.changes)
    journal = journals.read(SERIAL)
    assert journal is not None
    assert f"adb -s {SERIAL} shell 'settings put global http_proxy 127.0.0.1:8080'" in said
    assert list(rehearse_release(direct(system), journal))
    assert (system.state(), len(system.changes)) == (prepared_state, done)


@pytest.mark.parametrize("kind", ["emulator, API 30", "emulator, API 34", "phone without root"])
def test_a_rehearsal_names_every_command_that_is_run(kind: str, ca: Authority, journals: Journals) -> None:
    said = "\n".join(rehearse(direct(KINDS[kind]()), wish(ca, kind)))
    system = KINDS[kind]()
    list(prepare(direct(system), wish(ca, kind), journals))
    # A shell line is quoted once more when it is shown; `reverse` and `push` are named by their ends.
    for change in system.changes:
        last = change.removeprefix("reverse:forward:").split(";")[0].removeprefix("push ").rstrip(":")
        assert last.split("sh -c")[0] in said, change


@each_kind
def test_a_restart_between_is_no_trouble(kind: str, ca: Authority, journals: Journals) -> None:
    system = KINDS[kind]()
    before = system.state()
    list(prepare(direct(system), wish(ca, kind), journals))
    system.reboot()
    assert put_back(direct(system), journals) == []
    after = cast(tuple[object, ...], system.state())
    assert after[1:4] == cast(tuple[object, ...], before)[1:4]  # all but root and tunnels, which a restart takes anyway


def test_tunnels_of_others_outlast_the_restart_of_adb(ca: Authority, journals: Journals) -> None:
    system = android(34)
    system.reverses["tcp:8097"] = "tcp:8098"
    list(prepare(direct(system), wish(ca), journals))
    assert system.reverses == {"tcp:8097": "tcp:8098", "tcp:8080": "tcp:8080"}


@pytest.mark.parametrize("value", ["", ":0", "192.0.2.7:3128"])
def test_a_proxy_setting_of_any_kind_is_put_back(value: str, ca: Authority, journals: Journals) -> None:
    system = android(34)
    system.shell(f"settings put global http_proxy '{value}'")
    before = system.state()
    list(prepare(direct(system), wish(ca), journals))
    assert system.proxy == "127.0.0.1:8080"
    assert put_back(direct(system), journals) == []
    assert system.state() == before


def test_on_android_14_every_app_sees_the_certificate_and_all_others(ca: Authority, journals: Journals) -> None:
    system = android(34)
    list(prepare(direct(system), wish(ca), journals))
    for space in system.spaces:
        for folder in (APEX, SYSTEM):
            names = system.names(folder, space)
            assert f"{ca.hash}.0" in names
            assert len(names) == 26
            file = system.file(f"{folder}/{ca.hash}.0", space)
            assert file is not None
            assert (file.content, file.mode & 0o777, file.owner) == (ca.pem, 0o644, "root:root")
            assert file.label == "u:object_r:system_file:s0"


def test_an_app_that_starts_meanwhile_is_found(ca: Authority, journals: Journals) -> None:
    system = android(34)

    def start() -> None:
        if "/proc/1200/ns/mnt" in system.changes[-1] and "late" not in system.spaces:
            # Its parent had forked it before it was treated.
            system.spaces["late"] = [mount for mount in system.spaces["init"] if mount.point != APEX]
            system.processes[1400] = Process(310, "com.example.late", "late")

    phone = direct(system)
    system.before_change = start
    list(prepare(phone, wish(ca), journals))
    assert f"{ca.hash}.0" in system.names(APEX, "late")


@pytest.mark.parametrize("count", [0, 1, 19])
def test_a_store_that_is_nearly_empty_is_never_laid_over(count: int, ca: Authority, journals: Journals) -> None:
    system = android(34)
    for mounts in system.spaces.values():
        tree = next(mount.tree for mount in mounts if mount.point == "/apex/com.android.conscrypt")
        for name in sorted(tree)[count:]:
            del tree[name]
    with pytest.raises(ApptellsError, match=f"{count} certificates"):
        list(prepare(direct(system), wish(ca), journals))
    assert not any("mount" in change for change in system.changes)
    assert put_back(direct(system), journals) == []


def test_a_copy_that_is_not_whole_is_never_laid_over(ca: Authority, journals: Journals) -> None:
    system = android(34)
    before = system.state()
    system.overrides["cp -Rp*"] = (0, b"", b"")  # says that it copied, and did not
    with pytest.raises(ApptellsError, match="25 of 26 certificates are missing"):
        list(prepare(direct(system), wish(ca), journals))
    assert not any("--bind" in change for change in system.changes)
    assert put_back(direct(system), journals) == []
    assert system.state() == before


def test_where_a_process_does_not_see_the_copy_nothing_is_laid_over(ca: Authority, journals: Journals) -> None:
    system = android(34)
    system.overrides["nsenter --mount=/proc/1200/*test -e*"] = (1, b"", b"")
    list(prepare(direct(system), wish(ca), journals))
    assert len(system.names(APEX, "shop")) == 25
    assert len(system.names(APEX, "zygote64")) == 26


def test_where_a_zygote_does_not_see_the_certificate_it_is_said(ca: Authority, journals: Journals) -> None:
    system = android(34)
    before = system.state()
    system.overrides["nsenter --mount=/proc/311/*test -e*"] = (1, b"", b"")
    with pytest.raises(ApptellsError, match="apps that start from now on would not see the certificate"):
        list(prepare(direct(system), wish(ca), journals))
    assert put_back(direct(system), journals) == []
    assert system.state() == before


def test_a_device_is_not_prepared_twice(ca: Authority, journals: Journals) -> None:
    system = android(30)
    list(prepare(direct(system), wish(ca), journals))
    done, journal = list(system.changes), journals.read(SERIAL)
    with pytest.raises(ApptellsError, match=r"prepared already.*release"):
        list(prepare(direct(system), wish(ca), journals))
    assert (system.changes, journals.read(SERIAL)) == (done, journal)


def test_a_step_that_fails_says_so_and_can_be_put_back(ca: Authority, journals: Journals) -> None:
    system = android(30)
    system.writable = False
    before = system.state()
    with pytest.raises(ApptellsError, match=r"-writable-system, or use(.|\n)*device release"):
        list(prepare(direct(system), wish(ca), journals))
    assert put_back(direct(system), journals) == []
    assert system.state() == before


def test_the_private_key_stays_here(ca: Authority, journals: Journals) -> None:
    system = android(34, rootable=False)
    list(prepare(direct(system), wish(ca), journals))
    name = f"/sdcard/Download/apptells-{ca.sha256[:8]}.crt"
    file = system.file(name)
    assert file is not None
    assert file.content == ca.pem
    assert b"PRIVATE KEY" not in file.content


def test_the_build_is_recorded_and_the_app_started(ca: Authority, journals: Journals) -> None:
    system = android(34, rootable=False, emulator=False)
    system.packages[APP] = package()
    said = list(prepare(direct(system), wish(ca, app=APP), journals))
    journal = journals.read(SERIAL)
    assert journal is not None
    assert journal.app is not None
    assert (journal.app.id, journal.app.version, journal.app.version_code) == (APP, "4.2.1", "40201")
    assert journal.device is not None
    assert (journal.device.model, journal.device.os, journal.device.is_emulator) == (
        "Example Phone 7",
        "Android 14",
        False,
    )
    assert system.screens[-2:] == [f"force-stop {APP}", f"start -n {APP}/.MainActivity"]
    assert any("may refuse to be read" in line for line in said)


def test_an_app_that_is_not_there_is_said_before_anything_changes(ca: Authority, journals: Journals) -> None:
    system = android(30)
    with pytest.raises(ApptellsError, match="is not installed"):
        list(prepare(direct(system), wish(ca, app=APP), journals))
    assert system.changes == []
    assert journals.serials() == ()


def test_what_is_as_wanted_is_left_alone(ca: Authority, journals: Journals) -> None:
    """The certificate is in the store, the proxy and the tunnel are set: nothing to do, nothing to undo."""
    system = android(30)
    tree = next(mount.tree for mount in system.spaces["init"] if mount.point == "/system")
    tree[f"etc/security/cacerts/{ca.hash}.0"] = type(next(iter(tree.values())))(ca.pem)
    system.settings["http_proxy"] = "127.0.0.1:8080"
    system.reverses["tcp:8080"] = "tcp:8080"
    before = system.state()
    list(prepare(direct(system), wish(ca), journals))
    assert system.changes == []
    assert put_back(direct(system), journals) == []
    assert system.state() == before


def changes_of(kind: str, ca: Authority, journals: Journals) -> int:
    system: Android = KINDS[kind]()
    list(prepare(direct(system), wish(ca, kind), journals))
    count = len(system.changes)
    assert count >= 3
    put_back(direct(system), journals)
    return count
