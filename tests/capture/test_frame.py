"""Frames of a capture file: what was whole is read, whatever happened before, between and after."""

import io
import random
import struct
import tracemalloc
from collections.abc import Iterator
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import frame
from analyzer.capture.frame import MARK, MAX_RECORD, Frames, framed

HEAD = 12
"""Bytes of a frame before its payload."""
payloads = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=60),
        st.lists(st.sampled_from([MARK, b"\xf6", b"\xab\x0eT", b"\0\0\0\0", b"a"]), min_size=1).map(b"".join),
    ),
    max_size=8,
)


class Pieces(io.RawIOBase):
    """A source that gives at most so many bytes at once; None for an end that is not the last."""

    def __init__(self, *parts: bytes | None, most: int = 1 << 30) -> None:
        self._parts, self._most = list(parts), most
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        if not self._parts:
            return b""
        part = self._parts.pop(0)
        if part is None:
            return b""
        size = min(size, self._most)
        if part[size:]:
            self._parts.insert(0, part[size:])
        self.taken += len(part[:size])
        return part[:size]


def read(data: bytes) -> tuple[list[bytes], Frames]:
    frames = Frames(io.BytesIO(data))  # type: ignore[arg-type]
    return list(frames), frames


def head(length: int, check: int = 0) -> bytes:
    return struct.pack("<4sII", MARK, length, check)


def test_a_frame_is_mark_length_checksum_payload() -> None:
    assert framed([b"abc"]) == [b"\xf6\xab\x0eT\3\0\0\0\xc2\x41\x24\x35abc"]


@given(payloads, st.integers(1, 40))
def test_payloads_come_back_however_they_are_read(given: list[bytes], most: int) -> None:
    frames = Frames(Pieces(b"".join(framed(given)), most=most))
    assert list(frames) == given
    assert (frames.damaged, frames.torn) == (0, 0)


@given(payloads)
def test_a_file_cut_anywhere_gives_all_that_was_whole(given: list[bytes]) -> None:
    made = framed(given)
    data, ends = b"".join(made), [0]
    for each in made:
        ends.append(ends[-1] + len(each))
    for cut in range(len(data) + 1):
        whole = sum(end <= cut for end in ends) - 1
        found, frames = read(data[:cut])
        assert found == given[:whole]
        assert (frames.damaged, frames.torn) == (0, cut - ends[whole])


def touched(given: list[bytes], file: bytes) -> set[int]:
    """Numbers of the frames that are not in this file, of the same length, as they were made."""
    found, at = set(), 0
    for number, each in enumerate(framed(given)):
        if file[at : at + len(each)] != each:
            found.add(number)
        at += len(each)
    return found


plain = st.lists(st.binary(min_size=1, max_size=40).filter(lambda text: MARK[0] not in text), min_size=1, max_size=8)


def without(given: list[bytes], lost: set[int]) -> list[bytes]:
    return [payload for number, payload in enumerate(given) if number not in lost]


@given(plain, st.data())
def test_a_flipped_byte_costs_its_own_record(given: list[bytes], data: st.DataObject) -> None:
    file = bytearray(b"".join(framed(given)))
    at = data.draw(st.integers(0, len(file) - 1))
    file[at] ^= data.draw(st.integers(1, 255))
    found, frames = read(bytes(file))
    (lost,) = touched(given, bytes(file))
    assert found == without(given, {lost})
    passed = HEAD + len(given[lost])
    assert (frames.damaged, frames.torn) == ((0, passed) if lost == len(given) - 1 else (passed, 0))


@given(plain, st.data(), st.sampled_from([0, 0xFF, MARK[0]]))
def test_a_block_that_is_overwritten_costs_the_records_it_touches(
    given: list[bytes], data: st.DataObject, byte: int
) -> None:
    file = bytearray(b"".join(framed(given)))
    start = data.draw(st.integers(0, len(file) - 1))
    end = data.draw(st.integers(start + 1, len(file)))
    file[start:end] = bytes([byte]) * (end - start)
    found, frames = read(bytes(file))
    lost = touched(given, bytes(file))
    assert found == without(given, lost)
    assert frames.damaged + frames.torn == sum(HEAD + len(given[number]) for number in lost)


@given(plain, st.data(), st.one_of(st.binary(min_size=1, max_size=60), st.just(MARK), st.just(head(3))))
def test_what_is_put_between_records_costs_none_of_them(
    given: list[bytes], data: st.DataObject, garbage: bytes
) -> None:
    made = framed(given)
    at = data.draw(st.integers(0, len(made)))
    found, frames = read(b"".join([*made[:at], garbage, *made[at:]]))
    assert found == given
    assert frames.damaged + frames.torn == len(garbage)
    assert bool(frames.torn) == (at == len(made))


@given(st.binary(max_size=2_000))
def test_any_bytes_end(data: bytes) -> None:
    found, frames = read(data)
    assert sum(len(payload) + HEAD for payload in found) + frames.damaged + frames.torn == len(data)


def test_a_damaged_stretch_that_is_longer_than_any_record_is_passed_over_in_little_memory() -> None:
    class Long(io.RawIOBase):
        def __init__(self) -> None:
            self._left = 70
            self._last = iter(framed([b"last"]))

        def read(self, size: int = -1) -> bytes:
            self._left -= 1
            return bytes(size) if self._left >= 0 else next(self._last, b"")

    tracemalloc.start()
    try:
        frames = Frames(Long())
        assert list(frames) == [b"last"]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert frames.damaged == 70 << 20
    assert frames.damaged > MAX_RECORD


@pytest.mark.parametrize("length", [MAX_RECORD + 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_no_record_has_is_not_read_ahead_for(length: int) -> None:
    source = Pieces(head(length) + framed([b"next"])[0], bytes(10 << 20), framed([b"last"])[0])
    frames = iter(Frames(source))
    assert next(frames) == b"next"
    assert source.taken < 1 << 10
    assert list(frames) == [b"last"]


def test_marks_everywhere_end() -> None:
    found, frames = read(MARK * 100_000 + b"".join(framed([b"last"])))
    assert found == [b"last"]
    assert frames.damaged == 4 * 100_000


def test_so_many_marks_that_it_is_no_accident_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_SEARCHED", 1_000 * frame._LOOK)
    found, frames = read(framed([b"first"])[0] + MARK * 1_001 + framed([b"last"])[0])
    assert found == [b"first"]
    assert frames.torn > 0


def test_checking_what_pretends_to_be_a_record_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []

    def counting(data: memoryview) -> int:
        checked.append(len(data))
        return crc32(data)

    monkeypatch.setattr(frame, "crc32", counting)
    monkeypatch.setattr(frame, "_SEARCHED", 1 << 20)
    size = 100_000
    found, frames = read(framed([b"first"])[0] + head(size) * (4 * size // HEAD))
    assert found == [b"first"]
    assert sum(checked) < (1 << 20) + 2 * size
    assert frames.torn == 4 * size // HEAD * HEAD


def test_a_file_that_grows_is_followed_to_its_end() -> None:
    one, two, three = framed([b"one", b"two", b"three"])
    asked: list[int] = []

    def more() -> bool:
        asked.append(len(found))
        return len(asked) < 5

    found: list[bytes] = []
    frames = Frames(Pieces(one + two[:5], None, two[5:], None, None, three, None), more)
    for payload in frames:
        found.append(payload)
    assert found == [b"one", b"two", b"three"]
    assert asked[:3] == [1, 2, 2]
    assert (frames.damaged, frames.torn) == (0, 0)


def test_what_is_torn_while_the_file_grows_is_passed_over() -> None:
    torn, whole = framed([b"torn" * 9, b"whole"])
    answers = iter([True, True, True, False, False])
    frames = Frames(Pieces(torn[:-7], None, whole, None), lambda: next(answers, False))
    assert list(frames) == [b"whole"]
    assert (frames.damaged, frames.torn) == (len(torn) - 7, 0)


def test_many_large_records_take_the_memory_of_a_few() -> None:
    def records() -> Iterator[bytes]:
        for number in range(30):
            yield framed([random.Random(number).randbytes(1 << 20)])[0]

    class Source(io.RawIOBase):
        def __init__(self) -> None:
            self._records = records()

        def read(self, size: int = -1) -> bytes:
            return next(self._records, b"")

    tracemalloc.start()
    try:
        assert sum(map(len, Frames(Source()))) == 30 << 20
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()
