"""MaxMind's databases with the user's own account, by the conventions of its program geoipupdate."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from analyzer.errors import ApptellsError
from analyzer.refresh.download import DownloadError, Request, download, fetch_text
from analyzer.refresh.job import Job

HOST = "https://updates.maxmind.com"
DEFAULT_EDITIONS = ("GeoLite2-ASN", "GeoLite2-City")
"""Where the user names none: network, and country with place."""
_MAX_PACKED = 512 << 20
_MAX_METADATA = 1 << 16
_MAX_CONF = 1 << 16
_EDITION = re.compile(r"[A-Za-z0-9-]{1,60}")
# Names in the environment, and in GeoIP.conf with its older ones (https://dev.maxmind.com/geoip/updating-databases).
_NAMES = {
    "GEOIPUPDATE_ACCOUNT_ID": ("accountid", "userid"),
    "GEOIPUPDATE_LICENSE_KEY": ("licensekey",),
    "GEOIPUPDATE_EDITION_IDS": ("editionids", "productids"),
    "GEOIPUPDATE_HOST": ("host",),
    "GEOIPUPDATE_PROXY": ("proxy",),
    "GEOIPUPDATE_PROXY_USER_PASSWORD": ("proxyuserpassword",),
}
_SECRET = ("GEOIPUPDATE_ACCOUNT_ID", "GEOIPUPDATE_LICENSE_KEY")


class Account(Struct, frozen=True):
    """The user's account and what it asks for."""

    credentials: tuple[str, str]
    editions: tuple[str, ...]
    host: str
    proxy: str | None

    def __repr__(self) -> str:
        return f"Account({self.editions})"  # the key must not get into any message


class Edition(Struct, frozen=True):
    """One database that MaxMind offers the account."""

    name: str
    date: str
    """YYYY-MM-DD."""
    md5: str
    """Of the database, unpacked."""


def read_account(environment: Mapping[str, str]) -> Account | None:
    """The account in the environment, in files that it names, or in the GeoIP.conf that it names; None without one.

    Raises ApptellsError for a file that cannot be read and for an edition that cannot be one.
    """
    said = _read_conf(environment.get("GEOIPUPDATE_CONF_FILE"))
    for name in _NAMES:
        if name in _SECRET and (path := environment.get(f"{name}_FILE")):
            said[name] = _read(Path(path)).strip()
        if value := environment.get(name, "").strip():
            said[name] = value
    account, key = (said.get(name, "") for name in _SECRET)
    if not account or not key:
        return None
    editions = tuple(dict.fromkeys(said.get("GEOIPUPDATE_EDITION_IDS", "").split())) or DEFAULT_EDITIONS
    for edition in editions:
        if not _EDITION.fullmatch(edition):
            raise ApptellsError(
                f"GEOIPUPDATE_EDITION_IDS: {edition[:60]!r} is no edition; give names such as GeoLite2-City"
            )
    return Account((account, key), editions, _with_scheme(said.get("GEOIPUPDATE_HOST") or HOST, "https"), _proxy(said))


def offered(name: str, account: Account) -> Edition:
    """What MaxMind has of an edition now. Raises DownloadError."""
    url = f"{account.host}/geoip/updates/metadata?edition_id={name}"
    text = fetch_text(_request(url, f"metadata of {name}", _MAX_METADATA, account))
    try:
        entry = next(item for item in json.loads(text)["databases"] if item["edition_id"] == name)
        edition = Edition(name, str(entry["date"]), str(entry["md5"]).lower())
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError):
        edition = Edition(name, "", "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", edition.date) or not re.fullmatch(r"[0-9a-f]{32}", edition.md5):
        raise DownloadError(f"{account.host}: does not say what it has of {name}; check the name and GEOIPUPDATE_HOST")
    return edition


def fetch_edition(edition: Edition, account: Account, job: Job) -> Path | None:
    """Download an edition as .tar.gz; None where the one in use is the same. Raises DownloadError."""
    if any(has_md5(file.path, edition.md5) for file in job.in_use if file.role == "geoip"):
        return None
    url = f"{account.host}/geoip/databases/{edition.name}/download?date={edition.date.replace('-', '')}&suffix=tar.gz"
    target = job.store.incoming / f"{edition.name}.tar.gz"
    download(_request(url, edition.name, _MAX_PACKED, account), target, job.progress)
    return target


def has_md5(path: Path, md5: str) -> bool:
    """Whether a file has the checksum that MaxMind gives; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest() == md5
    except OSError:
        return False


def _request(url: str, name: str, limit: int, account: Account) -> Request:
    return Request(url=url, name=name, limit=limit, credentials=account.credentials, proxy=account.proxy)


def _read_conf(path: str | None) -> dict[str, str]:
    """GeoIP.conf: a name and a value a line, `#` starts a comment."""
    said: dict[str, str] = {}
    for key, value in _lines(_read(Path(path))) if path else ():
        said |= {name: value for name, spellings in _NAMES.items() if key in spellings}
    return said


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if value and not key.startswith("#"):
            yield key.lower(), value.strip()


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_CONF).decode("utf-8", "replace")
    except OSError as error:
        raise ApptellsError(f"{path}: cannot be read ({error.strerror}): check the GEOIPUPDATE_* variables") from None


def _proxy(said: Mapping[str, str]) -> str | None:
    proxy, user = said.get("GEOIPUPDATE_PROXY"), said.get("GEOIPUPDATE_PROXY_USER_PASSWORD")
    if not proxy:
        return None
    proxy = _with_scheme(proxy, "http")
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{user}@{rest}" if user and "@" not in rest else proxy


def _with_scheme(address: str, scheme: str) -> str:
    return (address if "://" in address else f"{scheme}://{address}").rstrip("/")
