"""What the page shows of one recipient: its different answers to where and who, and what was captured of its hosts."""

from collections.abc import Sequence

from msgspec import Struct

from analyzer.model import Certificate, Destination
from analyzer.report.ownership import Chain, chains_of
from analyzer.reported import Group, Recipient, UndecodedCount

OPEN_ROWS = 8
"""Rows that stand open; the others are folded."""
CARD_LIMIT = 60
"""Recipients that have a card; of the others the page says the least that answers the question."""
FIELD_LIMIT = 1_000
"""Folded rows of all cards together: a phone has to open the page."""
ROW_LIMIT = 200
"""Rows of a card, and of the tables below, that the page holds."""


class Answer(Struct, frozen=True):
    """One of the different answers that a recipient's destinations give, and all of them that give it."""

    to: Destination
    all: tuple[Destination, ...]


class HostSeen(Struct, frozen=True):
    """What the capture holds of a host beside its address."""

    host: str
    aliases: tuple[tuple[str, ...], ...]
    """Each different chain of names."""
    certificates: tuple[Certificate, ...]


class Card(Struct, frozen=True):
    """What the page shows of one recipient."""

    recipient: Recipient
    servers: tuple[Answer, ...]
    networks: tuple[Answer, ...]
    owners: tuple[Answer, ...]
    chains: tuple[Chain, ...]
    seats: tuple[tuple[str | None, tuple[str, ...]], ...]
    """Countries, each with the companies of the chains that have their seat there, the ultimate parents first."""
    vendor_regions: tuple[str, ...]
    hosts_seen: tuple[HostSeen, ...]
    sources: tuple[str, ...]
    open_rows: tuple[Group, ...]
    folded_rows: tuple[Group, ...]
    more_rows: int
    undecoded: tuple[UndecodedCount, ...]


class Closed(Struct, frozen=True):
    """What one recipient was sent that no decoder could open."""

    recipient: Recipient
    undecoded: tuple[UndecodedCount, ...]


def closed_of(recipients: Sequence[Recipient], counts: Sequence[UndecodedCount]) -> tuple[Closed, ...]:
    """Those that were sent such data, the most bytes first; `counts` are of all hosts."""
    found: dict[str, list[UndecodedCount]] = {}
    for count in counts:
        found.setdefault(count.recipient, []).append(count)
    closed = [Closed(each, tuple(found[each.id])) for each in recipients if each.id in found]
    return tuple(sorted(closed, key=lambda each: sum(count.bytes for count in each.undecoded), reverse=True))


def cards_of(recipients: Sequence[Recipient], closed: Sequence[Closed]) -> tuple[Card, ...]:
    """A card for each of the first recipients; the folded rows go to the earlier ones."""
    undecoded = {each.recipient.id: each.undecoded for each in closed}
    cards, room = [], FIELD_LIMIT
    for recipient in recipients[:CARD_LIMIT]:
        cards.append(card := card_of(recipient, undecoded.get(recipient.id, ()), room))
        room -= len(card.folded_rows)
    return tuple(cards)


def card_of(recipient: Recipient, undecoded: Sequence[UndecodedCount], room: int = ROW_LIMIT) -> Card:
    """The card; `undecoded` are the counts of its hosts, `room` is how many rows may be folded in it."""
    destinations, rows = recipient.destinations, recipient.groups
    chains = chains_of(destinations)
    held = min(ROW_LIMIT, OPEN_ROWS + room)
    return Card(
        recipient=recipient,
        servers=_answers(
            destinations, "server_country", "server_country_method", "server_country_date", "place",
            "server_countries", "server_country_too_far",
        ),
        networks=_answers(destinations, "network", "asn", "region", "place", "network_kinds", "hosted_by"),
        owners=_answers(destinations, "owner", "parent"),
        chains=chains,
        seats=_seats(chains),
        vendor_regions=tuple(dict.fromkeys(to.vendor_region for to in destinations if to.vendor_region)),
        hosts_seen=_hosts_seen(destinations),
        sources=tuple(dict.fromkeys(source for to in destinations for source in to.sources)),
        open_rows=rows[:OPEN_ROWS],
        folded_rows=rows[OPEN_ROWS:held],
        more_rows=max(0, len(rows) - held),
        undecoded=tuple(undecoded),
    )  # fmt: skip


def _seats(chains: Sequence[Chain]) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    names: dict[str | None, dict[str, None]] = {}
    for chain in chains:
        for link in reversed(chain.links):
            names.setdefault(link.step.country, {})[link.step.name] = None
    return tuple((country, tuple(companies)) for country, companies in names.items())


def _answers(destinations: Sequence[Destination], *members: str) -> tuple[Answer, ...]:
    """The destinations that differ in these members, the most frequent first."""
    alike: dict[tuple[object, ...], list[Destination]] = {}
    for to in destinations:
        alike.setdefault(tuple(getattr(to, member) for member in members), []).append(to)
    return tuple(Answer(group[0], tuple(group)) for group in sorted(alike.values(), key=len, reverse=True))


def _hosts_seen(destinations: Sequence[Destination]) -> tuple[HostSeen, ...]:
    """Those of which there is something, in the order of the destinations."""
    by_host: dict[str, list[Destination]] = {}
    for to in destinations:
        if to.aliases or to.certificate:
            by_host.setdefault(to.host, []).append(to)
    return tuple(
        HostSeen(
            host,
            tuple(dict.fromkeys(to.aliases for to in group if to.aliases)),
            tuple(dict.fromkeys(to.certificate for to in group if to.certificate)),
        )
        for host, group in by_host.items()
    )
