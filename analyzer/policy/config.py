"""`apptells.toml`: which rules a project adds, disables, weighs otherwise, and which indications it waives for a time.

[rules]
paths = ["rules"]                    files or folders, beside the file itself
disable = ["third-persons"]
severity = {id-sync = "low"}

[[waivers]]
rule = "before-consent"
recipient = "Example Inc."           optional, as are `host` and `data_type`: what is left out may be anything
reason = "Needed to show the consent screen itself."
expires = 2027-03-31                 the last day on which it holds
by = "A. Reviewer"                   optional
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from analyzer.errors import KnowledgeError
from analyzer.model import SEVERITIES, Severity
from analyzer.policy.rule import Rule, data_types
from analyzer.policy.waiver import Waiver
from analyzer.taxonomy import Taxonomy

NAME = "apptells.toml"
MAX_BYTES = 1 << 18
MAX_WAIVERS = 1_000


class Config(Struct, frozen=True, kw_only=True):
    """What a project says of the rules."""

    place: str = ""
    """The file that says so."""
    paths: tuple[Path, ...] = ()
    disable: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    waivers: tuple[Waiver, ...] = ()


def load_config(path: Path) -> Config:
    """What the file says. Raises KnowledgeError with every mistake as `file: where: what`, one a line.

    Rules that it names are not looked for yet: see `applied`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise KnowledgeError(f"{path}: a file of more than {MAX_BYTES >> 10} KiB is not read; shorten it.")
        parsed = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}); give a file with --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KnowledgeError(f"{path}: not TOML: {str(error)[:200]}; see docs/rules.md.") from None
    reader = _Reader(path)
    config = reader.config(parsed)
    if reader.mistakes:
        raise KnowledgeError("\n".join(reader.mistakes))
    return config


def applied(config: Config, rules: Iterable[Rule], taxonomy: Taxonomy) -> tuple[Rule, ...]:
    """The rules that are left, with the severities that the file gives them.

    Raises KnowledgeError where it names a rule or a data type that is not known.
    """
    rules = tuple(rules)
    known = {rule.id for rule in rules}
    named = [("[rules] disable", name) for name in config.disable]
    named += [("[rules] severity", name) for name in config.severity]
    named += [(f"waiver {number}", waiver.rule) for number, waiver in enumerate(config.waivers, 1)]
    mistakes = [
        f"{config.place}: {where}: no rule {name[:60]!r}; `apptells rules list` names them"
        for where, name in named
        if name not in known
    ]
    mistakes += [
        f"{config.place}: waiver {number}: {waiver.data_type[:60]!r} names no data type"
        for number, waiver in enumerate(config.waivers, 1)
        if waiver.data_type and not data_types((waiver.data_type,), taxonomy)
    ]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return tuple(
        structs.replace(rule, severity=config.severity.get(rule.id, rule.severity))
        for rule in rules
        if rule.id not in config.disable
    )


class _Reader:
    """Reads the parsed file and gathers its mistakes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mistakes: list[str] = []

    def config(self, parsed: Mapping[str, Any]) -> Config:
        self._only(parsed, ("rules", "waivers"), "the file")
        rules = self._table(parsed.get("rules", {}), "[rules]")
        self._only(rules, ("paths", "disable", "severity"), "[rules]")
        severity = self._table(rules.get("severity", {}), "[rules] severity")
        for name, value in severity.items():
            if value not in SEVERITIES:
                self._mistake(f"[rules] severity.{name[:60]}", f"not one of {', '.join(SEVERITIES)}")
        waivers = parsed.get("waivers", [])
        if not isinstance(waivers, list) or len(waivers) > MAX_WAIVERS:
            self._mistake("waivers", f"expected up to {MAX_WAIVERS:,} tables, each under [[waivers]]")
            waivers = []
        made = [self._waiver(each, f"waiver {number}") for number, each in enumerate(waivers, 1)]
        return Config(
            place=str(self.path),
            paths=tuple(self.path.parent / name for name in self._texts(rules.get("paths", []), "[rules] paths")),
            disable=self._texts(rules.get("disable", []), "[rules] disable"),
            severity=severity,
            waivers=tuple(waiver for waiver in made if waiver),
        )

    def _waiver(self, given: Any, where: str) -> Waiver | None:
        table = self._table(given, where)
        known = [member.name for member in structs.fields(Waiver)]
        self._only(table, known, where)
        texts: dict[str, str] = {}
        for name in known:
            value = table.get(name, "")
            if name == "expires":
                continue
            if not isinstance(value, str):
                self._mistake(where, f"`{name}` has to be text")
            elif name in ("rule", "reason") and not value.strip():
                self._mistake(where, f"`{name}` is missing; a waiver names its rule, and says why and until when")
            else:
                texts[name] = " ".join(value.split())
        expires = self._day(table.get("expires"), where)
        if expires is None or not {"rule", "reason"} <= texts.keys():
            return None
        return Waiver(expires=expires, **texts)

    def _day(self, value: Any, where: str) -> date | None:
        if value is None:
            self._mistake(where, "`expires` is missing; a waiver names its rule, and says why and until when")
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._mistake(where, "`expires` is no date; write it as 2027-03-31")
            return None

    def _only(self, table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        known = tuple(known)
        for name in table:
            if name not in known:
                self._mistake(where, f"`{name[:60]}` is not known here; known are {', '.join(known)}")

    def _table(self, value: Any, where: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._mistake(where, "expected a table")
        return {}

    def _texts(self, value: Any, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) and item and "\0" not in item for item in value):
            return tuple(value)
        self._mistake(where, "expected a list of texts")
        return ()

    def _mistake(self, where: str, what: str) -> None:
        self.mistakes.append(f"{self.path}: {where}: {what}")
