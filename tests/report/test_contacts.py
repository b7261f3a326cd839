"""What is kept of each host at each address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Certificate, Exchange
from analyzer.report import contacts
from analyzer.report.contacts import OTHERS, Contacts


def exchange(ip: str | None = "192.0.2.1", ms: float | None = None, subject: str = "") -> Exchange:
    return Exchange(index=0, server_ip=ip, connect_ms=ms, certificate=Certificate(subject=subject) if subject else None)


def test_nothing_met() -> None:
    assert Contacts().contacts() == ()


def test_hosts_are_kept_apart_by_address() -> None:
    met = Contacts()
    added = [met.add(host, exchange(ip)) for host, ip in (("a", "1"), ("a", "2"), ("b", "1"), ("a", "1"), ("a", None))]
    assert added == [0, 1, 2, 0, 3]
    assert [(to.host, to.server_ip, to.exchanges) for to in met.contacts()] == [
        ("a", "1", 2), ("a", "2", 1), ("b", "1", 1), ("a", None, 1),
    ]  # fmt: skip


def test_the_fastest_handshake_and_the_first_certificate_are_kept() -> None:
    met = Contacts()
    for ms, subject in ((None, ""), (8.0, "first"), (3.5, "second"), (5.0, ""), (None, "")):
        met.add("a", exchange(ms=ms, subject=subject))
    met.add("b", exchange())
    first, second = met.contacts()
    assert (first.connect_ms, first.certificate) == (3.5, Certificate(subject="first"))
    assert (second.connect_ms, second.certificate) == (None, None)


@given(st.lists(st.none() | st.floats(0, 1e6, allow_nan=False)))
def test_the_least_of_all_handshakes(times: list[float | None]) -> None:
    met = Contacts()
    for ms in times:
        met.add("a", exchange(ms=ms))
    assert [to.connect_ms for to in met.contacts()] == [min((t for t in times if t is not None), default=None)][
        : len(times)
    ]


def test_too_many_hosts_share_a_number_and_nothing_is_said_of_their_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contacts, "MAX_HOSTS", 2)
    met = Contacts()
    added = [met.add(host, exchange(ms=1.0, subject="x")) for host in "abcda"]
    assert added == [0, 1, 2, 2, 0]
    assert met.others == 2
    last = met.contacts()[-1]
    assert (last.host, last.server_ip, last.exchanges) == (OTHERS, None, 2)
    assert (last.connect_ms, last.certificate) == (None, None)


def test_a_later_part_of_an_exchange_is_no_further_one() -> None:
    met = Contacts()
    whole, part = exchange(ms=9.0), Exchange(index=0, server_ip="192.0.2.1", continues=True, connect_ms=4.0)
    assert [met.add("a", each) for each in (whole, part, whole, part, part)] == [0] * 5
    assert [(to.exchanges, to.connect_ms) for to in met.contacts()] == [(2, 4.0)]


def test_a_part_whose_beginning_was_lost_counts_as_one_exchange() -> None:
    met = Contacts()
    for _ in range(3):
        met.add("a", Exchange(index=0, continues=True))
    assert [to.exchanges for to in met.contacts()] == [1]
