"""Unpacks a shipped database once into the user's cache folder."""

import lzma
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from analyzer.errors import KnowledgeError


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """`$XDG_CACHE_HOME/apptells` or `~/.cache/apptells` (XDG Base Directory); None where neither is absolute."""
    for variable, below in (("XDG_CACHE_HOME", "apptells"), ("HOME", ".cache/apptells"), ("LOCALAPPDATA", "apptells")):
        base = Path(environment.get(variable, ""))
        if base.is_absolute():
            return base / below
    return None


def unpacked(packed: Path, sha256: str, cache: Path | None) -> Path | bytes:
    """The file inside an .xz whose content has this SHA-256: its path in `cache`, or its bytes where that cannot be.

    Raises KnowledgeError where the shipped file is missing or damaged.
    """
    target = cache / f"{packed.name.removesuffix('.xz')}.{sha256[:16]}" if cache else None
    if target and _holds(target, sha256):
        return target
    import hashlib  # like tempfile below it takes 5 ms, and is needed once on a machine

    try:
        content = lzma.decompress(packed.read_bytes())
    except (OSError, lzma.LZMAError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KnowledgeError(f"{packed}: missing or damaged database: install apptells again")
    if target and _store(target, content, sha256):
        return target
    return content


def _holds(path: Path, sha256: str) -> bool:
    """Whether the file is as `_store` left it: a plain file of this user, which nobody else may write, with its seal.

    Hashing it again would cost every start 15 ms; who can set a seal can change apptells as well.
    """
    try:
        found = path.lstat()
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_mtime != _seal(sha256):
        return False
    # Windows has no owners of this kind; there, its folders under the user's profile are the user's alone.
    return os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)


def _seal(sha256: str) -> int:
    """A time of modification that follows from the content: whatever changes the file sets another one.

    Seconds since 1970, even, as some file systems count in twos.
    """
    return 1_000_000_000 + 2 * int(sha256[:7], 16)


def _store(path: Path, content: bytes, sha256: str) -> bool:
    """Write atomically, readable by the user alone, and seal; False where the folder cannot be written."""
    import tempfile

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.utime(name, (_seal(sha256), _seal(sha256)))
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            return False
    except OSError:
        return False
    return True
