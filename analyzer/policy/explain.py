"""A rule in words: when it indicates, what it allows, what it cannot show, and what it rests on."""

from collections.abc import Iterator, Sequence

from analyzer.policy.rule import NOT, Clause, Rule, data_types
from analyzer.taxonomy import Taxonomy, within_sentence

LABELS_SHOWN = 24
_PHASES = {
    "before-consent": "before a consent screen was answered",
    "after-reject": "while a refusal on a consent screen held",
}
_PARTIES = {"first": "the app's maker", "third": "a third party", "unknown": "somebody whose party is not known"}
_SHARED = {
    "handed-out": "an identifier that another recipient's server handed out",
    "several": "an identifier that several recipients were sent",
}
_LISTS = (
    ("evidence", "recognised by"),
    ("location", "found in the request's"),
    ("path", "in a field named"),
    ("transform", "transformed as"),
    ("category", "the recipient's kind of service is"),
    ("owner", "the recipient or an owner of it is"),
    ("seat", "the owner's seat is in"),
    ("server", "the server's place is"),
)
"""Conditions that are lists of words, in the order of a rule's file, and how each is told."""


def explain(rule: Rule, taxonomy: Taxonomy) -> Iterator[tuple[str, Sequence[str]]]:
    """Headings and the lines under each."""
    yield f"{rule.id}: {rule.title}", (f"Severity {rule.severity}, {rule.status}.", rule.description)
    yield "It indicates where all of this holds", tuple(_clauses(rule.when, taxonomy))
    if rule.unless:
        yield "It allows where, besides, all of this holds", tuple(_clauses(rule.unless, taxonomy))
    yield (
        "It is not known",
        ("where one of these things does not show in the capture, or only a field's name says what it holds.",),
    )
    yield "It may be mistaken about", rule.false_positives
    yield "It cannot show", (rule.cannot_show,)
    references = [each.document + (f" ({each.date})" if each.date else "") for each in rule.references]
    yield f"It rests on (compared {rule.verified_on})", tuple(references)


def _clauses(clauses: Sequence[Clause], taxonomy: Taxonomy) -> Iterator[str]:
    for number, clause in enumerate(clauses):
        if number:
            yield "or"
        yield from _conditions(clause, taxonomy)


def _conditions(clause: Clause, taxonomy: Taxonomy) -> Iterator[str]:
    if clause.data_type:
        yield f"the data type is {_types(clause.data_type, taxonomy)}"
    if clause.sensitivity:
        yield f"its sensitivity (0 technical to 4 special, credential, national identifier) is {clause.sensitivity}"
    if clause.party:
        yield f"the recipient is {_either([_told(word, _PARTIES) for word in clause.party])}"
    for member, words in _LISTS:
        if asked := getattr(clause, member):
            yield f"{words} {_either(asked)}"
    if clause.secure is not None:
        yield "it travelled inside TLS or QUIC" if clause.secure else "it travelled outside TLS and QUIC"
    if clause.phase:
        yield f"it was sent {_either([_told(word, _PHASES) for word in clause.phase])}"
    if clause.first_seen:
        yield f"it was first sent {clause.first_seen} seconds after the capture's first exchange"
    if clause.together:
        way = "in the same request" if clause.together.within == "request" else "to the same recipient"
        yield f"{_types(clause.together.data_type, taxonomy)} went {way}"
    if clause.shared:
        yield f"it is {_either([_told(word, _SHARED) for word in clause.shared])}"


def _told(word: str, words: dict[str, str]) -> str:
    plain = word.removeprefix(NOT)
    told = words.get(plain, f"in the phase {plain}")
    return f"{NOT}{told}" if word.startswith(NOT) else told


def _either(words: Sequence[str]) -> str:
    """`a or b, and not c`."""
    words = ["known" if word == f"{NOT}unknown" else word for word in words]
    known = "known" in words
    words = [word for word in words if word != "known"]
    wanted = [word for word in words if not word.startswith(NOT)]
    barred = [word for word in words if word.startswith(NOT)]
    parts = (" or ".join(wanted), " and ".join(barred), "that is known" if known else "")
    return ", and ".join(part for part in parts if part)


def _types(selectors: Sequence[str], taxonomy: Taxonomy) -> str:
    kinds = sorted(data_types(selectors, taxonomy))
    labels = [within_sentence(taxonomy.get(kind).label) for kind in kinds]
    more = f" or {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
    shown = ", ".join(labels[:LABELS_SHOWN]) if more else " or ".join((", ".join(labels[:-1]), labels[-1]))
    return f"{shown.removeprefix(' or ')}{more} ({', '.join(selectors)})"
