import gzip
import io
import tarfile
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import KnowledgeError
from analyzer.refresh.archive import from_tar, from_zip, gunzip, is_tar, zip_names
from tests.refresh.made import tgz, unnamed

LIMIT = 1 << 20


def wanted(name: str) -> bool:
    return name.endswith(".mmdb")


def members(*listed: tarfile.TarInfo | tuple[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=form) as archive:
        for member in listed:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                described = tarfile.TarInfo(member[0])
                described.size = len(member[1])
                archive.addfile(described, io.BytesIO(member[1]))
    return packed.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_a_file_in_a_tar(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(tgz({"a/README": b"no", "a/b.mmdb": b"yes"}))
    assert is_tar(path)
    assert from_tar(path, wanted, tmp_path / "out", LIMIT) == "a/b.mmdb"
    assert (tmp_path / "out").read_bytes() == b"yes"
    assert from_tar(path, lambda name: False, tmp_path / "none", LIMIT) is None


@pytest.mark.parametrize("name", ["../../evil.mmdb", "/evil.mmdb", "a/../../../evil.mmdb", "evil\\..\\x.mmdb"])
def test_names_in_an_archive_lead_nowhere(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "x.tar.gz").write_bytes(members((name, b"yes")))
    from_tar(inner / "x.tar.gz", wanted, inner / "out", LIMIT)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["out", "x.tar.gz"]


@pytest.mark.parametrize(
    "archive",
    [
        members(special("a.mmdb", tarfile.SYMTYPE, "/etc/hostname")),
        members(special("a.mmdb", tarfile.LNKTYPE, "/etc/hostname")),
        members(special("a.mmdb", tarfile.CHRTYPE)),
        members(special("a.mmdb", tarfile.FIFOTYPE)),
        members(special("a.mmdb", tarfile.DIRTYPE)),
    ],
    ids=unnamed,
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, archive: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(archive)
    with pytest.raises(KnowledgeError, match="is not a plain file"):
        from_tar(tmp_path / "x.tar.gz", wanted, tmp_path / "out", LIMIT)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "archive",
    [
        members(("a.mmdb", bytes(2 * LIMIT))),
        members(("before", bytes(2 * LIMIT)), ("a.mmdb", b"yes")),
        members(("x" * 40 * LIMIT + ".mmdb", b"yes")),  # a header of 40 MiB that holds but a name
    ],
    ids=unnamed,
)
def test_bombs_in_a_tar(tmp_path: Path, archive: bytes) -> None:
    assert len(archive) < LIMIT
    (tmp_path / "x.tar.gz").write_bytes(archive)
    with pytest.raises(KnowledgeError):
        from_tar(tmp_path / "x.tar.gz", wanted, tmp_path / "out", LIMIT)


def test_bombs_in_gzip_and_zip(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(bytes(2 * LIMIT)))
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("name", bytes(2 * LIMIT))
    with pytest.raises(KnowledgeError, match="unpacks to more than 1 MiB"):
        gunzip(tmp_path / "x.gz", tmp_path / "out", LIMIT)
    with pytest.raises(KnowledgeError, match="unpacks to more than 1 MiB"):
        from_zip(tmp_path / "x.zip", "name", tmp_path / "out", LIMIT)


def test_a_size_that_is_a_lie_is_not_believed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("name", bytes(2 * LIMIT))
    content = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(content.replace((2 * LIMIT).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    with pytest.raises(KnowledgeError):
        from_zip(tmp_path / "x.zip", "name", tmp_path / "out", LIMIT)


def test_a_name_that_is_not_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("name", b"")
    assert zip_names(tmp_path / "x.zip") == ("name",)
    with pytest.raises(KnowledgeError, match="cannot be unpacked"):
        from_zip(tmp_path / "x.zip", "other", tmp_path / "out", LIMIT)


@given(content=st.binary(max_size=300), at=st.integers(0, 2000), by=st.binary(min_size=1, max_size=4))
def test_damaged_archives_end_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, at: int, by: bytes
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.mmdb", content)
    for packed in (content, b"\x1f\x8b" + content, tgz({"a.mmdb": content}), zipped.getvalue()):
        path = folder / "x"
        path.write_bytes(packed[: at % (len(packed) + 1)] + by + packed[at % (len(packed) + 1) + len(by) :])
        is_tar(path)
        for read in (
            lambda path: gunzip(path, folder / "out", LIMIT),
            lambda path: from_tar(path, wanted, folder / "out", LIMIT),
            lambda path: from_zip(path, "a.mmdb", folder / "out", LIMIT),
            zip_names,
        ):
            with suppress(KnowledgeError):  # nothing else comes out
                read(path)


def test_a_zip_that_lists_more_files_than_any_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for number in range(9):
            archive.writestr(str(number), b"")
    monkeypatch.setattr("analyzer.refresh.archive.MAX_MEMBERS", 8)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(KnowledgeError, match="holds more than 8 files"):
        zip_names(tmp_path / "x.zip")


def test_headers_of_a_tar_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(members(*(("x" * LIMIT + str(number), b"") for number in range(24))))
    tracemalloc.start()
    try:
        assert from_tar(tmp_path / "x.tar.gz", wanted, tmp_path / "out", 64 * LIMIT) is None
        assert tracemalloc.get_traced_memory()[1] < 16 * LIMIT
    finally:
        tracemalloc.stop()
