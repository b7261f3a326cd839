"""Compares two versions of a policy: which passages came, went or changed, and what they speak of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from analyzer.declared.about import About
from analyzer.declared.statement import Passage, Statement
from analyzer.reported import PolicyChange, Quote

_ALIKE = 0.3
"""Least share of words in common for two passages at the same place to be one that changed, where no topic says so."""


def policy_diff(before: Statement, after: Statement, about: About) -> tuple[PolicyChange, ...]:
    """What differs, in the order of the later version. A passage that only moved to another place does not differ."""
    old, new = before.passages, after.passages
    speaks = _Speaks(about)
    kept = Counter(map(_plain, old)) & Counter(map(_plain, new))
    gone, came = _others(old, kept), _others(new, kept)
    changes: list[tuple[int, PolicyChange]] = []
    for anchor in dict.fromkeys((*came, *gone)):
        before_here, after_here = list(gone.get(anchor, ())), list(came.get(anchor, ()))
        for earlier, later in _paired(before_here, after_here, speaks):
            quotes = _quote(before, earlier, speaks), _quote(after, later, speaks)
            topics = tuple(dict.fromkeys(topic for quote in quotes if quote for topic in quote.about))
            kind: Literal["changed", "went", "came"] = "changed" if all(quotes) else "went" if quotes[0] else "came"
            change = PolicyChange(kind=kind, before=quotes[0], after=quotes[1], about=topics)
            changes.append(((later or earlier or Passage(0, "")).line, change))
    return tuple(change for _, change in sorted(changes, key=lambda each: each[0]))


def _plain(passage: Passage) -> str:
    return passage.text.casefold()


def _others(passages: Sequence[Passage], kept: Counter[str]) -> dict[str, list[Passage]]:
    """Those that are not in both versions, by the passage before them that is."""
    left, anchor = kept.copy(), ""
    out: dict[str, list[Passage]] = {}
    for passage in passages:
        plain = _plain(passage)
        if left[plain] > 0:
            left[plain] -= 1
            anchor = plain
        else:
            out.setdefault(anchor, []).append(passage)
    return out


def _paired(
    before: list[Passage], after: list[Passage], speaks: "_Speaks"
) -> Iterator[tuple[Passage | None, Passage | None]]:
    """At one place of the text, each later passage with the earlier one that it stands for, by topic or by words."""
    waiting = before[:_PAIRED]
    for later in after:
        alike = [speaks.likeness(earlier, later) for earlier in waiting]
        if alike and max(alike) >= _ALIKE:
            yield waiting.pop(alike.index(max(alike))), later
        else:
            yield None, later
    for earlier in (*waiting, *before[_PAIRED:]):
        yield earlier, None


_PAIRED = 20
"""Passages at one place that are looked through for the one that a new passage stands for."""


class _Speaks:
    """Remembers what each passage speaks of, for each is asked often."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._of: dict[str, tuple[str, ...]] = {}

    def of(self, passage: Passage) -> tuple[str, ...]:
        if (found := self._of.get(passage.text)) is None:
            found = self._of[passage.text] = self._about.of(passage.text)
        return found

    def likeness(self, one: Passage, other: Passage) -> float:
        """Share of words in common, raised by half where both speak of the same topic or data."""
        words, others = set(_plain(one).split()), set(_plain(other).split())
        share = len(words & others) / max(1, len(words | others))
        return share + 0.5 * bool(set(self.of(one)) & set(self.of(other)))


def _quote(statement: Statement, passage: Passage | None, speaks: _Speaks) -> Quote | None:
    if passage is None:
        return None
    source = statement.declaration.source
    return Quote(source=source, line=passage.line, text=passage.text, about=speaks.of(passage))
