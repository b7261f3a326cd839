"""The cursor over a stream of JSON."""

import io
import re

import pytest

from analyzer.capture import json_window
from analyzer.capture.json_window import Malformed, Overlong, Truncated, Window
from analyzer.errors import CaptureError

LIMIT = 1 << 20


def window(data: bytes, size: int = 16) -> Window:
    return Window(io.BytesIO(data).readinto, size)


@pytest.mark.parametrize("data", [b"-12.5e3", b'"a\\"b"', b'{"a":[1,{"b":null}]}', b'"' + b"x" * 5000 + b'"', b"true"])
@pytest.mark.parametrize("size", [4, 16, 1 << 16])
def test_a_value_ends_exactly(data: bytes, size: int) -> None:
    for behind in (b"", b"  ,1", b"]"):
        cursor = window(b" " + data + behind, size)
        assert bytes(cursor.value(LIMIT)).strip() == data
        assert cursor.peek() == (behind.strip()[0] if behind else -1)


def test_values_that_cannot_be_given_are_told_apart() -> None:
    with pytest.raises(Malformed):
        window(b'{"a": nope, "b": "' + b"x" * 100 + b'"}').value(LIMIT)
    with pytest.raises(Overlong, match="larger"):
        window(b'"' + b"x" * 5000 + b'"').value(1000)
    with pytest.raises(Overlong, match="deep"):
        window(b"[" * 50_000 + b"]" * 50_000).value(LIMIT)
    with pytest.raises(Truncated):
        window(b'{"a": "x').value(LIMIT)


@pytest.mark.parametrize(
    "data", [b'"' + b"x" * 5000 + b'"', b"[" * 5000 + b"]" * 5000, b"[NaN]", b"  [1, [2]]", b"-1.5"]
)
def test_any_value_can_be_skipped(data: bytes) -> None:
    cursor = window(data + b",7")
    cursor.skip()
    assert cursor.peek() == ord(",")


def test_recovery_goes_to_the_next_start() -> None:
    start = re.compile(rb",x")
    cursor = window(b"[broken" + b"." * 300 + b",x[]")
    assert bytes(cursor.recover(3, start, LIMIT) or b"") == b"[broken" + b"." * 300
    assert cursor.peek() == ord(",")
    assert window(b"[broken" + b"." * 3000 + b",x").recover(3, start, 1000) is None
    assert bytes(window(b"[1, broken] , 2").recover(3, start, LIMIT) or b"") == b"[1, broken]"
    with pytest.raises(Truncated):
        window(b"[1, broken").recover(3, start, LIMIT)


def test_other_error_texts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_window, "_TRUNCATED", "in other words")
    with pytest.raises(CaptureError, match="msgspec"):
        window(b"{}")
