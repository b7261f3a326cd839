"""Registrable domains whose owner no table knows, with what the capture itself says of them: a list for research."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from analyzer.model import Destination
from analyzer.reported import Recipient, UnknownOwner

MAX_NAMES = 10
"""Of each kind in a row."""
_LABEL = re.compile(r"[\w-]{1,63}")
# Nobody registers names under these: RFC 6761, 6762, 8375; `internal` is reserved by ICANN (2024).
_NOT_REGISTERED = frozenset({"localhost", "local", "home.arpa", "internal"})


def unknown_owners(recipients: Sequence[Recipient]) -> tuple[UnknownOwner, ...]:
    """One row for each such domain, the most exchanges first; first parties and what is no domain are left out."""
    found: dict[str, tuple[str, list[Destination]]] = {}
    for recipient in recipients:
        for to in recipient.destinations:
            if to.owner is None and to.party != "first" and _is_registered(to.domain):
                found.setdefault(to.domain, (recipient.id, []))[1].append(to)
    rows = [_row(domain, *each) for domain, each in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.exchanges, row.domain)))


def _row(domain: str, recipient: str, destinations: Sequence[Destination]) -> UnknownOwner:
    return UnknownOwner(
        domain=domain,
        recipient=recipient,
        hosts=_first(to.host for to in destinations),
        exchanges=sum(to.exchanges for to in destinations),
        certificate_organisations=_first(to.certificate.organisation for to in destinations if to.certificate),
        aliases=_first(alias for to in destinations for alias in to.aliases),
        networks=_first(to.network for to in destinations),
        countries=_first(to.server_country for to in destinations),
    )


def _first(names: Iterable[str | None]) -> tuple[str, ...]:
    """The first different ones that are known."""
    return tuple(islice(dict.fromkeys(name for name in names if name), MAX_NAMES))


def _is_registered(domain: str) -> bool:
    """False for addresses, single labels, names of a local network, and for what is no name at all."""
    labels = domain.split(".")
    return (
        len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1][0].isdigit()  # no top-level domain starts so, but the end of an address does
        and not _NOT_REGISTERED & {labels[-1], ".".join(labels[-2:])}
    )
