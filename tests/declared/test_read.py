"""Every format is told by what it holds, and what is none of them gets one sentence."""

import os
from pathlib import Path

import pytest

from analyzer.declared import read
from analyzer.errors import ApptellsError
from tests.declared.made import FIXTURES, knowledge, read_one, written
from tests.declared.made import read as read_fixtures

KINDS = {
    "data-safety.csv": "Google Play Data safety",
    "data-safety.html": "Google Play Data safety",
    "data-safety.json": "Google Play Data safety",
    "privacy-label.json": "Apple privacy label",
    "privacy-label.html": "Apple privacy label",
    "privacy-label-categories.html": "Apple privacy label",
    "PrivacyInfo.xcprivacy": "Apple privacy manifest",
    "PrivacyInfo-binary.xcprivacy": "Apple privacy manifest",
    "AndroidManifest.xml": "Android manifest",
    "policy-2018-03-before.txt": "privacy policy",
    "policy-2018-03-after.txt": "privacy policy",
    "policy.html": "privacy policy",
}


def test_every_fixture_is_named_here() -> None:
    assert {path.name for path in FIXTURES.iterdir()} - {"README.md"} == KINDS.keys()


@pytest.mark.parametrize("name", KINDS)
def test_the_name_of_a_file_says_nothing(tmp_path: Path, name: str) -> None:
    found = written(tmp_path / "file", (FIXTURES / name).read_bytes())
    assert found.declaration.kind == KINDS[name]
    assert found.declaration.source == "file"
    assert found.declaration.sha256 == read_one(name).declaration.sha256


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0\1\2\3", b"\x89PNG\r\n\x1a\n", b'{"log": {"entries": []}}', b"[1, 2, 3]", b"{not json", b"a,b\n1,2\n",
        b"<!doctype html><p>Hello", b"<plist><dict><key>CFBundleName</key><string>x</string></dict></plist>",
        b"<plist>", b"bplist00", b"<manifest", b"Roses are red.",
    ],
)  # fmt: skip
def test_what_is_none_of_them_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ApptellsError, match=r"file: is no declaration that is known here; give .*\.$"):
        written(tmp_path / "file", content)


def test_all_wrong_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("Roses are red.")
    paths = [tmp_path / "a", FIXTURES / "data-safety.csv", tmp_path / "missing", tmp_path]
    with pytest.raises(ApptellsError) as error:
        knowledge().declarations(paths)
    lines = str(error.value).split("\n")
    assert [line.split(": ")[1].split(";")[0] for line in lines] == [
        "is no declaration that is known here", "cannot be read (No such file or directory)", "is not a file",
    ]  # fmt: skip


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ApptellsError, match="is not a file"):
        knowledge().declarations([tmp_path / "pipe"])


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(read.MAX_FILE + 1)
    with pytest.raises(ApptellsError, match="larger than 8 MiB"):
        knowledge().declarations([tmp_path / "file"])


def test_too_many_files() -> None:
    with pytest.raises(ApptellsError, match="101 files"):
        read_fixtures(*["data-safety.csv"] * 101)


def test_other_encodings(tmp_path: Path) -> None:
    text = (FIXTURES / "data-safety.csv").read_text()
    for encoding in ("utf-8-sig", "utf-16"):
        assert written(tmp_path / "file", text.encode(encoding)).collected == read_one("data-safety.csv").collected
