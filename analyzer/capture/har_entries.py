"""Cuts a HAR into its entries, in whatever order its members come, and goes on behind a broken one."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.capture.json_window import Malformed, Overlong, Truncated, Window

ENTRY_LIMIT = 64 << 20
"""Bytes; a larger entry is passed over without being held."""
MEMBER_LIMIT = 4 << 20
"""Bytes; the same for the members of `log` that are kept."""
KEPT_MEMBERS = frozenset({"creator", "browser", "comment", "_tlsErrors", "_dns"})

_TRUNCATION_RETRIES = 16
_ENTRY_START = re.compile(
    rb",[ \t\r\n]{0,200}\{[ \t\r\n]{0,200}"
    rb'"(?:startedDateTime|pageref|request|response|serverIPAddress|cache|timings|connection|time|_[A-Za-z]\w{0,40})"'
)
"""Members of an entry that do not begin the objects in its lists (headers, cookies, parameters, messages)."""


class Member(NamedTuple):
    """A member of `log` other than its entries."""

    name: str
    value: bytes


class Broken(NamedTuple):
    """An entry that is no plain JSON: why, and its bytes where they could be delimited."""

    reason: str
    data: memoryview | None


class HarWalk:
    """Walks over a HAR in whatever order its members come."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.found = False
        """Whether there is a `log.entries`."""
        self.complete = False
        """Whether the file was read to the end of its JSON."""

    def __iter__(self) -> Iterator[memoryview | Broken | Member | None]:
        """Yields None at the start of `log.entries`, each entry's bytes, and the members of `log` worth keeping."""
        window = self._window
        window.skip_bom()
        try:
            for name in self._members():
                if name == "log" and window.peek() == ord("{"):
                    yield from self._log()
                else:
                    window.skip()
            self.complete = True
        except (Malformed, Overlong, Truncated):
            return

    def _log(self) -> Iterator[memoryview | Broken | Member | None]:
        window = self._window
        for name in self._members():
            if name == "entries" and window.peek() == ord("["):
                self.found = True
                yield None
                yield from self._entries()
            elif name in KEPT_MEMBERS:
                try:
                    yield Member(name, bytes(window.value(MEMBER_LIMIT)))
                except (Malformed, Overlong):
                    window.scan()
            else:
                window.skip()

    def _members(self) -> Iterator[str]:
        """The member names of the object at the cursor; the caller steps over each value.

        Raises Malformed and Truncated.
        """
        window = self._window
        if window.peek() != ord("{"):
            raise Malformed(0)
        window.advance()
        while True:
            byte = window.peek()
            if byte == ord("}"):
                window.advance()
                return
            if byte == ord(","):
                window.advance()
                continue
            if byte == -1:
                raise Truncated
            if byte != ord('"'):
                raise Malformed(0)
            name = bytes(window.value(MEMBER_LIMIT)).strip(b'" \t\r\n').decode("utf-8", "replace")
            if window.peek() != ord(":"):
                raise Malformed(0)
            window.advance()
            yield name

    def _entries(self) -> Iterator[memoryview | Broken]:
        window = self._window
        window.advance()
        retries = _TRUNCATION_RETRIES
        while True:
            byte = window.peek()
            if byte == ord("]"):
                window.advance()
                return
            if byte == ord(","):
                window.advance()
                continue
            if byte == -1:
                raise Truncated
            entry: memoryview | Broken
            try:
                entry = window.value(ENTRY_LIMIT)
            except Overlong as error:
                window.scan()
                entry = Broken(str(error), None)
            except Malformed as error:
                try:
                    entry = Broken("not valid JSON", window.recover(error.args[0], _ENTRY_START, ENTRY_LIMIT))
                except Truncated:
                    yield Broken("not valid JSON", None)
                    raise
            except Truncated:
                # One entry with a quote too few can swallow all that follow; a cut file shows no further start.
                retries -= 1
                if not retries:
                    raise
                entry = Broken("not valid JSON", window.recover(0, _ENTRY_START, ENTRY_LIMIT))
            yield entry
