"""The writer of capture files: in order, without waiting, and through every trouble a disk can make."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzer.capture.frame import MAGIC, Frames, framed
from analyzer.capture.reader import Source
from analyzer.capture.record import Ended, Lost, Marked, Record, Shown, decode, encode
from analyzer.errors import CaptureError
from analyzer.recording.journal import Journal, check_new, new_path
from tests.recording.small_disk import enlarge, small_disk

END = Ended(time=9.0)
SOON = 60
"""Seconds that a busy machine is given for what takes a fraction of one."""


class Disk:
    """Stands between the journal and `os.write`; `trouble` is raised from it, `gate` holds it up."""

    def __init__(self) -> None:
        self.trouble: OSError | None = None
        self.room: int | None = None
        """Bytes that still fit, before `trouble` comes."""
        self.most: int | None = None
        """Bytes that one call takes."""
        self.gate = threading.Event()
        self.gate.set()
        self.calls = 0
        self._write = os.write

    def __call__(self, file: int, data: bytes | memoryview) -> int:
        self.calls += 1
        self.gate.wait(SOON)
        if self.trouble is not None:
            if not self.room:
                raise self.trouble
            data = data[: self.room]
            self.room -= len(data)
        return self._write(file, data[: self.most])


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk()
    monkeypatch.setattr("analyzer.recording.journal.os.write", made)
    yield made
    made.gate.set()


def mark(number: int) -> Marked:
    return Marked(time=float(number), name="x")


def large(number: int, size: int) -> Shown:
    return Shown(sha256=b"%d" % number, der=bytes(size))


def records(path: Path) -> list[Record]:
    """What is in the file, which has to be whole."""
    source = Source(path)
    assert source.read(len(MAGIC)) == MAGIC
    frames = Frames(source)
    found = [decode(payload) for payload in frames]
    assert (frames.damaged, frames.torn) == (0, 0)
    return found


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


class Said(list[str]):
    """What a journal said of its troubles."""

    def __call__(self, message: str) -> None:
        self.append(message)


def test_records_are_written_in_order_and_all_of_them(tmp_path: Path) -> None:
    said = Said()
    journal = Journal(tmp_path / "f", said)
    for number in range(5_000):
        journal.write(mark(number))
    journal.close(END)
    assert records(tmp_path / "f") == [*map(mark, range(5_000)), END]
    assert journal.size == (tmp_path / "f").stat().st_size
    assert (journal.waiting, journal.lost, said) == (0, 0, [])


def test_records_are_in_the_file_before_it_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "f", Said())
    journal.write(mark(1))
    until(lambda: not journal.waiting)
    assert records(tmp_path / "f") == [mark(1)]
    journal.write(mark(2))
    until(lambda: not journal.waiting)
    assert records(tmp_path / "f") == [mark(1), mark(2)]
    journal.close(END)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Journal(tmp_path / "f", Said()).close(END)
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    for name in ("f", "link"):
        with pytest.raises(CaptureError, match=r"such a file already; name another"):
            Journal(tmp_path / name, Said())
    assert (tmp_path / "f").read_bytes() == b"mine"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("name", ["no/such/folder", "x" * 300, "."])
def test_a_file_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureError, match=r"(cannot be written|such a file already).*\.$"):
        Journal(tmp_path / name, Said())


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path: Path, disk: Disk) -> None:
    disk.trouble = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(CaptureError, match=r"No space left.*room"):
        Journal(tmp_path / "f", Said())
    assert not (tmp_path / "f").exists()


def test_a_disk_that_does_not_answer_delays_nobody(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path / "f", Said(), backlog=1_000)
    disk.gate.clear()
    journal.write(mark(0))
    until(lambda: disk.calls == 2)  # MAGIC was the first
    for number in range(1, 500):
        journal.write(mark(number))  # were it to wait, the test would never come past this
    assert 0 < journal.waiting <= 1_000
    assert journal.lost > 0
    disk.gate.set()
    journal.close(END)
    assert len(records(tmp_path / "f")) == 500 - journal.lost + 2


def test_a_full_disk_costs_nothing_that_fits_into_memory(tmp_path: Path, disk: Disk) -> None:
    said = Said()
    journal = Journal(tmp_path / "f", said)
    disk.trouble, disk.room = OSError(errno.ENOSPC, "No space left on device"), 100
    for number in range(50):
        journal.write(mark(number))
    until(lambda: bool(said))
    until(lambda: disk.calls > 4)  # it tries again and again
    assert len(said) == 1
    assert "NOT RECORDED: the disk is full" in said[0]
    assert str(tmp_path / "f") in said[0]
    whole = records(tmp_path / "f")  # also now, it ends with a whole record
    assert whole == [mark(number) for number in range(len(whole))]
    disk.trouble = None
    until(lambda: len(said) == 2)
    assert said[1] == f"Recording to {tmp_path / 'f'} goes on."
    journal.close(END)
    assert records(tmp_path / "f") == [*map(mark, range(50)), END]
    assert journal.size == (tmp_path / "f").stat().st_size


def test_what_did_not_fit_is_told_with_its_number_once_there_is_room(tmp_path: Path, disk: Disk) -> None:
    said = Said()
    backlog = 40 * len(encode(mark(0)))
    journal = Journal(tmp_path / "f", said, backlog)
    disk.trouble = OSError(errno.ENOSPC, "No space left on device")
    for number in range(100):
        journal.write(mark(number))
    until(lambda: bool(said))
    assert journal.lost == 60
    disk.trouble = None
    until(lambda: not journal.waiting)
    journal.write(mark(100))
    journal.close(END)
    *kept, lost, next_one, end = records(tmp_path / "f")
    assert kept == [*map(mark, range(40))]
    assert isinstance(lost, Lost)
    assert (lost.count, next_one, end) == (60, mark(100), END)
    assert 0 < lost.since <= lost.time


def test_lost_records_are_told_at_the_end_at_the_latest(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path / "f", Said(), backlog=10 * len(encode(mark(0))))
    disk.trouble = OSError(errno.EDQUOT, "Disk quota exceeded")
    for number in range(15):
        journal.write(mark(number))
    disk.trouble = None
    journal.close(END)
    *kept, lost, end = records(tmp_path / "f")
    assert kept == [*map(mark, range(10))]
    assert isinstance(lost, Lost)
    assert (lost.count, end) == (5, END)


def test_a_disk_that_is_full_to_the_end_is_said_with_the_number(tmp_path: Path, disk: Disk) -> None:
    said = Said()
    journal = Journal(tmp_path / "f", said)
    disk.trouble = OSError(errno.ENOSPC, "No space left on device")
    for number in range(15):
        journal.write(mark(number))
    until(lambda: bool(said))
    journal.close(END)
    assert [message.split(" ")[:4] for message in said] == [
        ["NOT", "RECORDED:", "the", "disk"], ["NOT", "RECORDED:", "16", "records"],
    ]  # fmt: skip
    assert journal.lost == 16
    assert (tmp_path / "f").read_bytes() == MAGIC


@pytest.mark.parametrize("most", [1, 7, 1_000])
def test_a_disk_may_take_a_write_in_parts(tmp_path: Path, disk: Disk, most: int) -> None:
    journal = Journal(tmp_path / "f", Said())
    disk.most = most
    for number in range(100):
        journal.write(mark(number))
    journal.close(END)
    assert records(tmp_path / "f") == [*map(mark, range(100)), END]


def test_where_a_torn_record_cannot_be_taken_back_nothing_else_is(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*what: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    said = Said()
    journal = Journal(tmp_path / "f", said)
    with monkeypatch.context() as patched:
        patched.setattr("analyzer.recording.journal.os.ftruncate", fails)
        disk.trouble, disk.room = OSError(errno.EIO, "Input/output error"), len(framed([encode(mark(0))])[0]) + 5
        journal.write(mark(0))
        journal.write(mark(1))
        until(lambda: bool(said))
        disk.trouble = None
        until(lambda: len(said) == 2)
    disk.trouble, disk.room = OSError(errno.EIO, "Input/output error"), 5  # and once more, now with the means
    journal.write(mark(2))
    until(lambda: len(said) == 3)
    disk.trouble = None
    journal.close(END)
    source = Source(tmp_path / "f")
    source.read(len(MAGIC))
    frames = Frames(source)
    assert [decode(payload) for payload in frames] == [mark(0), mark(1), mark(2), END]
    assert (frames.damaged, frames.torn) == (5, 0)
    assert journal.size == (tmp_path / "f").stat().st_size


def test_a_record_that_cannot_be_encoded_is_counted(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "f", Said())
    journal.write(Marked(time=1.0, name="\ud800"))
    journal.write(mark(1))
    journal.close(END)
    lost, *rest = records(tmp_path / "f")
    assert isinstance(lost, Lost)
    assert (lost.count, lost.reason, journal.lost) == (1, "its text was no Unicode", 1)
    assert rest == [mark(1), END]


def test_who_follows_the_file_is_not_led_astray_by_what_is_taken_back(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn, may_go_on, truncate = threading.Event(), threading.Event(), os.ftruncate

    def held_up(file: int, size: int) -> None:
        torn.set()
        may_go_on.wait(SOON)
        truncate(file, size)

    monkeypatch.setattr("analyzer.recording.journal.os.ftruncate", held_up)
    said = Said()
    journal = Journal(tmp_path / "f", said)
    disk.trouble, disk.room = OSError(errno.ENOSPC, "No space left on device"), len(framed([encode(mark(0))])[0]) + 5
    for number in range(3):
        journal.write(mark(number))
    assert torn.wait(SOON)

    def steps() -> Iterator[bool]:
        disk.trouble = None
        may_go_on.set()
        until(lambda: len(said) == 2)
        yield True
        journal.close(END)
        yield True

    waiting = steps()
    source = Source(tmp_path / "f")
    source.read(len(MAGIC))
    frames = Frames(source, lambda: next(waiting, False))
    assert [decode(payload) for payload in frames] == [*map(mark, range(3)), END]
    assert source.count == (tmp_path / "f").stat().st_size
    assert (frames.damaged, frames.torn) == (0, 0)


def test_a_file_that_is_deleted_is_said_once(tmp_path: Path) -> None:
    said = Said()
    journal = Journal(tmp_path / "f", said)
    (tmp_path / "f").unlink()
    journal.write(mark(0))
    until(lambda: bool(said))
    journal.write(mark(1))
    journal.close(END)
    assert len(said) == 1
    assert "was deleted" in said[0]


def test_more_than_one_write_takes_is_written_in_order(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path / "f", Said())
    disk.gate.clear()
    for number in range(30):
        journal.write(large(number, 1_000_000))
    disk.gate.set()
    journal.close(END)
    assert records(tmp_path / "f") == [*(large(number, 1_000_000) for number in range(30)), END]


def test_a_disk_that_is_full_for_real(tmp_path: Path) -> None:
    said = Said()
    with small_disk(tmp_path / "disk", "1m") as folder:
        path = folder / "f"
        journal = Journal(path, said, backlog=2_000_000)
        for number in range(100):
            journal.write(large(number, 40_000))
        until(lambda: bool(said))
        assert journal.lost > 0
        whole = records(path)
        assert whole == [large(number, 40_000) for number in range(len(whole))]
        assert 0 < len(whole) < 30
        enlarge(folder, "20m")
        until(lambda: not journal.waiting)
        journal.write(mark(100))
        journal.close(END)
        *kept, lost, last, end = records(path)
    assert kept == [large(number, 40_000) for number in range(len(kept))]
    assert isinstance(lost, Lost)
    assert (lost.count, len(kept) + lost.count) == (journal.lost, 100)
    assert (last, end) == (mark(100), END)
    assert ["NOT RECORDED" in message for message in said] == [True, False]


def test_a_new_path_is_one_that_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "strftime", lambda _: "capture-20261122-120000")
    found = []
    for _ in range(3):
        found.append(new_path())
        found[-1].touch()
    stem = tmp_path / "capture-20261122-120000"
    assert found == [Path(f"{stem}{number}.apptells") for number in ("", "-2", "-3")]


def test_where_no_file_can_be_made_is_known_without_making_one(tmp_path: Path) -> None:
    taken, missing = tmp_path / "taken", tmp_path / "none" / "s.apptells"
    taken.touch()
    for path, why in ((taken, "such a file already"), (missing, "No such file or directory")):
        with pytest.raises(CaptureError, match=why):
            check_new(path)
        with pytest.raises(CaptureError, match=why):
            Journal(path, print)
    check_new(tmp_path / "s.apptells")
    assert list(tmp_path.iterdir()) == [taken]


def test_a_folder_that_may_not_be_written_to_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)  # whoever runs this, even root
    with pytest.raises(CaptureError, match="Permission denied"):
        check_new(tmp_path / "s.apptells")
