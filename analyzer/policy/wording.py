"""The words of a verdict: its message filled in, and what is missing where a rule cannot be judged."""

import re
from collections.abc import Iterable, Mapping, Sequence

from analyzer.english import listed
from analyzer.taxonomy import within_sentence

PARTS: Mapping[str, str] = {
    "labels": "the data types, in words",
    "recipient": "who received them",
    "host": "the hosts",
    "server": "where the servers stand, as far as known",
    "seat": "where the owner has its seat, as far as known",
    "phase": "the phases of the session",
    "together": "the data types that went the same way",
    "assigner": "whose server handed the identifier out",
}
"""Names that a message may hold between braces, and what they stand for."""
_NAMES = ("recipient", "host", "assigner")
MOST = 6
"""Names that a sentence lists; the others are counted."""
MAX_NAME = 120

_PART = re.compile(r"\{([^{}]*)\}")


def unknown_parts(message: str) -> list[str]:
    """Names between braces that no message may hold."""
    return [name for name in _PART.findall(message) if name not in PARTS]


def filled(message: str, parts: Mapping[str, str]) -> str:
    """The message with its parts; what a part holds is never taken for a part.

    It begins with a capital letter, unless a name does that has none.
    """
    text = _PART.sub(lambda found: parts[found[1]], message)
    begins_with_name = message.startswith(tuple(f"{{{name}}}" for name in _NAMES))
    return text if begins_with_name else text[:1].upper() + text[1:]


def names_listed(names: Iterable[str], rest: str = "others") -> str:
    """`a, b and c`, each once and cut to `MAX_NAME`; of many, the last are counted: `a, b and 7 others`."""
    return listed((name[:MAX_NAME] for name in dict.fromkeys(names)), MOST, rest)


def missing_words(missing: Iterable[tuple[str, str]]) -> str:
    """What is not known, from pairs of a question and whom it is about: `who owns A and B; when ...`.

    Where a question holds `{}`, the names stand there.
    """
    names: dict[str, list[str]] = {}
    for question, name in sorted(set(missing)):
        names.setdefault(question, []).append(name)
    return "; ".join(question.replace("{}", names_listed(about)) for question, about in names.items())


def labels_of(labels: Sequence[tuple[int, str]]) -> str:
    """Labels with their sensitivity, the most sensitive first, as a list within a sentence."""
    ordered = sorted(set(labels), key=lambda each: (-each[0], each[1]))
    return names_listed((within_sentence(label) for _, label in ordered), "other data types")
