"""What requests say of the app that made them: its web origin and its package id."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from analyzer.attribute.address import parse_address
from analyzer.attribute.domain import MAX_HOST, Domains
from analyzer.attribute.owner import Owners
from analyzer.attribute.party import MAY_BE_THE_APPS_OWN, Suggestion, app_domain

# Android's WebView, Google's client libraries, and Firebase on iOS put the id of the app there.
_APP_ID = {
    "x-requested-with": "X-Requested-With",
    "x-android-package": "X-Android-Package",
    "x-ios-bundle-identifier": "X-Ios-Bundle-Identifier",
}
_AN_APP_ID = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)+", re.ASCII)
_ORIGIN = {"origin": "Origin", "referer": "Referer"}

Clue = tuple[str, str]
"""A header and the host or app id that it names."""


def read_clues(headers: Iterable[tuple[str, str]]) -> list[Clue]:
    """What the headers of one request name: web hosts by Origin and Referer, apps by the headers that carry an id."""
    clues: list[Clue] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered in _APP_ID:
            if len(value) <= MAX_HOST and _AN_APP_ID.fullmatch(value.strip()):
                clues.append((_APP_ID[lowered], value.strip()))
        elif lowered in _ORIGIN:
            try:
                address = urlsplit(value[:2_048])
                host = address.hostname or ""
            except ValueError:
                continue
            if "." in host and len(host) <= MAX_HOST and not parse_address(host):
                # Chrome names the app that opened a page as android-app://com.kirana.demo/.
                header = f"{_ORIGIN[lowered]} android-app" if address.scheme == "android-app" else _ORIGIN[lowered]
                clues.append((header, host))
    return clues


def suggest_first_party(counts: Mapping[Clue, int], owners: Owners, domains: Domains) -> tuple[Suggestion, ...]:
    """The domains that app ids name, and the one web domain that most origins name, each with its reason.

    Domains of well-known services are left out: their web views name themselves.
    """
    apps: Counter[str] = Counter()
    webs: Counter[str] = Counter()
    best: dict[str, tuple[int, str]] = {}
    for (header, named), count in sorted(counts.items()):
        is_origin = header in _ORIGIN.values()
        domain = domains.registered(named, private_suffixes=True) if is_origin else app_domain(named, domains)
        owner = owners.find(domain) if domain else None
        if domain is None or (owner and owner.category not in MAY_BE_THE_APPS_OWN):
            continue
        (webs if is_origin else apps)[domain] += count
        requests = "1 request names" if count == 1 else f"{count} requests names"
        reason = f"{header.partition(' ')[0]} header of {requests} {named}"
        best[domain] = max(best.get(domain, (0, "")), (count, reason), key=lambda counted: counted[0])
    leaders = [_leader(apps), _leader(webs)]
    return tuple(Suggestion(domain, best[domain][1]) for domain in dict.fromkeys(leaders) if domain)


def _leader(counts: Counter[str]) -> str | None:
    """The one with more than half of all counts, None where there is none."""
    return next((domain for domain, count in counts.items() if 2 * count > counts.total()), None)
