"""HAR files as a whole: what one bad entry costs, and what is said of it."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest

from analyzer.capture.har import HarReader, parse_time
from analyzer.capture.open import open_capture
from analyzer.errors import CaptureError
from analyzer.model import Capture, Exchange

HOSTILE = Path(__file__).parents[2] / "fixtures" / "hostile"


def read(path: Path) -> tuple[list[Exchange], Capture]:
    reader = open_capture(path)
    exchanges = list(reader)
    assert reader.bytes_read == reader.bytes_total == path.stat().st_size
    return exchanges, reader.capture()


def written(folder: Path, *entries: str | bytes) -> Path:
    """A HAR of these entries, each given as JSON text."""
    path = folder / "capture.har"
    texts = [entry if isinstance(entry, bytes) else entry.encode() for entry in entries]
    path.write_bytes(
        b'{"log": {"creator": {"name": "Firefox", "version": "1"}, "entries": [' + b",".join(texts) + b"]}}"
    )
    return path


def post(text: str) -> str:
    """An entry that posts `text`, which is JSON already."""
    request = f'{{"method": "POST", "url": "https://a.example/", "bodySize": -1, "postData": {{"text": {text}}}}}'
    return f'{{"startedDateTime": "2026-03-02T08:15:30Z", "request": {request}, "response": {{"status": 200}}}}'


def test_index_counts_broken_entries(tmp_path: Path) -> None:
    path = written(
        tmp_path, post('"a"'), "null", post('"b"'), '{"request": 1}', '{"request": {"url": nope}}', post('"c"')
    )
    exchanges, capture = read(path)
    assert [(exchange.index, exchange.body) for exchange in exchanges] == [(0, b"a"), (2, b"b"), (5, b"c")]
    assert capture.exchanges == 6
    assert [(skipped.index, skipped.reason) for skipped in capture.skipped] == [
        (1, "not an object"),
        (3, "no request in it"),
        (4, "not valid JSON"),
    ]
    assert capture.skipped_total == 3
    assert capture.complete


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"\\ud83d\\ude00 \\ud800"', "\U0001f600 \ud800".encode("utf-8", "surrogatepass")),
        ('"\\udcff\\udc80"', b"\xff\x80"),
        (b'"\xff\xfe"', b"\xff\xfe"),
        ('"a\x00b"', b"a\x00b"),
        ('"a", "text": "b"', b"b"),
        ('"a", "size": 36893488147419103232', b"a"),
        ('"a", "x": NaN', b"a"),
    ],
)
def test_odd_json_is_read(tmp_path: Path, text: str | bytes, expected: bytes) -> None:
    before, after = post("X").split("X")
    raw = text if isinstance(text, bytes) else text.encode()
    exchanges, capture = read(written(tmp_path, post('"1"'), before.encode() + raw + after.encode(), post('"2"')))
    assert [exchange.body for exchange in exchanges] == [b"1", expected, b"2"]
    assert capture.skipped_total == 0


def test_invalid_utf8_is_counted(tmp_path: Path) -> None:
    before, after = post("X").split("X")
    _, capture = read(written(tmp_path, before.encode() + b'"\xff"' + after.encode(), post('"x"')))
    assert {note.what: note.count for note in capture.fidelity}["invalid-utf8"] == 1


def test_deep_nesting_costs_one_entry(tmp_path: Path) -> None:
    deep = '{"request": {"url": ""}, "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    exchanges, capture = read(written(tmp_path, post('"1"'), deep, post('"2"')))
    assert [exchange.index for exchange in exchanges] == [0, 2]
    assert capture.skipped[0].reason == "nested too deep"


def test_skipped_entries_are_listed_up_to_a_hundred(tmp_path: Path) -> None:
    _, capture = read(written(tmp_path, *["7"] * 150))
    assert (len(capture.skipped), capture.skipped_total, capture.exchanges) == (100, 150, 150)


@pytest.mark.parametrize("window", [64, 2048])
def test_small_windows_change_nothing(tmp_path: Path, window: int) -> None:
    path = written(tmp_path, *[post(json.dumps("é☕" * n)) for n in range(200)])
    assert list(HarReader(path, window=window)) == list(HarReader(path))


def test_a_cut_file_is_partial_and_its_hash_is_of_the_whole(tmp_path: Path) -> None:
    path = written(tmp_path, post('"1"'), post('"2"'))
    path.write_bytes(path.read_bytes()[:-40])
    exchanges, capture = read(path)
    assert [exchange.body for exchange in exchanges] == [b"1"]
    assert not capture.complete
    assert "truncated-file" in [note.what for note in capture.fidelity]
    assert capture.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_bytes_behind_the_json_are_hashed_too(tmp_path: Path) -> None:
    path = written(tmp_path, post('"1"'))
    path.write_bytes(path.read_bytes() + b"\0" * 3_000_000)
    assert read(path)[1].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    entry = post(json.dumps("x" * 8000))
    peaks = []
    for count in (100, 3000):
        path = written(tmp_path, *[entry] * count)
        tracemalloc.start()
        assert sum(1 for _ in open_capture(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2_000_000


def test_a_capture_is_iterated_once(tmp_path: Path) -> None:
    reader = open_capture(written(tmp_path, post('"1"')))
    list(reader)
    with pytest.raises(RuntimeError):
        list(reader)


def test_times_span_the_capture(tmp_path: Path) -> None:
    later = post('"1"').replace("08:15:30Z", "09:15:30Z")
    _, capture = read(written(tmp_path, later, post('"1"'), '{"request": {}}'))
    assert (capture.first_time, capture.last_time) == (1772439330.0, 1772442930.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T08:15:30.250Z", 1772439330.25),
        ("2026-03-02T13:45:30.2500001+05:30", 1772439330.25),
        ("2026-03-02T08:15:30", 1772439330.0),
        ("0001-01-01T00:00:00+14:00", -62135647200.0),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_parse_time(text: str | None, expected: float | None) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", ["{}", '{"log": []}', '{"log": {}}', '{"log": {"entries": 1}}', '{"entries": []}', "{"]
)
def test_json_without_entries_is_no_har(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(text)
    with pytest.raises(CaptureError, match=r"log\.entries"):
        open_capture(path)


def test_hostile_fixture_costs_only_its_broken_entries() -> None:
    exchanges, capture = read(HOSTILE / "capture_broken_entries.har")
    assert [(exchange.index, exchange.body) for exchange in exchanges] == [(0, b"first"), (2, b"a\xffb"), (5, b"last")]
    assert [skipped.index for skipped in capture.skipped] == [1, 3, 4]
    assert capture.complete


def test_hostile_fixture_that_is_cut() -> None:
    exchanges, capture = read(HOSTILE / "capture_truncated.har")
    assert [exchange.body for exchange in exchanges] == [b"first"]
    assert not capture.complete


def test_what_the_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    entry = '{"request": {"url": "https://a.example/"}, "response": {}}'
    for place in ('"comment": "a reconstruction", "entries": [%s]', '"entries": [%s], "comment": "a reconstruction"'):
        file = tmp_path / "c.har"
        file.write_text('{"log": {"version": "1.2", ' + place % entry + "}}")
        reader = open_capture(file)
        assert len(list(reader)) == 1
        assert reader.capture().comment == "a reconstruction"
