"""A step is a value: what it will change, how that is done, and how it is undone."""

import shlex
from abc import abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from analyzer.device.adb import SECONDS, Answer
from analyzer.device.phone import Phone


class Command(Struct, frozen=True, kw_only=True):
    """One call of adb that changes the device, or makes sure that it was changed."""

    words: tuple[str, ...]
    """What follows `adb -s SERIAL`."""
    seconds: float = SECONDS
    may_fail: bool = False
    """Where what it would change may be as wanted already."""
    trouble: Callable[[Answer], str | None] | None = None
    """What is wrong with its answer, None where nothing is."""
    tries: int = 1
    """How often it is called, a second apart, until it succeeds."""


class Step(Struct, frozen=True, kw_only=True):
    """A change of the device, with all that is needed to undo it: made before anything is changed, kept in a journal.

    `do` and `undo` may read the device as they go, and change it only by the commands that they yield. `undo` works
    after a `do` that was cut off anywhere or never began, and after an `undo` that was.
    """

    needs_root: ClassVar[bool] = False

    @abstractmethod
    def says(self) -> str:
        """What it changes, in words."""

    @abstractmethod
    def do(self, phone: Phone, certificate: Path) -> Iterator[Command]:
        """The commands; `certificate` is a PEM file with the proxy's authority alone."""

    @abstractmethod
    def undo(self, phone: Phone) -> Iterator[Command]:
        """The commands that put back what was there before."""

    def by_hand(self) -> str | None:
        """What the user has to do for the change to take effect."""
        return None

    def undone_by_hand(self) -> str | None:
        """What the user has to do for it to be undone."""
        return None


def shell(
    *words: str, may_fail: bool = False, trouble: Callable[[Answer], str | None] | None = None, tries: int = 1
) -> Command:
    """A command on the device; each word arrives there as one word."""
    return Command(words=("shell", shlex.join(words)), may_fail=may_fail, trouble=trouble, tries=tries)
