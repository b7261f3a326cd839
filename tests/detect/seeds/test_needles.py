"""What is looked for, and how."""

import pytest

from analyzer.detect.seeds.needles import Needles


def needles(deep: bool = False, **values: str) -> Needles:
    return Needles({name.replace("_", "."): [value] for name, value in values.items()}, deep, ())


def test_short_and_common_values_are_weak() -> None:
    found = needles(person_gender="Female", person_address_city="Nagpur", person_address_postal="7 Civil Lines")
    assert {b"female", b"f", b"nagpur"} <= found.weak.keys()
    assert b"7 civil lines" in found.plain
    assert not found.plain.keys() & found.weak.keys()


def test_the_parts_of_a_name_are_known_to_be_parts() -> None:
    found = needles(person_name_full="Ishaan Hill")
    known = found.plain[b"ishaan"]
    assert (known.data_type, known.seed, known.is_part) == ("person.name.given", "person.name.full", True)
    assert found.weak[b"hill"]["person.name.family"].is_part
    assert not found.plain[b"ishaan hill"].is_part


@pytest.mark.parametrize("text", ["Élodie Müller", "E\u0301lodie Mu\u0308ller"])
def test_letters_beyond_ascii_in_either_composition(text: str) -> None:
    found = needles(person_name_full=text)
    assert {"élodie müller".encode(), "e\u0301lodie mu\u0308ller".encode()} <= found.plain.keys()


def test_a_rough_place_is_a_coarse_one() -> None:
    found = needles(loc_precise="21.145823,79.088155")
    assert found.plain[b"21.15,79.09"].data_type == "loc.coarse"
    assert found.plain[b"21.146,79.088"].data_type == "loc.precise"
    assert list(found.weak[b"21.15"]) == ["loc.coarse"]


def test_deep_mode_adds() -> None:
    plain, deep = needles(person_email="ishaan@post.example"), needles(True, person_email="ishaan@post.example")
    assert plain.plain.keys() < deep.plain.keys()
    assert plain.digests.keys() < deep.digests.keys()
    assert b"ishaan@post.exampl" in deep.plain
    assert not plain.base58
    assert deep.base58


def test_dates_at_every_midnight_are_not_split() -> None:
    assert not any(b"5742" in whole for whole in needles(person_dob="1988-03-14").wholes)
