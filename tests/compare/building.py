"""Builds what builds were seen to transmit from few words, and draws them at random."""

from collections.abc import Iterable

from hypothesis import strategies as st

from analyzer.compare.observation import Change, Key, Observations, Observed
from analyzer.knowledge import Knowledge
from analyzer.model import EVIDENCE, Evidence, Party

TAXONOMY = Knowledge().taxonomy
PHASES = ("", "launch", "before-consent", "after-reject", "after-accept", "logged-in")
FORMS = ("plain", "sha256(lower)", "md5(as typed)")
PLACES = ("IN", "US", "IE", "edge", "private address", "unknown", "no address")
TYPES = ("person.email", "person.email.hashed", "id.ad", "dev.os", "loc.precise")


def seen(
    data_type: str = "person.email",
    to: str = "Example Inc.",
    phase: str = "after-accept",
    form: str = "plain",
    place: str = "IN",
    *,
    runs: int = 1,
    party: Party = "third",
    seat: str | None = "US",
    secure: bool = True,
    evidence: Evidence = "seed",
    hosts: tuple[str, ...] = ("tracker.example",),
    exchanges: tuple[int, ...] = (),
) -> Observed:
    kind = TAXONOMY.get(data_type)
    return Observed(
        key=Key(data_type=data_type, recipient=to, phase=phase, transform=form, location=place),
        runs=runs, label=kind.label, sensitivity=kind.sensitivity, party=party, seat=seat, secure=secure,
        evidence=evidence, hosts=hosts, exchanges=exchanges,
    )  # fmt: skip


def build(*items: Observed, runs: int = 1, app: str | None = None) -> Observations:
    """A build with these items, sorted, each key once."""
    by_key = {one.key: one for one in items}
    return Observations(
        app=app, version=None, runs=runs, items=tuple(one for _, one in sorted(by_key.items())),
        exchanges=0, unread=0, undecoded=0,
    )  # fmt: skip


def told(change: Change) -> Key:
    """The key that a change is about."""
    one = change.after if change.kind in ("new", "worsened") else change.before
    assert one is not None
    return one.key


def kinds(changes: Iterable[Change]) -> list[str]:
    return [change.kind for change in changes]


@st.composite
def items(draw: st.DrawFn) -> Observed:
    return seen(
        draw(st.sampled_from(TYPES)),
        draw(st.sampled_from(("A", "B"))),
        draw(st.sampled_from(PHASES)),
        draw(st.sampled_from(FORMS)),
        draw(st.sampled_from(PLACES)),
        runs=draw(st.integers(1, 3)),
        party=draw(st.sampled_from(("first", "third", "unknown"))),
        seat=draw(st.sampled_from((None, "US", "NO"))),
        secure=draw(st.booleans()),
        evidence=draw(st.sampled_from(EVIDENCE)),
    )


@st.composite
def builds(draw: st.DrawFn) -> Observations:
    """Any build of three runs; few recipients, so that two of them have much in common."""
    return build(*draw(st.lists(items(), max_size=12)), runs=3)
