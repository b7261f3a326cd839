"""Chains of owners."""

import pytest
from msgspec.structs import replace

from analyzer.countries import load_countries
from analyzer.model import Destination, OwnerStep
from analyzer.report.ownership import Source, chains_of, operated_by, seats_of
from tests.report.attributed import EVERYTHING, HOLDING, NOTHING, OPERATOR, PARENT, recipient


def owned(*steps: OwnerStep, product: str = "Anaphora Analytics") -> Destination:
    return replace(EVERYTHING, ownership=steps, product=product, owner_country=steps[-1].country if steps else None)


def test_no_chain_where_no_owner_is_known() -> None:
    assert chains_of([]) == ()
    assert chains_of([NOTHING]) == ()


def test_the_same_companies_are_one_chain_with_all_their_sources() -> None:
    again = replace(HOLDING, source="a second register", verified=True)
    (chain,) = chains_of([
        owned(OPERATOR, HOLDING, PARENT), owned(OPERATOR, again, PARENT, product="Anaphora Push"),
        owned(OPERATOR, HOLDING, PARENT),
    ])  # fmt: skip
    assert [link.step.name for link in chain.links] == [OPERATOR.name, HOLDING.name, PARENT.name]
    assert chain.products == ("Anaphora Analytics", "Anaphora Push")
    operator, holding, parent = chain.links
    assert operator.sources == (Source(False, OPERATOR.source, "2026-11-22"),)
    assert [source.text for source in holding.sources] == [HOLDING.source, "a second register"]
    assert [(source.is_of_seat, source.text) for source in parent.sources] == [
        (False, PARENT.source), (True, PARENT.country_source),
    ]  # fmt: skip
    assert (holding.verified, chains_of([owned(OPERATOR, HOLDING)])[0].links[1].verified) == (True, False)


@pytest.mark.parametrize(
    "other", [replace(PARENT, name="Other"), replace(PARENT, country="CA"), replace(PARENT, since="2022")]
)
def test_chains_that_say_something_else_stay_apart(other: OwnerStep) -> None:
    chains = chains_of([owned(OPERATOR, other), owned(OPERATOR, PARENT), owned(OPERATOR, PARENT)])
    assert [chain.links[-1].step for chain in chains] == [PARENT, other]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (owned(OPERATOR), "Anaphora GmbH, seat in Germany"),
        (owned(replace(OPERATOR, country=None)), "Anaphora GmbH"),
        (owned(OPERATOR, PARENT), "Anaphora GmbH (Germany), owned by Cataphora Corporation (United States)"),
        (
            owned(OPERATOR, HOLDING, PARENT),
            "Anaphora GmbH (Germany), ultimately owned by Cataphora Corporation (United States)",
        ),
        (owned(OPERATOR, HOLDING), "Anaphora GmbH (Germany), owned by Anaphora Holding Ltd"),
        (replace(owned(), parent=None, owner_country="DE"), "Anaphora GmbH, seat in Germany"),
        (
            replace(owned(), owner_country="NL"),
            "Anaphora GmbH, owned by Cataphora Corporation, seat in the Netherlands",
        ),
        (replace(owned(), owner_country="ZZ", parent=None), "Anaphora GmbH, seat in ZZ"),
    ],
)
def test_owners_in_words(to: Destination, said: str) -> None:
    assert operated_by(to, load_countries()) == said


def test_companies_with_their_seats() -> None:
    names = load_countries()
    assert seats_of(recipient(1, owned(OPERATOR, HOLDING, PARENT)), names) == [
        "Anaphora GmbH (Germany)", "Anaphora Holding Ltd", "Cataphora Corporation (United States)",
    ]  # fmt: skip
    assert seats_of(recipient(1, replace(owned(), owner_country="DE")), names) == ["Anaphora GmbH", "Germany"]
    assert seats_of(recipient(1, replace(owned(), owner_country=None)), names) == ["Anaphora GmbH"]
    assert seats_of(recipient(1, NOTHING), names) == []
