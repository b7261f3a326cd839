"""Days in words, the same wherever the program runs."""

from datetime import date

# Not strftime's, which follow the locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def in_words(day: date) -> str:
    """`23 March 2018`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
