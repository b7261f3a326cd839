"""Finds the end of a JSON value by its brackets and quotes alone, piece by piece."""

import re

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_PLAIN = rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+"
_FLAT = re.compile(rb"(?:[^\"{}\[\]]++|" + _STRING + rb"|\{" + _PLAIN + rb"\}|\[" + _PLAIN + rb"\])*+", re.DOTALL)
"""Whole strings, what is between them, and brackets around nothing but that: most of an entry in one step."""
_OPENING = re.compile(rb"[{\[]++")
_CLOSING = re.compile(rb"[}\]]++")
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\s]*+")


class Scan:
    """The state of one scan; it accepts what no JSON parser does (NaN, control characters, any depth)."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._in_scalar = False

    def run(self, buffer: bytearray, start: int, end: int) -> tuple[int, bool]:
        """Goes on at `start`: how far it came, and whether the value ended there.

        A backslash at the very end is left for the next call, so that an escape is never cut.
        """
        at = start
        while at < end:
            if self._in_string:
                match = _IN_STRING.match(buffer, at, end)
                at = match.end() if match else at
                if at == end or buffer[at] != ord('"'):
                    return at, False
                at += 1
                self._in_string = False
                if not self._depth:
                    return at, True
            elif not self._depth and (self._in_scalar or buffer[at] not in b'{["'):
                match = _SCALAR.match(buffer, at, end)
                at = match.end() if match else at
                # A bracket that closes nothing is stepped over, or the caller would stand still.
                if at == start and not self._in_scalar and buffer[at] in b"]}":
                    return at + 1, True
                self._in_scalar = True
                return at, at < end
            else:
                if self._depth and (match := _FLAT.match(buffer, at, end)):
                    at = match.end()
                if at == end:
                    return at, False
                if buffer[at] == ord('"'):
                    at += 1
                    self._in_string = True
                elif match := _OPENING.match(buffer, at, end):
                    at = match.end()
                    self._depth += match.end() - match.start()
                elif match := _CLOSING.match(buffer, at, end):
                    closed = min(match.end() - at, self._depth)
                    at += closed
                    self._depth -= closed
                    if not self._depth:
                        return at, True
        return at, False
