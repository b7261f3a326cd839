"""Where the server of a destination was, in words: who says so, who says otherwise, and what speaks against it."""

from collections.abc import Mapping

from analyzer.countries import in_country
from analyzer.model import CountryAnswer, Destination

NOWHERE = "at a place that is not known"
_NO_COUNTRY = {
    "edge": "Edge network, origin unknown",
    "private address": "Private address, no country",
    "no address": "No address in the capture",
}


def place_in_words(to: Destination, names_of: Mapping[str, str]) -> str:
    """What follows `the server was`: `in Mumbai, India (network: AWS ap-south-1)`. `names_of` gives names of codes."""
    network = to.region or to.network
    asides = [f"network: {network}"] if network else []
    if to.server_country:
        area, country = area_of(to, names_of), in_country(to.server_country, names_of)
        where = f"in {area}, {country}" if area else f"in {country}"
        if to.server_country_too_far:
            asides.insert(0, too_far(to))
        if to.server_country_disputed:
            asides.insert(0, otherwise(to, names_of))
        if to.server_country_disputed or to.server_country_too_far:
            where += f" by {source_of(to.server_country_method, to)}"
    elif to.server_ip is None:
        return "at an address that the capture does not hold"
    elif to.server_country_method == "edge":
        where = "one of many edge servers, in a country that is not known"
    elif to.server_country_method == "private address":
        return "at a private address"
    else:
        where = NOWHERE
    return f"{where} ({'; '.join(asides)})" if asides else where


def area_of(to: Destination, names_of: Mapping[str, str]) -> str | None:
    """The city or area of the server; None where it is not known, or is the whole country, as a region may be."""
    country = to.server_country or ""
    return None if to.place in (names_of.get(country), in_country(country, names_of)) else to.place


def server_in_words(to: Destination, names_of: Mapping[str, str]) -> str:
    """What stands by itself, the country first: `India, Mumbai`. Only a cloud region is sure of its area."""
    if to.server_country:
        area = area_of(to, names_of) if to.server_country_method == "cloud region" else None
        country = names_of.get(to.server_country, to.server_country)
        return f"{country}, {area}" if area else country
    return _NO_COUNTRY.get(to.server_country_method, "Not known")


def source_of(method: str, to: Destination) -> str:
    """Who stands behind an answer: `AWS's published ranges` for a cloud region, else the name of the database."""
    if method != "cloud region":
        return method
    provider = to.region.partition(" ")[0] if to.region else "the cloud provider"
    return f"{provider}'s published ranges"


def statement(answer: CountryAnswer, to: Destination, names_of: Mapping[str, str]) -> str:
    """`AWS's published ranges say India`."""
    says = "say" if answer.method == "cloud region" else "says"
    return f"{source_of(answer.method, to)} {says} {in_country(answer.country, names_of)}"


def otherwise(to: Destination, names_of: Mapping[str, str]) -> str:
    """What those sources say that name another country than `server_country`."""
    others = (answer for answer in to.server_countries if answer.country != to.server_country)
    return ", ".join(statement(answer, to, names_of) for answer in others)


def too_far(to: Destination) -> str:
    """What the handshake says against the country."""
    return f"too far away for a TCP handshake of {to.connect_ms:.3g} ms" if to.connect_ms else "too far away"
