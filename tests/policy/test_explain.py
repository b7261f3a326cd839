"""A rule in words."""

import pytest

from analyzer.policy.explain import explain
from analyzer.policy.rule import Rule
from tests.policy.rules_made import rule, shipped, words


def lines(of: Rule) -> list[str]:
    return [line for heading, lines in explain(of, words().taxonomy) for line in (heading, *lines)]


@pytest.mark.parametrize("each", shipped(), ids=lambda rule: rule.id)
def test_everything_that_a_rule_says_is_told(each: Rule) -> None:
    said = lines(each)
    assert said[0] == f"{each.id}: {each.title}"
    assert {each.description, each.cannot_show, *each.false_positives} <= set(said)
    for reference in each.references:
        assert any(line.startswith(reference.document) for line in said)
    assert ("It allows where, besides, all of this holds" in said) == bool(each.unless)


def test_every_condition_is_told() -> None:
    made = rule(
        '[{data_type: [fin.card.pan, fin.card.cvv], sensitivity: ">= 2", evidence: seed, party: third, '
        "category: [payment, not unknown], owner: X, seat: not IN, server: [US, edge], "
        "phase: [before-consent, logged-in], transform: plain, secure: no, location: query, "
        'path: a*, first_seen: "<= 3", shared: several, '
        "together: {data_type: id.ad, within: request}}, {party: [first, unknown]}]"
    )
    said = "\n".join(lines(made))
    for words_of in (
        "the data type is card security code or payment card number (fin.card.pan, fin.card.cvv)", "is >= 2",
        "recognised by seed", "the recipient is a third party\n", "kind of service is payment, and that is known",
        "or an owner of it is X", "the owner's seat is in not IN", "the server's place is US or edge",
        "it was sent before a consent screen was answered or in the phase logged-in", "transformed as plain",
        "it travelled outside TLS", "found in the request's query", "in a field named a*", "first sent <= 3 seconds",
        "it is an identifier that several recipients were sent", "advertising ID (id.ad) went in the same request",
        "\nor\nthe recipient is the app's maker or somebody whose party is not known",
    ):  # fmt: skip
        assert words_of in said, words_of
