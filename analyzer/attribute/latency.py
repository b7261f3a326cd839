"""Whether servers can stand where they are said to, by the time that TCP handshakes took.

Light in fibre covers 200 km in a millisecond (refractive index 1.47; ITU-T G.652), and a handshake is one way there and
back. What answered after t ms therefore stood within 100 t km. That proves nearness, never distance: a slow answer
may come from next door. And it proves it of what answered, which may be a proxy, a carrier's gateway or a VPN between.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from analyzer.attribute.address import not_public, parse_address
from analyzer.attribute.distance import Distances
from analyzer.attribute.network import CLOUD_REGION
from analyzer.model import Destination

KM_PER_MS = 100.0
"""Reach of a round trip."""
LEAST_MS = 0.2
"""What answers sooner is on the machine itself or beside it (a proxy, a VPN client): no statement about a server."""
MOST_MS = 130_000.0
"""Longer than any system waits for a handshake (Linux: 127 s): the recorder erred."""
AROUND_THE_EARTH = 20_038.0
"""Half the equator, km: a handshake that reaches so far reaches every place."""


class _Placed(Struct, frozen=True):
    """A destination whose country a cloud provider states, and how far from it the capture was made at most."""

    reach: float
    host: str
    country: str
    ms: float
    region: str


def check_latency(
    destinations: Sequence[Destination], distances: Distances, captured_in: str | None = None
) -> tuple[Destination, ...]:
    """The destinations in the same order, each with what its handshake proves.

    With `captured_in` (ISO 3166-1 alpha-2, as the user says), a server country that lies further from there than the
    handshake reaches is marked `server_country_too_far`. Without it, the destinations that published cloud ranges
    place stand for where the capture was made: of two destinations further apart than both handshakes reach together,
    the one that no range places is marked, or both where both are placed so. Edges have no country and are never
    marked. Raises KnowledgeError where the table of distances is damaged.
    """
    anchors = () if captured_in else _anchors(destinations)
    checked = []
    for found in destinations:
        reach = _reach(found)
        if reach is None:
            checked.append(found)
            continue
        too_far = None
        if found.server_country and reach < AROUND_THE_EARTH:
            if captured_in:
                too_far = _from_where_captured(found, reach, captured_in, distances)
            else:
                too_far = next(_against(found, reach, anchors, distances), None)
        said = (_proof(found, reach), *([too_far] if too_far else []))
        checked.append(
            structs.replace(
                found,
                reach_km=round(reach) if reach < AROUND_THE_EARTH else None,
                server_country_too_far=bool(too_far),
                sources=(*found.sources, *said),
            )
        )
    return tuple(checked)


def _reach(found: Destination) -> float | None:
    """Kilometres within which stood what answered; None where the handshake says nothing about the server."""
    ms = found.connect_ms
    if ms is None or not LEAST_MS <= ms <= MOST_MS:
        return None
    address = parse_address(found.server_ip or "")
    if address is None or not_public(address):
        return None
    # Recorders that write whole milliseconds may have cut off the rest of one.
    return KM_PER_MS * (ms + 1 if ms == int(ms) else ms)


def _proof(found: Destination, reach: float) -> str:
    handshake = f"TCP handshake in {_shown(found.connect_ms or 0)} ms"
    if reach >= AROUND_THE_EARTH:
        return f"{handshake}: allows for any place on Earth."
    return (
        f"{handshake}: what answered stood within {reach:,.0f} km of where the capture was made, "
        "unless something between answered in its place."
    )


def _from_where_captured(found: Destination, reach: float, captured_in: str, distances: Distances) -> str | None:
    away = distances.between(captured_in, found.server_country or "")
    if away is None or away <= reach:
        return None
    return (
        f"Server country {found.server_country} is too far away: at least {away:,.0f} km from {captured_in}, where the "
        "capture was made by the user's word."
    )


def _anchors(destinations: Sequence[Destination]) -> tuple[_Placed, ...]:
    """For each country with a cloud region the fastest answer from there: the others prove less."""
    fastest: dict[str, _Placed] = {}
    for found in destinations:
        reach, country = _reach(found), found.server_country
        if reach is None or country is None or found.server_country_method != CLOUD_REGION:
            continue
        placed = _Placed(reach, found.host, country, found.connect_ms or 0, found.region or country)
        known = fastest.get(country)
        if known is None or (placed.reach, placed.host) < (known.reach, known.host):
            fastest[country] = placed
    return tuple(fastest[country] for country in sorted(fastest))


def _against(found: Destination, reach: float, anchors: Sequence[_Placed], distances: Distances) -> Iterator[str]:
    """A sentence for each anchor that cannot be right where the destination is."""
    country = found.server_country or ""
    for anchor in anchors:
        away = distances.between(anchor.country, country)
        if away is None or away <= anchor.reach + reach:
            continue
        if found.server_country_method == CLOUD_REGION:
            said = f"Server country {country} or {anchor.country} is wrong, though published ranges say both"
        else:
            said = f"Server country {country} is too far away"
        yield (
            f"{said}: at least {away:,.0f} km lie between {country} and {anchor.country}, where {anchor.host} is "
            f"({anchor.region}); handshakes of {_shown(found.connect_ms or 0)} and {_shown(anchor.ms)} ms reach "
            f"{anchor.reach + reach:,.0f} km."
        )


def _shown(ms: float) -> str:
    return f"{ms:.2f}".rstrip("0").rstrip(".")
