"""Corpora: labels name data types that there are, and what is labelled is there to be found."""

from analyzer.knowledge import Knowledge
from tests.accuracy.corpora import Corpus, labelled, own_corpora
from tests.accuracy.labels import JUDGED, RIGHT, RIGHT_BESIDE, allowed_for, right_for

CORPORA: list[Corpus] = [*own_corpora(), *labelled()]
TYPES = {kind.id for kind in Knowledge().taxonomy}


def test_labels_name_data_types_that_there_are() -> None:
    named = {kind for corpus in CORPORA for case in corpus.cases for one in case.expected for kind in one.right}
    assert named | JUDGED | {kind for kinds in (RIGHT | RIGHT_BESIDE).values() for kind in kinds.split()} <= TYPES


def test_what_is_expected_is_allowed() -> None:
    for corpus in CORPORA:
        for case in corpus.cases:
            for one in case.expected:
                assert case.allowed[one.spot].issuperset(one.right)


def test_every_case_has_requests_and_but_for_the_negative_ones_labels() -> None:
    for corpus in CORPORA:
        assert len({case.name for case in corpus.cases}) == len(corpus.cases)
        clean = [case for case in corpus.cases if not case.expected]
        assert corpus.id != "negative" or len(clean) == len(corpus.cases)
        assert corpus.id in ("negative", "labelled") or not clean
        assert next(iter(corpus.cases[0].read())).index == 0


def test_a_field_is_called_by_its_own_type_first() -> None:
    assert right_for("full_name") == ("person.name.full",)
    assert right_for("city")[0] == "person.address.city"
    assert right_for("no_such_field") == ()
    assert "person.name.given" in allowed_for("full_name")
