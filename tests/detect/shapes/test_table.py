"""All shapes have a yes and a no, none raises; those of no domain against made-up vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect.shapes import table as shapes
from tests.detect.fields import each
from tests.detect.shapes import test_device as device
from tests.detect.shapes import test_india as india
from tests.detect.shapes import test_national as national
from tests.detect.shapes import test_number as number
from tests.detect.shapes import test_person as person
from tests.detect.shapes import test_place as place
from tests.detect.shapes import test_special as special

YES = {
    "case_number": ["123/2019", "CR-12/2020"],
    "consent_string": ["CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", "1YNN", "DBABMA~CPXxRfA"],
    "document_data": [
        "JVBERi0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    ],
    "hashed": [
        "2813448ce6316cb70b38fa29c8c64130",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB",
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    ],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
    "opaque": ["usr_5c1d90e2aa", "3f9a1c52-7b0e"],
    "picture_data": [
        "data:image/jpeg;bytes=110;sha256=" + "0a" * 32,
        "/9j/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ],
    "push_token": [
        "fcm_kLm22p:APA91bQ7someTokenNotReal0066bb",
        "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
    ],
    "record_number": ["SBIN422031998877", "422031998877"],
    "recording": [
        "SUQzAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "data:audio/ogg;base64,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ],
    "secret": ["S3cret!pass"],
    "sentence": ["The parcel never came"],
    "some_text": ["x", "15-20 LPA"],
    "token": ["abcdefghijklmnopqrstuv"],
    "words": ["Jio 4G", "fever and cough"],
}
NO = {
    "case_number": ["123", "2019"],
    "consent_string": ["true", "granted", "C"],
    "document_data": [
        "JVBERi0",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    "hashed": ["2813448c", "gggggggggggggggggggggggggggggggg"],
    "jwt": ["eyJ", "a.b.c"],
    "opaque": ["unknown", "null", "00000000-0000-0000-0000-000000000000", "two words", "ab"],
    "picture_data": [
        "/9j/",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    "push_token": ["short", "with space with space with space with space "],
    "record_number": ["abcdefgh", "12345"],
    "recording": [
        "SUQz",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    "secret": ["****", "no", "true", "••••••"],
    "sentence": ["two words", '{"a": 1, "b": 2}'],
    "some_text": ["", "null", "<unknown ssid>"],
    "token": ["short", "a ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba b"],
    "words": ["12", "true", "off"],
}


def test_every_shape_has_a_yes_and_a_no() -> None:
    parts = (device, india, national, number, person, place, special)
    yes, no = set(YES), set(NO)
    for part in parts:
        assert yes.isdisjoint(part.YES)
        yes |= set(part.YES)
        no |= set(part.NO)
    assert yes == no == set(shapes.SHAPES)


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert shapes.SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not shapes.SHAPES[name](value)


@given(st.text(max_size=40) | st.text("0123456789.:-+ /@$D_TZ²٣", max_size=40))
def test_no_shape_raises(value: str) -> None:
    for shape in shapes.SHAPES.values():
        assert shape(value) in (True, False)
