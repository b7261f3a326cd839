"""Reads STIX patterns as far as one observation can answer them: equality with a value, and alternatives of it.

The grammar is that of STIX 2.1, section 9 (https://docs.oasis-open.org/cti/stix/v2.1/); 2.0's is a part of it.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

MAX_DEPTH = 32
"""Parentheses within parentheses."""
MAX_LENGTH = 1 << 20
"""Characters of one pattern."""

# Possessive quantifiers throughout: reading takes time in proportion to the text, whatever the text.
_STEP = r"""(?:[\w-]++|'[^']*+'|"[^"]*+")"""
_TOKEN = re.compile(
    rf"""\s*+(?:
      (?P<path>[A-Za-z][\w-]*+\s*+:\s*+{_STEP}(?:\s*+(?:\.\s*+{_STEP}|\[(?:\d++|\*)\]))*+)
    | (?P<text>'(?:[^'\\]|\\.)*+')
    | (?P<other>[thb]'[^']*+' | [+-]?(?:\d++\.?+\d*+|\.\d++))
    | (?P<word>[A-Za-z_][\w-]*+)
    | (?P<sign>[\[\](),] | ==?+ | != | <>?+ | [<>]=?+)
    | (?P<end>\Z)
    )""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)
# What nearly all indicators are; read at once, a list of a million takes half the time.
_SINGLE = re.compile(rf"\s*+\[\s*+([A-Za-z][\w-]*+:{_STEP}(?:\.{_STEP})*+)\s*+=\s*+'([^'\\]*+)'\s*+\]\s*+", re.ASCII)
_NOT_PATH = re.compile(r"['\"\s]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMPARE = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">=", "IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"})
_EQUALITY = frozenset({"=", "==", "IN", "ISSUBSET"})
_QUALIFIERS = {"WITHIN": "SECONDS", "REPEATS": "TIMES"}


class PatternError(ValueError):
    """The text is not a STIX pattern."""


class Comparison(Struct, frozen=True):
    """One property that has to have one of some values: an alternative that by itself satisfies the pattern."""

    path: str
    """Object path, quotes off: `domain-name:value`, `x509-certificate:hashes.SHA-256`."""
    values: tuple[str, ...]
    subset: bool = False
    """True for ISSUBSET: an address within one of the values is enough."""


class Pattern(Struct, frozen=True):
    """A pattern as a list of alternatives."""

    comparisons: tuple[Comparison, ...]
    others: int
    """Alternatives that ask for more than equality of one property."""


def parse_pattern(text: str) -> Pattern:
    """The alternatives of a pattern. Raises PatternError where it is none, or beyond `MAX_LENGTH` or `MAX_DEPTH`."""
    if len(text) > MAX_LENGTH:
        raise PatternError(f"longer than {MAX_LENGTH:,} characters")
    if single := _SINGLE.fullmatch(text):
        return Pattern((Comparison(_NOT_PATH.sub("", single[1]), (single[2],)),), 0)
    parser = _Parser(_tokens(text))
    alternatives = parser.pattern()
    comparisons = tuple(one for one in alternatives if one is not None)
    return Pattern(comparisons, len(alternatives) - len(comparisons))


class _Token(NamedTuple):
    kind: str
    text: str


# None stands for an alternative that asks for more.
_Alternatives = list[Comparison | None]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise PatternError(f"character {at + 1} starts nothing that a pattern may hold")
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind].upper() if kind == "word" else match[kind]))
        if kind == "end":
            return tokens
        at = match.end()


class _Parser:
    """Recursive descent; AND binds before OR, OR before FOLLOWEDBY."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def pattern(self) -> _Alternatives:
        alternatives = self._sequence()
        self._expect("end", "")
        return alternatives

    def _sequence(self) -> _Alternatives:
        alternatives = self._any_of(self._observation)
        while self._take("word", "FOLLOWEDBY"):
            self._any_of(self._observation)
            alternatives = [None]
        return alternatives

    def _any_of(self, part: Callable[[], _Alternatives]) -> _Alternatives:
        alternatives = self._all_of(part)
        while self._take("word", "OR"):
            alternatives += self._all_of(part)
        return alternatives

    def _all_of(self, part: Callable[[], _Alternatives]) -> _Alternatives:
        alternatives = part()
        while self._take("word", "AND"):
            part()
            alternatives = [None]
        return alternatives

    def _observation(self) -> _Alternatives:
        if self._take("sign", "("):
            alternatives = self._inner(self._sequence, ")")
        else:
            self._expect("sign", "[")
            alternatives = self._inner(lambda: self._any_of(self._comparison), "]")
        return [None] if self._qualified() else alternatives

    def _qualified(self) -> bool:
        found = False
        while self._next().kind == "word" and self._next().text in ("START", *_QUALIFIERS):
            word = self._advance().text
            self._expect("other")
            self._expect("word", _QUALIFIERS.get(word, "STOP"))
            if word == "START":
                self._expect("other")
            found = True
        return found

    def _comparison(self) -> _Alternatives:
        if self._take("sign", "("):
            return self._inner(lambda: self._any_of(self._comparison), ")")
        negated = self._take("word", "NOT")
        if self._take("word", "EXISTS"):
            self._expect("path")
            return [None]
        path = self._expect("path")
        negated |= self._take("word", "NOT")
        operator = self._advance().text
        if operator not in _COMPARE:
            raise PatternError(f"{operator[:20]!r} compares nothing")
        values = self._values() if operator == "IN" else [self._value()]
        known = [value for value in values if value is not None]
        if negated or operator not in _EQUALITY or len(known) < len(values):
            return [None]
        return [Comparison(_NOT_PATH.sub("", path), tuple(known), operator == "ISSUBSET")]

    def _values(self) -> list[str | None]:
        self._expect("sign", "(")
        values = [self._value()]
        while self._take("sign", ","):
            values.append(self._value())
        self._expect("sign", ")")
        return values

    def _value(self) -> str | None:
        """A text; None for a number, a moment, bytes, `true` or `false`."""
        token = self._advance()
        if token.kind == "text":
            return _ESCAPE.sub(r"\1", token.text[1:-1])
        if token.kind == "other" or token.text in ("TRUE", "FALSE"):
            return None
        raise PatternError(f"{token.text[:20]!r} is no value")

    def _inner(self, part: Callable[[], _Alternatives], closing: str) -> _Alternatives:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternError(f"nests deeper than {MAX_DEPTH}")
        alternatives = part()
        self._expect("sign", closing)
        self._depth -= 1
        return alternatives

    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _advance(self) -> _Token:
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def _take(self, kind: str, text: str) -> bool:
        found = self._next() == (kind, text)
        if found:
            self._at += 1
        return found

    def _expect(self, kind: str, text: str | None = None) -> str:
        token = self._next()
        if token.kind != kind or (text is not None and token.text != text):
            raise PatternError(f"{token.text[:20]!r} where {text or kind!r} should be")
        self._advance()
        return token.text
