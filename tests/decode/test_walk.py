"""The walk: names of values, and the caps that keep hostile bodies small."""

import base64
import gzip
import json

import pytest

from analyzer.decode.limits import MAX_DEPTH, MAX_FIELDS, MAX_LAYER_BYTES
from tests.decode.sending import decode, leaf, request, sent, values


def key_of(tree: object, value: str) -> str:
    return leaf(sent(json.dumps(tree).encode()), value).key


@pytest.mark.parametrize(
    ("tree", "key"),
    [
        ({"email": "v-al-ue"}, "email"),
        ({"emails": ["v-al-ue", "other"]}, "emails"),
        ({"attributes": [{"name": "email", "value": "v-al-ue"}]}, "email"),
        ({"attributes": [{"key": "email", "value": {"stringValue": "v-al-ue"}}]}, "email"),
        ({"fields": {"email": {"stringValue": "v-al-ue"}}}, "email"),
        ({"fields": {"email": {"DataType": "String", "StringValue": "v-al-ue"}}}, "email"),
        ({"p": [{"property": "email", "value": "v-al-ue"}]}, "email"),
        ({"form": [{"question": "What is your e-mail?", "answer": "v-al-ue"}]}, "What is your e-mail?"),
        ({"ids": [{"type": "email", "value": "v-al-ue"}]}, "email"),
        ({"ids": [{"type": "string", "value": "v-al-ue"}]}, "ids"),
        ({"email": {"type": "work", "value": "v-al-ue"}}, "email"),
        ({"email": {"value": "v-al-ue"}}, "email"),
        ({"attrs": [["email", "v-al-ue"], ["age", 36]]}, "email"),
        ({"cvar": {"1": ["email", "v-al-ue"]}}, "email"),
        ({"name": "Session", "type": "x", "count": 1, "city": "v-al-ue"}, "city"),
    ],
)
def test_the_key_says_what_a_value_is(tree: object, key: str) -> None:
    assert key_of(tree, "v-al-ue") == key


def test_numbers_in_pairs_are_named_too() -> None:
    assert key_of({"a": [{"name": "age", "value": 36}]}, "36") == "age"
    assert key_of({"a": [["age", 36]]}, "36") == "age"


def test_two_words_of_a_list_are_both_leaves() -> None:
    decoded = sent(b'{"cities":["Nagpur","Amravati"]}')
    assert [(field.path, field.value) for field in decoded.fields if field.location == "body"] == [
        ("cities[0]", "Nagpur"),
        ("cities[1]", "Amravati"),
    ]


def packed(text: str, times: int) -> str:
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


def test_ten_encodings_inside_one_another_are_opened() -> None:
    decoded = sent(packed("mail ishaan@post.example", MAX_DEPTH - 1).encode())
    assert leaf(decoded, "mail ishaan@post.example").decoding == ("base64",) * (MAX_DEPTH - 1)


def test_more_are_noted_and_left() -> None:
    decoded = sent(packed("mail ishaan@post.example", MAX_DEPTH + 1).encode())
    assert "depth" in decoded.notes
    assert leaf(decoded, packed("mail ishaan@post.example", 1)).decoding == ("base64",) * MAX_DEPTH


@pytest.mark.parametrize("shape", ["object", "array"])
def test_leaves_beyond_the_cap_are_searched_as_text(shape: str) -> None:
    many = range(MAX_FIELDS + 5)
    tree = {f"k{at}": at for at in many} if shape == "object" else list(many)
    body = json.dumps([{"first": "one"}, tree, {"email": "ishaan@post.example"}]).encode()
    decoded = sent(body)
    assert "fields" in decoded.notes
    assert len(decoded.fields) <= MAX_FIELDS + 2
    last = decoded.fields[-1]
    assert last.decoding == ("text",)
    assert "ishaan@post.example" in last.value


def test_one_full_part_takes_nothing_from_the_others() -> None:
    query = "&".join(f"a{at}={at}" for at in range(MAX_FIELDS + 5))
    decoded = decode(
        request(b'{"email":"ishaan@post.example"}', url=f"https://x.example/?{query}", messages=[b'{"city":"Nagpur"}'])
    )
    assert leaf(decoded, "ishaan@post.example").location == "body"
    assert leaf(decoded, "Nagpur").location == "message"
    assert "fields" in decoded.notes


def test_a_bomb_opens_to_the_cap_with_a_note() -> None:
    body = gzip.compress(b'{"email":"ishaan@post.example","pad":"' + b"a" * (MAX_LAYER_BYTES * 3) + b'"}')
    decoded = sent(body, "application/json", "gzip")
    assert leaf(decoded, "ishaan@post.example").decoding == ("gzip", "json")
    assert "cut" in decoded.notes
    assert sum(len(field.value) for field in decoded.fields) <= MAX_LAYER_BYTES * 2


def test_empty_values_are_no_leaves() -> None:
    assert values(sent(b'{"a":"","b":null,"c":{},"d":[]}')) == []
