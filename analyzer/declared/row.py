"""One kind of data: what is declared of it, who was seen to receive it, and the sentence that says both."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from analyzer.declared import apple, play
from analyzer.declared.statement import Scheme, Statement
from analyzer.declared.wording import Kind
from analyzer.reported import Declaration, Declared, Group, Quote, Recipient
from analyzer.taxonomy import Taxonomy

_NAMED = 4
"""Recipients, permissions or lines that a sentence names."""
_HASH = re.compile(r"(?:md\d|sha|ripemd|murmur|crc|blake|hmac)", re.I)
"""Of transforms, those that are hashes."""
_FORMS = {play.KIND: "the Data safety form", apple.LABEL: "the privacy label", apple.MANIFEST: "the privacy manifest"}


class Row(Struct, frozen=True):
    """A kind of data and what was seen of it."""

    scheme: Scheme
    kind: Kind
    seen: tuple[tuple[Recipient, Group], ...]
    permissions: tuple[str, ...] = ()
    """Android permissions that open such data to the app."""


def declared_row(
    row: Row,
    documents: Sequence[Statement],
    quotes: Mapping[Declaration, Sequence[Quote]],
    taxonomy: Taxonomy,
) -> Declared:
    """The row of the report. Documents of the row's scheme say what is declared; policies are only said to speak of it.

    *Shared* is a word of law: who receives data for the maker as a service provider need not be declared as one that
    it is shared with, and traffic does not show which a recipient is.
    """
    speaking = [one for one in documents if one.scheme == row.scheme]
    collecting = [one for one in speaking if row.kind.id in one.collected]
    sharing = [one for one in speaking if row.kind.id in one.shared]
    mentions = _mentions(row, quotes, taxonomy)
    if collecting or sharing:
        words = ["collected"] * bool(collecting) + ["shared"] * bool(sharing)
        declared, saying = " and ".join(words), [one for one in speaking if one in collecting or one in sharing]
    elif denying := [one for one in speaking if one.is_complete and row.kind.id not in one.unclear]:
        declared, saying = "not declared", denying
    else:
        declared, saying = "mentioned" if mentions else "no statement", []
    sources = [one.declaration.source for one in saying] + [quote.source for quote in mentions]
    return Declared(
        scheme=row.scheme,
        kind=row.kind.id,
        label=row.kind.label,
        declared=declared,
        sources=tuple(dict.fromkeys(sources)),
        data_types=tuple(dict.fromkeys(group.data_type for _, group in row.seen)),
        recipients=tuple(dict.fromkeys(recipient.id for recipient, _ in row.seen)),
        groups=tuple(group.id for _, group in row.seen),
        message=" ".join(_sentences(row, declared, saying, mentions)),
    )


def _mentions(row: Row, quotes: Mapping[Declaration, Sequence[Quote]], taxonomy: Taxonomy) -> tuple[Quote, ...]:
    """Passages that speak of data of this kind: of what was seen of it, or of any where nothing was."""
    types = {group.data_type for _, group in row.seen}
    types = types or {one.id for one in taxonomy if row.kind.id in one.columns.get(row.scheme, "").split("|")}
    return tuple(quote for said in quotes.values() for quote in said if types & {*quote.about})


def _sentences(row: Row, declared: str, saying: Sequence[Statement], mentions: Sequence[Quote]) -> Iterable[str]:
    seen = _seen(row)
    outside = [recipient for recipient, _ in row.seen if recipient.party != "first"]
    if declared == "no statement":
        yield f"Nothing given here says whether it is declared; {_ended(seen)}"
    elif declared == "mentioned":
        yield f"No form given here says whether it is declared; {_lines(mentions)} of it; {_ended(seen)}"
    elif declared == "not declared":
        forms = list(dict.fromkeys(_FORMS[one.declaration.kind] for one in saying))
        yield f"Not named in {_list(forms)}; {_ended(seen)}"
        if row.seen and forms == [_FORMS[apple.MANIFEST]]:
            yield "A manifest speaks for the app or the kit that it lies in; another one, or the label, may name it."
    else:
        yield f"Declared as {declared}; {_ended(seen)}"
    if outside and declared == "collected" and row.scheme == "play":
        yield (
            "Whether that is sharing, traffic cannot settle: a recipient that processes it for the maker as a service "
            "provider need not be declared as one."
        )
    if row.seen and declared == "not declared" and any(one.hides_ephemeral for one in saying):
        yield "Data that is processed in memory only is left out of the public page."
    if any(row.kind.id in one.tracking for one in saying):
        yield "Declared as used to track."
    yield from _cautions(row)
    if any(one.encrypted for one in saying) and any(not group.secure for _, group in row.seen):
        yield "All data is declared to be encrypted on its way; some of this travelled outside TLS."
    if mentions and declared != "mentioned":
        yield f"{_capital(_lines(mentions))} of it."
    if row.permissions:
        names = [name.rpartition(".")[2] for name in row.permissions]
        yield f"Permissions that allow the app to read it: {_list(names)}."


def _seen(row: Row) -> str:
    """Who was seen to receive it: `seen to go to Google LLC and to the app's own servers`."""
    if not row.seen:
        return "not seen in this capture, which shows only what was done in it"
    names = list(dict.fromkeys(recipient.name for recipient, _ in row.seen if recipient.party != "first"))
    own = any(recipient.party == "first" for recipient, _ in row.seen)
    to = ([_list(names)] if names else []) + ["the app’s own servers"] * own
    weak = all(group.evidence == "key" for _, group in row.seen)
    return f"seen to go to {' and to '.join(to)}{', by the names of fields only' if weak else ''}"


def _cautions(row: Row) -> Iterable[str]:
    hashed = [one for _, one in row.seen if _HASH.match(one.transform) or one.data_type.endswith(".hashed")]
    if hashed:
        how = f"{'All' if len(hashed) == len(row.seen) else 'Some'} of it travelled as a hash"
        counts = row.scheme == "apple" and row.kind.id in ("EmailAddress", "PhoneNumber")
        yield f"{how}, which Apple counts as the same kind of data." if counts else f"{how}."
    types = {group.data_type for _, group in row.seen}
    if "loc.precise" in types:
        yield (
            "Counted as precise: coordinates with three or more decimals, as Apple draws the line."
            if row.scheme == "apple"
            else "Counted as precise: coordinates with three or more decimals, finer than the 3 km² of Play’s line."
        )
    elif "loc.coarse" in types:
        yield "Counted as approximate: coordinates with fewer than three decimals."


def _lines(quotes: Sequence[Quote]) -> str:
    """`the privacy policy (policy.txt, lines 4 and 9) speaks`, for one file or several."""
    lines: dict[str, list[str]] = {}
    for quote in quotes:
        lines.setdefault(quote.source, []).append(str(quote.line))
    places = [
        f"{source}, line{'s' * (len(numbers) > 1)} {_list(numbers)}" for source, numbers in list(lines.items())[:_NAMED]
    ]
    return f"the privacy policy ({'; '.join(places)}) speaks"


def _list(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    more = len(items) - _NAMED
    shown = [*items[:_NAMED], *([f"{more} more"] if more > 0 else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _ended(sentence: str) -> str:
    """With a full stop, where a name such as `Meta Platforms, Inc.` has not brought one."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
