"""What sentences say: a greeting, a mailbox, a labelled value and a street are found; what only reads so is not."""

import pytest

from analyzer.detect.by_pattern import ByPattern
from analyzer.detect.joined import Joined
from tests.detect.fields import each, field, joined

SEARCH = ByPattern()
YES = {
    "person.name.given": ["Hi Chinwe, your parcel is here", "Hallo Jürgen", "Olá Thiago! Bem-vindo"],
    "person.name.full": [
        "Dear Chinwe Okonkwo, your code is 221133",
        "Hello Marcus O'Halloran, we are on our way",
        "Jürgen Schönfeldt <js@post.example>",
        '"Chinwe A. Okonkwo" <ca@post.example>',
        "My name is Devika Raghunathan and I wait",
        'register(name: "Jürgen Schönfeldt", email: "js@post.example")',
    ],
    "person.phone": [
        "call me on (415) 555-0132 please",
        "phone=08031234567 city=Lagos",
        "Tél. 06 12 34 56 78",
        "my number is 098400 55217",
        'phone: "090-1234-5678"',
    ],
    "person.dob": ["dob=1983-09-08", "date of birth: 27.02.1969", 'birthDate: "1994-07-19"'],
    "person.address.postcode": ["zip: 97205", "PLZ 04109 is; plz=04109", 'postalCode: "SW1A 1AA"'],
    "person.address.city": ["city Lagos", "city=Lagos", 'city: "New Haven"'],
    "person.address.postal": [
        "no courier serves 12/4 Kutchery Lane today",
        "to 27 Adeola Odeku Street, Lagos",
        "in der Lindenallee 48a abgeben",
        "Rua das Palmeiras, 1423",
        "livraison au 18 rue des Lilas, Lyon",
    ],
}
NO = {
    "person.name.given": [
        "Hi there, hello",
        "Dear Customer,",
        "Hallo zusammen",
        "Hi reader of this text",
        "Hello World",
    ],
    "person.name.full": [
        "Dear Hiring Manager, hello",
        "Laden Team <support@laden-demo.example>",
        'rename(name: "Linen Shirt", size: 4)',
        "Open Settings <b@post.example>",
    ],
    "person.phone": [
        "call 2024-01-02 10:11 took long",
        "phone: none",
        "contact 12345",
        "mobile 1795318931",
        "phones 998877665544",
    ],
    "person.dob": ["dob=n/a", "birthday: 2031-01-01", "born on 99/99"],
    "person.address.postcode": ["zip: none", "zipped 97205", "zip: 12"],
    "person.address.city": ["city=unknown", "our store in the city Berlin", "city: Home", "capacity Lagos"],
    "person.address.postal": [
        "1991-1998, Thomas G. Lane",
        "Calle Rosenquist, 2017",
        "our office at 12 Example Road",
        "open 5 Google Street View",
        "step 3 of the road",
    ],
}


def types(one: Joined) -> set[str]:
    return {found.data_type for _, found in SEARCH.find(one)}


@pytest.mark.parametrize(("data_type", "value"), each(YES))
def test_yes(data_type: str, value: str) -> None:
    assert data_type in types(joined("é", value))


@pytest.mark.parametrize(("data_type", "value"), each(NO))
def test_no(data_type: str, value: str) -> None:
    assert data_type not in types(joined(value))


def test_the_datum_is_a_part_of_the_text() -> None:
    ((position, found),) = SEARCH.find(joined("ü", "Grüße! Hallo Jürgen, Code 4711"))
    assert (position, found.value, found.evidence) == (1, "Jürgen", "key+value")


def test_the_street_of_a_shop_is_nobodys() -> None:
    assert types(Joined([field("store.address", "12 Torrington Road")])) == set()
    assert types(Joined([field("order.address", "12 Torrington Road")])) == {"person.address.postal"}
