"""Country, network and cloud region of a server address, with the method and date of each answer."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from analyzer.attribute.address import Address, not_public, parse_address
from analyzer.attribute.cloud import CloudRanges, CloudRegion
from analyzer.attribute.datafile import DataFile
from analyzer.attribute.table import Row, read_table
from analyzer.attribute.unpack import unpacked
from analyzer.errors import KnowledgeError

EDGE_COLUMNS = ("asn", "operator", "note")

_CACHED = 65_536
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_A_COUNTRY = frozenset({"AP", "EU", "XX", "ZZ"})
# What geoip2 asks of a file's type before it offers a method; City comes first, a City file has countries too.
_GEOIP2_METHODS = (
    ("Enterprise", "enterprise"),
    ("City", "city"),
    ("Country", "country"),
    ("GeoIP2-ISP", "isp"),
    ("GeoLite2-ASN", "asn"),
)


class ServerNetwork(Struct, frozen=True, kw_only=True):
    """What is known of one server address; members as in `model.Destination`."""

    country: str | None = None
    method: str = "unknown"
    date: str | None = None
    network: str | None = None
    asn: int | None = None
    region: str | None = None
    place: str | None = None
    sources: tuple[str, ...] = ()


class GeoAnswer(Struct, frozen=True):
    """What one database says of one address."""

    country: str | None = None
    asn: int | None = None
    organisation: str | None = None
    anycast: bool = False


class GeoDatabase:
    """A MaxMind DB file of any schema: MaxMind's and DB-IP's through geoip2, others by their usual column names."""

    def __init__(self, source: Path | bytes, name: str | None = None) -> None:
        """Opens the file, or its bytes; `name` stands for the type it states. Raises KnowledgeError."""
        import geoip2.database
        import maxminddb

        shown = source if isinstance(source, Path) else name
        mode = maxminddb.MODE_AUTO if isinstance(source, Path) else maxminddb.MODE_FD
        try:
            self._raw = maxminddb.open_database(source if isinstance(source, Path) else BytesIO(source), mode)
            metadata = self._raw.metadata()
            self.date = datetime.fromtimestamp(metadata.build_epoch, UTC).date().isoformat()
            self.name = name or metadata.database_type
            method = next((method for kind, method in _GEOIP2_METHODS if kind in metadata.database_type), None)
            if method:
                again = geoip2.database.Reader(source if isinstance(source, Path) else BytesIO(source), mode=mode)
                self._ask: Any = getattr(again, method)
            else:
                self._ask = self._raw.get
        except OSError as error:
            raise KnowledgeError(f"{shown}: cannot be read ({error.strerror}): check the path") from None
        except (maxminddb.InvalidDatabaseError, ValueError, OverflowError, TypeError):
            raise KnowledgeError(
                f"{shown}: not a MaxMind DB file: give an .mmdb file such as GeoLite2-Country.mmdb"
            ) from None
        self._no_answer = (geoip2.errors.GeoIP2Error, maxminddb.InvalidDatabaseError, ValueError, TypeError)

    def find(self, address: Address) -> GeoAnswer:
        """What the file says of an address; an empty answer where it says nothing or is damaged there."""
        try:
            found = self._ask(address)
        except self._no_answer:
            return GeoAnswer()
        if isinstance(found, dict):
            return _raw_answer(found)
        country = getattr(found, "country", None)
        traits = getattr(found, "traits", found)
        return GeoAnswer(
            _country(getattr(country, "iso_code", None)),
            getattr(traits, "autonomous_system_number", None),
            getattr(traits, "autonomous_system_organization", None),
            bool(getattr(traits, "is_anycast", False)),
        )


class Network:
    """Places server addresses; answers are remembered. Shipped databases are opened at the first public address."""

    def __init__(
        self,
        cloud: CloudRanges,
        cloud_date: str,
        edges: Mapping[int, str],
        country: DataFile,
        systems: DataFile,
        cache: Path | None = None,
        user: Sequence[Path] = (),
    ) -> None:
        """`edges` names content networks by ASN, `user` are the user's own files. Raises KnowledgeError on those."""
        self._cloud, self._cloud_date, self._edges = cloud, cloud_date, dict(edges)
        self._country_file, self._systems_file, self._cache = country, systems, cache
        self._user = tuple((path, GeoDatabase(path)) for path in user)
        self.locate = lru_cache(_CACHED)(self._locate)
        """`locate(ip)`: everything known of an address as captured; never fails on any text."""

    def user_files(self) -> tuple[DataFile, ...]:
        """The user's own databases, under the names and dates that they state."""
        return tuple(
            DataFile(path=path, name=f"{database.name} ({path.name})", date=database.date, licence="the user's own")
            for path, database in self._user
        )

    @cached_property
    def _countries(self) -> GeoDatabase:
        return self._shipped(self._country_file)

    @cached_property
    def _systems(self) -> GeoDatabase:
        return self._shipped(self._systems_file)

    def _shipped(self, file: DataFile) -> GeoDatabase:
        return GeoDatabase(unpacked(file.path, file.content_sha256, self._cache), file.name)

    def _locate(self, ip: str | None) -> ServerNetwork:
        if not ip:
            return ServerNetwork(method="no address", sources=("Server country: the capture holds no server address.",))
        address = parse_address(ip)
        if address is None:
            return ServerNetwork(sources=(f"Server country: {ip[:45]!r} is not an IP address.",))
        kind = not_public(address)
        if kind:
            said = f"Server country: {address} is {kind}, which has no country."
            return ServerNetwork(method="private address", sources=(said,))

        cloud = self._cloud.find(address)
        user = [(database, database.find(address)) for _, database in self._user]
        asn, organisation, network_source = self._system(address, user)
        if organisation is None and cloud:
            organisation, network_source = cloud.provider, f"the provider's published ranges of {self._cloud_date}"
        operator = self._edge_operator(cloud, asn, user)
        if operator:
            by_ranges = cloud is not None and cloud.edge
            country, method, date = None, "edge", self._cloud_date if by_ranges else self._systems.date
            how = f"published ranges of {date}" if by_ranges else f"AS{asn}, {network_source}"
            said = f"Server country: edge, origin unknown; {operator} answers from the nearest of many places ({how})."
        else:
            country, method, date, said = self._country(address, cloud, user)
        named = organisation or "unknown"
        system = f" (AS{asn})" if asn else ""
        return ServerNetwork(
            country=country,
            method=method,
            date=date,
            network=organisation,
            asn=asn,
            region=cloud.region if cloud else None,
            place=cloud.place if cloud and country and cloud.country == country else None,
            sources=(said, f"Network {named}{system}: {network_source}."),
        )

    def _country(
        self, address: Address, cloud: CloudRegion | None, user: Sequence[tuple[GeoDatabase, GeoAnswer]]
    ) -> tuple[str | None, str, str, str]:
        """Country, method, date and sentence: the user's file before the cloud region before the shipped database."""
        for database, answer in user:
            if answer.country:
                said = f"Server country {answer.country}: {database.name} of {database.date}, the user's file."
                return answer.country, database.name, database.date, said
        if cloud and cloud.region and cloud.country:
            place = f" ({cloud.place})" if cloud.place else ""
            said = (
                f"Server country {cloud.country}: cloud region {cloud.region}{place}, "
                f"by the ranges that {cloud.provider} publishes, as of {self._cloud_date}."
            )
            return cloud.country, "cloud region", self._cloud_date, said
        database = self._countries
        country = database.find(address).country
        if country is None:
            said = f"Server country: unknown to {database.name} of {database.date}."
            return None, "unknown", database.date, said
        return country, database.name, database.date, f"Server country {country}: {database.name} of {database.date}."

    def _system(
        self, address: Address, user: Sequence[tuple[GeoDatabase, GeoAnswer]]
    ) -> tuple[int | None, str | None, str]:
        """Number and organisation of the autonomous system, and the database that says so."""
        for database, answer in user:
            if answer.asn:
                return answer.asn, answer.organisation, f"{database.name} of {database.date}, the user's file"
        answer = self._systems.find(address)
        return answer.asn, answer.organisation, f"{self._systems.name} of {self._systems.date}"

    def _edge_operator(
        self, cloud: CloudRegion | None, asn: int | None, user: Sequence[tuple[GeoDatabase, GeoAnswer]]
    ) -> str | None:
        """Who announces the address from many places at once; None for an address that is in one place."""
        if cloud and cloud.edge:
            return cloud.provider
        if cloud and cloud.region:
            return None
        if asn in self._edges:
            return self._edges[asn]
        return "an anycast network" if any(answer.anycast for _, answer in user) else None


def load_edges(path: Path) -> dict[int, str]:
    """Operators of content networks by ASN, from a table with `EDGE_COLUMNS`; raises KnowledgeError."""
    return {int(row["asn"]): row["operator"] for row in read_table(path, EDGE_COLUMNS, _mistake, key=("asn",))}


def _mistake(row: Row) -> str | None:
    if not (row["asn"].isascii() and row["asn"].isdigit()):
        return f"asn {row['asn']!r} is not a number"
    return None if row["operator"] else "operator is empty"


def _raw_answer(record: Mapping[str, object]) -> GeoAnswer:
    """Records of other publishers: `country_code` or `country`, `autonomous_system_number` or `asn` ("AS64496")."""
    country = record.get("country_code") or record.get("country")
    if isinstance(country, dict):
        country = country.get("iso_code")
    number = str(record.get("autonomous_system_number") or record.get("asn") or "").removeprefix("AS")
    names = (record.get(key) for key in ("autonomous_system_organization", "as_name", "as_organization"))
    return GeoAnswer(
        _country(country),
        int(number) if number.isascii() and number.isdigit() and len(number) <= 10 else None,
        next((name for name in names if isinstance(name, str) and name), None),
    )


def _country(code: object) -> str | None:
    known = isinstance(code, str) and _COUNTRY.fullmatch(code) and code not in _NOT_A_COUNTRY
    return str(code) if known else None
