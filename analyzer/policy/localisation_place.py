"""Where a server was and where its owner has its seat, in words, and what keeps a verdict from resting on it."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from analyzer.countries import in_country
from analyzer.english import listed
from analyzer.model import CountryAnswer, Destination

MAX_SOURCE = 250
"""Characters of one source, all but never more than an address has."""


class Seat(Struct, frozen=True):
    """A company that stands behind a host, and the country of its own seat."""

    name: str
    country: str
    source: str
    """Of the statement, and its date, in words."""


def doubt(to: Destination, names_of: Mapping[str, str]) -> str | None:
    """Why the server's country does not carry a verdict: what follows `to HOST, `; None where it does."""
    if to.server_country_method == "edge":
        return "an edge that answers from the nearest of many places, origin unknown"
    if to.server_country is None or to.server_country not in names_of:
        if to.server_country_method == "private address":
            return "at a private address, which has no country"
        if to.server_ip is None:
            return "at an address that the capture does not hold"
        return "whose server's country is not known"
    if to.server_country_disputed:
        said = "; ".join(_statement(answer, to, names_of) for answer in to.server_countries)
        return f"on whose server's country the sources disagree ({said})" if said else "whose country is disputed"
    if to.server_country_too_far:
        handshake = f" of {to.connect_ms:.3g} ms" if to.connect_ms else ""
        where = in_country(to.server_country, names_of)
        return f"placed in {where} by {_source(to.server_country_method, to)}, too far for its handshake{handshake}"
    return None


def days_apart(to: Destination, day: date | None) -> int | None:
    """Days from the capture to the data that its country is from, negative where that is older; None if unknown."""
    try:
        dated = date.fromisoformat(to.server_country_date or "")
    except ValueError:
        return None
    return (dated - day).days if day is not None else None


def place(to: Destination, names_of: Mapping[str, str]) -> str:
    """What follows `to HOST, ` where there is no doubt: `whose server was in Mumbai, India (estimate of ...)`."""
    country = in_country(to.server_country or "", names_of)
    where = f"{to.place[:60]}, {country}" if to.place and to.place != country else country
    by = f"{_source(to.server_country_method, to)}{f' of {to.server_country_date}' if to.server_country_date else ''}"
    others = [f"{_source(one.method, to)} of {one.date}" for one in to.server_countries[:3]]
    return f"whose server was in {where} (estimate of {listed(dict.fromkeys((by, *others)), 2, 'more sources')})"


def seats(to: Destination) -> tuple[Seat, ...]:
    """The companies behind a host whose seats are known, the operator first, the ultimate parent last."""
    known = []
    for step in to.ownership:
        if step.country:
            alone = "" if step.verified else ", one source only"
            source = f"{_first(step.country_source or step.source)}, checked {step.checked}{alone}"
            known.append(Seat(step.name, step.country, source))
    if not known and to.owner and to.owner_country:
        checked = f", checked {to.owner_checked}" if to.owner_checked else ""
        known = [Seat(to.owner, to.owner_country, f"{_first(to.owner_source or 'source not named')}{checked}")]
    return tuple(known)


def _first(sources: str) -> str:
    """The first of several sources, and how many more there are: an address that is cut leads nowhere."""
    first, *others = sources.split("; ")
    shown = first if len(first) <= MAX_SOURCE else f"{first[:MAX_SOURCE]}…"
    return f"{shown} and {len(others)} more" if others else shown


def seat_in_words(seat: Seat, names_of: Mapping[str, str]) -> str:
    """`Example Ltd, with its seat in India (source, checked DATE)`."""
    return f"{seat.name[:80]}, with its seat in {in_country(seat.country, names_of)} ({seat.source})"


def _source(method: str, to: Destination) -> str:
    """Who says so: `AWS's published ranges` for a cloud region, else the name of the database."""
    if method != "cloud region":
        return method
    return f"{to.region.partition(' ')[0] if to.region else 'the cloud provider'}'s published ranges"


def _statement(answer: CountryAnswer, to: Destination, names_of: Mapping[str, str]) -> str:
    return f"{in_country(answer.country, names_of)} by {_source(answer.method, to)} of {answer.date}"
