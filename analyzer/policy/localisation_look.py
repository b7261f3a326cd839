"""The tests of a regime on where data may go: what one host that received data says for or against it."""

from collections.abc import Mapping

from msgspec import Struct

from analyzer.english import listed
from analyzer.model import Destination, Outcome
from analyzer.policy.localisation_place import doubt, place, seat_in_words, seats
from analyzer.policy.localisation_regime import PlaceTest


class Seen(Struct, frozen=True):
    """What a host says, and why: `said` follows `to HOST, `."""

    outcome: Outcome
    said: str


class Copies(Struct, frozen=True, kw_only=True):
    """The hosts that were sent one data type, by where they are."""

    inside: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    """Of which it is not known whether they are inside, or whether they were sent it."""


def look(test: PlaceTest, to: Destination, names_of: Mapping[str, str], copies: Copies) -> Seen:
    """What a destination says by the regime's test; `copies` are of the data type it was sent."""
    match test.kind:
        case "endpoint_outside":
            return _endpoint(test, to, names_of)
        case "no_endpoint_inside":
            return _copy(test, to, names_of, copies)
        case "listed_country":
            return _listed_country(test, to, names_of)
        case "owner_in":
            return _owner(test, to, names_of)
        case "listed_recipient":
            return _listed_recipient(test, to, names_of)
        case "not_testable":
            return Seen("insufficient_data", "which shows nothing of it")


def is_inside(test: PlaceTest, to: Destination, names_of: Mapping[str, str]) -> bool | None:
    """Whether its server was in one of the test's countries; None where that is in doubt."""
    return None if doubt(to, names_of) else to.server_country in test.countries


def _endpoint(test: PlaceTest, to: Destination, names_of: Mapping[str, str]) -> Seen:
    if open_question := doubt(to, names_of):
        return Seen("insufficient_data", open_question)
    where = place(to, names_of)
    if to.server_country not in test.countries:
        return Seen("indication", f"{where}, outside {test.area}")
    behind = seats(to)
    if test.seat and behind and behind[0].country not in test.countries:
        # The seat is an answer of its own: it does not move the server, it leaves open who receives what it gets.
        said = f"{where}, inside {test.area}, but operated by {seat_in_words(behind[0], names_of)}"
        return Seen("insufficient_data", f"{said}: the seat says nothing of the server's place")
    return Seen("no_indication", f"{where}, inside {test.area}")


def _copy(test: PlaceTest, to: Destination, names_of: Mapping[str, str], copies: Copies) -> Seen:
    open_question = doubt(to, names_of)
    where = open_question or place(to, names_of)
    if not open_question and to.server_country in test.countries:
        return Seen("no_indication", f"{where}, inside {test.area}")
    if copies.inside:
        inside = listed(copies.inside, 2, "more hosts")
        return Seen("no_indication", f"{where}; {inside} inside {test.area} received it too")
    if open_question:
        return Seen("insufficient_data", open_question)
    if copies.doubtful:
        named = listed(copies.doubtful, 2, "more hosts")
        return Seen("insufficient_data", f"{where}; whether {named} received it inside {test.area} is not known")
    return Seen("indication", f"{where}; no host inside {test.area} was seen to receive it")


def _listed_country(test: PlaceTest, to: Destination, names_of: Mapping[str, str]) -> Seen:
    open_question = doubt(to, names_of)
    where = open_question or place(to, names_of)
    if not test.countries:
        return Seen("no_indication", f"{where}; no country is known to be on the list")
    if open_question:
        return Seen("insufficient_data", open_question)
    if to.server_country in test.countries:
        return Seen("indication", f"{where}, which is among {test.area}")
    return Seen("no_indication", f"{where}, which is not among {test.area}")


def _owner(test: PlaceTest, to: Destination, names_of: Mapping[str, str]) -> Seen:
    behind, open_question = seats(to), doubt(to, names_of)
    where = open_question or place(to, names_of)
    for position, seat in enumerate(behind):
        if seat.country in test.countries:
            how = "operated by" if position == 0 else "whose operator belongs to"
            said = f"{how} {seat_in_words(seat, names_of)}, among {test.area}; apart from that, {where}"
            return Seen("indication", said)
    if test.server_too and not open_question and to.server_country in test.countries:
        return Seen("indication", f"{where}, among {test.area}, whatever its owner's seat")
    if not behind:
        return Seen("insufficient_data", f"whose owner's seat is not known; apart from that, {where}")
    seat_said = f"operated by {seat_in_words(behind[0], names_of)}, not among {test.area}"
    if test.server_too and open_question:
        return Seen("insufficient_data", f"{seat_said}, but {open_question}")
    return Seen("no_indication", f"{seat_said}; apart from that, {where}")


def _listed_recipient(test: PlaceTest, to: Destination, names_of: Mapping[str, str]) -> Seen:
    behind = seats(to)
    if not behind:
        return Seen("insufficient_data", "whose owner's seat is not known")
    concerned = [seat for seat in behind if seat.country in test.countries]
    if not concerned:
        said = f"operated by {seat_in_words(behind[0], names_of)}, so that the list is not asked"
        return Seen("no_indication", said)
    operated = f"operated by {seat_in_words(concerned[0], names_of)}"
    if not test.recipients:
        return Seen("insufficient_data", f"{operated}; {test.area} is not part of this rule")
    on_it = {name.casefold() for name in test.recipients}
    if any(seat.name.casefold() in on_it for seat in concerned):
        return Seen("no_indication", f"{operated}, which is on {test.area}")
    return Seen("indication", f"{operated}, which is not on {test.area}")
