"""Entries are found on the lines, and at the bytes, that they stand on."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.lines import _CountingWindow, entry_spans
from analyzer.capture.open import open_capture
from analyzer.errors import CaptureError
from tests.cli.running import FLOW, HAR


def har(urls: list[str], indent: int | None, end: str = "\n") -> bytes:
    entries = [{"startedDateTime": "2018-03-23T10:00:00Z", "request": {"method": "GET", "url": url}} for url in urls]
    text = json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=indent, ensure_ascii=False)
    return text.replace("\n", end).encode()


@given(
    st.lists(st.text('aé\n"\\{}[]', max_size=30), min_size=1, max_size=20),
    st.sampled_from([None, 0, 1, 4]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_span_holds_its_entry(
    tmp_path_factory: pytest.TempPathFactory, urls: list[str], indent: int | None, end: str
) -> None:
    path = tmp_path_factory.mktemp("har") / "made.har"
    data = har(urls, indent, end)
    path.write_bytes(data)
    spans = entry_spans(path, range(len(urls)))
    assert sorted(spans) == list(range(len(urls)))
    for index, span in spans.items():
        text = data[span.offset : span.offset + span.length]
        assert json.loads(text)["request"]["url"] == urls[index]
        assert span.line == data[: span.offset].count(b"\n") + 1
        assert span.last_line == span.line + text.count(b"\n")


def test_small_windows_count_alike(tmp_path: Path) -> None:
    data = har([f"https://shop.example/{number}" for number in range(200)], 2)
    at = iter(range(0, len(data) + 7, 7))

    def readinto(buffer: memoryview) -> int:
        start = next(at)
        piece = data[start : start + 7]
        buffer[: len(piece)] = piece
        return len(piece)

    window = _CountingWindow(readinto, 16)
    window.skip()
    assert window.place() == (data.count(b"\n") + 1, len(data))


def test_the_founding_case_has_the_entry_of_each_exchange() -> None:
    with open_capture(HAR) as reader:
        urls = {exchange.index: exchange.url for exchange in reader}
    data = HAR.read_bytes()
    spans = entry_spans(HAR, urls)
    assert spans.keys() == urls.keys()
    for index, span in spans.items():
        assert json.loads(data[span.offset : span.offset + span.length])["request"]["url"] == urls[index]


def test_a_broken_entry_is_counted_as_the_reader_counts_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.har"
    lines = har([f"https://shop.example/{number}" for number in range(4)], 1).split(b"\n")
    at = next(number for number, line in enumerate(lines) if b"shop.example/1" in line)
    lines[at] = lines[at].replace(b": ", b" ")
    path.write_bytes(b"\n".join(lines))
    with open_capture(path) as reader:
        read = {exchange.index: exchange.url for exchange in reader}
    assert 1 not in read
    assert 3 in read
    span = entry_spans(path, [3])[3]
    assert b"shop.example/3" in b"\n".join(lines[span.line - 1 : span.last_line])


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe{\0", gzip.compress(har(["https://a.example"], 1)), b"[" * 99])
def test_what_has_no_lines_has_no_spans(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(data)
    assert entry_spans(path, [0]) == {}


def test_flows_have_no_spans() -> None:
    assert entry_spans(FLOW, [0, 1]) == {}


def test_a_file_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot be read"):
        entry_spans(tmp_path / "gone.har", [0])
