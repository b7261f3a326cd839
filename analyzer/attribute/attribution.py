"""Where an exchange went: the party, owner, network and country of its host and address, each with its source."""

from functools import lru_cache
from pathlib import Path

from msgspec import structs

from analyzer.attribute.cloud import load_cloud
from analyzer.attribute.datafile import DataFile, load_data_files
from analyzer.attribute.domain import Domains
from analyzer.attribute.network import Network, load_edges
from analyzer.attribute.owner import HOSTING, Owners, load_owners
from analyzer.attribute.party import Parties
from analyzer.attribute.vendor_region import VendorRegions, load_vendor_regions
from analyzer.model import Destination, Owner
from analyzer.reported import Database

_CACHED = 65_536


class Attribution:
    """Answers for each host and address; answers are remembered, the least used are forgotten."""

    def __init__(
        self,
        domains: Domains,
        parties: Parties,
        owners: Owners,
        network: Network,
        vendor_regions: VendorRegions | None = None,
        files: tuple[DataFile, ...] = (),
    ) -> None:
        """`files` are those that `owners` and `network` were loaded from."""
        self.domains, self.owners = domains, owners
        self._parties, self._network, self._files = parties, network, files
        self._vendor_regions = vendor_regions or VendorRegions({})
        self._remembered = lru_cache(_CACHED)(self._destination)

    def destination(self, host: str, server_ip: str | None = None, exchanges: int = 0) -> Destination:
        """Everything known of a host at an address as captured; never fails on any text."""
        found = self._remembered(host, server_ip)
        return structs.replace(found, exchanges=exchanges) if exchanges else found

    def with_parties(self, parties: Parties) -> "Attribution":
        """The same knowledge with other parties: what the capture suggests is known only at its end."""
        return Attribution(self.domains, parties, self.owners, self._network, self._vendor_regions, self._files)

    def databases(self) -> tuple[Database, ...]:
        """The data files that the answers rest on, the user's own last."""
        return tuple(file.database() for file in (*self._files, *self._network.user_files()))

    def _destination(self, host: str, server_ip: str | None) -> Destination:
        matched = self.owners.match(host)
        owner = matched[1] if matched else None
        party, reason = self._parties.party(host, owner)
        server = self._network.locate(server_ip)
        vendor = self._vendor_regions.find(host)
        sources = [*server.sources, _owner_sentence(matched)]
        if owner and owner.country:
            sources.append(f"Owner's seat {owner.country}: head office of {owner.parent or owner.name}, same row.")
        if vendor:
            sources.append(f"Region label {vendor.label!r}: the vendor's name for {vendor.means}, not a measurement.")
        return Destination(
            host=host,
            domain=self.domains.registrable_domain(host),
            party=party,
            party_reason=reason,
            product=owner.product if owner else None,
            owner=owner.name if owner else None,
            parent=owner.parent if owner else None,
            owner_country=owner.country if owner else None,
            owner_source=owner.source if owner else None,
            owner_checked=owner.checked if owner else None,
            owner_verified=owner.verified if owner else False,
            category=owner.category if owner else None,
            server_ip=server_ip,
            server_country=server.country,
            server_country_method=server.method,
            server_country_date=server.date,
            network=server.network,
            asn=server.asn,
            region=server.region,
            place=server.place,
            vendor_region=f"{vendor.label} (vendor's label)" if vendor else None,
            sources=tuple(sources),
        )


def load_attribution(
    data: Path,
    *,
    app: str | None = None,
    first_party: tuple[str, ...] = (),
    owner_tables: tuple[Path, ...] = (),
    geoip: tuple[Path, ...] = (),
    cache: Path | None = None,
) -> Attribution:
    """Attribution from the folder of shipped data, with the user's owner tables and geo files over it.

    `cache` is where databases are unpacked (`unpack.cache_folder`); without it they are unpacked in memory.
    Raises KnowledgeError for wrong files, ApptellsError for a wrong `first_party`.
    """
    geo = load_data_files(data / "geo" / "databases.csv")
    tables = load_data_files(data / "owners" / "databases.csv")
    domains = Domains()
    cloud = geo["cloud-ranges.csv.xz"]
    network = Network(
        load_cloud(cloud.path, data / "geo" / "regions.csv"),
        cloud.date,
        load_edges(data / "geo" / "edge-networks.csv"),
        geo["dbip-country-lite.mmdb.xz"],
        geo["dbip-asn-lite.mmdb.xz"],
        cache,
        geoip,
    )
    return Attribution(
        domains,
        Parties(domains, app, first_party),
        load_owners((data / "owners" / "owners.csv", *owner_tables), data / "owners" / "third-party-web.csv"),
        network,
        load_vendor_regions(data / "owners" / "vendor-regions.csv"),
        (*geo.values(), *tables.values(), *(_users_table(path) for path in owner_tables)),
    )


def _users_table(path: Path) -> DataFile:
    return DataFile(path=path, name=f"owners ({path.name})", date="unknown", licence="the user's own")


def _owner_sentence(matched: tuple[str, Owner] | None) -> str:
    if matched is None:
        return "Owner: no table knows this host."
    suffix, owner = matched
    doubt = "" if owner.verified else ", not confirmed by a second source"
    hosting = "; its hosts carry what its customers put there" if owner.category in HOSTING else ""
    row = f"row {suffix} of the owners tables, by {owner.source}, checked {owner.checked}"
    return f"Owner {owner.name}: {row}{doubt}{hosting}."
