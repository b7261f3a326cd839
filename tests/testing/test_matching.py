"""What an assertion is about: slips raise, phases are in the order of their first marks, names count by whole words."""

import pytest
from msgspec.structs import replace

from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.model import Destination, Party, Phase, Transmission
from analyzer.pipeline import Options
from analyzer.report.log import SpooledLog
from analyzer.testing.matching import FIRST_PARTY, THIRD_PARTIES, Wanted, is_at, is_of, wanted
from analyzer.testing.snapshot import Snapshot, take
from tests.conftest import FIXTURES

TAXONOMY = Knowledge().taxonomy


def destination(party: Party = "third") -> Destination:
    return Destination(
        host="in.wzrkt.com",
        domain="wzrkt.com",
        party=party,
        party_reason="",
        owner="WizRocket Inc.",
        product="CleverTap",
        parent="Rocket Holding",
    )


@pytest.mark.parametrize(
    "name",
    ["in.wzrkt.com", "WZRKT.com", "clevertap", "WizRocket", "WizRocket Inc.", "Rocket", "Rocket Holding", "com"],
)
def test_a_destination_has_its_hosts_and_its_owners_names(name: str) -> None:
    assert is_at(destination(), name)


@pytest.mark.parametrize("name", ["wzrkt", "n.wzrkt.com", "Wiz", "Clever", "Holding", "kzrkt.com", FIRST_PARTY])
def test_and_no_others(name: str) -> None:
    assert not is_at(destination(), name)


@pytest.mark.parametrize(("party", "third"), [("first", False), ("third", True), ("unknown", True)])
def test_a_party_that_is_not_known_does_not_look_clean(party: Party, third: bool) -> None:
    assert is_at(destination(party), THIRD_PARTIES) is third
    assert is_at(destination(party), FIRST_PARTY) is not third


def test_a_data_type_is_itself_and_all_below_it() -> None:
    assert is_of("person.email.hashed", "person.email")
    assert is_of("person.email", "person")
    assert not is_of("person.email", "person.e")
    assert not is_of("person.email", "person.email.hashed")


@pytest.mark.parametrize(
    "slip",
    [
        {"data_type": "persn.email"},
        {"data_type": ""},
        {"data_type": "person.email", "to": " "},
        {"data_type": "person.email", "before": "nach der Zustimmung!"},
        {"data_type": "person.email", "during": ""},
        {"data_type": "person.email", "evidence": "proof"},
    ],
)
def test_a_slip_does_not_pass(slip: dict[str, str]) -> None:
    with pytest.raises(ApptellsError):
        wanted(TAXONOMY, **slip)  # type: ignore[arg-type]


def test_names_of_phases_are_taken_as_marks_are() -> None:
    assert wanted(TAXONOMY, "person", before="Accepted").before == "after-accept"
    assert str(wanted(TAXONOMY, "person", "CleverTap", "accepted")) == "person to CleverTap before after-accept"


# ---------------------------------------------------------------- over a capture


@pytest.fixture(scope="module")
def founding() -> Snapshot:
    return take(FIXTURES / "captures" / "founding-case.apptells", Knowledge(), Options())


def _in_phases(snapshot: Snapshot, *phases: Phase, phase: str | None = None) -> Snapshot:
    """The snapshot with these marks, and its transmissions all in one phase."""
    report, log = snapshot.report, SpooledLog()
    for one in report.transmissions:
        log.append(replace(one, phase=phase))
    capture = replace(report.capture, phases=phases)
    return replace(snapshot, report=replace(report, capture=capture, transmissions=log))


def _count(snapshot: Snapshot, *, before: str | None = None, during: str | None = None) -> int:
    return len(list(Wanted(data_type="person", before=before, during=during).select(snapshot)))


LAUNCH, ACCEPT = Phase(name="launch", time=1.0), Phase(name="after-accept", time=2.0)
AGAIN = Phase(name="launch", time=3.0)


@pytest.mark.parametrize(
    ("marks", "phase", "before"),
    [
        ((), None, True),  # nothing was marked yet: all of it is before
        ((LAUNCH,), "launch", True),  # nor was this phase
        ((LAUNCH, ACCEPT), None, True),
        ((LAUNCH, ACCEPT), "launch", True),
        ((LAUNCH, ACCEPT), "after-accept", False),
        ((ACCEPT, AGAIN), "launch", False),
        ((LAUNCH, ACCEPT, AGAIN), "launch", True),  # which launch is not told: it counts
    ],
)
def test_before_a_phase(founding: Snapshot, marks: tuple[Phase, ...], phase: str | None, before: bool) -> None:
    snapshot = _in_phases(founding, *marks, phase=phase)
    everything = _count(snapshot)
    assert everything > 5
    assert _count(snapshot, before="after-accept") == (everything if before else 0)
    assert _count(snapshot, during="launch") == (everything if phase == "launch" else 0)


def test_evidence_that_is_too_weak_does_not_count(founding: Snapshot) -> None:
    weak: set[Transmission] = {one for one in founding.report.transmissions if one.evidence == "key"}
    assert weak
    strong = list(Wanted(data_type="dev", evidence="key+value").select(founding))
    assert strong
    assert not weak & set(strong)
