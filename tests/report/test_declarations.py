"""What was declared and what was seen, on the page: only where something was declared, linked, and safe to look at."""

from msgspec.structs import replace

from analyzer.report.declarations import CHANGES, QUOTES, ROWS, declared_view
from analyzer.report.html import render_html
from analyzer.reported import Declaration, Declared, PolicyChange, Quote, Report
from tests.report.sample import HOSTILE, founding_report

POLICY = Declaration(kind="privacy policy", source="policy.txt", sha256="a" * 64, date="2018-03-25", note="A note.")


def declared(report: Report, **members: str) -> Declared:
    recipient = report.recipients[0]
    row = Declared(
        scheme="play", kind="PSL_EMAIL", label="Email address", declared="not declared", sources=("policy.txt",),
        data_types=("person.email",), recipients=(recipient.id,), groups=(recipient.groups[0].id,),
        message="The form does not name it.",
    )  # fmt: skip
    return replace(row, **members)


def quote(text: str = "We never share.", line: int = 4, about: tuple[str, ...] = ("SALE", "person.email")) -> Quote:
    return Quote(source="policy.txt", line=line, text=text, about=about)


def page(report: Report) -> str:
    return "".join(render_html(report))


def section(report: Report) -> str:
    return page(report).partition('<section id="declared"')[2].partition("</section>")[0]


def test_nothing_is_shown_where_nothing_was_declared() -> None:
    assert declared_view(founding_report()) is None
    assert 'id="declared"' not in page(founding_report())
    assert ".documents" not in page(founding_report())


def test_rows_link_to_recipients_and_groups() -> None:
    report = founding_report()
    text = section(replace(report, declarations=(POLICY,), declared=(declared(report),), quotes=(quote(),)))
    assert f'<a href="#{report.recipients[0].groups[0].id}"><bdi>{report.recipients[0].name}</bdi></a>' in text
    assert "The form does not name it." in text
    assert "<blockquote>We never share.</blockquote>" in text
    assert "line 4: sale, email address" in text
    assert f"SHA-256 <code>{'a' * 64}</code>" in text


def test_what_passages_speak_of_is_said_in_words() -> None:
    report = founding_report()
    about = ("THIRD PARTIES", "person", "person.email", "act.session_metrics", report.recipients[0].name)
    view = declared_view(replace(report, declarations=(POLICY,), quotes=(quote(about=about),)))
    assert view is not None
    assert view.quoted[0].open[0].about == (
        "third parties", "personal data", "email address", "session metrics", report.recipients[0].name,
    )  # fmt: skip


def test_much_is_counted_not_shown() -> None:
    report = founding_report()
    rows, quotes = (declared(report),) * (ROWS + 3), tuple(quote(line=line) for line in range(QUOTES + 2))
    view = declared_view(replace(report, declarations=(POLICY,), declared=rows, quotes=quotes))
    assert view is not None
    assert (len(view.tables[0].rows), view.tables[0].more) == (ROWS, 3)
    assert (len(view.quoted[0].open) + len(view.quoted[0].folded), view.quoted[0].more) == (QUOTES, 2)


class WithChanges(Report, frozen=True, kw_only=True):
    """The report with the member that it is to get."""

    policy_changes: tuple[PolicyChange, ...] = ()


def with_changes(changes: tuple[PolicyChange, ...]) -> Report:
    report = replace(founding_report(), declarations=(POLICY,))
    members = {name: getattr(report, name) for name in report.__struct_fields__} | {"policy_changes": changes}
    return WithChanges(**members)


def test_changes_stand_side_by_side() -> None:
    change = PolicyChange(kind="changed", before=quote("We never share."), after=quote("We share.", 9), about=("SALE",))
    gone = PolicyChange(kind="went", before=quote("We delete."), after=None, about=())
    text = section(with_changes((change, gone)))
    assert "Before: <bdi>policy.txt</bdi>, line 4</p><blockquote>We never share.</blockquote>" in text
    assert "After: <bdi>policy.txt</bdi>, line 9</p><blockquote>We share.</blockquote>" in text
    assert "After: nothing" in text
    view = declared_view(with_changes((gone,) * (CHANGES + 4)))
    assert view is not None
    assert (len(view.changes), view.more_changes) == (CHANGES, 4)


def test_hostile_text_stays_text() -> None:
    report = founding_report()
    for text in HOSTILE:
        documents = (Declaration(kind=text, source=text, sha256=text, date=text, note=text),)
        said = Quote(source=text, line=1, text=text, about=(text,))
        row = declared(report, kind=text, label=text, declared=text, message=text, scheme=text)
        shown = section(replace(report, declarations=documents, declared=(row,), quotes=(said,)))
        assert "<script" not in shown
        assert "<img" not in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "</style>" not in shown
        assert len(shown) < 40_000


def test_only_what_was_surely_seen_stands_out() -> None:
    report = founding_report()
    for evidence, declaration, stands_out in (
        ("seed", "not declared", True), ("key", "not declared", False), ("seed", "collected", False),
    ):  # fmt: skip
        first = report.recipients[0]
        group = replace(first.groups[0], evidence=evidence)
        changed = replace(report, recipients=(replace(first, groups=(group,)),), declarations=(POLICY,))
        view = declared_view(replace(changed, declared=(declared(changed, declared=declaration),)))
        assert view is not None
        assert view.tables[0].rows[0].stands_out is stands_out
