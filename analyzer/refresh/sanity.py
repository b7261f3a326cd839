"""Fixed look-ups whose answers are known: a data file that gives others is not put in the place of a good one."""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from analyzer.attribute.address import Address, parse_address
from analyzer.attribute.cloud import load_cloud
from analyzer.attribute.domain import Domains
from analyzer.attribute.network import GeoDatabase
from analyzer.errors import KnowledgeError

# Addresses that do not move: resolvers, registries, universities, government networks, and cloud ranges in the regions
# that their providers publish. Each was checked against DB-IP Lite and the cloud ranges of autumn 2026.
COUNTRIES = {
    "8.8.8.8": "US", "13.126.10.10": "IN", "34.93.1.1": "IN", "52.58.1.1": "DE", "35.180.1.1": "FR",
    "52.192.1.1": "JP", "13.54.1.1": "AU", "18.228.1.1": "BR", "13.48.1.1": "SE", "35.178.1.1": "GB",
    "13.124.1.1": "KR", "52.60.1.1": "CA", "13.250.1.1": "SG", "54.72.1.1": "IE", "114.114.114.114": "CN",
    "77.88.8.8": "RU", "129.132.1.1": "CH", "131.111.1.1": "GB", "164.100.1.1": "IN", "2406:da1a::1": "IN",
    "2a02:6b8::feed:ff": "RU",
}  # fmt: skip
NETWORKS = {
    "8.8.8.8": "15169", "1.1.1.1": "13335", "13.126.10.10": "16509", "52.58.1.1": "16509", "20.192.1.1": "8075",
    "40.112.1.1": "8075", "157.240.1.1": "32934", "17.253.1.1": "714", "77.88.8.8": "13238", "193.0.6.139": "3333",
    "129.132.1.1": "559", "133.11.1.1": "2501", "131.111.1.1": "786", "164.100.1.1": "4758", "117.239.1.1": "9829",
    "129.146.1.1": "31898", "159.89.1.1": "14061", "2001:4860:4860::8888": "15169", "2606:4700:4700::1111": "13335",
    "2a03:2880:f1::1": "32934",
}  # fmt: skip
REGIONS = {
    "13.126.10.10": "AWS ap-south-1", "52.58.1.1": "AWS eu-central-1", "35.180.1.1": "AWS eu-west-3",
    "52.192.1.1": "AWS ap-northeast-1", "13.54.1.1": "AWS ap-southeast-2", "18.228.1.1": "AWS sa-east-1",
    "13.48.1.1": "AWS eu-north-1", "35.178.1.1": "AWS eu-west-2", "13.124.1.1": "AWS ap-northeast-2",
    "52.60.1.1": "AWS ca-central-1", "13.250.1.1": "AWS ap-southeast-1", "54.72.1.1": "AWS eu-west-1",
    "34.93.1.1": "GCP asia-south1", "35.198.1.1": "GCP southamerica-east1", "20.192.1.1": "Azure centralindia",
    "13.70.1.1": "Azure eastasia", "52.172.1.1": "Azure southindia", "129.146.1.1": "Oracle us-phoenix-1",
    "2406:da1a::1": "AWS ap-south-1", "164.100.1.1": "none",
}  # fmt: skip
SUFFIXES = {
    "a.b.co.in": "b.co.in", "a.b.gov.in": "b.gov.in", "x.wzrkt.com": "wzrkt.com", "a.b.co.uk": "b.co.uk",
    "a.b.com.br": "b.com.br", "a.b.co.jp": "b.co.jp", "a.b.com.au": "b.com.au", "a.b.net.in": "b.net.in",
    "a.b.ac.in": "b.ac.in", "a.b.nic.in": "b.nic.in", "a.b.c.ck": "b.c.ck", "a.www.ck": "www.ck", "a.b.io": "b.io",
    "a.b.app": "b.app", "in1.clevertap-prod.com": "clevertap-prod.com", "a.b.edu": "b.edu",
    "x.a.b.kobe.jp": "a.b.kobe.jp", "a.city.kobe.jp": "city.kobe.jp", "maps.googleapis.com": "googleapis.com",
    "a.b.org": "b.org",
}  # fmt: skip
THIRD_PARTIES = (
    "google-analytics.com", "doubleclick.net", "facebook.com", "googletagmanager.com", "hotjar.com", "segment.com",
    "mixpanel.com", "amplitude.com", "newrelic.com", "criteo.com", "optimizely.com", "stripe.com", "intercom.io",
    "zendesk.com", "hubspot.com", "taboola.com", "outbrain.com", "youtube.com", "onesignal.com",
)  # fmt: skip
"""Suffixes that third-party-web names."""

PASSES = 0.8
"""Share of right answers that a file needs: DB-IP Lite itself places 93 % of addresses in clouds rightly."""


class Checked(Struct, frozen=True, kw_only=True):
    """How a data file answered."""

    right: int
    asked: int
    wrong: tuple[str, ...]
    """`8.8.8.8 is CA, not US`, for each look-up with another answer."""
    unanswered: int = 0

    @property
    def sound(self) -> bool:
        """Whether it may be used."""
        return self.right >= PASSES * self.asked


def check(role: str, path: Path, regions: Path) -> Checked:
    """Ask a file of this role the fixed look-ups; `regions` is the table of cloud regions.

    Roles without look-ups (tables of our own, lists of the user) give none. Raises KnowledgeError for a file that
    cannot be read as one of its role.
    """
    # With a name a database is read as shipped ones are in every run, without one as the user's.
    if role == "country":
        return _ask(COUNTRIES, _countries(GeoDatabase(path, role)))
    if role == "network":
        return _ask(NETWORKS, _networks(GeoDatabase(path, role)))
    if role == "geoip":
        return _check_geoip(GeoDatabase(path))
    if role == "cloud-ranges":
        ranges = load_cloud(path, regions)
        return _ask(REGIONS, lambda ip: (found.region if (found := ranges.find(_address(ip))) else None) or "none")
    if role == "suffixes":
        return _ask(SUFFIXES, Domains(path).registrable_domain)
    if role == "third-parties":
        return _check_third_parties(path)
    return Checked(right=0, asked=0, wrong=())


def _ask(known: Mapping[str, str], find: Callable[[str], str | None]) -> Checked:
    answers = {question: find(question) for question in known}
    wrong = tuple(
        f"{question} is {answer}, not {known[question]}"
        for question, answer in answers.items()
        if answer is not None and answer != known[question]
    )
    unanswered = sum(answer is None for answer in answers.values())
    return Checked(right=len(known) - len(wrong) - unanswered, asked=len(known), wrong=wrong, unanswered=unanswered)


def _address(text: str) -> Address:
    address = parse_address(text)
    assert address is not None  # the tables above hold nothing else
    return address


def _countries(database: GeoDatabase) -> Callable[[str], str | None]:
    return lambda ip: database.find(_address(ip)).country


def _networks(database: GeoDatabase) -> Callable[[str], str | None]:
    return lambda ip: str(database.find(_address(ip)).asn or "") or None


def _check_geoip(database: GeoDatabase) -> Checked:
    """Of countries and networks, whichever the file knows more of. Some know neither, such as Anonymous-IP.

    What a file of the user's leaves open does not count against it: it may be of one country.
    """
    checked = _ask(COUNTRIES, _countries(database)), _ask(NETWORKS, _networks(database))
    most = max(checked, key=lambda one: one.asked - one.unanswered)
    return Checked(right=most.right, asked=most.asked - most.unanswered, wrong=most.wrong)


def _check_third_parties(path: Path) -> Checked:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise KnowledgeError(f"{path}: not a table of third parties: update third-parties again") from None
    suffixes = {line.partition(",")[0] for line in lines[1:]}
    return _ask(dict.fromkeys(THIRD_PARTIES, "listed"), lambda suffix: "listed" if suffix in suffixes else None)
