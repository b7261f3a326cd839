"""Permissions from manifests and APKs."""

import io
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from analyzer.declared import android
from analyzer.errors import ApptellsError
from tests.declared.made import FIXTURES, knowledge, read_one, written

ASKED = (
    "android.permission.INTERNET", "android.permission.ACCESS_FINE_LOCATION", "android.permission.READ_CONTACTS",
    "android.permission.CAMERA",
)  # fmt: skip


def apk(manifest: bytes, name: str = "AndroidManifest.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, manifest)
    return buffer.getvalue()


def test_the_manifest_as_text() -> None:
    found = read_one("AndroidManifest.xml")
    assert found.permissions == ASKED
    assert found.declaration.note == "Permissions asked for: 4."


def test_an_apk_by_androguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Printer:
        def __init__(self, data: bytes) -> None:
            assert data == b"\x03\0\x08\0binary"

        def get_xml(self) -> bytes:
            return (FIXTURES / "AndroidManifest.xml").read_bytes()

    silenced: list[str] = []
    modules = {
        "androguard": SimpleNamespace(),
        "androguard.core": SimpleNamespace(),
        "androguard.core.axml": SimpleNamespace(AXMLPrinter=Printer),
        "loguru": SimpleNamespace(logger=SimpleNamespace(disable=silenced.append)),
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    assert written(tmp_path / "app.apk", apk(b"\x03\0\x08\0binary")).permissions == ASKED
    assert silenced == ["androguard"]


def test_without_androguard_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "androguard.core.axml", None)
    with pytest.raises(ApptellsError, match=r"app\.apk: reading an APK needs androguard; install `apptells\[apk\]`"):
        written(tmp_path / "app.apk", apk(b"\x03\0\x08\0binary"))


@pytest.mark.parametrize(
    "content", [apk(b"", "classes.dex"), b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, apk(b"x")[:-30]]
)
def test_a_broken_apk(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ApptellsError, match=r"holds no readable AndroidManifest\.xml"):
        written(tmp_path / "app.apk", content)


def test_a_manifest_that_unpacks_to_much_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="larger than 4 MiB"):
        written(tmp_path / "app.apk", apk(b"\0" * (64 << 20)))


def test_a_directory_larger_than_any_apps_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(android, "_MAX_DIRECTORY", 10)
    with pytest.raises(ApptellsError, match="holds no readable"):
        written(tmp_path / "app.apk", apk((FIXTURES / "AndroidManifest.xml").read_bytes()))


def test_permissions_open_kinds_of_data_that_there_are() -> None:
    taxonomy = knowledge().taxonomy
    assert all(kind in taxonomy for kinds in knowledge().wording.permissions.values() for kind in kinds)
