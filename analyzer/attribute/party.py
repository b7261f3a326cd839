"""First, third or unknown party: whether a host belongs to whoever made the app, as far as names tell."""

import re
from collections.abc import Sequence

from msgspec import Struct

from analyzer.attribute.address import parse_address
from analyzer.attribute.domain import Domains, normal_host
from analyzer.attribute.owner import HOSTING, Owners
from analyzer.errors import ApptellsError
from analyzer.model import Owner, Party

MAY_BE_THE_APPS_OWN = HOSTING | {"commerce", "content", "media", "other", "telecom", "utility"}
"""Categories whose companies have apps, or customers with apps, at least as often as they serve those of others."""

MIN_NAME_CHARS = 5
"""A shorter name of a company is found in too many customer names."""


class Suggestion(Struct, frozen=True):
    """A domain that the requests themselves name as the app's, and how."""

    domain: str
    reason: str


class Alias(Struct, frozen=True):
    """The name that DNS gave for a host, as captured, and who operates that."""

    name: str
    owner: Owner


class Parties:
    """Decides by what the user declared; without that, by suggestions and by well-known services.

    First, third and unknown are technical words: whether a host belongs to the maker of the app, as far as names and
    the tables of owners tell. The network that a host stands in says nothing of that and is never asked.
    """

    def __init__(
        self,
        domains: Domains,
        app: str | None = None,
        first_party: Sequence[str] = (),
        suggestions: Sequence[Suggestion] = (),
        owners: Owners | None = None,
    ) -> None:
        """`app` is a package or bundle id; suggestions count only where neither it nor `first_party` is given.

        `owners` tell the other domains of whoever operates these. Raises ApptellsError for a `first_party` that is no
        domain of anyone, such as `co.in`.
        """
        declared = [_declared(value, domains) for value in first_party]
        self._first = {domain: f"declared as first party: {domain}" for domain in declared}
        self._app = app
        self._domains = domains
        named = app_domain(app, domains) if app else None
        if named:
            self._first.setdefault(named, f"app id {app} names {named}")
        self._declared = tuple(self._first)
        if not (app or first_party):
            for suggestion in suggestions:
                self._first.setdefault(normal_host(suggestion.domain), suggestion.reason)
        self._makers: dict[str, str] = {}
        """Companies that operate the first party's domains, each with one of them."""
        self._groups: dict[str, str] = {}
        """Their ultimate parents, likewise."""
        for domain in self._first:
            maker = owners.find(domain) if owners else None
            if maker and maker.category not in HOSTING:
                self._makers.setdefault(maker.name, domain)
                self._groups.setdefault(maker.steps[-1].name, domain)

    def party(self, host: str, owner: Owner | None = None, alias: Alias | None = None) -> tuple[Party, str]:
        """The party of a host and the reason; `owner` is what the owners table says of it.

        `alias` is what the host was an alias of, as captured, where that belongs to a known service.
        """
        host = normal_host(host)
        if domain := self._above(host):
            if alias and self.cloaks(host, alias):
                return "third", f"under {domain}, but DNS gave it as an alias of {alias.name} ({alias.owner.name})"
            return "first", self._first[domain]
        if owner is None and alias:
            owner = alias.owner
        if owner and owner.name in self._makers:
            return "first", f"operated by {owner.name}, as is {self._makers[owner.name]}, by the tables of owners"
        if customer := self.customer(host, owner):
            for domain in self._first:
                if _core(domain) in re.split(r"[-_.]", customer):
                    return "first", f"customer name {customer!r} at a hosting company names {domain}"
            return "unknown", f"a host of a customer ({customer}) of a hosting company; names do not tell whose"
        if self._declared:
            if owner and owner.steps[-1].name in self._groups:
                domain = self._groups[owner.steps[-1].name]
                return "third", f"another company of the group that operates {domain} ({owner.steps[-1].name})"
            return "third", f"not under the first party's {', '.join(self._declared)}"
        if owner and owner.category not in MAY_BE_THE_APPS_OWN:
            return "third", f"known {owner.category} service of {owner.name}"
        if self._app:
            return "unknown", f"party unknown: app id {self._app} names no domain; give --first-party"
        return "unknown", "party unknown: give --app or --first-party"

    def cloaks(self, host: str, alias: Alias) -> bool:
        """Whether a first party's name stands for somebody else's service; a hosting company serves in its name."""
        named = alias.owner.category not in HOSTING and alias.owner.name not in self._makers
        return named and self._above(normal_host(host)) is not None

    def _above(self, host: str) -> str | None:
        """The domain of the first party that a host is, or is under."""
        return next((domain for domain in self._first if host == domain or host.endswith(f".{domain}")), None)

    def customer(self, host: str, owner: Owner | None) -> str | None:
        """The part of a host's name that a CDN or hosting company gave to a customer: `d111` of `d111.cloudfront.net`.

        By the private section of the Public Suffix List, or by the owner's category. None for any other host.
        """
        domain = self._domains.registrable_domain(host)
        own = self._domains.registered(host, private_suffixes=True)
        if own and own.endswith(f".{domain}"):
            return own.partition(".")[0]
        if owner and owner.category in ("cdn", "hosting") and host.endswith(f".{domain}"):
            return host.removesuffix(f".{domain}")
        return None


def _core(domain: str) -> str:
    """The label that a company is known by: `kirana` of `kirana.co.in`. Short ones name too many: none is given."""
    label = domain.partition(".")[0]
    return label if len(label) >= MIN_NAME_CHARS else domain


def app_domain(app: str, domains: Domains) -> str | None:
    """The domain that a package or bundle id names backwards: `kirana.com` for `com.kirana.demo`.

    The convention is Java's (Java Language Specification, 6.1); Apple asks for the same. Domains under which anyone
    may publish count by holder: `user.github.io`, never `github.io`.
    """
    labels = app.strip().lower().split(".")
    for count in (2, 3):
        if len(labels) >= count:
            domain = domains.registered(".".join(reversed(labels[:count])), private_suffixes=True)
            if domain:
                return domain
    return None


def _declared(value: str, domains: Domains) -> str:
    """A --first-party value as a host name: `*.Kirana.com` is `kirana.com`."""
    domain = normal_host(value.strip().removeprefix("*").removeprefix("."))
    if domains.registered(domain) or parse_address(domain):
        return domain
    raise ApptellsError(f"--first-party {value!r} is not a registered domain: give one such as kirana.com")
