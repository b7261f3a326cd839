"""Reads a YAML file and gathers its mistakes with their lines, which values made from YAML no longer know."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

MAX_BYTES = 1 << 18
MAX_ITEMS = 1_000
"""Of one list or mapping."""


class YamlFile:
    """One file: every scalar in it is text, as it is written, so that NO stays Norway and 2018 a word."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self._mistakes: list[tuple[int, str]] = []
        self._seen: set[int] = set()
        self._root: Any = None

    def mistake(self, node: Any, what: str) -> None:
        """Note that something is wrong where this node begins; at the file's first line where there is no node."""
        self._mistakes.append((int(node.start_mark.line) + 1 if node is not None else 1, what))

    @property
    def mistakes(self) -> list[str]:
        """Each as `name:line: what`, in the order of lines."""
        return [f"{self.name}:{line}: {what}" for line, what in sorted(self._mistakes, key=lambda each: each[0])]

    def root(self) -> Any:
        """The whole file as one node; None after a mistake."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        if len(self.text) > MAX_BYTES:
            self.mistake(None, f"a file of more than {MAX_BYTES >> 10} KiB is not read")
            return None
        try:
            self._root = YAML(typ="safe", pure=True).compose(self.text)  # kept, so that ids of nodes stay theirs
        except (YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
            self._mistakes.append((mark.line + 1 if mark else 1, f"not YAML: {problem}"))
            return None
        if self._root is None:
            self.mistake(None, "the file is empty")
        return self._root

    def mapping(self, node: Any, known: Collection[str], required: Collection[str] = ()) -> Mapping[str, Any]:
        """The members of a mapping that are known, by name; all others, and what is missing, are mistakes."""
        is_map = self._is(node, "map")
        if not is_map or (required and not any(name in known for name, _ in self._members(node))):
            self.mistake(node, f"expected a mapping of {', '.join(known)}")  # some other file's, where none is known
            return {}
        made: dict[str, Any] = {}
        for key, value in node.value[:MAX_ITEMS]:
            name = str(key.value)[:60]
            if name not in known:
                self.mistake(key, f"`{name}` is not known here; known are {', '.join(known)}")
            elif name in made:
                self.mistake(key, f"`{name}` is given twice")
            else:
                made[name] = value
        for name in required:
            if name not in made:
                self.mistake(node, f"`{name}` is missing")
        return made

    def items(self, node: Any) -> Sequence[Any]:
        """The nodes of a list; a list of one may be written as that one."""
        items = node.value if self._is(node, "seq") else [node]
        if not items:
            self.mistake(node, "the list is empty")
        if len(items) > MAX_ITEMS:
            self.mistake(node, f"a list of more than {MAX_ITEMS:,} is not read")
        return list(items[:MAX_ITEMS])

    def pairs(self, node: Any) -> Sequence[tuple[str, Any]]:
        """Names and values of a mapping whose names are free."""
        if not self._is(node, "map"):
            self.mistake(node, "expected a mapping")
            return ()
        return self._members(node)

    def plain(self, node: Any) -> Any:
        """The node as dicts, lists and texts, for whoever checks them as a whole; None for what is none of these."""
        if self._is(node, "seq"):
            return [self.plain(item) for item in node.value[:MAX_ITEMS]]
        if not self._is(node, "map"):
            return node.value if isinstance(node.value, str) else None
        made: dict[str, Any] = {}
        for name, value in self._members(node):
            if name in made:
                self.mistake(value, f"`{name}` is given twice")
            made[name] = self.plain(value)
        return made

    def under(self, names: Iterable[str]) -> Any:
        """The node that these names lead to from the root, as far as they are there."""
        node = self._root
        for name in names:
            members = self._members(node) if self.is_mapping(node) else []
            node = next((value for known, value in members if known == name), node)
        return node

    def is_mapping(self, node: Any) -> bool:
        """Whether the node is one, without taking it."""
        return getattr(node, "tag", None) == "tag:yaml.org,2002:map"

    def text_of(self, node: Any) -> str:
        """The text of a scalar, on one line."""
        text = getattr(node, "value", None)
        if not isinstance(text, str) or not text.strip():
            self.mistake(node, "expected text")
            return ""
        return " ".join(text.split())

    def texts(self, node: Any) -> tuple[str, ...]:
        """The texts of a list, or of a scalar."""
        return tuple(self.text_of(item) for item in self.items(node))

    def number(self, node: Any) -> float:
        """The number that a scalar is; 0 after a mistake."""
        try:
            return float(self.text_of(node))
        except ValueError:
            self.mistake(node, f"{node.value[:60]!r} is no number")
            return 0.0

    def _members(self, node: Any) -> list[tuple[str, Any]]:
        return [(str(key.value)[:60], value) for key, value in node.value[:MAX_ITEMS]]

    def _is(self, node: Any, kind: str) -> bool:
        """Whether the node is of a kind. One that an alias repeats is none: aliases of aliases grow without bound."""
        if getattr(node, "tag", None) != f"tag:yaml.org,2002:{kind}" or not isinstance(node.value, list):
            return False
        if id(node) in self._seen:
            self.mistake(node, "aliases (`*name`) are not read; write it out")
            return False
        self._seen.add(id(node))
        return True
