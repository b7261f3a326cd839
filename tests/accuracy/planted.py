"""Planted encodings: one known value a request, each in another encoding, written form or hash."""

from msgspec import Struct

from tests.detect.test_planted_encodings import (
    DEEP,
    DEEP_SEARCH,
    ENCODED,
    HASHED,
    SEARCH,
    WRITTEN,
    Case,
    findings,
    is_told,
)

PEERS = (("value-searcher", 46), ("privacy-flow-inspector 0.3.0", 41), ("TrackHAR 1.0.0", 18))
"""How many of 62 encodings of these kinds three other programs found, measured side by side in November 2026."""
PEERS_ASKED = 62


class Planted(Struct, frozen=True, kw_only=True):
    """One group of encodings, and how many of them are found and named rightly."""

    title: str
    asked: int
    found: int
    found_deep: int


def planted() -> list[Planted]:
    """Every group, searched as always and in deep mode."""
    groups = (
        ("encodings", ENCODED),
        ("written forms", WRITTEN),
        ("hashes", HASHED),
        ("rarer encodings and hashes, which deep mode is for", DEEP),
    )
    return [
        Planted(
            title=title,
            asked=len(cases),
            found=sum(is_told(case, findings(SEARCH, case.exchange)) for case in cases),
            found_deep=sum(is_told(case, findings(DEEP_SEARCH, case.exchange)) for case in cases),
        )
        for title, cases in groups
    ]


def missed() -> list[str]:
    """Names of the encodings that are not found even in deep mode."""
    every: list[Case] = [*ENCODED, *WRITTEN, *HASHED, *DEEP]
    return [case.name for case in every if not is_told(case, findings(DEEP_SEARCH, case.exchange))]
