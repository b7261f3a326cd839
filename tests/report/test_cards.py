"""What the page shows of a recipient."""

from msgspec.structs import replace

from analyzer.report.cards import card_of
from tests.report.attributed import CERTIFICATE, EVERYTHING, HOLDING, NOTHING, OPERATOR, PARENT, recipient


def test_a_destination_with_nothing() -> None:
    card = card_of(recipient(1, NOTHING), ())
    assert (card.chains, card.seats, card.hosts_seen, card.vendor_regions, card.sources) == ((), (), (), (), ())
    assert [answer.to for answer in card.servers + card.networks + card.owners] == [NOTHING] * 3


def test_a_destination_with_everything() -> None:
    card = card_of(recipient(1, EVERYTHING), ())
    assert card.seats == (("US", (PARENT.name,)), (None, (HOLDING.name,)), ("DE", (OPERATOR.name,)))
    (seen,) = card.hosts_seen
    assert (seen.host, seen.aliases, seen.certificates) == (EVERYTHING.host, (EVERYTHING.aliases,), (CERTIFICATE,))


def test_companies_of_one_country_share_their_seat() -> None:
    to = replace(EVERYTHING, ownership=(OPERATOR, replace(PARENT, country="DE")))
    assert card_of(recipient(1, to), ()).seats == (("DE", (PARENT.name, OPERATOR.name)),)


def test_different_answers_are_apart_the_most_frequent_first() -> None:
    agreed = replace(EVERYTHING, server_countries=EVERYTHING.server_countries[:1], server_country_disputed=False)
    vpn = replace(EVERYTHING, network_kinds=("VPN",))
    card = card_of(replace(recipient(1, EVERYTHING), destinations=(EVERYTHING, agreed, vpn, agreed, agreed)), ())
    assert [(len(answer.all), answer.to) for answer in card.servers] == [(3, agreed), (2, EVERYTHING)]
    assert [(len(answer.all), answer.to) for answer in card.networks] == [(4, EVERYTHING), (1, vpn)]
    assert len(card.owners) == 1


def test_hosts_at_several_addresses_are_seen_once() -> None:
    other = replace(EVERYTHING, server_ip="192.0.2.1", aliases=("b.metrics.example",))
    bare = replace(EVERYTHING, host="bare.example", aliases=(), certificate=None)
    card = card_of(replace(recipient(1, EVERYTHING), destinations=(EVERYTHING, other, EVERYTHING, bare)), ())
    (seen,) = card.hosts_seen
    assert seen.aliases == (EVERYTHING.aliases, ("b.metrics.example",))
    assert seen.certificates == (CERTIFICATE,)


def test_a_certificate_alone_is_something_to_show() -> None:
    (seen,) = card_of(recipient(1, replace(EVERYTHING, aliases=())), ()).hosts_seen
    assert (seen.aliases, seen.certificates) == ((), (CERTIFICATE,))
