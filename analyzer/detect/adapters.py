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
        elsewhere:                       optional: how it is recognised behind a host that is not the tracker's;
          path: [/v1/track]              what is given must all hold: an end of the URL path,
          headers: [x-example-key]       names of request headers that must all be there,
          signs: ["batch[].writeKey"]    field paths that must all be there, "[]" for the first (three or more where
                                         nothing else is given); a list of such is one or the other
        like: other                      optional: the first endpoint of that adapter has the same fields, besides
        fields:                          those here, which come first
          - path: traits.email           "[]" any position, "[3]" that one, "*" one name, "**" any names or none
            data_type: person.email      `none`: documented to say nothing about a person or device
            reasoning: why the field holds that
            in: header                   optional, instead of the endpoint's
            when: "^__g(.+)$"            optional, RE2 searched in the value; its first group is the datum
            beside: {path: type, value: ^identify$}    optional: another field of the same object has such a value
            unless: {path: type, value: ^group$}       optional: the opposite
    salts:                               optional: public texts that it hashes personal values with
      - {text: pepper, where: before}    `before` or `after` the value, or `hmac` for a key
    encrypted:                           optional: objects whose key travels in them; what is inside takes their place
      - {cipher: aes-gcm, data: itp, key: itk, nonce: itv}    names of members in Base64

Every encoding that needs no such knowledge (JSON in a form in Base64, gzip, protocol buffers by field number) is taken
off before adapters look, so a path simply goes on inside it.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct

from analyzer.detect.seeds.transforms import Salt
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
    """What gives a tracker's request away behind any other host: ends of the URL path, headers and fields it holds."""

    path: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


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
    fields: tuple[KnownField, ...] = ()
    like: str | None = None
    path: str | None = None
    method: str | None = None
    locations: tuple[str, ...] = ("body",)
    under: tuple[str, ...] = ("",)
    elsewhere: tuple[Elsewhere, ...] = ()


class Encrypted(Struct, frozen=True):
    """Members of an object that hold a ciphertext and all that is needed to open it, in Base64."""

    cipher: str
    """`aes-gcm`: the tag of 16 bytes ends the ciphertext."""
    data: str
    key: str
    nonce: str


class Adapter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one tracker's requests."""

    id: str
    tracker: str
    source: str
    endpoints: tuple[Endpoint, ...]
    salts: tuple[Salt, ...] = ()
    encrypted: tuple[Encrypted, ...] = ()


def load_adapters(
    texts: Mapping[str, str], data_types: Collection[str] | None = None, others: Collection[Adapter] = ()
) -> tuple[Adapter, ...]:
    """Adapters from their YAML texts by file name, in the order of names.

    Where `data_types` is given, other data types are mistakes. `others` are adapters that these may be like. Raises
    KnowledgeError with every mistake of every file as `file:line: what`.
    """
    files = [_File(name, text, data_types) for name, text in sorted(texts.items())]
    adapters = {file.name: file.read() for file in files}
    own = [adapter for adapter in adapters.values() if adapter]
    known = {adapter.id: adapter for adapter in (*others, *own)}
    for file in files:
        file.check_likeness(known)
    mistakes = [mistake for file in files for mistake in file.mistakes]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return tuple(_with_likeness(adapter, known) for adapter in own)


def _with_likeness(adapter: Adapter, known: Mapping[str, Adapter]) -> Adapter:
    """The adapter with the fields that its endpoints have like others'."""
    if not any(endpoint.like for endpoint in adapter.endpoints):
        return adapter
    endpoints = (
        msgspec.structs.replace(
            endpoint, fields=(*endpoint.fields, *known[endpoint.like].endpoints[0].fields), like=None
        )
        if endpoint.like
        else endpoint
        for endpoint in adapter.endpoints
    )
    return msgspec.structs.replace(adapter, endpoints=tuple(endpoints))


class _File:
    """Reads one adapter and gathers its mistakes with their lines, which values made from YAML no longer know."""

    def __init__(self, name: str, text: str, data_types: Collection[str] | None) -> None:
        self.name, self.text, self.data_types = name, text, data_types
        self.mistakes: list[str] = []
        self._likes: list[tuple[int, str]] = []

    def check_likeness(self, known: Mapping[str, Adapter]) -> None:
        """Whether what `like` names is there, and has fields of its own."""
        for line, name in self._likes:
            if name not in known:
                self._mistake(line, f"there is no adapter {name!r} that this could be like")
            elif known[name].endpoints[0].like:
                self._mistake(line, f"{name!r} has its fields from another adapter itself")

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
        if len(self.mistakes) > mistakes_before:
            return None
        whole = kind(**made)
        if (check := _WHOLE.get(kind)) and (complaint := check(whole)):
            self._mistake(line, complaint)
        return whole

    def _member(self, node: Any, kind: type[Struct], name: str, declared: Any) -> Any:
        inner = next((part for part in get_args(declared) if part not in (type(None), Ellipsis)), declared)
        items = self._items(node) if get_origin(declared) is tuple else [node]
        if inner is str or isinstance(inner, str):  # the first of a Literal
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
        if name == "like":
            self._likes.append((_line(node), text))
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


def _one_of(*words: str) -> Callable[[str], str | None]:
    return lambda text: None if text in words else f"{text!r} is not known here; known are {', '.join(words)}"


def _has_fields(endpoint: Endpoint) -> str | None:
    return None if endpoint.fields or endpoint.like else "the endpoint needs `fields`, or `like` another adapter"


def _is_distinctive(elsewhere: Elsewhere) -> str | None:
    if elsewhere.path or elsewhere.headers or len(elsewhere.signs) >= 3:
        return None
    return "`elsewhere` needs `path`, `headers`, or three `signs`: less would take others' requests for this tracker's"


_WHOLE: Mapping[type[Struct], Callable[[Any], str | None]] = {Endpoint: _has_fields, Elsewhere: _is_distinctive}
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
    (Salt, "text"): _not_empty,
    (Salt, "where"): _one_of("before", "after", "hmac"),
    (Encrypted, "cipher"): _one_of("aes-gcm"),
}
