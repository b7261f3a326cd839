"""Puts a device back: undoes what its journal says, the last step first, and goes on where one cannot be undone."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.device.phone import Phone
from analyzer.device.root import become_root
from analyzer.device.run import lines, run
from analyzer.device.state import Journal, Journals
from analyzer.errors import ApptellsError


class Undone(Struct, frozen=True):
    """What became of one step."""

    step: str
    """What it had changed, in words."""
    trouble: str | None = None
    """Why it could not be undone now; it stays in the journal then."""
    by_hand: str | None = None
    """What is left for the user to do."""


def release(phone: Phone, journal: Journal, journals: Journals) -> Iterator[Undone]:
    """Undo the steps; the journal keeps those that could not be, and goes when none is left.

    May be cut off anywhere and called again: what is undone already is found to be so.
    """
    no_root = _without_root(phone, journal)
    for step in reversed(journal.steps):
        trouble = no_root if step.needs_root else None
        if trouble is None:
            try:
                run(phone, step.undo(phone))
            except ApptellsError as error:
                trouble = str(error)
        if trouble is None:
            journal = replace(journal, steps=tuple(kept for kept in journal.steps if kept is not step))
            journals.write(journal)
        yield Undone(step.says(), trouble, None if trouble else step.undone_by_hand())
    if not journal.steps:
        journals.remove(journal.serial)


def rehearse_release(phone: Phone, journal: Journal) -> Iterator[str]:
    """The commands that `release` would run; nothing is changed."""
    if any(step.needs_root for step in journal.steps) and not phone.is_root():
        yield from lines(phone, become_root())
    for step in reversed(journal.steps):
        yield f"# undo: {step.says()}"
        yield from lines(phone, step.undo(phone))


def _without_root(phone: Phone, journal: Journal) -> str | None:
    """Why steps that need root cannot be undone: the device restarted without it, say. None where they can."""
    if any(step.needs_root for step in journal.steps) and not phone.is_root():
        try:
            run(phone, become_root())
        except ApptellsError as error:
            return str(error)
    return None
