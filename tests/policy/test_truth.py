"""The laws of three-valued logic: what is settled is so however the unknown turns out."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from analyzer.policy.truth import Truth, all_of, any_of, no

TRUTHS = st.lists(st.sampled_from((True, False, None)), max_size=5)


def completions(truths: list[Truth]) -> list[list[bool]]:
    """All ways in which what is not known may turn out."""
    return [list(each) for each in product(*([truth] if truth is not None else [True, False] for truth in truths))]


@given(TRUTHS)
def test_settled_is_what_all_completions_agree_on(truths: list[Truth]) -> None:
    for three_valued, two_valued in ((all_of, all), (any_of, any)):
        turned_out = {two_valued(each) for each in completions(truths)}
        assert three_valued(truths) == (turned_out.pop() if len(turned_out) == 1 else None)


@given(TRUTHS)
def test_de_morgan(truths: list[Truth]) -> None:
    assert no(all_of(truths)) == any_of(map(no, truths))
    assert no(any_of(truths)) == all_of(map(no, truths))


@given(TRUTHS, st.randoms())
def test_order_makes_no_difference(truths: list[Truth], random: object) -> None:
    mixed = list(truths)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert (all_of(mixed), any_of(mixed)) == (all_of(truths), any_of(truths))
