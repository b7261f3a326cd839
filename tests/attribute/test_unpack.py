import hashlib
import lzma
import os
import stat
from pathlib import Path

import pytest

from analyzer.attribute.unpack import cache_folder, unpacked
from analyzer.errors import KnowledgeError

CONTENT = b"content " * 1_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "db.mmdb.xz"
    path.write_bytes(lzma.compress(CONTENT))
    return path


def test_unpacks_once_for_the_user_alone(packed: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"
    first = unpacked(packed, SHA256, cache)
    assert isinstance(first, Path)
    assert first.read_bytes() == CONTENT
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    packed.unlink()
    assert unpacked(packed, SHA256, cache) == first
    assert [path.name for path in cache.iterdir()] == [f"db.mmdb.{SHA256[:16]}"]


@pytest.mark.parametrize("spoil", ["changed", "shorter", "readable", "link", "folder"])
def test_a_file_that_is_not_ours_is_not_believed(packed: Path, tmp_path: Path, spoil: str) -> None:
    cache = tmp_path / "cache"
    first = unpacked(packed, SHA256, cache)
    assert isinstance(first, Path)
    if spoil == "changed":
        with first.open("r+b") as file:
            file.write(b"C")
    elif spoil == "shorter":
        os.truncate(first, 10)
    elif spoil == "readable":
        first.chmod(0o666)
    else:
        first.unlink()
        (first.symlink_to(packed) if spoil == "link" else first.mkdir())
    again = unpacked(packed, SHA256, cache)
    assert (again.read_bytes() if isinstance(again, Path) else again) == CONTENT
    assert packed.read_bytes() == lzma.compress(CONTENT)


def test_a_file_of_another_user_is_not_believed(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    unpacked(packed, SHA256, cache)
    packed.unlink()
    assert unpacked(packed, SHA256, cache)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(KnowledgeError, match="missing or damaged"):
        unpacked(packed, SHA256, cache)


def test_without_a_cache_it_unpacks_in_memory(packed: Path, tmp_path: Path) -> None:
    assert unpacked(packed, SHA256, None) == CONTENT
    (tmp_path / "file").write_text("")
    assert unpacked(packed, SHA256, tmp_path / "file" / "cache") == CONTENT


@pytest.mark.parametrize("content", [None, b"", b"junk", lzma.compress(b"other")])
def test_damaged(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "db.mmdb.xz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KnowledgeError, match="missing or damaged"):
        unpacked(path, SHA256, tmp_path)


def test_cache_folder() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/apptells")
    assert cache_folder({"XDG_CACHE_HOME": "relative", "HOME": "/h"}) == Path("/h/.cache/apptells")
    assert cache_folder({}) is None
