"""Puts what was declared beside what was seen: documents, a row for each kind of data, and quotes of policies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from analyzer.declared.about import About
from analyzer.declared.android import permissions_of
from analyzer.declared.policy_diff import policy_diff
from analyzer.declared.row import Row, declared_row
from analyzer.declared.statement import Scheme, Statement, Statements
from analyzer.declared.wording import TOPICS, Wording
from analyzer.reported import Declaration, Declared, Group, PolicyChange, Quote, Recipient, Report
from analyzer.taxonomy import Taxonomy

MAX_QUOTES = 200
"""Of one document."""
MAX_CHANGES = 500
_TELLING = frozenset(TOPICS) - {"ADVERTISING", "ANALYTICS"}
"""Topics that make a passage worth a quote by themselves."""


class Compared(Struct, frozen=True):
    """What the report shows of the maker's statements."""

    declarations: tuple[Declaration, ...]
    declared: tuple[Declared, ...]
    """Those that were observed come first, of them those that no document declares, the most sensitive first."""
    quotes: tuple[Quote, ...]
    changes: tuple[PolicyChange, ...]


def compare(report: Report, statements: Statements, taxonomy: Taxonomy) -> Compared:
    """The maker's statements beside what the report says was transmitted; nothing where none were given."""
    if not statements.documents:
        return Compared((), (), (), ())
    documents = (*statements.documents, *_granted(report))
    wording = statements.wording
    about = About(wording, report.recipients)
    quotes = {document.declaration: _quotes(document, about) for document in documents if document.passages}
    rows = [
        declared_row(row, documents, quotes, taxonomy)
        for scheme in _schemes(documents)
        for row in _rows(scheme, report.recipients, documents, taxonomy, wording)
    ]
    observed = {kind for row in rows for kind in row.data_types}
    names = {recipient.name for recipient in report.recipients}
    telling = observed | names | _TELLING
    return Compared(
        tuple(document.declaration for document in documents),
        tuple(sorted(rows, key=lambda row: _order(row, taxonomy))),
        tuple(
            quote for said in quotes.values() for quote in [one for one in said if telling & {*one.about}][:MAX_QUOTES]
        ),
        _changes(documents, about),
    )


def _schemes(documents: Sequence[Statement]) -> tuple[Scheme, ...]:
    """Those that documents speak in; where none does, the words of Play serve to tell kinds of data apart."""
    spoken: tuple[Scheme, ...] = ("play", "apple")
    return tuple(scheme for scheme in spoken if any(one.scheme == scheme for one in documents)) or ("play",)


def _granted(report: Report) -> Iterator[Statement]:
    """The permissions that the capture file itself holds."""
    app = report.capture.app
    if app is not None and app.permissions:
        how = "granted when the capture was made"
        yield permissions_of(app.permissions, report.capture.path, report.capture.sha256, how)


def _quotes(document: Statement, about: About) -> tuple[Quote, ...]:
    found = ((passage, about.of(passage.text)) for passage in document.passages)
    source = document.declaration.source
    return tuple(Quote(source=source, line=one.line, text=one.text, about=said) for one, said in found if said)


def _changes(documents: Sequence[Statement], about: About) -> tuple[PolicyChange, ...]:
    """Between each version of the policy and the next, by their dates, else in the order given."""
    versions = [one for one in documents if one.passages]
    if all(one.declaration.date for one in versions):
        versions.sort(key=lambda one: one.declaration.date or "")
    pairs = pairwise(versions)
    found = [change for before, after in pairs for change in policy_diff(before, after, about)]
    return tuple(found[:MAX_CHANGES])


def _rows(
    scheme: Scheme,
    recipients: Iterable[Recipient],
    documents: Sequence[Statement],
    taxonomy: Taxonomy,
    wording: Wording,
) -> Iterator[Row]:
    """Each kind of the scheme that was observed, is declared, or that a permission opens."""
    seen: dict[str, list[tuple[Recipient, Group]]] = {}
    for recipient in recipients:
        for group in recipient.groups:
            for name in kinds_of(group.data_type, scheme, taxonomy):
                seen.setdefault(name, []).append((recipient, group))
    opened = _opened(scheme, documents, taxonomy, wording.permissions)
    for kind in wording.schemes[scheme].values():
        speaking = [one for one in documents if one.scheme == scheme]
        is_named = any(kind.id in {*one.collected, *one.shared, *one.unclear} for one in speaking)
        if kind.id in seen or is_named or (speaking and kind.id in opened):
            yield Row(scheme, kind, tuple(seen.get(kind.id, ())), tuple(opened.get(kind.id, ())))


def kinds_of(data_type: str, scheme: Scheme, taxonomy: Taxonomy) -> tuple[str, ...]:
    """What a data type is in a scheme; nothing where the scheme does not ask for it."""
    if data_type not in taxonomy:
        return ()
    return tuple(filter(None, taxonomy.get(data_type).columns.get(scheme, "").split("|")))


def _opened(
    scheme: Scheme,
    documents: Iterable[Statement],
    taxonomy: Taxonomy,
    permissions: Mapping[str, tuple[str, ...]],
) -> dict[str, list[str]]:
    """Permissions by the kind of data that they open to the app; of Android, so for the scheme of Play."""
    out: dict[str, list[str]] = {}
    asked = dict.fromkeys(name for one in documents for name in one.permissions) if scheme == "play" else {}
    for name in asked:
        types = permissions.get(name, ())
        for kind in dict.fromkeys(kind for one in types for kind in kinds_of(one, scheme, taxonomy)):
            out.setdefault(kind, []).append(name)
    return out


def _order(row: Declared, taxonomy: Taxonomy) -> tuple[bool, bool, int]:
    most = max((taxonomy.get(kind).sensitivity for kind in row.data_types), default=0)
    return not row.groups, row.declared not in ("not declared", "no statement", "mentioned"), -most
