"""Reads rules from YAML, with the place of every mistake; `docs/rules.md` describes the form."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, get_args

from msgspec import Struct, structs

from analyzer.errors import KnowledgeError
from analyzer.model import EVIDENCE, SEVERITIES, Location, Party
from analyzer.policy.rule import NOT, STATUSES, Clause, Reference, Rule, Together, data_types
from analyzer.policy.wording import PARTS, unknown_parts
from analyzer.policy.yaml_file import YamlFile
from analyzer.taxonomy import Taxonomy

COMPARISON = re.compile(r"(<=|>=|<|>|==)\s*(\d{1,9}(?:\.\d{1,3})?)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PHASE = re.compile(r"[a-z0-9-]{1,40}")
_NAME_ON_PATH = re.compile(r"\*?[a-z0-9]+\*?")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


class Vocabulary(Struct, frozen=True, kw_only=True):
    """The words that rules may use."""

    taxonomy: Taxonomy
    categories: Collection[str]
    """Of services, as the tables of owners name them."""
    countries: Collection[str]
    """ISO 3166-1 alpha-2."""


def load_rules(texts: Iterable[tuple[str, str]], words: Vocabulary) -> tuple[Rule, ...]:
    """Rules from pairs of a file's name and its text, sorted by id.

    Raises KnowledgeError with every mistake of every file as `file:line: what`, one a line.
    """
    rules: dict[str, Rule] = {}
    mistakes: list[str] = []
    for name, text in texts:
        file = YamlFile(name, text)
        rule = _rule(file, words)
        if rule and rule.id in rules:
            file.mistake(None, f"there is another rule `{rule.id}` among these files")
        elif rule:
            rules[rule.id] = rule
        mistakes += file.mistakes
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return tuple(rules[name] for name in sorted(rules))


def overridden(shipped: Iterable[Rule], own: Iterable[Rule]) -> tuple[Rule, ...]:
    """All rules by id; one's own take the place of shipped ones of the same id."""
    rules = {rule.id: rule for rule in (*shipped, *own)}
    return tuple(rules[name] for name in sorted(rules))


def _rule(file: YamlFile, words: Vocabulary) -> Rule | None:
    if (root := file.root()) is None:
        return None
    known = {member.name: member.required for member in structs.fields(Rule)}
    members = file.mapping(root, tuple(known), [name for name, required in known.items() if required])
    made: dict[str, Any] = {}
    for name, node in members.items():
        if name in ("when", "unless"):
            made[name] = tuple(_clause(file, item, words) for item in file.items(node))
        elif name == "references":
            made[name] = tuple(_reference(file, item) for item in file.items(node))
        elif name == "false_positives":
            made[name] = file.texts(node)
        else:
            made[name] = file.text_of(node)
            if complaint := _wrong_text(name, made[name], file.name):
                file.mistake(node, complaint)
    return None if file.mistakes else Rule(**made)


def _wrong_text(member: str, text: str, file: str) -> str | None:
    if not text:
        return None  # already a mistake
    if member == "id":
        stem = re.split(r"[/\\]", file)[-1].rpartition(".")[0]
        if not _ID.fullmatch(text):
            return f"{text[:60]!r} is no id: small letters, digits, and single hyphens between them"
        return None if text == stem else f"`id` is {text[:60]!r}, but the file's name says {stem[:60]!r}"
    if member in ("status", "severity"):
        return _none_of(text, STATUSES if member == "status" else SEVERITIES)
    if member == "message" and (wrong := unknown_parts(text)):
        return f"{{{wrong[0][:60]}}} is not known in a message; known are {', '.join(PARTS)}"
    if member == "verified_on":
        return _wrong_date(text) or (None if len(text) == 10 else "give the whole date, YYYY-MM-DD")
    return None


def _reference(file: YamlFile, node: Any) -> Reference:
    members = file.mapping(node, ("document", "date"), ("document",))
    made = {name: file.text_of(member) for name, member in members.items()}
    if complaint := _wrong_date(made.get("date", "2018")):
        file.mistake(members["date"], complaint)
    return Reference(document=made.get("document", ""), date=made.get("date"))


def _clause(file: YamlFile, node: Any, words: Vocabulary) -> Clause:
    members = file.mapping(node, [member.name for member in structs.fields(Clause)])
    if not members and file.is_mapping(node) and not file.mistakes:
        file.mistake(node, "no condition is given; a clause without one would hold of everything")
    made: dict[str, Any] = {}
    for name, member in members.items():
        if name == "together":
            made[name] = _together(file, member, words)
        elif name == "secure":
            made[name] = (text := file.text_of(member)) == "yes"
            _complain(file, member, _none_of(text, ("yes", "no")))
        elif name in ("sensitivity", "first_seen"):
            made[name] = text = file.text_of(member)
            if not COMPARISON.fullmatch(text):
                file.mistake(member, f"{text[:60]!r} is no comparison, such as `>= 3`; it has to stand in quotes")
        else:
            made[name] = _words(file, name, member, words)
    return Clause(**made)


def _together(file: YamlFile, node: Any, words: Vocabulary) -> Together:
    members = file.mapping(node, ("data_type", "within"), ("data_type",))
    kinds = _words(file, "data_type", members["data_type"], words) if "data_type" in members else ()
    within = file.text_of(members["within"]) if "within" in members else "recipient"
    _complain(file, members.get("within"), _none_of(within, ("recipient", "request")))
    return Together(data_type=kinds, within=within)


def _words(file: YamlFile, condition: str, node: Any, words: Vocabulary) -> tuple[str, ...]:
    found = []
    for item in file.items(node):
        text = file.text_of(item)
        if text:
            _complain(file, item, _wrong_word(condition, text.removeprefix(NOT), words))
            found.append(text)
    return tuple(found)


def _wrong_word(condition: str, word: str, words: Vocabulary) -> str | None:
    closed: Mapping[str, Collection[str]] = {
        "evidence": EVIDENCE[:-1],  # a name alone never makes an indication
        "party": get_args(Party),
        "category": (*sorted(words.categories), "unknown"),
        "seat": {*words.countries, "unknown"},
        "server": {*words.countries, "edge", "private", "unknown"},
        "location": get_args(Location),
        "shared": ("handed-out", "several"),
    }
    if condition == "data_type":
        if data_types((word,), words.taxonomy):
            return None
        return f"{word[:60]!r} names no data type; the ids and columns are in analyzer/data/taxonomy/types.tsv"
    if condition in ("seat", "server"):
        return None if word in closed[condition] else f"{word[:60]!r} is no country code of ISO 3166-1, such as IN"
    if condition in closed:
        return _none_of(word, closed[condition])
    if condition == "phase" and not _PHASE.fullmatch(word):
        return f"{word[:60]!r} is no phase: 1 to 40 small letters, digits and hyphens"
    if condition == "path" and not _NAME_ON_PATH.fullmatch(word):
        return f"{word[:60]!r} is no name on a path: small letters and digits, `*` at the ends only"
    return None


def _none_of(word: str, known: Iterable[str]) -> str | None:
    known = tuple(known)
    return None if not word or word in known else f"{word[:60]!r} is not known here; known are {', '.join(known)}"


def _wrong_date(text: str) -> str | None:
    if _DATE.fullmatch(text):
        try:
            date.fromisoformat(f"{text}-01-01"[:10])
        except ValueError:
            pass
        else:
            return None
    return f"{text[:60]!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"


def _complain(file: YamlFile, node: Any, what: str | None) -> None:
    if what:
        file.mistake(node, what)
