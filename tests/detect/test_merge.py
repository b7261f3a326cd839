"""Merging: one finding a field and data type, the strongest wins, order does not matter."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.merge import merge
from analyzer.model import EVIDENCE, Evidence, Field, Finding

PLACE = Field("body", "user.email", "email", "ishaan@post.example", ("json",))


def finding(data_type: str, evidence: Evidence, value: str = PLACE.value, transform: str = "plain") -> Finding:
    return Finding(field=PLACE, data_type=data_type, evidence=evidence, reasoning="r", value=value, transform=transform)


def test_the_strongest_wins_and_names_its_support() -> None:
    ((_, one),) = merge([(0, finding("person.email", level)) for level in reversed(EVIDENCE)])
    assert one.evidence == "seed"
    assert one.support == EVIDENCE[1:]


def test_a_weaker_finding_of_another_type_gives_way() -> None:
    merged = merge([(0, finding("person.username", "key")), (0, finding("person.email", "validated"))])
    assert [(one.data_type, one.support) for _, one in merged] == [("person.email", ())]


def test_two_proven_types_both_stay() -> None:
    merged = merge([(0, finding("person.email", "seed")), (0, finding("person.phone", "seed", "+919812345670"))])
    assert {one.data_type for _, one in merged} == {"person.email", "person.phone"}


def test_a_hashed_type_by_name_supports_a_proven_plain_one() -> None:
    merged = merge(
        [(0, finding("person.email", "seed", transform="sha256(lower)")), (0, finding("person.email.hashed", "key"))]
    )
    assert [(one.data_type, one.support) for _, one in merged] == [("person.email", ("key",))]


def test_fields_keep_their_order() -> None:
    merged = merge([(3, finding("person.email", "key")), (1, finding("id.user", "key")), (2, finding("id.ad", "key"))])
    assert [position for position, _ in merged] == [1, 2, 3]


TYPES = ["person.email", "person.email.hashed", "person.phone", "id.user"]
FOUND = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.builds(
            finding, st.sampled_from(TYPES), st.sampled_from(EVIDENCE), st.sampled_from(["a@post.example", PLACE.value])
        ),
    ),
    max_size=8,
)


@given(FOUND)
def test_merging_twice_changes_nothing(found: list[tuple[int, Finding]]) -> None:
    once = merge(found)
    assert merge(once) == once


@given(FOUND, st.randoms(use_true_random=False))
def test_the_strongest_level_of_a_field_does_not_depend_on_order(
    found: list[tuple[int, Finding]], random: Random
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)

    def strongest(merged: list[tuple[int, Finding]]) -> dict[int, str]:
        levels: dict[int, str] = {}
        for position, one in merged:
            levels.setdefault(position, one.evidence)
        return levels

    assert strongest(merge(found)) == strongest(merge(shuffled))
    for position, one in found:
        assert EVIDENCE.index(strongest(merge(found))[position]) <= EVIDENCE.index(one.evidence)
