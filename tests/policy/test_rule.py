"""Which data types a selector names."""

import pytest

from analyzer.policy.rule import data_types, listed_in
from tests.policy.rules_made import words


def test_ids_prefixes_and_columns() -> None:
    taxonomy = words().taxonomy
    assert data_types(("person.email",), taxonomy) == {"person.email"}
    assert data_types(("person.name.*",), taxonomy) == {"person.name.full", "person.name.given", "person.name.family"}
    assert data_types(("@gdpr=art10",), taxonomy) == {"special.criminal"}
    assert "content.music" in data_types(("@play=PSL_OTHER_AUDIO",), taxonomy), "one of two values in the column"
    assert data_types(("person.name.*", "not person.name.full"), taxonomy) == {
        "person.name.given",
        "person.name.family",
    }
    assert data_types(("not person.email",), taxonomy) == {kind.id for kind in taxonomy} - {"person.email"}


@pytest.mark.parametrize("selector", ["person", "person.emai", "@gdpr=", "@nothing=x", "*", "", "@gdpr=art"])
def test_what_names_nothing(selector: str) -> None:
    assert data_types((selector,), words().taxonomy) == frozenset()


def test_words_and_their_exclusion() -> None:
    assert listed_in(("IN", "US"), ("in",))
    assert not listed_in(("IN",), ("US",))
    assert listed_in(("not IN",), ("US",))
    assert not listed_in(("not IN",), ("US", "IN"))
    assert not listed_in(("US", "not IN"), ("IN", "US"))
    assert not listed_in(("US",), ())
