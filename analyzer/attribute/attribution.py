"""Where an exchange went: the party, owner, network and country of its host and address, each with its source."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, structs

from analyzer.attribute.alias import AliasChain, Aliases
from analyzer.attribute.cloud import load_cloud
from analyzer.attribute.company import load_companies
from analyzer.attribute.datafile import DataFile
from analyzer.attribute.distance import Distances
from analyzer.attribute.domain import Domains
from analyzer.attribute.installed import data_files
from analyzer.attribute.latency import check_latency
from analyzer.attribute.network import Network, load_edges
from analyzer.attribute.owner import HOSTING, Owners, ServiceFile, load_fallback
from analyzer.attribute.owner_tables import read_owner_tables
from analyzer.attribute.party import Alias, Parties, Suggestion
from analyzer.attribute.vendor_region import VendorRegions, load_vendor_regions
from analyzer.model import Contact, Destination, NameLookup, Owner, OwnerStep
from analyzer.reported import Database

BY_HAND = "written by hand"
"""The source of a row that nothing but its writer confirms."""

_CACHED = 65_536


class Maker(Struct, frozen=True, kw_only=True):
    """What the user says of the app."""

    app: str | None = None
    """Package or bundle id."""
    first_party: tuple[str, ...] = ()
    """Domains of whoever makes it."""
    captured_in: str | None = None
    """Country in which the capture was made, ISO 3166-1 alpha-2."""


UNKNOWN_MAKER = Maker()


class Attribution:
    """Answers for each host and address; answers are remembered, the least used are forgotten."""

    def __init__(
        self,
        domains: Domains,
        owners: Owners,
        network: Network,
        vendor_regions: VendorRegions,
        distances: Distances,
        files: tuple[DataFile, ...] = (),
        maker: Maker = UNKNOWN_MAKER,
        suggestions: Sequence[Suggestion] = (),
        lookups: Iterable[NameLookup] = (),
        day: str | None = None,
    ) -> None:
        """`files` are those that the tables were loaded from, `lookups` the DNS answers in the capture.

        `day` (YYYY-MM-DD) is when the capture was made: owners are those of that day. `suggestions` are what its
        requests say of the maker. Raises ApptellsError for a wrong `maker.first_party`.
        """
        self.domains, self.owners = domains, owners
        self._network, self._vendor_regions, self._distances, self._files = network, vendor_regions, distances, files
        self._maker, self._day, self._aliases = maker, day, Aliases(lookups)
        self._parties = Parties(domains, maker.app, maker.first_party, suggestions, owners)
        self.destination = lru_cache(_CACHED)(self._destination)
        """`destination(host, server_ip)`: everything known of a host at an address; never fails on any text."""

    def destinations(self, contacts: Sequence[Contact]) -> tuple[Destination, ...]:
        """Where each contact went, with what the capture shows of it, and whether its handshakes can be true."""
        found = (
            structs.replace(
                self.destination(contact.host, contact.server_ip),
                exchanges=contact.exchanges,
                connect_ms=contact.connect_ms,
                certificate=contact.certificate,
            )
            for contact in contacts
        )
        return check_latency(tuple(found), self._distances, self._maker.captured_in)

    def in_capture(
        self, day: str | None, lookups: Iterable[NameLookup] = (), suggestions: Sequence[Suggestion] = ()
    ) -> "Attribution":
        """The same knowledge for a capture of that day: what it shows of names and makers is known at its end."""
        return Attribution(
            self.domains,
            self.owners,
            self._network,
            self._vendor_regions,
            self._distances,
            self._files,
            self._maker,
            suggestions,
            lookups,
            day,
        )

    def databases(self, day: str | None = None) -> tuple[Database, ...]:
        """The data files that the answers rest on, the user's own last, with their age on a day."""
        listed = {file.path for file in self._files}
        files = (*self._files, *(file for file in self._network.user_files() if file.path not in listed))
        return tuple(_aged(file.database(), day) for file in files)

    def _destination(self, host: str, server_ip: str | None = None) -> Destination:
        matched = self.owners.match(host, self._day)
        chain = self._aliases.of(host)
        hosted_by, alias = self._behind(chain)
        own = matched[1] if matched else None
        party, reason = self._parties.party(host, own, alias)
        if own and self._parties.customer(host, own):
            hosted_by = hosted_by or own.name
        owner, said = own, _owner_sentence(matched)
        if alias and chain and (own is None or self._parties.cloaks(host, alias)):
            owner = alias.owner
            by = f"{host} was an alias of {alias.name}, by the {chain.source}; of that, {_cited(owner.steps[0].source)}"
            said = f"Owner {owner.name}: {by}."
        server = self._network.locate(server_ip)
        vendor = self._vendor_regions.find(host)
        sources = [*server.sources, said, *_above(owner)]
        if chain:
            sources.append(f"Aliases {' > '.join(chain.names)}: {chain.source}.")
        if vendor:
            sources.append(f"Region label {vendor.label!r}: the vendor's name for {vendor.means}, not a measurement.")
        operator = owner.steps[0] if owner else None
        return Destination(
            host=host,
            domain=self.domains.registrable_domain(host),
            party=party,
            party_reason=reason,
            product=owner.product if owner else None,
            owner=owner.name if owner else None,
            parent=owner.parent if owner else None,
            owner_country=owner.country if owner else None,
            owner_source=operator.source if operator else None,
            owner_checked=operator.checked if operator else None,
            owner_verified=operator.verified if operator else False,
            ownership=owner.steps if owner else (),
            category=owner.category if owner else None,
            hosted_by=hosted_by,
            aliases=chain.names if chain else (),
            server_ip=server_ip,
            server_country=server.country,
            server_country_method=server.method,
            server_country_date=server.date,
            server_countries=server.countries,
            server_country_disputed=server.disputed,
            network=server.network,
            asn=server.asn,
            network_kinds=server.kinds,
            region=server.region,
            place=server.place,
            vendor_region=f"{vendor.label} (vendor's label)" if vendor else None,
            sources=tuple(sources),
        )

    def _behind(self, chain: AliasChain | None) -> tuple[str | None, Alias | None]:
        """Who hosts what a host was an alias of, and the service that it is an alias of."""
        hosted_by = None
        for name in chain.names if chain else ():
            matched = self.owners.match(name, self._day)
            if matched and matched[1].category not in HOSTING:
                return hosted_by, Alias(name, matched[1])
            if matched:
                hosted_by = hosted_by or matched[1].name
        return hosted_by, None


def load_attribution(
    data: Path,
    *,
    maker: Maker = UNKNOWN_MAKER,
    owner_tables: tuple[Path, ...] = (),
    geoip: tuple[Path, ...] = (),
    installed: Path | None = None,
    cache: Path | None = None,
) -> Attribution:
    """Attribution from the folder of shipped data, with what the user installed and named over it.

    `installed` is the folder that `apptells data` writes. `cache` is where databases are unpacked
    (`unpack.cache_folder`); without it they are unpacked in memory.
    Raises KnowledgeError for wrong files, ApptellsError for a wrong `maker.first_party`.
    """
    files = data_files(data, installed)
    of_role = {file.role: file for file in files}
    cloud, third_parties = of_role["cloud-ranges"], of_role["third-parties"]
    domains = Domains(of_role["suffixes"].path if "suffixes" in of_role else None)
    network = Network(
        load_cloud(cloud.path, data / "geo" / "regions.csv"),
        cloud.date,
        load_edges(data / "geo" / "edge-networks.csv"),
        of_role["country"],
        of_role["network"],
        cache,
        (*geoip, *(file.path for file in files if file.role == "geoip")),
    )
    companies = load_companies(of_role["companies"].path, check=False)
    lists = [*owner_tables, *(file.path for file in files if file.role == "owner-list")]
    users = read_owner_tables(lists)
    owners = Owners(
        (
            users.first,
            ServiceFile(of_role["services"].path),
            users.tail,
            load_fallback(third_parties.path, third_parties.name, third_parties.date),
        ),
        companies,
    )
    return Attribution(
        domains,
        owners,
        network,
        load_vendor_regions(data / "owners" / "vendor-regions.csv"),
        Distances(data / "geo"),
        (*files, *(file for file in users.files if file.path in owner_tables)),
        maker,
    )


def _aged(database: Database, day: str | None) -> Database:
    try:
        age = (date.fromisoformat(day or "") - date.fromisoformat(database.date)).days
    except ValueError:
        return database
    return structs.replace(database, age_days=age)


def _owner_sentence(matched: tuple[str, Owner] | None) -> str:
    if matched is None:
        return "Owner: no table knows this host."
    suffix, owner = matched
    operator = owner.steps[0]
    period = "".join(f", {words}" for words in _period(operator))
    hosting = "; its hosts carry what its customers put there" if owner.category in HOSTING else ""
    return f"Owner {owner.name}{period}: row {suffix} of the owners tables, {_evidence(operator)}{hosting}."


def _above(owner: Owner | None) -> list[str]:
    """One sentence for each owner above the operator, and one for the seat."""
    if owner is None:
        return []
    said = []
    for below, step in pairwise(owner.steps):
        period = "".join(f" {words}" for words in _period(step))
        said.append(f"Parent {step.name}: owns {below.name}{period}, {_evidence(step)}.")
    if owner.country:
        last = owner.steps[-1]
        said.append(f"Owner's seat {owner.country}: head office of {last.name}, by {_cited(last.country_source)}.")
    return said


def _period(step: OwnerStep) -> list[str]:
    return [f"{word} {day}" for word, day in (("since", step.since), ("until", step.until)) if day]


def _evidence(step: OwnerStep) -> str:
    doubt = "" if step.verified else ", not confirmed by a second source"
    return f"by {_cited(step.source)}, checked {step.checked}{doubt}"


def _cited(source: str) -> str:
    return "this project's word alone" if source == BY_HAND else source
