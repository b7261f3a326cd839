"""The baseline: a reviewed file of what a build may transmit, one line a fact, made for version control.

It is YAML in which each fact is a mapping on a line of its own, written as JSON (so that `NO` stays Norway), sorted:

    apptells-baseline: 1
    app: "com.example.shop"
    runs: 3
    facts:
    - {"data": "person.email", "to": "Example Inc.", "as": "sha256(lower)", "server": "IN", "party": "third", ...}

It is read line by line, so that every mistake has its line, and what a merge of two versions leaves is still a
baseline: facts may stand in any order, and twice. Comments stay with the fact that they stand above or behind.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from analyzer.attribute.domain import Domains
from analyzer.compare.observation import Key, Observations, Observed
from analyzer.compare.observe import joined
from analyzer.compare.recipients import named, with_names
from analyzer.errors import KnowledgeError
from analyzer.knowledge import Knowledge
from analyzer.model import Evidence, Party
from analyzer.report.visible import visible
from analyzer.taxonomy import Taxonomy

VERSION = 1
MAX_BYTES = 8 << 20
MAX_MISTAKES = 20
"""Mistakes that are listed; the others are counted."""
MAX_RUNS = 1_000_000
HEADER = (
    "# What this app was seen to transmit, as reviewed: `apptells check --baseline` tells what is new against it.",
    "# One line a fact, sorted; no values, no paths, of hosts the registrable name. A comment above or behind a fact",
    "# stays with it when `apptells baseline update` writes the file again.",
)
_NAME = "apptells-baseline"
_START = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s*+(?:#[^\n]*+)?\n)*+" + _NAME.encode() + rb"\s*:")
_VERSIONED = re.compile(rf"^{_NAME}[ \t]*+:", re.M)
_MEMBER = re.compile(r'([a-z-]++):[ \t]*+("(?:[^"\\]++|\\.)*+"|[^"#]*+)[ \t]*+(?:#.*+)?')
_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_DECODER = json.JSONDecoder()

type Word = Annotated[str, Meta(max_length=4000)]
type Runs = Annotated[int, Meta(ge=1, le=MAX_RUNS)]


class Fact(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"recipient": "to", "transform": "as", "location": "server"},
):
    """One line of the file; its members are those of `Key` and `Observed`."""

    data: Word
    recipient: Word
    phase: Word = ""
    transform: Word
    location: Word
    party: Party
    seat: Word | None = None
    tls: bool = True
    evidence: Evidence
    domains: tuple[Word, ...] = ()
    runs: Runs = 1


class Baseline(Struct, frozen=True, kw_only=True):
    """A baseline as read, with what its reviewers wrote into it."""

    observations: Observations
    """One run, in which everything was seen, where the file does not count runs."""
    has_counts: bool
    header: tuple[str, ...]
    """The comment lines before everything else."""
    above: dict[Key, tuple[str, ...]]
    """The comment lines above a fact."""
    behind: dict[Key, str]
    """The comment on a fact's own line."""
    below: tuple[str, ...]
    """The comment lines after the last fact."""


def with_owners(kept: Baseline, owners: Mapping[str, str]) -> Baseline:
    """The same with other names of recipients; comments go with their facts."""
    above: dict[Key, tuple[str, ...]] = {}
    for key, lines in kept.above.items():
        key = named(key, owners)
        above[key] = tuple(dict.fromkeys((*above.get(key, ()), *lines)))
    return replace(
        kept,
        observations=with_names(kept.observations, owners),
        above=above,
        behind={named(key, owners): comment for key, comment in kept.behind.items()},
    )


def is_baseline(head: bytes) -> bool:
    """Whether a file that begins so is a baseline."""
    return _START.match(head) is not None


def baseline_text(observations: Observations, *, kept: Baseline | None = None, counts: bool = False) -> str:
    """The file for what a build was seen to transmit, with the comments of `kept` at the facts that are still there.

    `counts` also writes in how many of how many runs each was seen, which changes with every update and so makes
    merges harder. The version, requests and what was not read are not written, for the same reason.
    """
    above, behind, below = (kept.above, kept.behind, kept.below) if kept else ({}, {}, ())
    lines = [*(kept.header if kept and kept.header else HEADER), f"{_NAME}: {VERSION}"]
    lines += [f"app: {_json(observations.app)}"] if observations.app is not None else []
    lines += [f"runs: {observations.runs}"] if counts else []
    lines.append("facts:" if observations.items else "facts: []")
    domains = Domains()
    for one in observations.items:
        lines += above.get(one.key, ())
        comment = f"  {behind[one.key]}" if one.key in behind else ""
        lines.append(f"- {_json(_members(one, domains, counts))}{comment}")
    return "\n".join([*lines, *below, ""])


def read_baseline(path: Path) -> Observations:
    """What a baseline holds. Raises KnowledgeError with every mistake as `path:line: what`."""
    return load_baseline(path).observations


def load_baseline(path: Path) -> Baseline:
    """A baseline with its comments. Raises KnowledgeError with every mistake as `path:line: what`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnowledgeError(f"{path}: the baseline cannot be read ({error.strerror}); check the file.") from None
    if len(data) > MAX_BYTES:
        raise KnowledgeError(f"{path}: larger than 8 MiB, which no baseline is; give a file of `apptells baseline`.")
    return _Lines(path, data).read()


def _members(one: Observed, domains: Domains, counts: bool) -> dict[str, Any]:
    key = one.key
    members: dict[str, Any] = {"data": key.data_type, "to": key.recipient}
    members |= {"phase": key.phase} if key.phase else {}
    members |= {"as": key.transform, "server": key.location, "party": one.party}
    members |= {"seat": one.seat} if one.seat else {}
    members |= {} if one.secure else {"tls": False}
    # Never a whole host: a label before the registrable name may be somebody's account. An address is no name.
    names = sorted({name for host in one.hosts if (name := domains.registered(host))})
    members |= {"evidence": one.evidence, "domains": names}
    return members | ({"runs": one.runs} if counts else {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Lines:
    """Reads the lines of a baseline and gathers the mistakes in them."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        self._text = data.decode("utf-8-sig", "replace")
        self._mistakes: list[str] = []
        self._more = 0
        self._members: dict[str, str] = {}
        self._items: dict[Key, Observed] = {}
        self._above: dict[Key, tuple[str, ...]] = {}
        self._behind: dict[Key, str] = {}
        self._taxonomy: Taxonomy = Knowledge().taxonomy

    def read(self) -> Baseline:
        if not _VERSIONED.search(self._text):  # some other file: what is wrong with its lines is of no use
            missing = f"no baseline: the line `{_NAME}: {VERSION}` is missing"
            raise KnowledgeError(f"{self._path}:1: {missing}; make one with `apptells baseline create`.")
        header: tuple[str, ...] = ()
        comments: list[str] = []
        for number, line in enumerate(self._text.split("\n"), 1):
            line = line.rstrip(" \t\r")
            if not line or line.lstrip(" \t").startswith("#"):
                comments += [line] if line else []
            elif line.lstrip(" \t").startswith("- "):
                self._fact(number, line.lstrip(" \t")[2:].lstrip(" \t"), comments)
                comments = []
            else:
                self._member(number, line)
                header += tuple(comments) if not self._items else ()
                comments = []
        if self._mistakes:
            rest = [f"and {self._more:,} more mistakes"] if self._more else []
            raise KnowledgeError("\n".join(self._mistakes + rest))
        app, runs = self._members.get("app"), int(self._members.get("runs", "1"))
        return Baseline(
            observations=Observations(
                app=visible(json.loads(app)) if app else None,
                version=None,
                runs=max(runs, max((one.runs for one in self._items.values()), default=1)),
                items=tuple(one for _, one in sorted(self._items.items())),
                exchanges=0,
                unread=0,
                undecoded=0,
            ),
            has_counts="runs" in self._members,
            header=header,
            above=self._above,
            behind=self._behind,
            below=tuple(comments),
        )

    def _mistake(self, number: int, what: str) -> None:
        if len(self._mistakes) < MAX_MISTAKES:
            self._mistakes.append(f"{self._path}:{number}: {visible(what, 300)}")
        else:
            self._more += 1

    def _member(self, number: int, line: str) -> None:
        if line.startswith(_MARKERS):
            self._mistake(number, "a merge is not finished here: keep the facts of both sides, take the markers out")
            return
        match = _MEMBER.fullmatch(line)
        name, value = (match[1], match[2].strip()) if match else ("", "")
        if complaint := _complaint(name, value):
            self._mistake(number, complaint)
        elif name == "runs" and name in self._members:
            self._members[name] = max(self._members[name], value, key=int)  # both sides of a merge
        else:
            self._members[name] = value

    def _fact(self, number: int, text: str, comments: Sequence[str]) -> None:
        try:
            made, end = _DECODER.raw_decode(text)
            fact = msgspec.convert(made, Fact)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            reason = f"{error.msg}, as JSON has it" if isinstance(error, json.JSONDecodeError) else error
            self._mistake(number, f"not a fact: {reason}")
            return
        rest = text[end:].strip()
        if rest and not rest.startswith("#"):
            self._mistake(number, f"not a fact: {rest!r} after it")
        elif fact.data not in self._taxonomy:
            self._mistake(number, f"no data type {fact.data!r}; the ids are in analyzer/data/taxonomy/types.tsv")
        else:
            self._keep(self._observed(fact), comments, rest)

    def _observed(self, fact: Fact) -> Observed:
        kind = self._taxonomy.get(fact.data)
        return Observed(
            key=Key(
                data_type=fact.data,
                recipient=visible(fact.recipient),
                phase=visible(fact.phase),
                transform=visible(fact.transform),
                location=visible(fact.location),
            ),
            runs=fact.runs,
            label=kind.label,
            sensitivity=kind.sensitivity,
            party=fact.party,
            seat=visible(fact.seat) if fact.seat else None,
            secure=fact.tls,
            evidence=fact.evidence,
            hosts=tuple(map(visible, fact.domains)),
        )

    def _keep(self, one: Observed, comments: Sequence[str], behind: str) -> None:
        known = self._items.get(one.key)
        self._items[one.key] = one if known is None else joined(known, one, max(known.runs, one.runs))
        if comments:
            self._above[one.key] = tuple(dict.fromkeys((*self._above.get(one.key, ()), *comments)))
        if behind:
            self._behind[one.key] = behind


def _complaint(name: str, value: str) -> str | None:
    """What is wrong with a line `name: value`."""
    if name == _NAME:
        return None if value == str(VERSION) else f"version {value} of the baseline is not known; this reads {VERSION}"
    if name == "facts":
        return None if value in ("", "[]") else "`facts:` is followed by a line for each, `- {…}`"
    if name == "runs":
        is_count = value.isascii() and value.isdigit() and len(value) < 8 and 1 <= int(value) <= MAX_RUNS
        return None if is_count else "`runs` is a number from 1 to 1,000,000"
    if name == "app":
        try:
            return None if isinstance(json.loads(value), str) else '`app` is text in quotes, such as "com.example.shop"'
        except (ValueError, RecursionError):
            return '`app` is text in quotes, such as "com.example.shop"'
    return "not a line of a baseline; they are `- {…}`, comments, and `app`, `runs` and `facts`, each once"
