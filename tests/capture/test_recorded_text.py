"""Texts of a capture file at the length that texts of their kind have."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.recorded_text import cut, line, text, texts
from analyzer.model import AppBuild, Device


@given(st.binary(max_size=60))
def test_any_bytes_are_text(raw: bytes) -> None:
    text(raw).encode()
    assert texts(((raw, b"a"),)) == ((text(raw), "a"),)


@given(st.text(max_size=600))
def test_a_line_is_one_line(said: str) -> None:
    found = line(said)
    assert len(found) <= 400
    assert len(found.splitlines()) <= 1
    assert found == " ".join(said.split())[:400]


def test_facts_are_cut() -> None:
    long = "x" * 1_000
    build = cut(AppBuild(id=long, version="4.2\n", version_code=None, permissions=(long,) * 5_000))
    assert build == AppBuild(id="x" * 400, version="4.2", permissions=("x" * 400,) * 1_000)
    device = Device(model="Pixel 7", os="Android 14", is_emulator=True)
    assert cut(device) == device
    assert cut(None) is None
