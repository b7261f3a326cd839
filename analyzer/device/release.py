"""Puts a device back: undoes what its journal says, the last step first, and goes on where one cannot be undone."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.device.phone import Phone
from analyzer.device.root import Root, become_root
from analyzer.device.run import lines, run
from analyzer.device.state import Journal, Journals
from analyzer.device.step import Command
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
    needs_root = any(step.needs_root for step in journal.steps) and not phone.is_root()
    no_root = _trouble(phone, become_root()) if needs_root else None
    for step in reversed(journal.steps):
        trouble = (no_root if step.needs_root else None) or _trouble(phone, step.undo(phone))
        if trouble is None:
            journal = replace(journal, steps=tuple(kept for kept in journal.steps if kept is not step))
            journals.write(journal)
        yield Undone(step.says(), trouble, None if trouble else step.undone_by_hand())
    if not journal.steps:
        journals.remove(journal.serial)
    if needs_root and (trouble := _trouble(phone, Root().undo(phone))):
        yield Undone("restart adb on the device as root, to put it back", trouble)


def rehearse_release(phone: Phone, journal: Journal) -> Iterator[str]:
    """The commands that `release` would run; nothing is changed."""
    if any(step.needs_root for step in journal.steps) and not phone.is_root():
        yield from lines(phone, become_root())
    for step in reversed(journal.steps):
        yield f"# undo: {step.says()}"
        yield from lines(phone, step.undo(phone))


def _trouble(phone: Phone, commands: Iterable[Command]) -> str | None:
    """Run them; why one failed, None where none did."""
    try:
        run(phone, commands)
    except ApptellsError as error:
        return str(error)
    return None
