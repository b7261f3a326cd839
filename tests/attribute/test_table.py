from pathlib import Path

import pytest

from analyzer.attribute.table import Row, read_table
from analyzer.errors import KnowledgeError


def _check(row: Row) -> str | None:
    return "b is empty" if not row["b"] else None


def _read(path: Path, content: bytes) -> list[Row]:
    path.write_bytes(content)
    return read_table(path, ("a", "b"), _check, key=("a",))


def test_rows_are_stripped_and_empty_lines_skipped(tmp_path: Path) -> None:
    assert _read(tmp_path / "t.csv", b"\xef\xbb\xbfa,b\n x , y \n\nz,w\r\n") == [
        {"a": "x", "b": "y"},
        {"a": "z", "b": "w"},
    ]


def test_all_mistakes_come_at_once_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with pytest.raises(KnowledgeError) as error:
        _read(path, b"a,b\nx,1\nx,2\ny,\nz\nw,1,2\n")
    assert str(error.value).splitlines() == [
        f"{path}:3: x is already on line 2",
        f"{path}:4: b is empty",
        f"{path}:5: 1 values for 2 columns",
        f"{path}:6: 3 values for 2 columns",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r":1: the columns must be a,b"),
        (b"b,a\n", r":1: the columns must be a,b"),
        (b"a,b\nx,\xff\n", r":2: not UTF-8"),
        (b'a,b\n"x,1\n', r":2: "),
        (b"a,b\nx," + b"y" * 200_000, r":2: field larger"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        _read(tmp_path / "t.csv", content)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_table(tmp_path / "t.csv", ("a",), _check, key=("a",))
