import pytest

from analyzer.device.apk import V2, V3
from analyzer.device.app import installed, start
from analyzer.device.run import lines
from analyzer.errors import ApptellsError
from analyzer.model import AppBuild
from tests.device.android import Android, android
from tests.device.direct import SERIAL, direct
from tests.device.packages import APP, DUMP, FOLDER, apk, package, sha256


@pytest.fixture
def system() -> Android:
    made = android(34)
    made.packages[APP] = package()
    return made


def test_a_build(system: Android) -> None:
    found = installed(direct(system), APP)
    apks = system.packages[APP].apks
    assert found.build == AppBuild(
        id=APP,
        version="4.2.1",
        version_code="40201",
        apk_sha256=(sha256(apks[f"{FOLDER}/base.apk"]), sha256(apks[f"{FOLDER}/split_config.en.apk"])),
        signer_sha256=(sha256(b"fictitious certificate"),),
        permissions=("android.permission.ACCESS_FINE_LOCATION", "android.permission.INTERNET"),
    )
    assert (found.signer_from, found.target_api, found.notes) == ("from the base APK, scheme v2", 34, ())
    assert system.changes == []


def test_where_an_apk_cannot_be_read_the_device_is_asked_for_its_signer(system: Android) -> None:
    system.overrides["cat */split_config*"] = (1, b"", b"cat: Permission denied")
    system.packages[APP].apks[f"{FOLDER}/base.apk"] = apk({})
    found = installed(direct(system), APP)
    assert found.build.apk_sha256 == ()
    assert found.build.signer_sha256 == ("ab" * 32,)
    assert found.signer_from == "as the device says, from dumpsys package"
    assert [note for note in found.notes if "Permission denied" in note]


def test_where_nothing_names_a_signer_it_says_so(system: Android) -> None:
    system.packages[APP] = package(apk({}), DUMP.replace("Signatures:", "Gone:"))
    found = installed(direct(system), APP)
    assert found.build.signer_sha256 == ()
    assert any("signer is not known" in note for note in found.notes)


def test_an_apk_of_another_size_than_the_device_says_is_not_recorded(system: Android) -> None:
    system.overrides["cat */base.apk*"] = (0, apk({V3: [(b"another", None)]}), b"")
    found = installed(direct(system), APP)
    assert found.build.apk_sha256 == ()
    assert any("its size is not what the device says" in note for note in found.notes)


@pytest.mark.parametrize("said", [b"", b"\xff\xfe" * 500, b"package:\n", b"package:../../etc/passwd\n"])
def test_an_app_without_files_is_not_installed(said: bytes, system: Android) -> None:
    system.overrides["pm path *"] = (0, said, b"")
    with pytest.raises(ApptellsError, match="is not installed"):
        installed(direct(system), APP)


def test_what_a_path_holds_is_one_word_on_the_device(system: Android) -> None:
    path = "/data/app/x; reboot #/base.apk"
    system.packages[APP].apks = {path: apk({V2: [(b"fictitious certificate", None)]})}
    assert len(installed(direct(system), APP).build.apk_sha256) == 1
    assert system.changes == []


def test_it_is_started_by_its_launcher(system: Android) -> None:
    assert list(lines(direct(system), start(direct(system), APP))) == [
        f"adb -s {SERIAL} shell 'am force-stop {APP}'",
        f"adb -s {SERIAL} shell 'am start -n {APP}/.MainActivity'",
    ]


@pytest.mark.parametrize("launcher", ["", "com.example.other/.Main", f"{APP}/.Main; reboot", "No activity found"])
def test_where_no_launcher_is_named_monkey_finds_it(launcher: str, system: Android) -> None:
    system.packages[APP].launcher = launcher
    *_, last = lines(direct(system), start(direct(system), APP))
    assert last == f"adb -s {SERIAL} shell 'monkey -p {APP} -c android.intent.category.LAUNCHER 1'"
