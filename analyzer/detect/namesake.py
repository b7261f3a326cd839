"""Names that an e-mail address in the same request confirms: Ishaan Kulkarni beside `ishaan.kulkarni@...`."""

import re
from collections.abc import Iterable
from typing import Any

import re2

from analyzer.detect.joined import Joined
from analyzer.detect.shapes.person import person_name
from analyzer.memo import Memo
from analyzer.model import Finding

MAX_ADDRESSES = 8
"""Different addresses in one request whose names are looked for."""
MAX_LOCAL = 64
# What addresses, which have no letters but ASCII, write for those that names have.
_WRITTEN = {
    "ae": "(?:ae|ä|æ)", "oe": "(?:oe|ö|ø)", "ue": "(?:ue|ü)", "ss": "(?:ss|ß)", "a": "[aàáâãäåą]", "c": "[cçćč]",
    "e": "[eèéêëęě]", "i": "[iìíîï]", "l": "[lł]", "n": "[nñńň]", "o": "[oòóôõöøő]", "s": "[sśšş]", "u": "[uùúûüůű]",
    "y": "[yý]", "z": "[zźżž]",
}  # fmt: skip
_ASCII = re.compile("|".join(_WRITTEN))


class Namesakes:
    """Searches for the names that addresses are made of; the pattern of an address is made once."""

    def __init__(self) -> None:
        self._patterns = Memo[tuple[str, bool], Any](1_000)

    def find(self, joined: Joined, addresses: Iterable[str]) -> list[tuple[int, Finding]]:
        """(position of the field, finding) of each name that two words of one of these addresses repeat.

        Two words of three letters or more have to agree, in either order, so chance has no part in it.
        """
        found: list[tuple[int, Finding]] = []
        for address in sorted(set(addresses))[:MAX_ADDRESSES]:
            pattern = self._pattern(address.partition("@")[0].lower(), joined.data.isascii())
            last = -1
            for match in pattern.finditer(joined.data) if pattern is not None else ():
                position = joined.position(match.start(1))
                value = match.group(1).decode("utf-8", "replace")
                if position == last or not person_name(value):
                    continue
                last = position
                finding = Finding(
                    field=joined.fields[position], data_type="person.name.full", evidence="validated", value=value,
                    reasoning="The value is a name whose words an e-mail address in the same request repeats.",
                )  # fmt: skip
                found.append((position, finding))
        return found

    def _pattern(self, local: str, is_ascii: bool) -> Any:
        """What finds the name in an address, in ASCII or any text; None where the address does not hold two words."""
        known = local, is_ascii
        if known in self._patterns:
            return self._patterns[known]
        words = re.findall(r"[a-z]{3,}", local[:MAX_LOCAL])[:2]
        pattern = None
        if len(words) == 2:
            one, two = (_written(word, is_ascii) for word in words)
            between = r" (?:[^\s<>@,;:=]+ ){0,2}"
            # RE2's \b knows ASCII letters only.
            pattern = re2.compile(rf"(?i)(?:^|[^A-Za-z\x{{c0}}-\x{{24f}}])({one}{between}{two}|{two}{between}{one})")
        return self._patterns.keep(known, pattern)


def _written(word: str, is_ascii: bool) -> str:
    """A pattern for a word of an address as names have it: `ohalloran` is O'Halloran, `juergen` Jürgen."""
    if is_ascii:
        return rf"{word[0]}'?{word[1:]}[a-z]*"
    first, rest = (_ASCII.sub(lambda letters: _WRITTEN[letters[0]], part) for part in (word[0], word[1:]))
    return rf"{first}['’]?{rest}[a-z\x{{c0}}-\x{{24f}}]*"
