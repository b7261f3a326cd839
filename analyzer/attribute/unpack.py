"""Unpacks a shipped database once into the user's cache folder."""

import hashlib
import lzma
import os
import stat
import tempfile
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
    try:
        content = lzma.decompress(packed.read_bytes())
    except (OSError, lzma.LZMAError):
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KnowledgeError(f"{packed}: missing or damaged database: install apptells again")
    if target and _store(target, content):
        return target
    return content


def _holds(path: Path, sha256: str) -> bool:
    """Whether the file is really ours: hashing 8 MB takes 5 ms, and nothing else has to be believed about a cache."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _store(path: Path, content: bytes) -> bool:
    """Write atomically, readable by the user alone; False where the folder cannot be written."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            return False
    except OSError:
        return False
    return True
