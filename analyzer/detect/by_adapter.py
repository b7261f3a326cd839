"""Finds fields that a tracker's adapter explains: what they hold, and why that is known."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct

from analyzer.detect.adapters import NONE, Adapter, Beside, Endpoint, KnownField
from analyzer.detect.recogniser import Recogniser
from analyzer.memo import Memo
from analyzer.model import Field, Finding

_CACHED_HOSTS = 4096
_LONGEST_HOST = 253
_INDEX = re.compile(r"\[\d+\]")
_DIGEST = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}")
# 32 hexadecimal digits may be an MD5, but for an advertising id they are its UUID without dashes.
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}")
_UNHASHED = {
    "person.email": re.compile(r"[^@\s]+@[^@\s]+"),
    "person.phone": re.compile(r"\+?[\d ().-]{7,20}"),
    "id.ad": _UUID,
}
_A_DIGEST = "; here it is a digest"
_DECIMAL = re.compile(r"-?\d{1,3}(?:\.(\d*))?")
# Android gives the last two to apps that may not read the network's name or the device's Wi-Fi address.
_NOTHING = frozenset(
    {
        "",
        "-",
        "null",
        "(null)",
        "none",
        "nil",
        "n/a",
        "undefined",
        "unknown",
        "empty",
        "<unknown ssid>",
        "02:00:00:00:00:00",
    }
)


class Explained(Struct, frozen=True):
    """What adapters say of one request."""

    findings: list[tuple[int, Finding]]
    """With evidence `documented`, each with the position of its field."""
    nothing: set[int]
    """Positions of the fields that are documented to say nothing about a person or a device (`data_type: none`)."""


class ByAdapter:
    """Explains the fields of requests whose tracker has an adapter."""

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        self._by_suffix: dict[str, list[_Known]] = {}
        self._by_host = Memo[str, tuple[_Known, ...]](_CACHED_HOSTS)
        self._elsewhere: Recogniser[_Known] = Recogniser()
        for adapter in adapters:
            for endpoint in adapter.endpoints:
                known = _Known(endpoint)
                for host in endpoint.host:
                    self._by_suffix.setdefault(host, []).append(known)
                if endpoint.elsewhere:
                    proxied = _Known(endpoint, adapter.tracker)
                    for elsewhere in endpoint.elsewhere:
                        self._elsewhere.add(elsewhere, proxied)

    def explain(self, host: str, url_path: str, method: str, fields: Sequence[Field]) -> "Explained":
        """What the adapters say of the fields of one request; `host` is without port.

        A value that says nothing (empty, `null`, an identifier of zeros) is no finding.
        """
        known = self._by_host.get(host)
        if known is None:
            known = self._learn(host)
        explained = Explained([], set())
        for position, rule, value in self._explained(known, url_path, method, fields):
            if rule.data_type == NONE:
                explained.nothing.add(position)
            elif seen := _as_it_is(rule.data_type, value):
                data_type, note = seen
                finding = Finding(
                    field=fields[position],
                    data_type=data_type,
                    evidence="documented",
                    reasoning=rule.reasoning + note,
                    value=value,
                )
                explained.findings.append((position, finding))
        return explained

    def _learn(self, host: str) -> tuple["_Known", ...]:
        if len(host) > _LONGEST_HOST:
            return ()
        labels = host.lower().split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        known = tuple(known for suffix in suffixes for known in self._by_suffix.get(suffix, ()))
        return self._by_host.keep(host, known)

    def _explained(
        self, known: tuple["_Known", ...], url_path: str, method: str, fields: Sequence[Field]
    ) -> Iterator[tuple[int, "_Rule", str]]:
        taking = [one for one in known if one.takes(url_path, method)] or self._elsewhere.recognise(url_path, fields)
        if not taking:
            return
        request = _Request(fields)
        for position, field in enumerate(fields):
            for one in taking:
                if explained := one.explain(field, position, request):
                    yield position, *explained
                    break


def _as_it_is(data_type: str, value: str) -> tuple[str, str] | None:
    """The data type that the value itself shows (hashed or not, precise or coarse), with a note; None for zeros."""
    if data_type.startswith(("id.", "person.", "loc.precise", "net.ip.")) and not value.strip("0.:-"):
        return None
    if data_type == "loc.precise":
        decimal = _DECIMAL.fullmatch(value)
        # Fewer than three decimals are more than a hundred metres: Apple's line between precise and coarse.
        return ("loc.coarse", "") if decimal and len((decimal[1] or "").rstrip("0")) < 3 else (data_type, "")
    plain = data_type.removesuffix(".hashed")
    if _DIGEST.fullmatch(value) and not (plain == "id.ad" and _UUID.fullmatch(value)):
        if plain in _UNHASHED:
            return f"{plain}.hashed", "" if data_type != plain else _A_DIGEST
        return data_type, _A_DIGEST if plain.startswith("person.") else ""
    if data_type != plain and _UNHASHED[plain].fullmatch(value) and not _DIGEST.fullmatch(value):
        return plain, "; here it is not hashed"
    return data_type, ""


class _Request:
    """The fields of one request, to be asked for a field's siblings."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields

    @cached_property
    def positions(self) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        for position, field in enumerate(self.fields):
            found.setdefault((field.location, field.path), []).append(position)
        return found

    def sibling(self, field: Field, position: int, pattern: str) -> str | None:
        """Value of the field of the same object at `pattern`, whose `[]` are at the same positions as the field's.

        Protobuf fields have no positions: there it is the nearest before, as a name precedes its value, else after.
        """
        indices = iter(_INDEX.findall(field.path))
        path = re.sub(r"\[\]", lambda _: next(indices, "[]"), pattern)
        if not (places := self.positions.get((field.location, path))):
            return None
        return self.fields[places[max(0, bisect_left(places, position) - 1)]].value


class _Rule:
    """One path of a `KnownField`, made ready."""

    def __init__(self, known: KnownField, under: str) -> None:
        self.data_type, self.reasoning = known.data_type, known.reasoning
        self._when = _compiled(known.when) if known.when is not None else None
        self._beside = _Condition(known.beside, under) if known.beside else None
        self._unless = _Condition(known.unless, under) if known.unless else None

    def datum(self, field: Field, position: int, request: _Request) -> str | None:
        """The part of the value that is the datum; None where a condition does not hold."""
        if self._beside and not self._beside.holds(field, position, request):
            return None
        if self._unless and self._unless.holds(field, position, request):
            return None
        if self._when is None:
            return field.value
        if not (match := _search(self._when, field.value)):
            return None
        return str(match.group(1) or "") if self._when.groups else field.value


class _Condition:
    def __init__(self, beside: Beside, under: str) -> None:
        self._path, self._value = _joined(under, beside.path), _compiled(beside.value)

    def holds(self, field: Field, position: int, request: _Request) -> bool:
        value = request.sibling(field, position, self._path)
        return value is not None and _search(self._value, value) is not None


class _Table(NamedTuple):
    exact: dict[tuple[str, str], list[_Rule]]
    """By location and path."""
    wild: dict[tuple[str, str], list[tuple[str, Any, _Rule]]]
    """By location and last name ("" where that is a wildcard): how the path starts, its pattern, and the rule."""


class _Known:
    """An endpoint made ready: what it costs to compile is spent on the first request to its host."""

    def __init__(self, endpoint: Endpoint, tracker: str = "") -> None:
        self._endpoint = endpoint
        # tracker is given where the endpoint is looked for behind hosts that are not the tracker's.
        self._note = f" (recognised as {tracker} by the shape of the request; the host is another)" if tracker else ""

    @cached_property
    def _path(self) -> Any:
        return _compiled(self._endpoint.path or "")

    @cached_property
    def _table(self) -> _Table:
        table = _Table({}, {})
        for known in self._endpoint.fields:
            for under in self._endpoint.under:
                rule = _Rule(known, under)
                rule.reasoning += self._note
                for path in (_joined(under, path) for path in known.path):
                    for location in known.locations or self._endpoint.locations:
                        _enter(table, location, path, rule)
        return table

    def takes(self, url_path: str, method: str) -> bool:
        if self._endpoint.method and self._endpoint.method != method:
            return False
        return not self._endpoint.path or _search(self._path, url_path) is not None

    def explain(self, field: Field, position: int, request: _Request) -> tuple[_Rule, str] | None:
        """The first rule that fits the field, and the datum in its value."""
        for rule in self._rules(field.location, field.path):
            value = rule.datum(field, position, request)
            if value is not None:
                return None if value.strip().lower() in _NOTHING else (rule, value)
        return None

    def _rules(self, location: str, path: str) -> Iterator[_Rule]:
        table, shape = self._table, path
        yield from table.exact.get((location, path), ())
        if "[" in path:
            shape = _INDEX.sub("[]", path)
            if shape != path:
                yield from table.exact.get((location, shape), ())
        if table.wild:
            for last in (shape.rpartition(".")[2], ""):
                for start, pattern, rule in table.wild.get((location, last), ()):
                    if shape.startswith(start) and _search(pattern, path):
                        yield rule


def _enter(table: _Table, location: str, path: str, rule: _Rule) -> None:
    """Puts a rule where its path is looked up: paths that mix `[]` with positions, or hold `*`, are patterns."""
    is_wild = "*" in path or ("[]" in path and _INDEX.search(path) is not None)
    if not is_wild:
        table.exact.setdefault((location, path), []).append(rule)
        return
    last = _INDEX.sub("[]", path.rpartition(".")[2])
    key = (location, "" if "*" in last else last)
    start = _INDEX.sub("[]", path.partition("*")[0])
    table.wild.setdefault(key, []).append((start, _compiled(_path_pattern(path)), rule))


def _path_pattern(path: str) -> str:
    parts = re.split(r"(\*\*\.|\*|\[\])", path)
    meaning = {"**.": r"(?:.*\.)?", "*": r"[^.]+", "[]": r"\[\d+\]"}
    return "^" + "".join(meaning.get(part) or re.escape(part) for part in parts) + "$"


def _joined(under: str, path: str) -> str:
    return f"{under}.{path}" if under and path and not path.startswith("[") else under + path


def _compiled(pattern: str) -> Any:
    """RE2, as captured values are hostile and RE2 takes linear time; imported late, as only trackers' hosts need it."""
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _search(pattern: Any, text: str) -> Any:
    try:
        return pattern.search(text)
    except UnicodeEncodeError:  # lone surrogates, which RE2 cannot take
        return None
