"""An adb that calls the small Android without the client between: for laws that need many runs."""

from pathlib import Path
from typing import BinaryIO

from analyzer.device.adb import MOST, SECONDS, Adb, Answer
from analyzer.device.phone import Phone
from tests.device.android import Android
from tests.device.stand_in import answer_reverse

SERIAL = "stand-in-1"


class Killed(BaseException):
    """What stands for the end of the process at any moment: no `except Exception` sees it."""


class DirectAdb(Adb):
    """Answers as the client does; ends at the change of the number `kill_at`, before or after it is made."""

    def __init__(self, system: Android, kill_at: int | None = None, after: bool = False) -> None:
        super().__init__(Path("adb"), SERIAL)
        self.system = system
        self._kill_at, self._after = kill_at, after
        system.before_change = None if after else self._before_change

    def call(self, *words: str, seconds: float = SECONDS, most: int = MOST, into: BinaryIO | None = None) -> Answer:
        changed = len(self.system.changes)
        answer = self._answer(words, into)
        if self._kill_at is not None and self._after and changed < self._kill_at <= len(self.system.changes):
            raise Killed
        return answer

    def _before_change(self) -> None:
        if len(self.system.changes) == self._kill_at:
            raise Killed

    def _answer(self, words: tuple[str, ...], into: BinaryIO | None) -> Answer:
        system = self.system
        if words[0] == "shell":
            code, out, error = system.shell(words[1])
            if into:
                into.write(out)
                out = b""
            return Answer(code, out.decode("utf-8", "replace"), error.decode("utf-8", "replace"))
        if words[0] == "push":
            trouble = system.write(words[2], Path(words[1]).read_bytes(), 0o600)
            return Answer(int(trouble is not None), "", trouble or "")
        if words[0] in ("root", "unroot"):
            system.asked(f"{words[0]}:")
            said = system.become("root" if words[0] == "root" else "shell")
            if said.startswith("restarting"):
                system.reverses.clear()
            return Answer(0, said, "")
        if words[0] == "remount":
            system.asked("remount:")
            return Answer(0, system.remount(), "")
        if words[0] == "reverse":
            return self._reverse(words[1:])
        assert words[0] == "wait-for-device"
        return Answer(0, "", "")

    def _reverse(self, words: tuple[str, ...]) -> Answer:
        if words == ("--list",):
            return Answer(0, answer_reverse(self.system.reverses, "list-forward")[4:].decode(), "")
        order = f"killforward:{words[1]}" if words[0] == "--remove" else f"forward:{words[0]};{words[1]}"
        self.system.asked(f"reverse:{order}")
        said = answer_reverse(self.system.reverses, order).decode()
        return Answer(int(said != "OKAY"), "", said)


def direct(system: Android, kill_at: int | None = None, after: bool = False) -> Phone:
    """The device as apptells sees it."""
    phone = Phone(Adb(Path("adb")), SERIAL)
    phone.adb = DirectAdb(system, kill_at, after)
    return phone
