"""Periods in which a statement on an owner holds: from a day on, until before another, each as exact as it is known."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


class Period(Struct, frozen=True):
    """`since` is the first moment, `until` the first moment after: YYYY, YYYY-MM or YYYY-MM-DD; empty means open."""

    since: str = ""
    until: str = ""

    def holds(self, day: str | None) -> bool:
        """Whether a day (YYYY-MM-DD) lies in the period; None stands for now: only an end in the past excludes it."""
        if day is None:
            return not self.until
        # Such dates compare as text: 2017 and 2017-01 come before every day in them.
        return (not self.since or self.since <= day) and (not self.until or day < self.until)


ALWAYS = Period()


class _Dated(Protocol):
    @property
    def period(self) -> Period: ...


def in_force[T: _Dated](rows: Sequence[T], day: str | None) -> T | None:
    """The first row whose period holds on a day; None where none does."""
    return next((row for row in rows if row.period.holds(day)), None)


def wrong_period(row: Mapping[str, str]) -> str | None:
    """What is wrong with `since` and `until` of a row, None where nothing is."""
    for column in ("since", "until"):
        if row[column] and not _DAY.fullmatch(row[column]):
            return f"{column} {row[column]!r} is not YYYY, YYYY-MM or YYYY-MM-DD"
    if row["since"] and row["until"] and row["since"] >= row["until"]:
        return f"since {row['since']} is not before until {row['until']}"
    return None
