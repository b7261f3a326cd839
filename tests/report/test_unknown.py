"""Domains whose owner is not known."""

import pytest
from msgspec.structs import replace

from analyzer.model import Destination
from analyzer.report.unknown import MAX_NAMES, unknown_owners
from tests.report.attributed import CERTIFICATE, NOTHING, UNKNOWN, recipient
from tests.report.sample import HOSTILE


def domains(*destinations: Destination) -> list[str]:
    recipients = [recipient(number, to) for number, to in enumerate(destinations, 1)]
    return [row.domain for row in unknown_owners(recipients)]


def test_nothing_to_list() -> None:
    assert unknown_owners([]) == ()
    assert domains(replace(UNKNOWN, owner="Known Inc."), replace(UNKNOWN, party="first")) == []


def test_all_that_is_known_of_a_domain() -> None:
    other = replace(
        UNKNOWN, host="b.obscure.example", exchanges=7, certificate=None, aliases=(), network=None, server_country="IN"
    )
    both = replace(recipient(4, UNKNOWN), destinations=(UNKNOWN, other, UNKNOWN))
    (row,) = unknown_owners([both])
    assert (row.domain, row.recipient, row.exchanges) == ("obscure.example", "r4", 17)
    assert row.hosts == ("cfg.obscure.example", "b.obscure.example")
    assert row.certificate_organisations == ("Obscure Works Pvt Ltd",)
    assert (row.aliases, row.networks, row.countries) == (("d9.edge.example",), ("Example Transit",), ("SG", "IN"))


def test_nothing_is_known_but_the_name() -> None:
    (row,) = unknown_owners([recipient(1, NOTHING)])
    assert (row.certificate_organisations, row.aliases, row.networks, row.countries) == ((), (), (), ())


def test_a_certificate_that_names_no_organisation_says_nothing() -> None:
    to = replace(UNKNOWN, certificate=replace(CERTIFICATE, organisation=None))
    assert unknown_owners([recipient(1, to)])[0].certificate_organisations == ()


def test_the_most_exchanges_come_first() -> None:
    names = ("b.example", "a.example", "c.example")
    assert domains(*(replace(UNKNOWN, domain=name, exchanges=9 if name[0] == "c" else 2) for name in names)) == [
        "c.example", "a.example", "b.example",
    ]  # fmt: skip


def test_the_first_ten_names_are_listed() -> None:
    many = tuple(replace(UNKNOWN, host=f"h{number}.obscure.example") for number in range(40))
    (row,) = unknown_owners([replace(recipient(1, UNKNOWN), destinations=many)])
    assert len(row.hosts) == MAX_NAMES
    assert row.exchanges == 200


@pytest.mark.parametrize("name", ["obscure.example", "a_b.co.in", "xn--p1b6ci4b4b3a.xn--h2brj9c", "1x.in"])
def test_names_that_someone_registered(name: str) -> None:
    assert domains(replace(UNKNOWN, domain=name)) == [name]


@pytest.mark.parametrize(
    "name",
    ["", "localhost", "intranet", "192.0.2.7", "::1", "[2001:db8::1]", "1.2.3", "printer.local", "router.home.arpa",
     "a..in", "x.internal", "(other hosts)", ".in", "a b.in", *HOSTILE],
)  # fmt: skip
def test_names_that_nobody_registered(name: str) -> None:
    assert domains(replace(UNKNOWN, domain=name)) == []
