"""What a masked report may show of captured names: nothing with the look of a value, and no value that is known."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote

HIDDEN = "…"
MAX_NAME_CHARS = 40
MIN_SECRET_CHARS = 5
"""Shorter values are part of ordinary words."""
CACHED = 4_000
_ADDRESS = r"[\w%+-](?:@|%40)\w"
_HAS_ADDRESS = re.compile(_ADDRESS)
_AROUND_ADDRESS = re.compile(rf"[^\[\]@]*{_ADDRESS}[^\[\]]*")
_MEMBER = re.compile(r"\[\d+\]|[^.\[\]]+")
_QUOTED = re.compile(r"'(.*?)'(?=[\s,.]|$)")
_PERSONAL_WORD = re.compile(rf"\S*(?:{_ADDRESS}|\d{{6}})\S*")


class Masking:
    """Hides parts of captured names. `secrets` are values that must show nowhere, in any letter case."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        needles = {part.strip().lower() for secret in secrets for part in (secret, *secret.split(","))}
        needles = {needle for needle in needles if len(needle) >= MIN_SECRET_CHARS}
        self._search = None
        if needles:
            from ahocorasick_rs import AhoCorasick

            self._search = AhoCorasick(sorted(needles))
        self.path = lru_cache(CACHED)(self._path)
        self.reasoning = lru_cache(CACHED)(self._reasoning)

    def hides(self, name: str, limit: int = MAX_NAME_CHARS) -> bool:
        """Whether a name has the look of a value (an address, six digits or more, very long) or holds a secret."""
        return (
            len(name) > limit
            or sum(character.isdigit() for character in name) > 5
            or _HAS_ADDRESS.search(name) is not None
            or self.holds_secret(name)
        )

    def holds_secret(self, text: str) -> bool:
        """Whether a secret occurs in the text, or in what it is percent-encoded for."""
        if self._search is None:
            return False
        text = text.lower()
        return bool(
            self._search.find_matches_as_indexes(text)
            or ("%" in text and self._search.find_matches_as_indexes(unquote(text).lower()))
        )

    def _path(self, path: str) -> str:
        # A key with dots in it is several members here, so an address takes everything up to a bracket with it.
        shown = _AROUND_ADDRESS.sub(HIDDEN, path)
        shown = _MEMBER.sub(
            lambda member: HIDDEN if member[0][0] != "[" and self.hides(member[0]) else member[0], shown
        )
        return HIDDEN if self.holds_secret(shown) else shown

    def _reasoning(self, text: str) -> str:
        shown = _QUOTED.sub(lambda quoted: f"'{HIDDEN}'" if self.hides(quoted[1]) else quoted[0], text)
        shown = _PERSONAL_WORD.sub(HIDDEN, shown)
        return "The reason names a value that is not shown." if self.holds_secret(shown) else shown


def without(values: Sequence[str], text: str, instead: str = HIDDEN) -> str:
    """The text, or `instead` where it holds one of these values (given in lower case)."""
    if values:
        lower = text.lower()
        if any(value in lower for value in values):
            return instead
    return text
