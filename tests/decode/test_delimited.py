"""Tables that an app uploads: cells under the names of their columns, and only where the sender says it is one."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decode.sending import place, sent, values

TYPE = "text/csv; charset=utf-8"


@pytest.mark.parametrize(("delimiter", "kind"), [(",", TYPE), (";", "text/csv"), ("\t", "text/tab-separated-values")])
def test_cells_by_column(delimiter: str, kind: str) -> None:
    rows = [["name", "E-mail 1", "phone"], ["Asha Kulkarni", "asha@post.example", "+919812345670"], ["Zoë", "", "1"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    decoded = sent(text.encode(), kind)
    assert place(decoded, "asha@post.example") == ("body", "[0].E-mail 1", ("csv",))
    assert place(decoded, "Zoë") == ("body", "[1].name", ("csv",))


def test_cells_with_line_ends_and_cells_without_a_name() -> None:
    decoded = sent(b'note,city\n"two\nlines, one cell",Nagpur,more\n', TYPE)
    assert values(decoded) == ["two\nlines, one cell", "Nagpur", "more"]
    assert place(decoded, "more")[1] == "[0].[2]"


@pytest.mark.parametrize("body", [b"12,13\n14,15", b",\n", b"Dear all, come to us!\nToday,,,"])
def test_what_has_no_names_is_no_table(body: bytes) -> None:
    assert not any("csv" in each.decoding for each in sent(body, TYPE).fields)


def test_only_what_is_declared() -> None:
    assert not any("csv" in each.decoding for each in sent(b"name,city\nAsha,Nagpur", "text/plain").fields)


def test_a_cell_that_is_too_long_is_noted() -> None:
    decoded = sent(b"name,city\nAsha,Nagpur\n" + b"x" * 200_000, TYPE)
    assert "Nagpur" in values(decoded)
    assert "broken-table" in decoded.notes


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda cell: cell.strip()
)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4))
def test_every_cell_that_was_written_is_found(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("one", "two"), *rows])
    decoded = sent(out.getvalue().encode(), TYPE)
    paths = {each.path.partition("]")[0] + "]" for each in decoded.fields if "csv" in each.decoding}
    assert paths == {f"[{position}]" for position in range(len(rows))}
