"""What a masked report may show of captured names: nothing with the look of a value, and no value that is known."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote

HIDDEN = "…"
NO_REASON = "The reason names a value that is not shown."
MAX_NAME_CHARS = 40
MIN_SECRET_CHARS = 5
"""Shorter values are part of ordinary words."""
CACHED = 4_000
LONG = 500
"""Texts longer than this are not remembered: only hostile captures hold them."""
_ADDRESS = re.compile(r"[\w%+-](?:@|%40)\w")
_BETWEEN_BRACKETS = re.compile(r"[^\[\]]+")
_MEMBER = re.compile(r"\[\d+\]|[^.\[\]]+")
_QUOTED = re.compile(r"'(.*?)'(?=[\s,.]|$)")
_WORD = re.compile(r"\S+")
_SIX_DIGITS = re.compile(r"\d{6}")


class Masking:
    """Hides parts of captured names. `secrets` are values that must show nowhere, in any letter case."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        needles = {part.strip().lower() for secret in secrets for part in (secret, *secret.split(","))}
        needles = {needle for needle in needles if len(needle) >= MIN_SECRET_CHARS}
        self._search = None
        if needles:
            from ahocorasick_rs import BytesAhoCorasick

            self._search = BytesAhoCorasick([_bytes(needle) for needle in sorted(needles)])
        self._known_path = lru_cache(CACHED)(self._path)
        self._known_reasoning = lru_cache(CACHED)(self._reasoning)

    def path(self, path: str) -> str:
        """A path without the members that look like values; array positions stay."""
        return self._path(path) if len(path) > LONG else self._known_path(path)

    def reasoning(self, text: str) -> str:
        """A reason without the captured names in it that look like values; never empty."""
        return self._reasoning(text) if len(text) > LONG else self._known_reasoning(text)

    def hides(self, name: str, limit: int = MAX_NAME_CHARS) -> bool:
        """Whether a name has the look of a value (an address, six digits or more, very long) or holds a secret."""
        return (
            len(name) > limit
            or sum(map(str.isdigit, name)) > 5
            or _ADDRESS.search(name) is not None
            or self.holds_secret(name)
        )

    def holds_secret(self, text: str) -> bool:
        """Whether a secret occurs in the text, or in what it is percent-encoded for."""
        if self._search is None:
            return False
        texts = (text, unquote(text)) if "%" in text else (text,)
        return any(self._search.find_matches_as_indexes(_bytes(each.lower())) for each in texts)

    def _path(self, path: str) -> str:
        # A key with dots in it is several members here, so an address hides all that stands between brackets with it.
        shown = _BETWEEN_BRACKETS.sub(lambda run: HIDDEN if _ADDRESS.search(run[0]) else run[0], path)
        shown = _MEMBER.sub(
            lambda member: HIDDEN if member[0][0] != "[" and self.hides(member[0]) else member[0], shown
        )
        return HIDDEN if self.holds_secret(shown) else shown

    def _reasoning(self, text: str) -> str:
        shown = _QUOTED.sub(lambda quoted: f"'{HIDDEN}'" if self.hides(quoted[1]) else quoted[0], text)
        shown = _WORD.sub(lambda w: HIDDEN if _ADDRESS.search(w[0]) or _SIX_DIGITS.search(w[0]) else w[0], shown)
        return NO_REASON if self.holds_secret(shown) else shown


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # captured text may hold half a surrogate pair


def without(values: Sequence[str], text: str, instead: str = HIDDEN) -> str:
    """The text, or `instead` where it holds one of these values (given in lower case)."""
    if values:
        lower = text.lower()
        if any(map(lower.__contains__, values)):
            return instead
    return text
