"""Reads files of indicators: STIX 2.0 and 2.1 bundles as MVT, Amnesty International and others publish them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from math import inf
from os.path import realpath
from pathlib import Path

import msgspec
from msgspec import Struct

from analyzer.errors import KnowledgeError
from analyzer.indicators.indicators import Indicators, Key, Kind, Listed, Listing
from analyzer.indicators.pattern import Comparison, PatternError, parse_pattern
from analyzer.indicators.value import app_id, domain_name, fingerprint, parse_network, parse_url
from analyzer.reported import IndicatorList

MAX_BYTES = 64 << 20
"""Of one file."""
MAX_FILES = 1_000
MAX_OBJECTS = 1_000_000
"""Of one file."""
_SUFFIXES = (".stix2", ".json")
_MAX_TARGETS = 10
_LONGEST_NAME = 100
_LONGEST_VALUE = 500

# What an indicator may indicate (STIX 2.1, 4.7).
_TARGETS = frozenset(
    {"attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool"}
)


def read_indicators(paths: Sequence[Path]) -> Indicators:
    """The indicators of STIX files, and of folders that hold any (`*.stix2`, `*.json`, at any depth).

    A name that is given later, or a revocation, counts for all files. A `.json` in a folder that is no STIX bundle is
    passed over. Raises KnowledgeError for a file that cannot be read as a bundle and for a folder without one.
    """
    bundles: dict[str, _Bundle] = {}
    for path, sure in _files(paths):
        if bundle := _read(path, sure):
            bundles.setdefault(bundle.sha256, bundle)
    if paths and not bundles:
        raise KnowledgeError(f"{paths[0]}: no STIX bundle in this folder: give a .stix2 file")
    graph = _Graph(bundles.values())
    listed: list[Listed] = []
    lists: list[IndicatorList] = []
    for bundle in bundles.values():
        found, others = graph.indicators(bundle)
        listed += found
        lists.append(IndicatorList(name=bundle.name, sha256=bundle.sha256, usable=len(found), others=others))
    return Indicators(listed, lists)


class _Object(Struct):
    """The members of a STIX object that matter here."""

    type: str
    id: str
    name: str | None = None
    created: str | None = None
    modified: str | None = None
    revoked: bool | None = None
    pattern: str | None = None
    pattern_type: str | None = None
    valid_until: str | None = None
    relationship_type: str | None = None
    source_ref: str | None = None
    target_ref: str | None = None

    @property
    def version(self) -> str:
        """Later versions of an object compare greater (STIX 2.1, 3.6); the fraction's digits may differ in number."""
        return (self.modified or self.created or "").removesuffix("Z")


class _Bundle(Struct):
    name: str
    sha256: str
    objects: list[_Object]
    broken: int
    """Objects that are none."""


class _Envelope(Struct):
    """A bundle, or the envelope of a TAXII server."""

    objects: list[msgspec.Raw]


class _Kind(Struct):
    """What an object that cannot be read as a whole still says."""

    type: str = ""


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Every file, each once, and whether it has to be a bundle."""
    seen: set[str] = set()
    for path in paths:
        inside = path.is_dir()
        for one in sorted(path.rglob("*")) if inside else [path]:
            suffix, place = one.suffix.lower(), realpath(one)
            if place in seen or (inside and (suffix not in _SUFFIXES or not one.is_file())):
                continue
            seen.add(place)
            if len(seen) > MAX_FILES:
                raise KnowledgeError(f"{path}: holds more than {MAX_FILES:,} files of indicators: give fewer")
            yield one, not inside or suffix == ".stix2"


def _read(path: Path, sure: bool) -> _Bundle | None:
    """A file as a bundle; None for one that is none and need not be."""
    if path.exists() and not path.is_file():
        raise KnowledgeError(f"{path}: no plain file; save what it gives in a file first")  # a pipe may never end
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    if len(data) > MAX_BYTES:
        raise KnowledgeError(f"{path}: larger than {MAX_BYTES >> 20} MB: split the list of indicators")
    try:
        raw = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Envelope).objects
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if not sure:
            return None
        raise KnowledgeError(f"{path}: not a STIX 2 bundle (JSON with `objects`): give a .stix2 file") from None
    if len(raw) > MAX_OBJECTS:
        raise KnowledgeError(f"{path}: more than {MAX_OBJECTS:,} objects: split the list of indicators")
    decoder, kinds = msgspec.json.Decoder(_Object), msgspec.json.Decoder(_Kind)
    objects: list[_Object] = []
    broken = 0
    for one in raw:
        try:
            objects.append(decoder.decode(one))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            broken += _may_be_an_indicator(kinds, one)
    return _Bundle(path.name, hashlib.sha256(data).hexdigest(), objects, broken)


def _may_be_an_indicator(kinds: msgspec.json.Decoder[_Kind], raw: msgspec.Raw) -> bool:
    try:
        return kinds.decode(raw).type in ("indicator", "")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True


class _Graph:
    """The newest version of every object of all bundles, and what each indicator indicates."""

    def __init__(self, bundles: Iterable[_Bundle]) -> None:
        self._newest: dict[str, _Object] = {}
        for bundle in bundles:
            for one in bundle.objects:
                known = self._newest.get(one.id)
                # Of two alike the revoked one counts: the order of the files must not matter.
                if known is None or (known.version, bool(known.revoked)) < (one.version, bool(one.revoked)):
                    self._newest[one.id] = one
        self._targets: dict[str, set[str]] = {}
        for one in self._newest.values():
            if one.type == "relationship" and one.relationship_type == "indicates" and not one.revoked:
                target = self._newest.get(one.target_ref or "")
                if target and target.type in _TARGETS and not target.revoked and target.name and one.source_ref:
                    self._targets.setdefault(one.source_ref, set()).add(_clean(target.name))

    def indicators(self, bundle: _Bundle) -> tuple[list[Listed], int]:
        """What a bundle lists that traffic can show, each once; and how much that it cannot."""
        found: dict[tuple[Kind, Key, str], Listing] = {}
        others = bundle.broken
        for one in bundle.objects:
            newest = self._newest[one.id]
            if one.type != "indicator" or newest.revoked or newest.version > one.version:
                continue
            usable, unusable = _alternatives(one)
            others += unusable
            for kind, key, value in usable:
                found[kind, key, one.id] = self._listing(value, bundle.name, one)
        return [(kind, key, listing) for (kind, key, _), listing in found.items()], others

    def _listing(self, value: str, file: str, one: _Object) -> Listing:
        until = _moment(one.valid_until)
        created = _moment(one.created) or _moment(one.modified)
        return Listing(
            value=_clean(value, _LONGEST_VALUE),
            file=file,
            id=_clean(one.id),
            day=f"{created:%Y-%m-%d}" if created else "",
            targets=tuple(sorted(self._targets.get(one.id, ())))[:_MAX_TARGETS],
            name=_clean(one.name or ""),
            until=until.timestamp() if until else inf,
            until_day=f"{until:%Y-%m-%d}" if until else "",
        )


def _alternatives(one: _Object) -> tuple[list[tuple[Kind, Key, str]], int]:
    """The values of an indicator that traffic can show, and how many of its alternatives it cannot."""
    if one.pattern is None or (one.pattern_type or "stix") != "stix":
        return [], 1
    try:
        pattern = parse_pattern(one.pattern)
    except PatternError:
        return [], 1
    usable: list[tuple[Kind, Key, str]] = []
    others = pattern.others
    for comparison in pattern.comparisons:
        for value in comparison.values:
            found = _usable(comparison, value)
            if found:
                usable.append((*found, value))
            else:
                others += 1
    return usable, others


def _usable(comparison: Comparison, value: str) -> tuple[Kind, Key] | None:
    """The kind of a value and what it is looked up by; None for what traffic cannot show and for broken values."""
    key: Key | None = None
    kind: Kind
    match comparison.path.split(":"):
        case [("ipv4-addr" | "ipv6-addr"), "value"]:
            kind, key = "address", parse_network(value)
        case _ if comparison.subset:
            return None
        case ["domain-name", "value"]:
            kind, key = "domain", domain_name(value)
            if key is None:  # MVT's lists name servers without a domain so
                kind, key = "address", parse_network(value)
        case ["url", "value"]:
            kind, key = "url", parse_url(value)
        case ["app", "id"]:
            kind, key = "app", app_id(value)
        case ["x509-certificate", name] if name.startswith("hashes."):
            algorithm = name.removeprefix("hashes.").replace("-", "").lower()
            kind = "certificate"
            key = fingerprint(value, algorithm) if algorithm in ("sha256", "sha1") else None
        case _:
            return None
    return None if key is None else (kind, key)


def _moment(text: str | None) -> datetime | None:
    """A STIX timestamp (RFC 3339); None for anything else, which costs the indicator nothing."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _clean(text: str, longest: int = _LONGEST_NAME) -> str:
    """A text on one line, cut, without characters that do not print: it stands within a sentence."""
    line = " ".join(text[: 4 * longest].split())
    return (line if line.isprintable() else "".join(filter(str.isprintable, line)))[:longest]
