"""Case files: small made-up reports with what a rule has to say of each, so that a rule shows what it means.

A case file is `<id>.yaml`:

    yes:                                 reports that give an indication; `no`: nothing; `unknown`; `allowed`: only that
      - why: what the case shows
        phases: {after-accept: 10}       optional: marks, in seconds after the first exchange
        recipients:
          - name: Example Ads            every member but `groups` is optional; `party` is third where not given
            party: third
            category: advertising
            owner: Example Inc.
            seat: US
            server: US                   a country, `edge` or `private`
            host: ads.example
            groups: [person.email, {data_type: id.ad, secure: no, at: 3, exchange: 7}]
        shared:                          optional: identifiers that one's server handed out, and who was sent them
          - {from: Example Ads, to: [Other], data_type: id.cookie}
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, get_args

from msgspec import Struct, structs

from analyzer.model import EVIDENCE, Capture, Destination, Location, Outcome, Party, Phase, Transmission
from analyzer.policy.judge import judge
from analyzer.policy.load_rules import Vocabulary
from analyzer.policy.rule import Rule
from analyzer.policy.yaml_file import YamlFile
from analyzer.reported import Assigner, Group, Method, Receiver, Recipient, Report, SharedIdentifier, TransmissionLog

START = 1_521_819_251.0
KINDS = ("yes", "no", "unknown", "allowed")
_OUTCOME: dict[str, Outcome | None] = {"yes": "indication", "no": None, "unknown": "unknown", "allowed": "allowed"}


class Case(Struct, frozen=True, kw_only=True):
    """One made-up report, and what the rule has to say of it."""

    kind: str
    """One of `KINDS`."""
    why: str
    place: str
    """`file:line`."""
    report: Report


class _NoLog(TransmissionLog):
    """The transmissions of a made-up report: only their groups are made."""

    def __iter__(self) -> Iterator[Transmission]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def encoded(self) -> Iterable[bytes]:
        return ()


def read_cases(name: str, text: str, words: Vocabulary) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """The cases of a file, and its mistakes as `file:line: what`; kinds without a case are mistakes, too."""
    file = YamlFile(name, text)
    if (root := file.root()) is None:
        return (), tuple(file.mistakes)
    kinds = file.mapping(root, KINDS, KINDS[:3])
    cases = tuple(_Reader(file, words).case(kind, item) for kind, node in kinds.items() for item in file.items(node))
    return cases, tuple(file.mistakes)


def wrong_cases(rule: Rule, cases: Iterable[Case], words: Vocabulary) -> tuple[str, ...]:
    """A sentence with its place for each case of which the rule says something else than the case file."""
    wrong = []
    for case in cases:
        said = {verdict.outcome for verdict in judge(case.report, (rule,), words.taxonomy, (), date.min)}
        expected = _OUTCOME[case.kind]
        if said != ({expected} if expected else set()):
            found = " and ".join(sorted(said)) or "nothing"
            wrong.append(f"{case.place}: {case.why or 'the case'}: `{case.kind}` is expected, the rule says {found}")
    return tuple(wrong)


class _Reader:
    """Makes reports from the few words of a case."""

    def __init__(self, file: YamlFile, words: Vocabulary) -> None:
        self._file, self._words = file, words

    def case(self, kind: str, node: Any) -> Case:
        file = self._file
        place = f"{file.name}:{node.start_mark.line + 1}"
        members = file.mapping(node, ("why", "phases", "recipients", "shared"), ("recipients",))
        why = file.text_of(members["why"]) if "why" in members else ""
        marks = file.pairs(members["phases"]) if "phases" in members else ()
        phases = sorted(
            (Phase(name=name, time=START + file.number(at)) for name, at in marks), key=lambda each: each.time
        )
        recipients: list[Recipient] = []
        for item in file.items(members["recipients"]) if "recipients" in members else ():
            recipients.append(self._recipient(item, recipients, phases))
        items = file.items(members["shared"]) if "shared" in members else ()
        shared = [self._shared(item, number, recipients) for number, item in enumerate(items, 1)]
        return Case(kind=kind, why=why, place=place, report=_report(phases, recipients, [one for one in shared if one]))

    def _recipient(self, node: Any, before: Sequence[Recipient], phases: Sequence[Phase]) -> Recipient:
        file = self._file
        names = ("name", "party", "category", "owner", "parent", "seat", "server", "host")
        members = file.mapping(node, (*names, "groups"), ("groups",))
        words = {name: file.text_of(members[name]) for name in names if name in members}
        party = words.get("party", "third")
        self._known("party", party, get_args(Party), members)
        self._known("category", words.get("category"), self._words.categories, members)
        self._known("server", words.get("server"), {*self._words.countries, "edge", "private"}, members)
        self._known("seat", words.get("seat"), self._words.countries, members)
        name = words.get("name", f"Recipient {len(before) + 1}")
        host = words.get("host", name.lower().replace(" ", "-") + ".example")
        server = words.get("server")
        method = {"edge": "edge", "private": "private address", None: "unknown"}.get(server, "made up")
        to = Destination(
            host=host, domain=host, party=party, party_reason="made up",  # type: ignore[arg-type]
            owner=words.get("owner"), parent=words.get("parent"), owner_country=words.get("seat"),
            category=words.get("category"), server_country=server if method == "made up" else None,
            server_country_method=method, exchanges=1,
        )  # fmt: skip
        anchor, first = f"r{len(before) + 1}", sum(len(each.groups) for each in before) + 1
        items = file.items(members["groups"]) if "groups" in members else ()
        groups = tuple(
            self._group(item, f"t{number}", anchor, host, len(before), phases)
            for number, item in enumerate(items, first)
        )
        return Recipient(
            id=anchor, name=name, party=to.party, owner=to.owner, parent=to.parent, owner_country=to.owner_country,
            category=to.category, destinations=(to,), groups=groups, exchanges=1,
        )  # fmt: skip

    def _group(
        self, node: Any, anchor: str, recipient: str, host: str, destination: int, phases: Sequence[Phase]
    ) -> Group:
        file = self._file
        names = ("data_type", "evidence", "transform", "location", "path", "secure", "at", "exchange", "value")
        members = file.mapping(node, names, names[:1]) if file.is_mapping(node) else {"data_type": node}
        words = {name: file.text_of(member) for name, member in members.items()}
        data_type = words.get("data_type", "")
        known = data_type in self._words.taxonomy
        if not known:
            file.mistake(members.get("data_type", node), f"no data type {data_type[:60]!r}")
        kind = self._words.taxonomy.get(data_type) if known else None
        self._known("evidence", words.get("evidence"), EVIDENCE, members)
        self._known("location", words.get("location"), get_args(Location), members)
        self._known("secure", words.get("secure"), ("yes", "no"), members)
        time = START + file.number(members["at"]) if "at" in members else None
        phase = next((mark.name for mark in reversed(phases) if time is not None and mark.time <= time), None)
        return Group(
            id=anchor, recipient=recipient, host=host, data_type=data_type, label=kind.label if kind else data_type,
            sensitivity=kind.sensitivity if kind else 0, location=words.get("location", "body"),  # type: ignore[arg-type]
            path=words.get("path", "a.b"), decoding=(), transform=words.get("transform", "plain"),
            evidence=words.get("evidence", "validated"), seed=None, reasoning="made up",  # type: ignore[arg-type]
            masked_value=words.get("value", "…"), count=1,
            exchanges=(int(file.number(members["exchange"])) if "exchange" in members else 0,), phase=phase,
            first_time=time, secure=words.get("secure") != "no", destination=destination,
        )  # fmt: skip

    def _shared(self, node: Any, number: int, recipients: Sequence[Recipient]) -> SharedIdentifier | None:
        file = self._file
        members = file.mapping(node, ("from", "to", "data_type"), ("to",))
        by_name = {recipient.name: recipient for recipient in recipients}
        to = file.texts(members["to"]) if "to" in members else ()
        sender = file.text_of(members["from"]) if "from" in members else None
        data_types = file.texts(members["data_type"]) if "data_type" in members else ()
        for name in (*to, *([sender] if sender else ())):
            if name not in by_name:
                file.mistake(node, f"no recipient {name[:60]!r} in this case")
                return None
        maker = by_name[sender] if sender else None
        receivers = tuple(_receiver(by_name[name]) for name in to)
        knowing = tuple(dict.fromkeys((*([maker.id] if maker else ()), *(each.recipient for each in receivers))))
        return SharedIdentifier(
            id=f"s{number}", masked_value="…", data_types=data_types, label="Server-made identifier",
            assigner=_assigner(maker) if maker else None,
            receivers=receivers, recipients=knowing, names=knowing, count=1, evidence="made up",
        )  # fmt: skip

    def _known(self, name: str, word: str | None, known: Iterable[str], members: Any) -> None:
        known = tuple(known)
        if word is not None and name in members and word not in known:
            shown = ", ".join(known) if len(known) < 60 else "country codes of ISO 3166-1"
            self._file.mistake(members[name], f"{word[:60]!r} is not known here; known are {shown}")


def _assigner(recipient: Recipient) -> Assigner:
    host = recipient.destinations[0].host
    return Assigner(recipient=recipient.id, name=recipient.name, host=host, exchange=0, where="made up")


def _receiver(recipient: Recipient) -> Receiver:
    host = recipient.destinations[0].host
    return Receiver(
        recipient=recipient.id, name=recipient.name, host=host, location="body", path="a.b", exchange=0, count=1
    )


def _report(phases: Sequence[Phase], recipients: Sequence[Recipient], shared: Sequence[SharedIdentifier]) -> Report:
    capture = Capture(
        path="case", sha256="", bytes=0, format="HAR", recorder="made up", exchanges=1, first_time=START,
        phases=tuple(phases),
    )  # fmt: skip
    method = Method(
        tool="apptells", databases=(), seeds=(), app=None, first_party=(), values_shown=False, suffix_list="",
        detectors=(),
    )  # fmt: skip
    empty: dict[str, Any] = {
        member.name: ()
        for member in structs.fields(Report)
        if member.required and member.name not in ("capture", "recipients", "transmissions", "destinations", "method")
    }
    return Report(
        **(empty | {"undecoded_total": 0}), capture=capture, recipients=tuple(recipients), transmissions=_NoLog(),
        destinations=tuple(to for recipient in recipients for to in recipient.destinations), method=method,
        shared_identifiers=tuple(shared), shared_total=len(shared),
    )  # fmt: skip
