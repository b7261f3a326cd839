"""Reads the permissions that an Android app asks for: from its manifest as text, or from its APK (by androguard)."""

import io
import lzma
import struct
import zipfile
import zlib
from importlib import import_module
from xml.parsers import expat

from analyzer.declared.statement import Statement
from analyzer.errors import ApptellsError
from analyzer.reported import Declaration

KIND = "Android manifest"
MANIFEST = "AndroidManifest.xml"
MAX_MANIFEST = 4 << 20
_MOST = 500
_TAIL = 22 + 65_535
"""Bytes at the end of a ZIP file in which its directory is found."""
_MAX_DIRECTORY = 32 << 20
_ELEMENTS = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")


class _Refused(Exception):
    pass


def read_manifest(data: bytes, source: str, sha256: str) -> Statement | None:
    """A manifest as text; None where it is none. Entities are not expanded."""
    if len(data) > MAX_MANIFEST:
        return None
    found: dict[str, None] = {}
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append(name)
        if name in _ELEMENTS and len(found) < _MOST:
            # `android:name`, whatever prefix the file gives the namespace
            named = (value for key, value in attributes.items() if key.rpartition(":")[2] == "name")
            found[next(named, "")[:200]] = None

    def refuse(*_: object) -> None:
        raise _Refused

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse  # the way to expansion bombs
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _Refused, ValueError):
        return None
    return permissions_of(tuple(filter(None, found)), source, sha256) if roots == ["manifest"] else None


def read_apk(data: io.BufferedReader, source: str, sha256: str) -> Statement:
    """The manifest in an APK. Raises ApptellsError where there is none, or androguard is not installed."""
    try:
        if _directory_bytes(data) > _MAX_DIRECTORY:
            raise zipfile.BadZipFile("its directory is larger than any app's")
        with zipfile.ZipFile(data) as apk, apk.open(MANIFEST) as entry:
            binary = entry.read(MAX_MANIFEST + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, OSError, EOFError, ValueError, RuntimeError,
            OverflowError, struct.error) as error:  # fmt: skip
        raise ApptellsError(f"{source}: holds no readable {MANIFEST}; give an APK, or its manifest as text.") from error
    if len(binary) > MAX_MANIFEST:
        raise ApptellsError(f"{source}: its {MANIFEST} is larger than {MAX_MANIFEST >> 20} MiB, as none is.")
    statement = read_manifest(binary, source, sha256) or read_manifest(_as_text(binary, source), source, sha256)
    if statement is None:
        raise ApptellsError(f"{source}: its {MANIFEST} cannot be read; give the manifest as text.")
    return statement


def _directory_bytes(data: io.BufferedReader) -> int:
    """Size of the archive's directory, all of which zipfile reads into memory. BadZipFile where there is none."""
    size = data.seek(0, io.SEEK_END)
    data.seek(max(0, size - _TAIL))
    tail = data.read(_TAIL)
    end = tail.rfind(b"PK\x05\x06")
    if not 0 <= end <= len(tail) - 16:
        raise zipfile.BadZipFile("it has no directory")
    return int.from_bytes(tail[end + 12 : end + 16], "little")


def _as_text(binary: bytes, source: str) -> bytes:
    try:
        # An extra, which need not be installed; it would write what it reads to the terminal.
        import_module("loguru").logger.disable("androguard")
        printer = import_module("androguard.core.axml").AXMLPrinter
    except ImportError:
        raise ApptellsError(
            f"{source}: reading an APK needs androguard; install `apptells[apk]`, or give its {MANIFEST} as text."
        ) from None
    try:
        return bytes(printer(binary).get_xml())
    except Exception as error:  # whatever androguard raises for a broken manifest
        raise ApptellsError(f"{source}: its {MANIFEST} cannot be read; give the manifest as text.") from error


def permissions_of(permissions: tuple[str, ...], source: str, sha256: str, how: str = "asked for") -> Statement:
    """What is known of a build by its permissions."""
    return Statement(
        declaration=Declaration(
            kind=KIND, source=source, sha256=sha256, note=f"Permissions {how}: {len(permissions)}."
        ),
        is_complete=False,
        permissions=permissions,
    )
