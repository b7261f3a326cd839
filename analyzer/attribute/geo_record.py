"""What a record of a geo database says, whichever of the usual schemas it follows."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_A_COUNTRY = frozenset({"AP", "EU", "XX", "ZZ"})
_KINDS = {
    "is_hosting_provider": "hosting provider",
    "is_anonymous_vpn": "VPN",
    "is_tor_exit_node": "Tor exit",
    "is_public_proxy": "public proxy",
    "is_residential_proxy": "residential proxy",
}


class GeoAnswer(Struct, frozen=True):
    """What one database says of one address."""

    country: str | None = None
    place: str | None = None
    asn: int | None = None
    organisation: str | None = None
    anycast: bool = False
    kinds: tuple[str, ...] = ()


def read_record(record: Mapping[str, Any]) -> GeoAnswer:
    """A record of MaxMind's schemas, or of others: `country_code` or `country`, `asn` ("AS64496"), `as_name`."""
    country = record.get("country_code") or record.get("country")
    traits = record.get("traits")
    flat = {**record, **traits} if isinstance(traits, dict) else record
    number = str(flat.get("autonomous_system_number") or flat.get("asn") or "").removeprefix("AS")
    names = (flat.get(key) for key in ("autonomous_system_organization", "as_name", "as_organization"))
    kinds = [words for flag, words in _KINDS.items() if flat.get(flag) is True]
    if flat.get("is_anonymous") is True and not kinds:
        kinds.append("anonymous network")
    connection = flat.get("connection_type")
    if isinstance(connection, str) and connection:
        kinds.append(f"{connection} connection")
    return GeoAnswer(
        _country(country.get("iso_code") if isinstance(country, dict) else country),
        _english(record),
        int(number) if number.isascii() and number.isdigit() and len(number) <= 10 else None,
        next((name for name in names if isinstance(name, str) and name), None),
        flat.get("is_anycast") is True,
        tuple(kinds),
    )


def _english(record: Mapping[str, Any]) -> str | None:
    """City, or else the smallest subdivision that is named."""
    city, parts = record.get("city"), record.get("subdivisions")
    for area in (city, *(reversed(parts) if isinstance(parts, list) else ())):
        names = area.get("names") if isinstance(area, dict) else None
        name = names.get("en") if isinstance(names, dict) else area if area is city else None
        if isinstance(name, str) and name:
            return name
    return None


def _country(code: object) -> str | None:
    known = isinstance(code, str) and _COUNTRY.fullmatch(code) and code not in _NOT_A_COUNTRY
    return str(code) if known else None
