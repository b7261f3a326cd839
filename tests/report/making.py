"""Builds small reports from few words, for the tests of the report's making."""

from collections.abc import Callable, Sequence
from functools import cache

from msgspec.structs import replace

from analyzer.detect.shared_ids import SharedIds
from analyzer.knowledge import Knowledge
from analyzer.model import Capture, Contact, Destination, Evidence, Exchange, Field, Finding, Location, Party, Phase
from analyzer.report.build import ReportBuilder
from analyzer.reported import IndicatorMatch, Method, Report
from analyzer.taxonomy import Taxonomy

START = 1_521_819_251.0
CAPTURE = Capture(
    path="made.har", sha256="0" * 64, bytes=1, format="HAR", recorder="made", exchanges=9, first_time=START
)
METHOD = Method(
    tool="apptells", databases=(), seeds=(), app=None, first_party=(), values_shown=False, suffix_list="",
    detectors=(),
)  # fmt: skip


@cache
def taxonomy() -> Taxonomy:
    return Knowledge().taxonomy


def exchange(
    index: int,
    url: str = "https://in.tracker.example/a?q=1",
    ip: str | None = "13.126.58.204",
    phases: Sequence[Phase] = (),
) -> Exchange:
    """One that begins `index` seconds after the capture does, in the phase that then is."""
    time = START + index
    phase = next((phase.name for phase in reversed(phases) if phase.time <= time), None)
    return Exchange(index=index, url=url, server_ip=ip, time=time, body=b"{}", status=200, phase=phase)


def phases(**after: float) -> tuple[Phase, ...]:
    """Marks so many seconds after the capture begins: `phases(after_accept=3.2)`."""
    return tuple(Phase(name=name.replace("_", "-"), time=START + seconds) for name, seconds in after.items())


def marked(*phases: Phase) -> Capture:
    """The capture with these phases."""
    return replace(CAPTURE, phases=phases)


def finding(
    data_type: str,
    value: str = "some value",
    path: str = "a.b",
    evidence: Evidence = "seed",
    *,
    location: Location = "body",
    transform: str = "plain",
    reasoning: str = "Equals the seed.",
) -> Finding:
    return Finding(
        field=Field(location, path, path.rpartition(".")[2], value, ("json",)),
        data_type=data_type,
        evidence=evidence,
        reasoning=reasoning,
        value=value,
        transform=transform,
    )


def destination(host: str, ip: str | None, exchanges: int, party: Party = "third", **more: object) -> Destination:
    """A host with an address of Mumbai; `more` overrides any member."""
    known: dict[str, object] = {
        "server_country": "IN" if ip else None, "server_country_method": "cloud region" if ip else "no address",
        "region": "AWS ap-south-1" if ip else None, "place": "Mumbai" if ip else None, "network": "Amazon.com, Inc.",
    }  # fmt: skip
    domain = ".".join(host.split(".")[-2:])
    return Destination(
        host=host, domain=domain, party=party, party_reason="made", server_ip=ip, exchanges=exchanges,
        **known | more,  # type: ignore[arg-type]
    )  # fmt: skip


def builder(show_values: bool = False, secrets: tuple[str, ...] = ()) -> ReportBuilder:
    return ReportBuilder(taxonomy(), show_values, secrets)


type Answers = Callable[[Sequence[Contact]], tuple[Destination, ...]]


def each(answer: Callable[[Contact], Destination]) -> Answers:
    """Attribution that answers for every contact alone."""
    return lambda contacts: tuple(map(answer, contacts))


def answering(party: Party = "third", **more: object) -> Answers:
    """Attribution that gives every host this party and these answers."""
    return each(lambda contact: destination(contact.host, contact.server_ip, contact.exchanges, party, **more))


def finish(
    made: ReportBuilder,
    party: Party = "third",
    app: str | None = None,
    shared: SharedIds | None = None,
    matches: Sequence[IndicatorMatch] = (),
    capture: Capture = CAPTURE,
    **more: object,
) -> Report:
    """The report, in which every host is of this party and has these answers."""
    method = Method(**{name: getattr(METHOD, name) for name in METHOD.__struct_fields__} | {"app": app})
    return made.finish(capture, (), method, answering(party, **more), shared, matches)
