"""Tells what each saved file is by what it holds, and reads it as a statement of the maker."""

import hashlib
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from analyzer.declared import android, apple, play, policy
from analyzer.declared.json_tree import objects, parse
from analyzer.declared.saved_page import pieces
from analyzer.declared.statement import Statement, Statements
from analyzer.declared.wording import Wording
from analyzer.errors import ApptellsError

MAX_FILE = 8 << 20
MAX_APK = 2 << 30
MAX_FILES = 100
_PIECE = 1 << 20
_KNOWN = (
    "a Data safety export or page, an Apple privacy label or manifest, an Android manifest or APK, or a privacy policy "
    "as text or HTML"
)


def read_declarations(paths: Iterable[Path], wording: Wording) -> Statements:
    """The maker's documents, in the order given. Raises ApptellsError, one line for each file that is none of them."""
    documents: list[Statement] = []
    mistakes: list[str] = []
    paths = list(paths)
    if len(paths) > MAX_FILES:
        raise ApptellsError(f"{len(paths)} files were given as declarations; give {MAX_FILES} at most.")
    for path in paths:
        try:
            documents.append(_read(path, wording))
        except ApptellsError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ApptellsError("\n".join(mistakes))
    return Statements(documents=tuple(documents), wording=wording)


def _read(path: Path, wording: Wording) -> Statement:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ApptellsError(f"{path}: is not a file; give {_KNOWN}.")
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start == b"PK\x03\x04" and status.st_size <= MAX_APK:
                digest = hashlib.sha256()
                while piece := file.read(_PIECE):
                    digest.update(piece)
                file.seek(0)
                return android.read_apk(file, path.name, digest.hexdigest())
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise ApptellsError(f"{path}: cannot be read ({error.strerror}); give {_KNOWN}.") from None
    if len(data) > MAX_FILE:
        raise ApptellsError(f"{path}: is larger than {MAX_FILE >> 20} MiB, as no declaration is; give {_KNOWN}.")
    statement = _sniffed(data, path.name, hashlib.sha256(data).hexdigest(), wording)
    if statement is None:
        raise ApptellsError(f"{path}: is no declaration that is known here; give {_KNOWN}.")
    return statement


def _sniffed(data: bytes, source: str, sha256: str, wording: Wording) -> Statement | None:
    """The statement that the bytes hold; None where they hold none."""
    head = data[:4096].lower()
    if data.startswith(b"bplist") or b"<plist" in head:
        return apple.read_manifest(data, source, sha256, wording)
    if b"<manifest" in head:
        return android.read_manifest(data, source, sha256)
    text = _text(data)
    if "\0" in text[:4096]:
        return None
    if play.is_console_csv(text):
        return play.read_console_csv(text, source, sha256, wording)
    if text.lstrip()[:1] in ("{", "["):
        root = parse(text)
        return play.read_json(objects(root), source, sha256, wording) or apple.read_label(root, source, sha256, wording)
    if b"<html" in head or b"<!doctype html" in head or b"<body" in head or b"<head" in head:
        return _page(text, source, sha256, wording)
    return policy.read_text(text, source, sha256)


def _page(text: str, source: str, sha256: str, wording: Wording) -> Statement | None:
    """A store's page where its scripts hold the answers, else a policy."""
    readers: tuple[Callable[[], Statement | None], ...] = (
        lambda: play.read_page(scripts, source, sha256, wording),
        lambda: apple.read_scripts(scripts, source, sha256, wording),
        lambda: policy.read_page(pieces(text), source, sha256),
    )
    scripts = [piece for piece in pieces(text) if piece.script]
    return next((found for reader in readers if (found := reader()) is not None), None)


def _text(data: bytes) -> str:
    """UTF-8, or what a byte order mark says; what is neither shows as replacement characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
