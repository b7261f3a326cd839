"""What is said of connections that could not be read, and when silence is."""

from typing import get_args

import pytest

from analyzer.capture.record import Refused
from analyzer.capture.refusals import REASONS, SILENT, Refusals
from analyzer.model import UnreadKind


def refused(
    kind: UnreadKind = "suspected pinning", host: str = "bank.example", reason: str = "", address: str | None = None
) -> Refused:
    return Refused(time=1.0, kind=kind, host=host, reason=reason, address=address)


def test_every_kind_has_its_words() -> None:
    assert set(REASONS) == set(get_args(UnreadKind))


@pytest.mark.parametrize("kind", [kind for kind in get_args(UnreadKind) if kind != "suspected pinning"])
def test_what_is_certain_is_said_at_once(kind: UnreadKind) -> None:
    refusals, record = Refusals(), refused(kind, reason="because\nof it")
    assert refusals.of(record) == ("bank.example", f"{REASONS[kind]} (because of it)", record)
    assert list(refusals.silent()) == []


@pytest.mark.parametrize(("count", "told"), [(SILENT - 1, 0), (SILENT, SILENT), (SILENT + 1, SILENT + 1)])
def test_silence_is_said_when_it_comes_again_and_again(count: int, told: int) -> None:
    refusals = Refusals()
    assert [refusals.of(refused()) for _ in range(count)] == [None] * count
    assert len(list(refusals.silent())) == told


def test_silence_of_different_hosts_does_not_add_up() -> None:
    refusals = Refusals()
    for number in range(9):
        refusals.of(refused(host=f"h{number}.example"))
    assert list(refusals.silent()) == []


def test_where_something_was_read_silence_says_nothing() -> None:
    refusals = Refusals()
    for _ in range(9):
        refusals.of(refused())
    refusals.reached("bank.example")
    assert list(refusals.silent()) == []


def test_without_a_name_the_address_stands() -> None:
    refusals = Refusals()
    for address, host in (("192.0.2.7", "192.0.2.7"), (None, "unknown host")):
        found = refusals.of(refused("failed", "", address=address))
        assert found is not None
        assert found[0] == host
