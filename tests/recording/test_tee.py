"""A body that is listened to while it passes."""

from collections.abc import Iterable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.record import Body
from analyzer.recording.tee import Tee, body_of

bodies = st.lists(st.binary(max_size=20), max_size=8)


@given(bodies, st.integers(0, 60), st.none() | st.integers(0, 60))
def test_pieces_pass_and_all_of_them_are_counted_and_hashed(pieces: list[bytes], keep: int, limit: int | None) -> None:
    tee, whole = Tee(keep), b"".join(pieces)
    assert [tee(piece) for piece in pieces] == pieces
    kept = whole[:keep][:limit]
    is_all = kept == whole
    assert tee.body(True, limit) == Body(
        kept=kept, size=len(whole), sha256=b"" if is_all else sha256(whole).digest(), complete=True
    )
    assert tee.whole() == (whole if len(whole) <= keep else None)
    assert tee.size == len(whole)


@given(bodies, st.integers(0, 60), st.integers(0, 80))
def test_what_came_after_a_position(pieces: list[bytes], keep: int, position: int) -> None:
    tee = Tee(keep)
    for piece in pieces:
        tee(piece)
    assert tee.since(position) == b"".join(pieces)[:keep][position:]


def test_it_may_be_asked_before_the_end() -> None:
    tee = Tee(4)
    tee(b"abc")
    assert tee.body(False) == Body(kept=b"abc", size=3, complete=False)
    tee(b"def")
    assert tee.body(True) == Body(kept=b"abcd", size=6, sha256=sha256(b"abcdef").digest())


def test_another_addon_still_changes_what_passes_and_what_came_is_kept() -> None:
    def halves(piece: bytes) -> Iterable[bytes]:
        return [piece[:1], piece[1:]] if piece else [b"end"]

    tee = Tee(100, halves)
    assert [list(tee(piece)) for piece in (b"ab", b"")] == [[b"a", b"b"], [b"end"]]
    assert tee.whole() == b"ab"


def test_an_endless_body_takes_no_more_memory_than_is_kept() -> None:
    tee, piece = Tee(1_000), bytes(700)
    for _ in range(1_000):
        assert tee(piece) is piece
    assert len(tee.body(False).kept) == 1_000
    assert tee.body(False).size == 700_000


@pytest.mark.parametrize(
    ("limit", "body"),
    [
        (3, Body(kept=b"abc", size=3)),
        (2, Body(kept=b"ab", size=3, sha256=sha256(b"abc").digest())),
        (0, Body(kept=b"", size=3, sha256=sha256(b"abc").digest())),
    ],
)
def test_a_body_in_one_piece(limit: int, body: Body) -> None:
    assert body_of(b"abc", limit) == body
