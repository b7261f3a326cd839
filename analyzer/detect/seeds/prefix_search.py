"""Many texts looked for in one pass: an automaton finds their first bytes, a look-up the rest."""

from collections.abc import Collection

import ahocorasick_rs

PREFIX = 5
"""The automaton knows this many bytes of each text: it stays so small that the cache holds what a pass touches."""

type Hit = tuple[int, bytes]
"""Offset and text."""


class PrefixSearch:
    """Finds texts in bytes; the time does not depend on how many texts there are."""

    def __init__(self, texts: Collection[bytes]) -> None:
        self._texts = texts
        lengths: dict[bytes, set[int]] = {}
        for text in texts:
            lengths.setdefault(text[:PREFIX], set()).add(len(text))
        self._prefixes = list(lengths)
        self._lengths = [sorted(found) for found in lengths.values()]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            self._prefixes,
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.DFA,
        )

    def find(self, data: bytes) -> list[Hit]:
        """Every occurrence, those inside one another too."""
        hits = self._automaton.find_matches_as_indexes(data, overlapping=True)
        if not hits:
            return []
        texts, found = self._texts, []
        for which, start, _ in hits:
            for length in self._lengths[which]:
                text = data[start : start + length]
                if text in texts:
                    found.append((start, text))
        return found
