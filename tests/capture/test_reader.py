"""What all readers share: the source's hash and count, and bounded lists."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.capture import reader as reader_module
from analyzer.capture.reader import CaptureReader, Source
from analyzer.errors import CaptureError
from analyzer.model import Exchange


class TwoExchanges(CaptureReader):
    """A reader that makes its exchanges up, with a broken entry and connections not read between them."""

    format = "made up"

    def _exchanges(self) -> Iterator[Exchange]:
        yield Exchange(index=self._number(), time=20.0)
        self._skip("broken")
        for host in ("b.example", "a.example", "b.example"):
            self._not_read(host, "refused")
            self._lookups.add(host, "made up")
        yield Exchange(index=self._number(), time=10.0)
        self._broke_off()
        self._broke_off()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "capture"
    path.write_bytes(b"x" * 3_000_000)
    return path


def test_a_source_hashes_and_counts_what_was_read(path: Path) -> None:
    with Source(path) as source:
        assert source.readinto(bytearray(10)) == 10
        assert source.count == 10
        assert source.sha256() == hashlib.sha256(b"x" * 10).hexdigest()
        source.drain()
        assert source.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_cannot_be_read_is_a_capture_error(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot be read"):
        Source(tmp_path / "missing")


def test_a_reader_tells_what_the_capture_was(path: Path) -> None:
    reader = TwoExchanges(path)
    assert [exchange.index for exchange in reader] == [0, 2]
    capture = reader.capture()
    assert (capture.path, capture.bytes, capture.format, capture.exchanges) == ("capture", 3_000_000, "made up", 3)
    assert (capture.first_time, capture.last_time) == (10.0, 20.0)
    assert [(note.what, note.count) for note in capture.fidelity] == [("truncated-file", 1), ("broken-entries", 1)]
    assert [(unread.host, unread.count) for unread in reader.unread()] == [("a.example", 1), ("b.example", 2)]
    assert [lookup.name for lookup in reader.lookups()] == ["a.example", "b.example"]


def test_hosts_not_read_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "UNREAD_LISTED", 1)
    reader = TwoExchanges(path)
    list(reader)
    assert [(unread.host, unread.count) for unread in reader.unread()] == [("b.example", 2)]
