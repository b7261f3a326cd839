"""Names that an e-mail address confirms: both words have to agree, wherever they stand in the request."""

import pytest

from analyzer.detect.by_pattern import ByPattern
from tests.detect.fields import joined

SEARCH = ByPattern()


def names(*values: str) -> list[tuple[int, str]]:
    return [(at, found.value) for at, found in SEARCH.find(joined(*values)) if found.data_type == "person.name.full"]


@pytest.mark.parametrize(
    ("address", "value", "name"),
    [
        ("thiago.albuquerque@post.example", "cliente Thiago Nascimento Albuquerque", "Thiago Nascimento Albuquerque"),
        ("juergen.schoenfeldt@post.example", "Jürgen Schönfeldt", "Jürgen Schönfeldt"),
        ("elodie.marchand@post.example", "Order for Élodie Marchand", "Élodie Marchand"),
        ("marcus.ohalloran83@post.example", "Order for Marcus O'Halloran", "Marcus O'Halloran"),
        ("okonkwo_chinwe@post.example", "Chinwe Okonkwo", "Chinwe Okonkwo"),
        ("devika.raghu@post.example", "Devika Raghunathan", "Devika Raghunathan"),
    ],
)
def test_the_name_of_an_address_is_found(address: str, value: str, name: str) -> None:
    assert names(address, value) == [(1, name)]
    assert names("other.person@post.example", value) == []


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("thiago@post.example", "Thiago Albuquerque"),
        ("thiago.albuquerque@post.example", "Thiago Silva"),
        ("thiago.albuquerque@post.example", "thiago albuquerque"),
        ("thiago.albuquerque@post.example", "Thiago, who met Mr Albuquerque"),
        ("blue.shirt@post.example", "product blue shirt"),
        ("order.cart@post.example", "Order Cart"),
    ],
)
def test_one_word_or_words_apart_say_nothing(address: str, value: str) -> None:
    assert names(address, value) == []


def test_the_reasoning_names_the_address_as_the_proof() -> None:
    found = [
        one for _, one in SEARCH.find(joined("a.kulkarni@post.example", "ishaan.kulkarni@post.example Ishaan Kulkarni"))
    ]
    (name,) = [one for one in found if one.data_type == "person.name.full"]
    assert name.evidence == "validated"
    assert "e-mail address in the same request" in name.reasoning


def test_many_addresses_in_one_request_are_not_all_looked_for() -> None:
    addresses = [f"aaa.b{chr(97 + number // 26)}{chr(97 + number % 26)}b@post.example" for number in range(200)]
    assert names(*addresses, "Zora Zimmer", "zora.zimmer@post.example") == []
