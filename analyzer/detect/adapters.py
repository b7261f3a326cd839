"""Tracker adapters: what a tracker's own documentation or source says of its fields, written as data.

An adapter is one YAML file, `<id>.yaml`. Every scalar in it is text, and a list of one may be written as that one:

    id: example                          the file's name
    tracker: Example                     the product, as in the owners table
    source: where the facts come from, with dates
    endpoints:
      - host: [example.com]              this host and those under it
        path: ^/v1/track$                optional, RE2 searched in the URL path
        method: POST                     optional
        in: [body, query]                where the fields are: locations, or `any`; `body` where not given
        under: ["", "batch[]"]           objects that hold the fields; put before each field's path
        elsewhere:                       optional: how it is recognised behind a host that is not the tracker's
          path: [/v1/track]              ends of the URL path
          signs: ["batch[].writeKey"]    field paths that must all be there
        fields:
          - path: traits.email           "[]" any position, "[3]" that one, "*" one name, "**" any names or none
            data_type: person.email      `none`: documented to say nothing about a person or device
            reasoning: why the field holds that
            in: header                   optional, instead of the endpoint's
            when: "^__g(.+)$"            optional, RE2 searched in the value; its first group is the datum
            beside: {path: type, value: ^identify$}    optional: another field of the same object has such a value
            unless: {path: type, value: ^group$}       optional: the opposite
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct

from analyzer.errors import KnowledgeError
from analyzer.model import Location

NONE = "none"
"""The data type of a field that is documented to say nothing about a person or a device."""

_ANY: tuple[Location, ...] = get_args(Location)


class Beside(Struct, frozen=True):
    """A condition on another field of the same object: its path, written like the field's own, and an RE2 pattern."""

    path: str
    value: str


class Elsewhere(Struct, frozen=True):
    """What gives a tracker's request away behind any other host: ends of the URL path, and fields it must hold."""

    path: tuple[str, ...]
    signs: tuple[str, ...]


class KnownField(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"locations": "in"}):
    """One entry of an adapter: where a field is, what it holds, and why."""

    path: tuple[str, ...]
    data_type: str
    reasoning: str
    locations: tuple[str, ...] = ()
    when: str | None = None
    beside: Beside | None = None
    unless: Beside | None = None


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"locations": "in"}):
    """Requests of one shape that a tracker receives."""

    host: tuple[str, ...]
    fields: tuple[KnownField, ...]
    path: str | None = None
    method: str | None = None
    locations: tuple[str, ...] = ("body",)
    under: tuple[str, ...] = ("",)
    elsewhere: Elsewhere | None = None


class Adapter(Struct, frozen=True, kw_only=True):
    """What is known of one tracker's requests."""

    id: str
    tracker: str
    source: str
    endpoints: tuple[Endpoint, ...]


def dump(adapters: Collection[Adapter]) -> bytes:
    """Adapters as JSON, kept so that a start needs no YAML; `restore` reads it back."""
    return msgspec.json.encode(adapters) + b"\n"


def restore(data: bytes) -> tuple[Adapter, ...]:
    """Adapters from the JSON of `dump`. Raises KnowledgeError where it is not of this version."""
    try:
        return msgspec.json.decode(data, type=tuple[Adapter, ...])
    except msgspec.MsgspecError as error:
        raise KnowledgeError(f"The compiled adapters do not fit this version ({error}); compile them again.") from error


def load_adapters(texts: Mapping[str, str], data_types: Collection[str] | None = None) -> tuple[Adapter, ...]:
    """Adapters from their YAML texts by file name, in the order of names.

    Where `data_types` is given, other data types are mistakes. Raises KnowledgeError with every mistake of every
    file as `file:line: what`.
    """
    files = [_File(name, text, data_types) for name, text in sorted(texts.items())]
    adapters = [file.read() for file in files]
    mistakes = [mistake for file in files for mistake in file.mistakes]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return tuple(adapter for adapter in adapters if adapter)


class _File:
    """Reads one adapter and gathers its mistakes with their lines, which values made from YAML no longer know."""

    def __init__(self, name: str, text: str, data_types: Collection[str] | None) -> None:
        self.name, self.text, self.data_types = name, text, data_types
        self.mistakes: list[str] = []

    def read(self) -> Adapter | None:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError

        try:
            node = YAML(typ="safe", pure=True).compose(self.text)
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._mistake(line, f"not YAML: {error.problem}")
            return None
        adapter: Adapter | None = self._struct(node, Adapter)
        stem = self.name.rpartition("/")[2].removesuffix(".yaml")
        if adapter and adapter.id != stem:
            self._mistake(1, f"`id` is {adapter.id!r}, but the file's name says {stem!r}")
        return adapter

    def _mistake(self, line: int, what: str) -> None:
        self.mistakes.append(f"{self.name}:{line}: {what}")

    def _struct(self, node: Any, kind: type[Struct]) -> Any:
        """The node as `kind`, or None after a mistake in it."""
        line, mistakes_before = _line(node), len(self.mistakes)
        if not isinstance(getattr(node, "value", None), list) or node.tag != "tag:yaml.org,2002:map":
            self._mistake(line, f"expected a mapping ({kind.__name__})")
            return None
        known = {member.encode_name: member for member in msgspec.structs.fields(kind)}
        made: dict[str, Any] = {}
        for key, value in node.value:
            if (member := known.get(str(key.value))) is None:
                self._mistake(_line(key), f"`{key.value}` is not known here; known are {', '.join(known)}")
            elif member.name in made:
                self._mistake(_line(key), f"`{key.value}` is given twice")
            else:
                made[member.name] = self._member(value, kind, member.name, member.type)
        for name, member in known.items():
            if member.required and member.name not in made:
                self._mistake(line, f"`{name}` is missing")
        return kind(**made) if len(self.mistakes) == mistakes_before else None

    def _member(self, node: Any, kind: type[Struct], name: str, declared: Any) -> Any:
        inner = next((part for part in get_args(declared) if part not in (type(None), Ellipsis)), declared)
        items = self._items(node) if get_origin(declared) is tuple else [node]
        if inner is str:
            made = tuple(self._text(item, kind, name) for item in items)
        else:
            made = tuple(self._struct(item, inner) for item in items)
        if get_origin(declared) is not tuple:
            return made[0]
        return _ANY if name == "locations" and "any" in made else made

    def _items(self, node: Any) -> list[Any]:
        items = node.value if node.tag == "tag:yaml.org,2002:seq" else [node]
        if not items:
            self._mistake(_line(node), "the list is empty")
        return list(items)

    def _text(self, node: Any, kind: type[Struct], name: str) -> str:
        text = node.value
        if not isinstance(text, str):
            self._mistake(_line(node), f"`{name}` has to be text")
            return ""
        if (check := _CHECKS.get((kind, name))) and (complaint := check(text)):
            self._mistake(_line(node), complaint)
        if name == "data_type" and self.data_types is not None and text not in {NONE, *self.data_types}:
            self._mistake(_line(node), f"{text!r} is not a data type of the taxonomy")
        return text


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1


def _not_empty(text: str) -> str | None:
    return None if text.strip() else "the text is empty"


def _location(text: str) -> str | None:
    return None if text == "any" or text in _ANY else f"{text!r} is not a location; they are any, {', '.join(_ANY)}"


def _host(text: str) -> str | None:
    return None if text and text == text.lower() and not set(text) & set("*/: ") else f"{text!r} is not a host name"


def _pattern(text: str) -> str | None:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0]
        return f"{text!r} is not an RE2 pattern: {reason.decode() if isinstance(reason, bytes) else reason}"
    return None


_CHECKS: Mapping[tuple[type[Struct], str], Callable[[str], str | None]] = {
    (Adapter, "source"): _not_empty,
    (Adapter, "tracker"): _not_empty,
    (Endpoint, "host"): _host,
    (Endpoint, "path"): _pattern,
    (Endpoint, "locations"): _location,
    (KnownField, "path"): _not_empty,
    (KnownField, "reasoning"): _not_empty,
    (KnownField, "locations"): _location,
    (KnownField, "when"): _pattern,
    (Beside, "value"): _pattern,
}
