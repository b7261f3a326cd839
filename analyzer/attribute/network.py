"""Country, network and cloud region of a server address, with the method and date of each answer."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from io import BytesIO
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from msgspec import Struct

from analyzer.attribute.address import Address, not_public, parse_address
from analyzer.attribute.cloud import CloudRanges, CloudRegion
from analyzer.attribute.datafile import DataFile
from analyzer.attribute.geo_record import GeoAnswer, read_record
from analyzer.attribute.mmdb import Mmdb
from analyzer.attribute.table import Row, read_table
from analyzer.attribute.unpack import unpacked
from analyzer.errors import KnowledgeError
from analyzer.model import CountryAnswer

EDGE_COLUMNS = ("network", "operator", "note")
CLOUD_REGION = "cloud region"
"""The method of a country that follows from the provider's published ranges."""

_CACHED = 65_536
_SYSTEM = re.compile(r"AS[0-9]{1,10}")
# What geoip2 asks of a file's type before it offers a method; City comes first, a City file has countries too.
_GEOIP2_METHODS = (
    ("Enterprise", "enterprise"),
    ("City", "city"),
    ("Country", "country"),
    ("GeoIP2-ISP", "isp"),
    ("GeoLite2-ASN", "asn"),
    ("GeoIP2-Anonymous-IP", "anonymous_ip"),
    ("GeoIP-Anonymous-Plus", "anonymous_plus"),
    ("GeoIP2-Connection-Type", "connection_type"),
)


class ServerNetwork(Struct, frozen=True, kw_only=True):
    """What is known of one server address; members as in `model.Destination`."""

    country: str | None = None
    method: str = "unknown"
    date: str | None = None
    countries: tuple[CountryAnswer, ...] = ()
    """What every source says: the user's files as given, the cloud region, the shipped database."""
    disputed: bool = False
    """True where they name different countries; of an edge, which is in many, never."""
    network: str | None = None
    asn: int | None = None
    kinds: tuple[str, ...] = ()
    region: str | None = None
    place: str | None = None
    sources: tuple[str, ...] = ()


class Edges(Struct, frozen=True):
    """Networks whose addresses answer from the nearest of many places, and who operates them."""

    systems: dict[int, str]
    """By number of the autonomous system."""
    ranges: tuple[tuple[IPv4Network | IPv6Network, str], ...]
    """Inside systems that have ordinary servers too."""

    def operator(self, asn: int | None, address: Address) -> tuple[str, str | None] | None:
        """The operator, and the range if it is known by one; None for an address that is in one place."""
        if asn in self.systems:
            return self.systems[asn], None
        return next(((operator, str(network)) for network, operator in self.ranges if address in network), None)


class GeoDatabase:
    """A MaxMind DB file of any schema: the user's, of the types that geoip2 knows, through it; others as they are."""

    def __init__(self, source: Path | bytes, name: str | None = None) -> None:
        """Opens the file, or its bytes; ours have a `name`, the user's go by their type. Raises KnowledgeError."""
        shown = source if isinstance(source, Path) else name
        if isinstance(source, Path) and source.exists() and not source.is_file():
            raise KnowledgeError(f"{shown}: not a file: give an .mmdb file such as GeoLite2-Country.mmdb")
        try:
            file = Mmdb(source)
            self.date = datetime.fromtimestamp(file.built, UTC).date().isoformat()
        except OSError as error:
            raise KnowledgeError(f"{shown}: cannot be read ({error.strerror}): check the path") from None
        except (ValueError, OverflowError):
            raise KnowledgeError(
                f"{shown}: not a MaxMind DB file: give an .mmdb file such as GeoLite2-Country.mmdb"
            ) from None
        self.name = name or file.kind
        self._ask: Callable[[Address], Any] = file.get
        self._no_answer: tuple[type[Exception], ...] = (ValueError,)
        method = next((method for kind, method in _GEOIP2_METHODS if kind in file.kind), None)
        if method and name is None:
            self._ask_geoip2(source, method)

    def _ask_geoip2(self, source: Path | bytes, method: str) -> None:
        import geoip2.database
        import maxminddb

        mode = maxminddb.MODE_AUTO if isinstance(source, Path) else maxminddb.MODE_FD
        try:
            reader = geoip2.database.Reader(source if isinstance(source, Path) else BytesIO(source), mode=mode)
        except (OSError, maxminddb.InvalidDatabaseError, ValueError, TypeError):
            return  # It can be read all the same.
        self._ask = getattr(reader, method)
        self._no_answer = (geoip2.errors.GeoIP2Error, maxminddb.InvalidDatabaseError, ValueError, TypeError)

    def find(self, address: Address) -> GeoAnswer:
        """What the file says of an address; an empty answer where it says nothing or is damaged there."""
        try:
            found = self._ask(address)
            record = found.to_dict() if hasattr(found, "to_dict") else found
        except self._no_answer:
            return GeoAnswer()
        return read_record(record) if isinstance(record, dict) else GeoAnswer()


_Asked = Sequence[tuple[GeoDatabase, GeoAnswer]]
"""The user's databases in the order given, each with what it says of one address."""


class Network:
    """Places server addresses; answers are remembered. Shipped databases are opened at the first public address."""

    def __init__(
        self,
        cloud: CloudRanges,
        cloud_date: str,
        edges: Edges,
        country: DataFile,
        systems: DataFile,
        cache: Path | None = None,
        user: Sequence[Path] = (),
    ) -> None:
        """`user` are the user's own files. Raises KnowledgeError on those."""
        self._cloud, self._cloud_date, self._edges = cloud, cloud_date, edges
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
        return self._open(self._country_file)

    @cached_property
    def _systems(self) -> GeoDatabase:
        return self._open(self._systems_file)

    def _open(self, file: DataFile) -> GeoDatabase:
        packed = file.path.suffix == ".xz"
        return GeoDatabase(unpacked(file.path, file.content_sha256, self._cache) if packed else file.path, file.name)

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
        user: _Asked = [(database, database.find(address)) for _, database in self._user]
        asn, organisation, network_source = self._system(address, user)
        if organisation is None and cloud:
            organisation, network_source = cloud.provider, f"the provider's published ranges of {self._cloud_date}"
        edge = self._edge(address, cloud, asn, network_source, user)
        answers = self._answers(address, cloud, user)
        first = answers[0] if answers and not edge else None
        differ = _differ(answers) if first else []
        if edge:
            operator, date, how = edge
            method = "edge"
            said = f"Server country: edge, origin unknown; {operator} answers from the nearest of many places ({how})."
        elif first:
            method, date, said = first.method, first.date, self._said(first, cloud, user)
        else:
            method, date = "unknown", self._countries.date
            said = f"Server country: unknown to {self._countries.name} of {date}."
        named = organisation or "unknown"
        system = f" (AS{asn})" if asn else ""
        kinds, kinds_said = _kinds(user)
        return ServerNetwork(
            country=first.country if first else None,
            method=method,
            date=date,
            countries=answers,
            disputed=bool(differ),
            network=organisation,
            asn=asn,
            kinds=kinds,
            region=cloud.region if cloud else None,
            place=_place(answers) if first else None,
            sources=(said, *differ, f"Network {named}{system}: {network_source}.", *kinds_said),
        )

    def _answers(self, address: Address, cloud: CloudRegion | None, user: _Asked) -> tuple[CountryAnswer, ...]:
        """Each source's country: the user's files before the cloud region before the shipped database."""
        answers = [_country_answer(database, found) for database, found in user]
        if cloud and cloud.region and cloud.country:
            country, place = cloud.country, cloud.place
            answers.append(CountryAnswer(country=country, method=CLOUD_REGION, date=self._cloud_date, place=place))
        answers.append(_country_answer(self._countries, self._countries.find(address)))
        return tuple(answer for answer in answers if answer)

    def _said(self, answer: CountryAnswer, cloud: CloudRegion | None, user: _Asked) -> str:
        place = f" ({answer.place})" if answer.place else ""
        if cloud and answer.method == CLOUD_REGION:
            ranges = f"by the ranges that {cloud.provider} publishes, as of {answer.date}"
            by = f"cloud region {cloud.region}{place}, {ranges}"
        else:
            users = ", the user's file" if any(found.country for _, found in user) else ""
            by = f"{answer.method} of {answer.date}{place}{users}"
        return f"Server country {answer.country}: {by}."

    def _system(self, address: Address, user: _Asked) -> tuple[int | None, str | None, str]:
        """Number and organisation of the autonomous system, and the database that says so."""
        for database, answer in user:
            if answer.asn:
                return answer.asn, answer.organisation, f"{database.name} of {database.date}, the user's file"
        answer = self._systems.find(address)
        return answer.asn, answer.organisation, f"{self._systems.name} of {self._systems.date}"

    def _edge(
        self, address: Address, cloud: CloudRegion | None, asn: int | None, said_by: str, user: _Asked
    ) -> tuple[str, str, str] | None:
        """Who answers from many places at once, the date and source of that; None for an address in one place."""
        if cloud and cloud.edge:
            return cloud.provider, self._cloud_date, f"published ranges of {self._cloud_date}"
        if cloud and cloud.region:
            return None
        known = self._edges.operator(asn, address)
        if known:
            operator, known_range = known
            how = f"its range {known_range}" if known_range else f"AS{asn}, {said_by}"
            return operator, self._systems.date, how
        anycast = next((database for database, answer in user if answer.anycast), None)
        if anycast:
            return "an anycast network", anycast.date, f"{anycast.name} of {anycast.date}, the user's file"
        return None


def load_edges(path: Path) -> Edges:
    """Edge networks from a table with `EDGE_COLUMNS`: `AS13335` or a range; raises KnowledgeError."""
    rows = read_table(path, EDGE_COLUMNS, _mistake, key=("network",))
    systems = {int(row["network"][2:]): row["operator"] for row in rows if _SYSTEM.fullmatch(row["network"])}
    ranges = [(ip_network(row["network"]), row["operator"]) for row in rows if not _SYSTEM.fullmatch(row["network"])]
    return Edges(systems, tuple(ranges))


def _mistake(row: Row) -> str | None:
    if not _SYSTEM.fullmatch(row["network"]):
        try:
            ip_network(row["network"])
        except ValueError:
            return f"network {row['network']!r} is neither a number such as AS13335 nor a range such as 13.107.0.0/16"
    return None if row["operator"] else "operator is empty"


def _country_answer(database: GeoDatabase, found: GeoAnswer) -> CountryAnswer | None:
    if found.country is None:
        return None
    return CountryAnswer(country=found.country, method=database.name, date=database.date, place=found.place)


def _differ(answers: Sequence[CountryAnswer]) -> list[str]:
    """One sentence that says who says what; nothing where all name the same country."""
    if len({answer.country for answer in answers}) < 2:
        return []
    says = "; ".join(f"{answer.country} by {answer.method} of {answer.date}" for answer in answers)
    return [f"Server country is disputed: {says}."]


def _place(answers: Sequence[CountryAnswer]) -> str | None:
    """The first place that is named in the country that is followed."""
    return next((answer.place for answer in answers if answer.place and answer.country == answers[0].country), None)


def _kinds(user: _Asked) -> tuple[tuple[str, ...], list[str]]:
    """What the user's files say of the sort of network, each once, and a sentence for each file that says something."""
    said = [
        f"Kind of network {', '.join(answer.kinds)}: {database.name} of {database.date}, the user's file."
        for database, answer in user
        if answer.kinds
    ]
    return tuple(dict.fromkeys(kind for _, answer in user for kind in answer.kinds)), said
