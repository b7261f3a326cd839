"""Three-valued logic after Kleene: True, False, and None for what is not known."""

from collections.abc import Iterable

type Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Whether all hold: one False settles it, whatever is not known of the others."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Whether one holds: one True settles it, whatever is not known of the others."""
    unknown = False
    for truth in truths:
        if truth is True:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def no(truth: Truth) -> Truth:
    """The opposite; that of something unknown is as unknown."""
    return None if truth is None else not truth
