"""The splitter: exact with any window, and broken entries cost themselves alone."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture import har_entries
from analyzer.capture.har_entries import Broken, HarWalk, Member
from analyzer.capture.json_window import Window

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
ENTRIES = st.lists(st.dictionaries(st.text(max_size=6), VALUES, min_size=1, max_size=3), max_size=4)
GOOD = {"startedDateTime": "2026-03-02T08:15:30Z", "request": {"method": "GET", "url": "https://a.example/"}}


def walk(data: bytes, window: int = 1 << 16) -> tuple[list[object], HarWalk]:
    """What the walk gives, with entries parsed, `Broken` with its bytes, and the walk itself."""
    result = HarWalk(Window(io.BytesIO(data).readinto, window))
    steps: list[object] = []
    for step in result:
        if isinstance(step, memoryview):
            steps.append(json.loads(bytes(step)))
        elif isinstance(step, Broken):
            steps.append((step.reason, None if step.data is None else bytes(step.data)))
        elif isinstance(step, Member):
            steps.append((step.name, json.loads(step.value)))
    return steps, result


@given(ENTRIES, st.integers(16, 200), st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60)
def test_entries_are_exact_with_any_window(entries: list[object], window: int, indent: int | None, ascii: bool) -> None:
    data = json.dumps({"log": {"pages": [{"id": 1}], "entries": entries}}, indent=indent, ensure_ascii=ascii)
    steps, result = walk(data.encode("utf-8", "replace"), window)
    assert steps == json.loads(data.encode("utf-8", "replace"))["log"]["entries"]
    assert result.found
    assert result.complete


def test_two_kilobyte_windows_cut_numbers_strings_and_escapes() -> None:
    entries = [{"n": -i * 1.5e-7, "s": '\\"é☕\U0001f600' * (i % 40), "t": [True, None, i]} for i in range(2000)]
    data = json.dumps({"log": {"entries": entries}}).encode()
    assert walk(data, 2048)[0] == entries


def test_members_come_in_any_order_and_unknown_ones_are_skipped() -> None:
    log = {"_x": {"entries": [1]}, "entries": [GOOD], "creator": {"name": "x"}, "comment": "y"}
    steps, result = walk(json.dumps({"first": [{"log": 1}], "log": log, "last": "]"}).encode(), 32)
    assert steps == [GOOD, ("creator", {"name": "x"}), ("comment", "y")]
    assert result.complete


def test_members_that_are_not_needed_are_not_held() -> None:
    data = b'{"log":{"pages":["' + b"x" * 20_000_000 + b'"],"entries":[]}}'
    source = io.BytesIO(data)
    tracemalloc.start()
    for _ in HarWalk(Window(source.readinto, 1 << 16)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "bad",
    [
        b'{"startedDateTime": nope, "request": {}}',
        b'{"startedDateTime": "x", "request": {"a": [1, 2}}',
        b'{"startedDateTime": "unclosed, "request": {"url": "x"}}',
        b'{"startedDateTime": "x" "request": {}}',
    ],
)
@pytest.mark.parametrize("window", [64, 1 << 16])
def test_a_malformed_entry_costs_itself_alone(bad: bytes, window: int) -> None:
    good = json.dumps(GOOD).encode()
    data = b'{"log":{"entries":[' + b",\n".join([good, bad, good, good]) + b"]}}"
    steps, result = walk(data, window)
    assert [step for step in steps if isinstance(step, dict)] == [GOOD] * 3
    assert steps[1] == ("not valid JSON", bad)
    assert result.complete


def test_a_malformed_last_entry_ends_by_its_brackets() -> None:
    data = b'{"log":{"entries":[' + json.dumps(GOOD).encode() + b', {"startedDateTime": NaN}], "creator": {"a": 1}}}'
    steps, result = walk(data)
    assert steps == [GOOD, ("not valid JSON", b', {"startedDateTime": NaN}'[2:]), ("creator", {"a": 1})]
    assert result.complete


def test_an_entry_that_swallows_the_rest_costs_itself_alone() -> None:
    good = json.dumps(GOOD).encode()
    data = b'{"log":{"entries":[{"startedDateTime": "x", "t": [' + b", " + good + b", " + good + b"]}}"
    assert [step for step in walk(data)[0] if isinstance(step, dict)] == [GOOD] * 2


def test_deep_nesting_costs_one_entry() -> None:
    good = json.dumps(GOOD).encode()
    deep = b'{"startedDateTime": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    steps, result = walk(b'{"log":{"entries":[' + b",".join([good, deep, good]) + b"]}}")
    assert steps == [GOOD, ("nested too deep", None), GOOD]
    assert result.complete


def test_a_large_entry_is_passed_over_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_entries, "ENTRY_LIMIT", 1 << 20)
    good = json.dumps(GOOD).encode()
    large = b'{"startedDateTime": "' + b'\\"x' * 3_000_000 + b'"}'
    data = b'{"log":{"entries":[' + b",".join([good, large, good]) + b"]}}"
    source = io.BytesIO(data)
    tracemalloc.start()
    result = HarWalk(Window(source.readinto, 1 << 16))
    steps = [step.reason if isinstance(step, Broken) else bytes(step) for step in result if step is not None]  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert steps == [good, "larger than 1 MiB", good]
    assert peak < 6_000_000


@given(st.integers(0, 400), st.integers(32, 300))
def test_a_cut_file_gives_every_entry_before_the_cut(cut: int, window: int) -> None:
    entries = [{**GOOD, "n": n} for n in range(4)]
    data = json.dumps({"log": {"entries": entries}}).encode()
    cut = min(cut, len(data) - 1)
    steps, result = walk(data[:cut], window)
    whole = sum(1 for n in range(4) if f'"n": {n}}}'.encode() in data[:cut])
    assert steps == entries[:whole]
    assert not result.complete


@pytest.mark.parametrize("noise", [b"}", b"}}", b'"}]}}', b"1}} x", b"{} } {}", b"\x9c}\x01{"])
@pytest.mark.parametrize("window", [16, 32, 1 << 16])
def test_brackets_that_close_nothing_end(noise: bytes, window: int) -> None:
    """Each byte is stepped over at least once, so that no file is read for ever."""
    steps, _ = walk(b'{"log":{"entries":[' + noise + b' {"request":1}]}}', window)
    assert len(steps) <= len(noise) + 2


@given(st.binary(max_size=300) | st.text('{}[],:"1e \\\n}', max_size=300).map(str.encode))
def test_any_bytes_end(noise: bytes) -> None:
    steps, _ = walk(b'{"log":{"entries":[{"request":' + noise, 32)
    assert len(steps) <= 301
