"""First, third or unknown party: whether a host belongs to whoever made the app, as far as names tell."""

from collections.abc import Sequence

from msgspec import Struct

from analyzer.attribute.address import parse_address
from analyzer.attribute.domain import Domains, normal_host
from analyzer.attribute.owner import HOSTING
from analyzer.errors import ApptellsError
from analyzer.model import Owner, Party

MAY_BE_THE_APPS_OWN = HOSTING | {"commerce", "content", "media", "other", "telecom", "utility"}
"""Categories whose companies have apps, or customers with apps, at least as often as they serve those of others."""


class Suggestion(Struct, frozen=True):
    """A domain that the requests themselves name as the app's, and how."""

    domain: str
    reason: str


class Parties:
    """Decides by what the user declared; without that, by suggestions and by well-known services."""

    def __init__(
        self,
        domains: Domains,
        app: str | None = None,
        first_party: Sequence[str] = (),
        suggestions: Sequence[Suggestion] = (),
    ) -> None:
        """`app` is a package or bundle id; suggestions count only where neither it nor `first_party` is given.

        Raises ApptellsError for a `first_party` that is no domain of anyone, such as `co.in`.
        """
        declared = [_declared(value, domains) for value in first_party]
        self._first = {domain: f"declared as first party: {domain}" for domain in declared}
        self._app = app
        named = app_domain(app, domains) if app else None
        if named:
            self._first.setdefault(named, f"app id {app} names {named}")
        self._declared = tuple(self._first)
        if not (app or first_party):
            for suggestion in suggestions:
                self._first.setdefault(normal_host(suggestion.domain), suggestion.reason)

    def party(self, host: str, owner: Owner | None = None) -> tuple[Party, str]:
        """The party of a host and the reason; `owner` is what the owners table says of it."""
        host = normal_host(host)
        for domain, reason in self._first.items():
            if host == domain or host.endswith(f".{domain}"):
                return "first", reason
        if self._declared:
            return "third", f"not under the first party's {', '.join(self._declared)}"
        if owner and owner.category not in MAY_BE_THE_APPS_OWN:
            return "third", f"known {owner.category} service of {owner.name}"
        if self._app:
            return "unknown", f"party unknown: app id {self._app} names no domain; give --first-party"
        return "unknown", "party unknown: give --app or --first-party"


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
