"""Events as the process that follows a capture sends them; all people and hosts in them are made up."""

from typing import Any

from msgspec.structs import replace

from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Sent, Unreadable
from analyzer.model import Transmission

START = 1_790_000_000.0

SENT = Sent(
    exchange=3,
    time=START + 4,
    phase="before-consent",
    data_type="person.email",
    label="Email address",
    sensitivity=3,
    telling=True,
    host="in.wzrkt.com",
    recipient="CleverTap",
    party="third",
    owner="CleverTap",
    seat="US",
    server="Mumbai",
    location="body",
    path="d.profile.Email",
    transform="plain",
    evidence="documented",
    masked_value="a…e",
)


def sent(**members: Any) -> Sent:
    """`SENT` with other members."""
    return replace(SENT, **members)


def transmission(of: Sent) -> Transmission:
    """The transmission that a `Sent` tells of."""
    return Transmission(
        exchange=of.exchange,
        host=of.host,
        data_type=of.data_type,
        location=of.location,
        path=of.path,
        decoding=(),
        transform=of.transform,
        evidence=of.evidence,
        seed=None,
        reasoning="made for a test",
        masked_value=of.masked_value,
        phase=of.phase,
        destination=0,
    )


def seen(*new: Sent, again: int = 0) -> Seen:
    """An exchange with these transmissions, the first of them `again` more times."""
    transmissions = tuple(transmission(each) for each in new) + (transmission(new[0]),) * again
    return Seen(exchange=new[0].exchange, flow=None, transmissions=transmissions, new=new)


def reached(**members: Any) -> Reached:
    """How far the analysis is."""
    return replace(Reached(exchanges=0, transmissions=0, unread=0, undecoded=0, behind=0), **members)


CLEVERTAP = {"host": "in.wzrkt.com", "recipient": "CleverTap", "owner": "CleverTap", "server": "Mumbai"}
ADJUST = {
    "host": "app.adjust.com",
    "recipient": "Adjust GmbH",
    "owner": "Adjust GmbH",
    "seat": "DE",
    "server": "Munich",
}
GOOGLE = {"host": "ads.g.doubleclick.net", "recipient": "Google LLC", "owner": "Google LLC", "server": "edge network"}
META = {"host": "graph.facebook.com", "recipient": "Meta Platforms, Inc.", "owner": "Meta Platforms, Inc."}
UNKNOWN = {
    "host": "t.unknown.example",
    "recipient": "unknown.example",
    "owner": None,
    "seat": None,
    "server": "unknown",
}
OWN = {"host": "api.samvad.example", "recipient": "samvad.example", "owner": None, "seat": None, "party": "first"}

PHONE = {"data_type": "person.phone", "label": "Phone number", "path": "d.profile.Phone"}
AD_ID = {"data_type": "id.ad", "label": "Advertising ID", "sensitivity": 2, "path": "rdid"}
PLACE = {"data_type": "loc.precise", "label": "Precise location", "path": "geo.lat", "evidence": "key+value"}
PASSWORD = {"data_type": "auth.password", "label": "Password", "sensitivity": 4, "path": "password"}
SYSTEM = {"data_type": "dev.os", "label": "Operating system", "sensitivity": 0, "telling": False}
CARRIER = {"data_type": "net.carrier", "label": "Mobile network operator", "sensitivity": 0, "telling": False}
HASH = {"transform": "sha256(lower)", "evidence": "seed", "masked_value": "5…f"}

AFTER = {"phase": "after-accept", "time": START + 61}


def session() -> list[Event]:
    """A short session: three phases, six recipients, and something of everything else."""
    return [
        PhaseBegan(name="launch", time=START),
        seen(sent(**CLEVERTAP, **SYSTEM, phase="launch"), again=11),
        PhaseBegan(name="before-consent", time=START + 3),
        seen(sent(**CLEVERTAP), sent(**CLEVERTAP, **PHONE), again=2),
        seen(sent(**GOOGLE, **AD_ID)),
        PhaseBegan(name="after-accept", time=START + 60),
        seen(sent(**AFTER, **ADJUST, **HASH), sent(**AFTER, **ADJUST, **AD_ID)),
        seen(sent(**AFTER, **UNKNOWN, **PLACE)),
        seen(sent(**AFTER, **OWN, **PASSWORD)),
        seen(sent(**AFTER, **META, **CARRIER, evidence="key")),
        Unreadable(
            host="api.bank.example", kind="refused by client", reason="The client does not trust our certificate."
        ),
        Unreadable(
            host="mtalk.push.example", kind="suspected pinning", reason="It finished handshakes and sent nothing."
        ),
        reached(exchanges=128, transmissions=311, unread=4, undecoded=2, behind=340_000),
    ]
