"""Reads one file out of gzip, tar and zip archives: names in them are never followed, all sizes are bounded."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Protocol

from analyzer.errors import KnowledgeError

MAX_UNPACKED = 1 << 30
"""Bytes: MaxMind's largest file has a third of this."""
MAX_MEMBERS = 20_000
_CHUNK = 1 << 20
_LISTED = b"PK\x01\x02"
"""Begins each entry of a zip file's list of files (APPNOTE.TXT, 4.3.12)."""
_MAX_READ = 16 << 20
"""Bytes that tarfile may ask for at once: names longer than this are no names."""

_Damaged = (OSError, EOFError, ValueError, zlib.error, tarfile.TarError, zipfile.BadZipFile, RuntimeError,
            NotImplementedError, KeyError)  # fmt: skip
"""What gzip, tarfile and zipfile raise on bytes that are none; RuntimeError for encrypted members."""


class Readable(Protocol):
    """A source of bytes."""

    def read(self, size: int, /) -> bytes: ...


class Stream(Readable, Protocol):
    """A source of bytes that can go back."""

    def seek(self, position: int, /) -> int: ...
    def tell(self) -> int: ...


class Bounded(io.RawIOBase):
    """A stream that ends in KnowledgeError where more than `limit` bytes come out of it."""

    def __init__(self, stream: Stream, limit: int, name: str) -> None:
        """`name` is what the error calls the file."""
        self._stream, self._limit, self._name = stream, limit, name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = _MAX_READ + 1 if size is None or size < 0 else size
        if wanted > _MAX_READ + 1:
            raise self._too_large()
        data = self._stream.read(wanted)
        if len(data) > _MAX_READ or self._stream.tell() > self._limit:
            raise self._too_large()
        return data

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or position > self._limit:
            raise self._too_large()
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()

    def _too_large(self) -> KnowledgeError:
        return KnowledgeError(f"{self._name}: unpacks to more than {self._limit >> 20} MiB: not a file to import")


@contextmanager
def _opened(path: Path) -> Iterator[None]:
    """Says in one sentence what is wrong with an archive."""
    try:
        yield
    except KnowledgeError:
        raise
    except _Damaged as error:
        if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
            raise  # the archive is right, the disk is full
        raise KnowledgeError(f"{path.name}: cannot be unpacked (damaged archive): fetch it again") from None


def copy_bounded(stream: Readable, target: Path, limit: int, name: str) -> None:
    """Write a stream of at most `limit` bytes to a file. Raises KnowledgeError where it is longer."""
    with target.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            if file.tell() + len(chunk) > limit:
                raise KnowledgeError(f"{name}: unpacks to more than {limit >> 20} MiB: not a file to import")
            file.write(chunk)


def is_tar(path: Path) -> bool:
    """Whether a gzip file holds a tar archive, by the magic of its first header (POSIX.1 ustar)."""
    try:
        with gzip.open(path) as stream:
            return stream.read(512)[257:262] == b"ustar"
    except _Damaged:
        return False


def gunzip(path: Path, target: Path, limit: int = MAX_UNPACKED) -> None:
    """Unpack a gzip file. Raises KnowledgeError for a damaged or too large one."""
    with _opened(path), gzip.open(path) as stream:
        copy_bounded(stream, target, limit, path.name)


def from_tar(path: Path, wanted: Callable[[str], bool], target: Path, limit: int = MAX_UNPACKED) -> str | None:
    """Copy the first regular file whose name is wanted out of a .tar.gz to `target`; its name, None without one.

    Raises KnowledgeError for a damaged archive and where it unpacks to more than `limit` bytes up to that file.
    """
    with (
        _opened(path),
        gzip.open(path) as packed,
        tarfile.open(mode="r:", fileobj=Bounded(packed, limit, path.name)) as archive,
    ):
        for number, member in enumerate(archive):
            # Else it keeps the headers of all, which may be long; the documentation names this way.
            archive.members.clear()  # type: ignore[attr-defined]
            if number >= MAX_MEMBERS:
                break
            if wanted(member.name):
                if not member.isreg() or member.size > limit:
                    raise KnowledgeError(f"{path.name}: {member.name[:200]} is not a plain file: not one to import")
                stream = archive.extractfile(member)
                assert stream is not None  # it is regular
                copy_bounded(stream, target, limit, path.name)
                return member.name
    return None


def zip_names(path: Path) -> tuple[str, ...]:
    """The names in a zip file such as a wheel. Raises KnowledgeError for a damaged one."""
    # Counted before, for zipfile makes an object of each: a small file can list millions.
    with path.open("rb") as file:
        listed = sum(chunk.count(_LISTED) for chunk in iter(lambda: file.read(_CHUNK), b""))
    if listed > MAX_MEMBERS:
        raise KnowledgeError(f"{path.name}: holds more than {MAX_MEMBERS:,} files: not an archive to import")
    with _opened(path), zipfile.ZipFile(path) as archive:
        return tuple(archive.namelist())


def from_zip(path: Path, name: str, target: Path, limit: int = MAX_UNPACKED) -> None:
    """Copy one file out of a zip to `target`. Raises KnowledgeError for a damaged archive or a file that is too large.

    The size is counted while it is unpacked: what the archive says of it is not believed.
    """
    with _opened(path), zipfile.ZipFile(path) as archive, archive.open(name) as stream:
        copy_bounded(stream, target, limit, path.name)
