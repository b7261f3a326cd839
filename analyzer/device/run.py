"""Runs the commands of steps, or writes them out."""

import time
from collections.abc import Iterable

from analyzer.device.phone import Phone
from analyzer.device.step import Command
from analyzer.errors import ApptellsError

_PAUSE = 1.0


def run(phone: Phone, commands: Iterable[Command]) -> None:
    """Run them one after another; raises ApptellsError at the first that fails and may not."""
    for command in commands:
        for remaining in reversed(range(command.tries)):
            trouble = _trouble(phone, command)
            if trouble is None:
                break
            if not remaining:
                raise ApptellsError(f"{phone.adb.line(*command.words)[:200]}: {trouble}")
            time.sleep(_PAUSE)


def lines(phone: Phone, commands: Iterable[Command]) -> Iterable[str]:
    """The commands as one would type them; none is run."""
    return (phone.adb.line(*command.words) for command in commands)


def _trouble(phone: Phone, command: Command) -> str | None:
    try:
        answer = phone.adb.call(*command.words, seconds=command.seconds)
    except ApptellsError:
        if command.tries == 1:
            raise
        return "no answer"
    found = command.trouble(answer) if command.trouble else None
    if found is None and answer.code and not command.may_fail:
        return answer.said
    return found
