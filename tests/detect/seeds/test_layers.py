"""Opened runs: whatever they hold is there, and known to come from its run."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.seeds.layers import BASE32, BASE64, HEX, Encoding, layers

TEXT = b"Ishaan.Kulkarni+shop@post.example"
WRITTEN: list[tuple[Encoding, Callable[[bytes], str]]] = [
    (HEX, bytes.hex),
    (BASE64, lambda data: base64.b64encode(data).decode()),
    (BASE32, lambda data: base64.b32encode(data).decode()),
]


@pytest.mark.parametrize(("encoding", "written"), WRITTEN, ids=["hex", "base64", "base32"])
@given(data=st.data())
def test_a_text_is_found_wherever_it_stands(
    encoding: Encoding, written: Callable[[bytes], str], data: st.DataObject
) -> None:
    noise = st.binary(max_size=20)
    contents = data.draw(st.lists(noise, min_size=1, max_size=5))
    which = data.draw(st.integers(0, len(contents) - 1))
    contents[which] = data.draw(noise) + TEXT + data.draw(noise)
    lead = data.draw(st.integers(0, encoding.group - 1))
    text, spans = b"", []
    for content in contents:
        run = written(b"A" * encoding.size)[:lead].encode() + written(content).rstrip("=").encode()
        spans.append((len(text), len(text) + len(run)))
        text += run + b" "
    found = [
        layer.origins()(layer.data.index(TEXT))
        for layer in layers(text, spans, encoding)
        if layer.encodings == (encoding.name,) and TEXT in layer.data
    ]
    assert spans[which][0] in found


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", [b"", b"\x90", b"\x90\x91"])
def test_utf_16(codec: str, before: bytes) -> None:
    run = base64.b64encode(before + TEXT.decode().encode(codec) + b"\x90" * 40).rstrip(b"=")
    found = [layer for layer in layers(run, [(0, len(run))], BASE64) if TEXT in layer.data]
    assert [layer.encodings for layer in found] == [("base64", "utf-16")]
    assert found[0].origins()(found[0].data.index(TEXT)) == 0


def test_no_runs() -> None:
    assert not any(layer.data for layer in layers(b"", [], BASE64))


def test_padding_opens_to_no_letters_or_digits() -> None:
    for encoding, written in WRITTEN:
        for size in range(1, 12):
            run = written(b"\xff" * size).rstrip("=").encode()
            whole = next(iter(layers(run, [(0, len(run))], encoding))).data
            assert not any(chr(byte).isalnum() for byte in whole if byte < 128)
