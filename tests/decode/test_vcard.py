"""Contacts as phones hand them on: every property under a name that says what it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.limits import MAX_FIELDS
from tests.decode.sending import leaf, place, sent, values

CARD = """BEGIN:VCARD\r
VERSION:3.0\r
N:Kulkarni;Asha;Maria;;\r
FN:Asha Kulkarni\r
item1.TEL;TYPE=CELL:+91 98123 45670\r
EMAIL;TYPE=INTERNET:asha@post\r
 .example\r
ADR;TYPE=HOME:;;12 Lake Road\\, East;Nagpur;Maharashtra;440001;India\r
BDAY:1991-08-23\r
END:VCARD\r
"""


@pytest.mark.parametrize("kind", ["text/vcard", "text/x-vcard; charset=utf-8", "application/octet-stream"])
def test_one_card(kind: str) -> None:
    decoded = sent(CARD.encode(), kind)
    assert place(decoded, "asha@post.example") == ("body", "[0].EMAIL", ("vcard",))
    named = {"Kulkarni": "family_name", "Asha": "given_name", "Asha Kulkarni": "full_name", "Nagpur": "city"}
    named |= {"12 Lake Road, East": "street", "440001": "postal_code", "1991-08-23": "birthday"}
    named |= {"+91 98123 45670": "telephone"}
    assert {value: leaf(decoded, value).key for value in named} == named
    assert "3.0" not in values(decoded)


def test_an_address_book_in_json() -> None:
    second = CARD.replace("Asha", "Ravi").replace("asha", "ravi")
    decoded = sent(json.dumps({"contacts": CARD + second}).encode(), "application/json")
    assert place(decoded, "ravi@post.example") == ("body", "contacts[1].EMAIL", ("json", "vcard"))


def test_quoted_printable() -> None:
    card = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB M=\n=C3=BCller\nEND:VCARD"
    assert leaf(sent(card.encode(), "text/x-vcard"), "Zoë Müller").key == "full_name"


def test_more_properties_than_are_read_by_name_are_read_as_text() -> None:
    decoded = sent(("BEGIN:VCARD\n" + "N:;;\n" * MAX_FIELDS + "FN:Asha Kulkarni\n").encode(), "text/vcard")
    assert "fields" in decoded.notes
    assert any("Asha Kulkarni" in value for value in values(decoded))


@given(st.lists(st.sampled_from([*CARD.splitlines(keepends=True), "BEGIN:VCARD\n", ";;:\n", "N\n", " x", "N:;\\;;\n"])))
def test_broken_cards_are_read_as_far_as_they_go(lines: list[str]) -> None:
    decoded = sent(("BEGIN:VCARD\n" + "".join(lines)).encode(), "text/vcard")
    assert all(each.value for each in decoded.fields)
