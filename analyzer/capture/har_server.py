"""What a HAR entry says of the server beside its address: the time of its TCP handshake, certificate, DNS aliases."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw, Struct

from analyzer.capture.certificate import named_certificate, pem_certificate
from analyzer.capture.handshake import handshake_ms, is_nearby
from analyzer.capture.har_members import Entry
from analyzer.capture.lookups import Lookups
from analyzer.memo import Memo
from analyzer.model import Certificate


class Connect(NamedTuple):
    """What a recorder means by `timings.connect`."""

    with_tls: bool = False
    """True where it includes `ssl`, as HAR 1.2 has it; False too where that is not known, for more proves less."""
    as_waited_for: bool = True
    """True where it may be only what the request waited for, and so be less than what a connection made early took."""


_IN_BROWSER = Connect(with_tls=True)
_WITH_TLS = Connect(with_tls=True, as_waited_for=False)
_ALONE = Connect(as_waited_for=False)
_NOT_KNOWN = Connect()
CONNECT: dict[str, Connect | None] = {
    "webinspector": _IN_BROWSER,
    "playwright": _IN_BROWSER,
    "browsertime": _IN_BROWSER,
    "webkit web inspector": _IN_BROWSER,
    "webpagetest": _WITH_TLS,
    "charles proxy": _WITH_TLS,
    "firefox": _ALONE,
    "mitmproxy": _ALONE,
    "mitmproxy har_dump": _ALONE,
    "cyanoacrylate": _ALONE,
    "firebug": None,  # where it knew of no handshake, it gave the time until the request was sent
}
"""By the creator's name in lower case, as captures of each show it; the waiting is Chromium's (url_request.cc)."""

_REMEMBERED = 4096
_LONGEST = 256 << 10
_NOTHING = 4
"""Bytes of `null`."""


class _Timings(Struct, gc=False):
    connect: float | None = None
    ssl: float | None = None
    dns: float | None = None


_decode_timings = msgspec.json.Decoder(_Timings).decode


class HarServers:
    """Reads what entries say of servers; certificates that repeat are read once."""

    def __init__(self) -> None:
        self._connect: Connect | None = _NOT_KNOWN
        self._certificates = Memo[bytes, Certificate | None](_REMEMBERED)
        self._nearby = Memo[str, bool](_REMEMBERED)

    def recorded_by(self, creator: object) -> None:
        """Tells the creator's name, as soon as it was read."""
        self._connect = CONNECT.get(creator.lower(), _NOT_KNOWN) if isinstance(creator, str) else _NOT_KNOWN

    def connect_ms(self, entry: Entry, address: str | None) -> float | None:
        """Milliseconds of the TCP handshake, or more; None where they are not known, or those of a proxy nearby."""
        try:
            timings = _decode_timings(entry.timings)
        except (ValueError, RecursionError):
            return None
        habit, took = self._connect, timings.connect
        if took is None or took <= 0 or habit is None or self._is_nearby(address):
            return None
        # A request that waited for the look-up of the name waited for all of the handshake after it.
        if habit.as_waited_for and not (timings.dns and timings.dns > 0):
            return None
        # Playwright gives plain HTTP an `ssl` too, made of a time that is not there.
        is_plain = entry.request.url[:5].lower() in ("http:", "ws://")
        return handshake_ms(took - max(timings.ssl or 0, 0) if habit.with_tls and not is_plain else took)

    def _is_nearby(self, address: str | None) -> bool:
        if address is None:
            return False
        return self._nearby[address] if address in self._nearby else self._nearby.keep(address, is_nearby(address))

    def certificate(self, entry: Entry) -> Certificate | None:
        """The server's certificate, from the member that says most of it."""
        for raw, read in (
            (entry.certificate, _documented),
            (entry.certificates, _web_page_test),
            (entry.security, _security_details),
        ):
            if not _NOTHING < len(raw) <= _LONGEST:
                continue
            key = sha256(raw).digest()
            found = self._certificates[key] if key in self._certificates else self._certificates.keep(key, read(raw))
            if found:
                return found
        return None


def add_lookups(lookups: Lookups, entry: Entry, index: int) -> None:
    """Adds the aliases of the request's host: `_cnames`, or WebPageTest's `_dns_info`."""
    for raw, member in ((entry.cnames, "_cnames"), (entry.dns_info, "_dns_info")):
        if len(raw) <= _NOTHING:
            continue
        value = _value(raw)
        try:
            host = urlsplit(entry.request.url).hostname
        except ValueError:
            return
        source = f"entry {index} ({member})"
        if isinstance(value, list):
            lookups.add(host, source, value)
        elif isinstance(value, dict) and isinstance(results := value.get("results"), dict):
            lookups.add(host, source, _chromium_aliases(results), _chromium_addresses(results))


def add_trace(lookups: Lookups, value: object) -> None:
    """Adds `log._dns`, a resolver's trace: `[{"name": ..., "aliases": [...], "addresses": [...]}]`."""
    for item in _list(value):
        if isinstance(item, dict):
            source = "the capture's resolver trace (_dns)"
            lookups.add(item.get("name"), source, _list(item.get("aliases")), _list(item.get("addresses")))


def _chromium_aliases(results: dict[str, Any]) -> list[object]:
    # Chromium keeps the aliases as a set; only which one is canonical, and so the last, is known.
    canonical = _list(results.get("canonical_names"))
    return [*(name for name in _list(results.get("aliases")) if name not in canonical), *canonical]


def _chromium_addresses(results: dict[str, Any]) -> Iterator[object]:
    for point in _list(results.get("ip_endpoints")):
        if isinstance(point, dict):
            yield point.get("endpoint_address")


def _documented(raw: Raw) -> Certificate | None:
    value = _object(raw)
    return named_certificate(
        subject=value.get("subject"),
        organisation=value.get("organisation"),
        country=value.get("country"),
        issuer=value.get("issuer"),
        sha256=value.get("sha256"),
        sha1=value.get("sha1"),
    )


def _web_page_test(raw: Raw) -> Certificate | None:
    """`_certificates`: the chain as PEM texts, the server's own first."""
    chain = _list(_value(raw))
    return pem_certificate(chain[0]) if chain and isinstance(chain[0], str) else None


def _security_details(raw: Raw) -> Certificate | None:
    """`_securityDetails`: what Chromium's DevTools protocol says; written by Playwright and WebPageTest."""
    value = _object(raw)
    names = _list(value.get("sanList"))
    subject = value.get("subjectName") or (names[0] if names else None)
    return named_certificate(subject=subject, issuer=value.get("issuer"))


def _value(raw: Raw) -> object:
    if len(raw) > _LONGEST:
        return None
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return None


def _object(raw: Raw) -> dict[str, Any]:
    value = _value(raw)
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
