"""Reads Apple's privacy label (saved App Store page, or its JSON) and privacy manifests (`PrivacyInfo.xcprivacy`)."""

import io
import plistlib
from collections.abc import Iterable
from itertools import islice
from typing import Any
from xml.parsers.expat import ExpatError

from analyzer.declared.json_tree import objects, parse
from analyzer.declared.saved_page import Piece
from analyzer.declared.statement import Statement
from analyzer.declared.wording import Wording, kinds_named
from analyzer.reported import Declaration

LABEL, MANIFEST = "Apple privacy label", "Apple privacy manifest"
_COLLECTED = frozenset(("DATA_LINKED_TO_YOU", "DATA_NOT_LINKED_TO_YOU", "DATA_USED_TO_TRACK_YOU"))
_ANSWERS = _COLLECTED | {"DATA_NOT_COLLECTED"}
MARKER = "DATA_"
"""Text that every label holds."""
_PREFIX = "NSPrivacyCollectedDataType"
_DOMAINS_NAMED = 10
MAX_MANIFEST = 1 << 20
_MAX_SCRIPTS, _MAX_ANSWERS, _MAX_NODES = 50, 50, 20_000


def read_scripts(scripts: Iterable[Piece], source: str, sha256: str, wording: Wording) -> Statement | None:
    """The saved page, whose scripts hold the label as JSON; None where none does."""
    told = (one.script for one in scripts if MARKER in one.script and one.script.lstrip()[:1] in ("{", "["))
    labels = (read_label(parse(script), source, sha256, wording) for script in islice(told, _MAX_SCRIPTS))
    return next((label for label in labels if label is not None), None)


def read_label(root: object, source: str, sha256: str, wording: Wording) -> Statement | None:
    """The label anywhere in JSON: objects that name an answer (`identifier`) and hold data types; None without any."""
    answers = (item for item in objects(root, MARKER) if str(item.get("identifier")) in _ANSWERS)
    parts = list(islice(answers, _MAX_ANSWERS))
    if not parts:
        return None
    known = wording.schemes["apple"]
    collected: frozenset[str] = frozenset()
    tracking: frozenset[str] = frozenset()
    unclear: set[str] = set()
    strange: set[str] = set()
    for part in parts:
        labels, categories = _data_types(part)
        kinds, unknown = kinds_named(known, labels)
        collected |= kinds
        strange |= set(unknown)
        unclear |= {kind.id for kind in known.values() if kind.category in categories}
        if part["identifier"] == "DATA_USED_TO_TRACK_YOU":
            tracking |= kinds
    unclear -= collected
    note = "The label of the App Store, as the maker filled it in."
    if unclear:
        note += " It names categories without their data types; save the page with the details opened."
    if strange:
        note += f" Labels that are not known here: {len(strange)}; save the page in English."
    return Statement(
        declaration=Declaration(kind=LABEL, source=source, sha256=sha256, note=note),
        scheme="apple",
        collected=collected,
        tracking=tracking,
        unclear=frozenset(unclear),
        is_complete=not strange,
    )


def _data_types(part: dict[str, Any]) -> tuple[list[str], set[str]]:
    """The data types that an answer names, and the categories that it names without any."""
    labels: list[str] = []
    named: set[str] = set()
    filled: set[str] = set()
    for item in objects(part, nodes=_MAX_NODES):
        types, category = item.get("dataTypes"), str(item.get("identifier"))
        if isinstance(types, list):
            texts = [label for label in types if isinstance(label, str)]
            labels += texts
            (filled if texts else named).add(category)
    return labels, named - filled


def read_manifest(data: bytes, source: str, sha256: str, wording: Wording) -> Statement | None:
    """A privacy manifest, XML or binary; None where it is no property list of one. Entities are refused by plistlib."""
    if len(data) > MAX_MANIFEST:
        return None
    try:
        root = plistlib.load(io.BytesIO(data))
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError, AttributeError,
            OverflowError, RecursionError, MemoryError):  # fmt: skip  # what plistlib raises for broken files
        return None
    if not isinstance(root, dict) or not any(str(key).startswith("NSPrivacy") for key in root):
        return None
    entries = root.get(f"{_PREFIX}s")
    known = wording.schemes["apple"]
    collected, tracking, strange = set(), set(), 0
    for entry in entries if isinstance(entries, list) else []:
        kind = str(entry.get(_PREFIX)).removeprefix(_PREFIX) if isinstance(entry, dict) else ""
        if kind not in known:
            strange += 1
            continue
        collected.add(kind)
        if entry.get(f"{_PREFIX}Tracking") is True:
            tracking.add(kind)
    note = "It speaks for the one app or kit whose folder it lies in."
    domains = root.get("NSPrivacyTrackingDomains")
    if isinstance(domains, list) and domains:
        named = ", ".join(str(domain)[:100] for domain in domains[:_DOMAINS_NAMED])
        note += f" Domains that it says track: {named}{' and more' if len(domains) > _DOMAINS_NAMED else ''}."
    if strange:
        note += f" Data types that are not known here: {strange}."
    return Statement(
        declaration=Declaration(kind=MANIFEST, source=source, sha256=sha256, note=note),
        scheme="apple",
        collected=frozenset(collected),
        tracking=frozenset(tracking),
        is_complete=not strange,
    )
