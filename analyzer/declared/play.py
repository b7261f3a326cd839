"""Reads Google Play's Data safety answers: the console's CSV export, the saved public page, and JSON made from it."""

import csv
import io
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from analyzer.declared.json_tree import at, parse
from analyzer.declared.saved_page import Piece
from analyzer.declared.statement import Statement
from analyzer.declared.wording import Wording, kinds_named
from analyzer.reported import Declaration

KIND = "Google Play Data safety"
_ASKED = re.compile(r"PSL_DATA_USAGE_RESPONSES:([A-Z_]{1,60}):PSL_DATA_USAGE_COLLECTION_AND_SHARING")
_ONLY_COLLECTED, _ONLY_SHARED = "PSL_DATA_USAGE_ONLY_COLLECTED", "PSL_DATA_USAGE_ONLY_SHARED"
"""Both are ticked where a kind is collected and shared."""
_CALLBACK = re.compile(r"AF_initDataCallback\(\{\s*key:\s*'ds:\d{1,3}'")
_DATA = re.compile(r"\bdata:\s*(?=\[)")
_MAX_CALLBACKS = 50
_ENCRYPTED = re.compile(r"data is(n.t| not)? encrypted in transit", re.I)
# Where the page's data holds the section, found in pages of 2022 to 2025; lists of lists, undocumented.
_SECTION, _SHARED, _COLLECTED, _PRACTICES = (1, 2, 137), (4, 0, 0), (4, 1, 0), (9, 2)


def is_console_csv(text: str) -> bool:
    """Whether it begins as the console's export does."""
    return "Question ID (machine readable)" in text[:200] or text.startswith(("PSL_", '"PSL_'))


def read_console_csv(text: str, source: str, sha256: str, wording: Wording) -> Statement:
    """The export: question, response, answer; a response that is ticked has the answer `true`.

    Columns and ids: Play Console Help, "Provide information for Google Play's Data safety section".
    """
    known = wording.schemes["play"]
    chosen: set[str] = set()
    ticked: dict[str, set[str]] = {_ONLY_COLLECTED: set(), _ONLY_SHARED: set()}
    encrypted: bool | None = None
    try:
        for row in csv.reader(io.StringIO(text)):
            if len(row) < 3:
                continue
            question, response, answer = (cell.strip() for cell in row[:3])
            is_yes = answer.lower() in ("true", "yes")
            if question == "PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT" and answer:
                encrypted = is_yes
            elif is_yes and question.startswith("PSL_DATA_TYPES_") and response in known:
                chosen.add(response)
            elif is_yes and response in ticked and (asked := _ASKED.fullmatch(question)) and asked[1] in known:
                ticked[response].add(asked[1])
    except csv.Error:
        pass  # what came before the broken line stands
    collected, shared = ticked.values()
    unclear = chosen - collected - shared
    note = "The console's export of the form."
    if unclear:
        note += f" Chosen without the answer whether they are collected or shared: {len(unclear)}."
    return Statement(
        declaration=Declaration(kind=KIND, source=source, sha256=sha256, note=note),
        scheme="play",
        collected=frozenset(collected),
        shared=frozenset(shared),
        unclear=frozenset(unclear),
        encrypted=encrypted,
    )


def read_page(scripts: Iterable[Piece], source: str, sha256: str, wording: Wording) -> Statement | None:
    """The public page as saved in English; None where no script of it holds the section."""
    callbacks = ((piece.script, found.end()) for piece in scripts for found in _CALLBACK.finditer(piece.script))
    for script, end in islice(callbacks, _MAX_CALLBACKS):
        section = at(_callback_data(script, end), *_SECTION)
        if isinstance(at(section, 4), list):
            return _statement(
                _names(at(section, *_COLLECTED)),
                _names(at(section, *_SHARED)),
                [_text(at(practice, 1)) for practice in _list(at(section, *_PRACTICES))],
                source, sha256, wording, "The public page",
            )  # fmt: skip
    return None


def read_json(objects: Iterable[dict[str, Any]], source: str, sha256: str, wording: Wording) -> Statement | None:
    """JSON as tools make it from the page: `sharedData` and `collectedData`; None where there is no such."""
    for item in objects:
        collected, shared = item.get("collectedData"), item.get("sharedData")
        if isinstance(collected, list) and isinstance(shared, list):
            return _statement(
                _texts(collected, "data"),
                _texts(shared, "data"),
                _texts(_list(item.get("securityPractices")), "practice"),
                source, sha256, wording, "Made from the public page",
            )  # fmt: skip
    return None


def _statement(
    collected: list[str],
    shared: list[str],
    practices: Iterable[str],
    source: str,
    sha256: str,
    wording: Wording,
    what: str,
) -> Statement:
    known = wording.schemes["play"]
    is_collected, strange = kinds_named(known, collected)
    is_shared, stranger = kinds_named(known, shared)
    unknown = len({*strange, *stranger})
    said = [match for practice in practices if (match := _ENCRYPTED.search(practice[:200]))]
    note = f"{what}; data that is processed in memory only is not shown there."
    if unknown:
        note += f" Labels that are not known here: {unknown}; save the page in English (`&hl=en`)."
    return Statement(
        declaration=Declaration(kind=KIND, source=source, sha256=sha256, note=note),
        scheme="play",
        collected=is_collected,
        shared=is_shared,
        is_complete=not unknown,
        encrypted=not any(match[1] for match in said) if said else None,
        hides_ephemeral=True,
    )


def _callback_data(script: str, start: int) -> object:
    """The JSON after `data:`, as far as its brackets balance."""
    match = _DATA.search(script, start, start + 200)
    if match is None:
        return None
    end = script.find(", sideChannel:", match.end())
    if end < 0:
        end = script.rfind("});", match.end())
    return parse(script[match.end() : end]) if end > 0 else None


def _names(entries: object) -> list[str]:
    """Labels of the kinds in each category's entry."""
    return [_text(at(one, 0)) for entry in _list(entries) for one in _list(at(entry, 4))]


def _texts(items: list[Any], member: str) -> list[str]:
    return [_text(item.get(member)) for item in items if isinstance(item, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
