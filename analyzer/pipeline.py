"""The whole line, in order: exchanges are decoded, searched, attributed and counted one by one."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from analyzer.attribute.attribution import Attribution, Maker
from analyzer.attribute.suggest import Clue, read_clues, suggest_first_party
from analyzer.capture.phases import Mark, Timeline, parse_mark
from analyzer.capture.reader import CaptureReader
from analyzer.declared.compare import compare
from analyzer.declared.statement import ConsentLog, Statements
from analyzer.decode.envelope import Envelope
from analyzer.decode.exchange import Decoded, Decoder
from analyzer.decode.media import FILE
from analyzer.decode.response import response_text
from analyzer.detect.adapters import Adapter
from analyzer.detect.by_adapter import ByAdapter
from analyzer.detect.by_key import ByKey
from analyzer.detect.by_pattern import ByPattern
from analyzer.detect.joined import Joined
from analyzer.detect.merge import merge
from analyzer.detect.shared_ids import SharedIds
from analyzer.knowledge import Knowledge, read_run
from analyzer.model import Exchange, Finding, Undecoded
from analyzer.report.build import ReportBuilder
from analyzer.report.log import SpooledLog
from analyzer.report.requests import moment
from analyzer.reported import OLD_DAYS, Database, Method, Report

if TYPE_CHECKING:
    from analyzer.detect.by_seed import Seeds
    from analyzer.indicators.search import IndicatorSearch

TROUBLE = (ArithmeticError, LookupError, TypeError, ValueError, RecursionError, MemoryError)
"""What an exchange may raise that cannot be analysed; no input is known to."""


class Detection:
    """The four detectors. They see the same fields; none switches another off."""

    def __init__(
        self,
        knowledge: Knowledge,
        seeds: "Seeds | None",
        adapters: Sequence[Adapter] | None = None,
        deep: bool = False,
    ) -> None:
        adapters = knowledge.adapters if adapters is None else adapters
        self._by_adapter = ByAdapter(adapters)
        self._by_pattern = ByPattern()
        self._by_key = ByKey(knowledge.lexicon)
        self._by_seed = None
        if seeds is not None:
            from analyzer.detect.by_seed import BySeed

            salts = [structs.replace(one, tracker=adapter.tracker) for adapter in adapters for one in adapter.salts]
            self._by_seed = BySeed(seeds, knowledge.lexicon, deep, salts)

    def find(self, exchange: Exchange, decoded: Decoded) -> list[Finding]:
        """The findings in the fields of one exchange, in the order of the fields."""
        fields = decoded.fields
        joined = Joined(fields)
        found = self._by_seed.find(joined) if self._by_seed is not None else []
        explained = self._by_adapter.explain(decoded.host, decoded.path, exchange.method, fields)
        found += explained.findings
        found += self._by_pattern.find(joined)
        named = self._by_key.find(fields, found)
        if explained.nothing:
            # A name that is documented to mean nothing personal is not believed; a value that proves itself still is.
            named = [one for one in named if one[0] not in explained.nothing]
        found += named
        return [finding for _, finding in merge(found)]


def envelopes(adapters: Iterable[Adapter]) -> list[Envelope]:
    """What the adapters know of payloads whose key travels with them."""
    return [Envelope(one.data, one.key, one.nonce) for adapter in adapters for one in adapter.encrypted]


class Options(Struct, frozen=True, kw_only=True):
    """What the user asked for."""

    app: str | None = None
    """Package or bundle id of the app."""
    first_party: tuple[str, ...] = ()
    geoip: tuple[Path, ...] = ()
    """The user's own geo databases."""
    owners: tuple[Path, ...] = ()
    """The user's own tables of owners."""
    indicators: tuple[Path, ...] = ()
    """Files, or folders of files, of indicators of compromise (STIX 2)."""
    captured_in: str | None = None
    """Country in which the capture was made, ISO 3166-1 alpha-2."""
    seeds: Path | None = None
    deep: bool = False
    """Search for rarer transforms of the seeds too (tier 2)."""
    adapters: Path | None = None
    """Folder of the user's own adapters."""
    show_values: bool = False
    declared: tuple[Path, ...] = ()
    """What the app's maker declares: store forms and pages, manifests, policies (see `declared/`)."""
    phases: tuple[str, ...] = ()
    """Marks of the session's phases, `NAME@TIME` (see `capture/phases.py`)."""


class Prepared(NamedTuple):
    """What the options of an analysis name, read and checked."""

    seeds: "Seeds | None"
    adapters: tuple[Adapter, ...]
    attribution: Attribution
    indicators: "IndicatorSearch | None"
    statements: Statements | None
    """What the app's maker declares."""
    phases: tuple[Mark, ...]


def prepare(knowledge: Knowledge, options: Options) -> Prepared:
    """Reads what the options name. Raises KnowledgeError or ApptellsError where one is wrong."""
    maker = Maker(app=options.app, first_party=options.first_party, captured_in=options.captured_in)
    attribution = knowledge.attribution(maker, options.owners, options.geoip)
    return Prepared(
        seeds=knowledge.seeds(options.seeds),
        adapters=knowledge.adapters_and(options.adapters),
        attribution=attribution,
        indicators=knowledge.indicators(options.indicators, options.app, attribution.domains.is_shared),
        statements=knowledge.declarations(options.declared) if options.declared else None,
        phases=tuple(map(parse_mark, options.phases)),
    )


class Analysis:
    """The analysis of one capture: its exchanges are added one by one, and the report is what they come to."""

    def __init__(
        self, knowledge: Knowledge, options: Options, reader: CaptureReader, log: SpooledLog | None = None
    ) -> None:
        """`log` takes the transmissions, for one who listens to them.

        Raises KnowledgeError or ApptellsError for wrong options, before anything is read.
        """
        if options.app is None and reader.app is not None:
            options = structs.replace(options, app=reader.app.id)
        known = prepare(knowledge, options)
        if known.phases:
            reader.timeline = Timeline(known.phases)
        self._options, self._reader, self._seeds = options, reader, known.seeds
        self.attribution = known.attribution
        """What is known without the capture."""
        self._indicators, self._statements = known.indicators, known.statements
        self._decoder = Decoder(envelopes(known.adapters))
        self._detection = Detection(knowledge, known.seeds, known.adapters, options.deep)
        secrets = _secrets(known.seeds, knowledge)
        self._builder = ReportBuilder(knowledge.taxonomy, options.show_values, secrets, log)
        self._origins, self._shared = Origins(), SharedIds()
        self._taxonomy = knowledge.taxonomy
        self._consents = ConsentLog()

    @property
    def undecoded(self) -> int:
        """Bodies and parts that nothing could open so far."""
        return self._builder.undecoded

    def add(self, exchange: Exchange) -> None:
        """Decode, search and count one exchange."""
        try:
            decoded = self._decoder.decode(exchange)
            listed = self._indicators is not None and self._indicators.add(exchange, decoded.host, decoded.clues)
            findings = self._detection.find(exchange, decoded)
            links = self._shared.add(exchange, decoded.host, decoded.fields, findings, response_text(exchange))
        except TROUBLE as error:
            # No input is known to get here; one that does must not cost the others.
            self._builder.note(
                "not-analysed", f"A request could not be analysed ({type(error).__name__}).", exchange.index
            )
            return
        closed = _not_told(decoded.undecoded, findings)
        self._builder.add(exchange, decoded.host, findings, closed, decoded.notes, links, listed)
        if decoded.clues:
            self._origins.add(decoded.clues)
        if self._statements is not None:
            fields = ((field.key, field.value) for field in decoded.fields)
            self._consents.add(exchange.index, decoded.host, fields)

    def report(self) -> Report:
        """The report on everything that was added, once the reader has come to its end."""
        capture, lookups, unread = self._reader.capture(), self._reader.lookups(), self._reader.unread()
        made = moment(capture.first_time)
        day = made.date().isoformat() if made else None
        attribution, indicators = self.attribution, self._indicators
        suggested = suggest_first_party(self._origins.clues(), attribution.owners, attribution.domains)
        attribution = attribution.in_capture(day, lookups, suggested)
        databases = attribution.databases(day)
        method = _method(self._options, self._seeds, databases, attribution.domains.suffix_list_version, indicators)
        if apart := _days_apart(method):
            self._builder.note("days-apart", apart)
        matches = indicators.finish(lookups, unread, capture.first_time) if indicators is not None else ()
        report = self._builder.finish(capture, unread, method, attribution.destinations, self._shared, matches)
        return report if self._statements is None else self._with_declared(report, self._statements)

    def _with_declared(self, report: Report, statements: Statements) -> Report:
        """What was declared beside what was seen."""
        found = compare(report, statements.and_consents(self._consents), self._taxonomy)
        return structs.replace(
            report,
            declarations=found.declarations,
            declared=found.declared,
            quotes=found.quotes,
            policy_changes=found.changes,
        )


def analyze(
    reader: CaptureReader, knowledge: Knowledge, options: Options, tick: Callable[[], None] = lambda: None
) -> Report:
    """The report on a capture. `tick` is called now and then, for a progress bar.

    Raises KnowledgeError or ApptellsError for wrong options before the capture is read.
    """
    analysis = Analysis(knowledge, options, reader)
    for exchange in reader:
        analysis.add(exchange)
        if not exchange.index % 64:
            tick()
    return analysis.report()


def _not_told(undecoded: Sequence[Undecoded], findings: Sequence[Finding]) -> Sequence[Undecoded]:
    """What stays closed and is not told as a whole: a picture that is found as a photo is no riddle."""
    if not undecoded:  # as of most requests
        return undecoded
    told = {(each.field.location, each.field.path) for each in findings if each.field.value.startswith(FILE)}
    return [each for each in undecoded if (each.location, each.path) not in told]


def _days_apart(method: Method) -> str | None:
    """What to say where addresses are looked up as they were long before or after the capture was made."""
    ages = [database.age_days for database in method.databases if database.age_days is not None]
    if not ages or max(map(abs, ages)) <= OLD_DAYS:
        return None
    old = [database for database in method.databases if (database.age_days or 0) > OLD_DAYS]
    if old:
        names = "; ".join(f"{database.name} of {database.date}, {database.age_days} days" for database in old)
        return (
            f"Data older than the capture by more than {OLD_DAYS} days: {names}. Addresses and hosts may have "
            "changed hands between; `apptells data update` fetches newer data."
        )
    return (
        f"The capture is more than {OLD_DAYS} days older than the data on networks and countries: owners are "
        "those of its day where their history is known, but addresses may have changed hands between."
    )


class Origins:
    """Counts the headers that name the app, by what comes before the path, until the capture has ended."""

    MAX = 2_000

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, headers: Iterable[tuple[str, str]]) -> None:
        """Count the self-naming headers of one request."""
        for name, value in headers:
            known = (name, "/".join(value[:300].split("/", 3)[:3]))
            if known in self._counts or len(self._counts) < self.MAX:
                self._counts[known] += 1

    def clues(self) -> Counter[Clue]:
        """In how many requests each clue was seen."""
        out: Counter[Clue] = Counter()
        for header, count in self._counts.items():
            for clue in read_clues([header]):
                out[clue] += count
        return out


def _secrets(seeds: "Seeds | None", knowledge: Knowledge) -> list[str]:
    """Values of the seeds but the technical ones (`Android`), which name nobody and occur in many names."""
    if seeds is None:
        return []
    sensitive = [kind for kind in seeds.values if knowledge.taxonomy.get(kind).sensitivity > 0]
    return [value for kind in sensitive for value in seeds.values[kind]]


def _method(
    options: Options,
    seeds: "Seeds | None",
    databases: tuple[Database, ...],
    suffix_list: str,
    indicators: "IndicatorSearch | None",
) -> Method:
    return Method(
        tool=f"apptells {version('apptells')}",
        databases=databases,
        seeds=tuple(sorted(seeds.values)) if seeds is not None else (),
        app=options.app,
        first_party=options.first_party,
        values_shown=options.show_values,
        suffix_list=suffix_list,
        run=read_run(options.seeds) if options.seeds else None,
        deep=options.deep,
        indicators=indicators.lists() if indicators is not None else (),
        captured_in=options.captured_in,
        detectors=("by_seed", "by_adapter", "by_pattern", "by_key")
        if seeds is not None
        else ("by_adapter", "by_pattern", "by_key"),
    )
