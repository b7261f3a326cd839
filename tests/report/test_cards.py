"""What the page shows of a recipient."""

from msgspec.structs import replace

from analyzer.report.cards import CARD_LIMIT, FIELD_LIMIT, OPEN_ROWS, card_of, cards_of, closed_of
from analyzer.reported import UndecodedCount
from tests.report.attributed import CERTIFICATE, EVERYTHING, HOLDING, NOTHING, OPERATOR, PARENT, recipient
from tests.report.sample import big_report


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


def test_only_the_first_recipients_have_a_card_and_their_folded_rows_are_limited() -> None:
    many = big_report(CARD_LIMIT + 5, 60).recipients
    cards = cards_of(many, ())
    assert [card.recipient for card in cards] == list(many[:CARD_LIMIT])
    assert sum(len(card.folded_rows) for card in cards) == FIELD_LIMIT
    assert {len(card.open_rows) for card in cards} == {OPEN_ROWS}
    for card in cards:
        assert len(card.open_rows) + len(card.folded_rows) + card.more_rows == 60


def test_what_could_not_be_decoded_is_told_of_every_recipient_the_most_bytes_first() -> None:
    many = big_report(CARD_LIMIT + 2, 1).recipients
    counts = [
        UndecodedCount(host="a.example", recipient="r1", count=1, bytes=5),
        UndecodedCount(host="b.example", recipient=many[-1].id, count=2, bytes=4),
        UndecodedCount(host="c.example", recipient=many[-1].id, count=1, bytes=3),
    ]
    closed = closed_of(many, counts)
    assert [(each.recipient, each.undecoded) for each in closed] == [
        (many[-1], tuple(counts[1:])), (many[0], tuple(counts[:1])),
    ]  # fmt: skip
    assert cards_of(many, closed)[0].undecoded == tuple(counts[:1])
