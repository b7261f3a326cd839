"""Encodings inside values: each one opens, words and identifiers stay what they are."""

import base64
import gzip
import html
import json
import random
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lzstring import LZString

from tests.decode.sending import decode, leaf, place, request, sent, values

EMAIL = "ishaan.kulkarni@post.example"
JSON_TEXT = json.dumps({"email": EMAIL, "n": 7})


def in_json(value: str) -> bytes:
    return json.dumps({"v": value}).encode()


def chain_of(value: str) -> tuple[str, ...]:
    """The chain, below the JSON around it, to the e-mail address in a value."""
    return place(sent(in_json(value)), EMAIL)[2][1:]


B64, URL64 = base64.b64encode, base64.urlsafe_b64encode
BINARYISH = json.dumps({"email": EMAIL, "x": "???>>>ÿÿ~~~"}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("value", "chain"),
    [
        (JSON_TEXT, ("json",)),
        (B64(JSON_TEXT.encode()).decode(), ("base64", "json")),
        (B64(JSON_TEXT.encode()).decode().rstrip("="), ("base64", "json")),
        (URL64(BINARYISH).decode(), ("base64url", "json")),
        (URL64(BINARYISH).decode().rstrip("="), ("base64url", "json")),
        (B64(B64(JSON_TEXT.encode())).decode(), ("base64", "base64", "json")),
        (B64(EMAIL.encode()).decode(), ("base64",)),
        (B64(gzip.compress(JSON_TEXT.encode(), mtime=0)).decode(), ("base64", "gzip", "json")),
        (B64(zlib.compress(JSON_TEXT.encode())).decode(), ("base64", "zlib", "json")),
        (B64(f"email={quote(EMAIL)}&n=1".encode()).decode(), ("base64", "urlencoded")),
        ("data:application/json;base64," + B64(JSON_TEXT.encode()).decode(), ("base64", "json")),
        (JSON_TEXT.encode().hex(), ("hex", "json")),
        (EMAIL.encode().hex().upper(), ("hex",)),
        (quote(JSON_TEXT), ("urlencoded", "json")),
        (quote(quote(JSON_TEXT)), ("urlencoded", "urlencoded", "json")),
        (html.escape(JSON_TEXT), ("html", "json")),
        ("&#105;shaan.kulkarni&#x40;post.example", ("html",)),
        (f"email={quote(EMAIL)}&n=1", ("urlencoded",)),
        (f"?email={quote(EMAIL)}", ("urlencoded",)),
        (LZString().compressToBase64(JSON_TEXT), ("lzstring", "json")),
        (f"<user><email>{EMAIL}</email></user>", ("xml",)),
        (B64(EMAIL.encode("utf-16-le")).decode(), ("base64",)),
    ],
)
def test_an_encoding_inside_a_value(value: str, chain: tuple[str, ...]) -> None:
    assert chain_of(value) == chain


def test_base64_whose_plus_signs_a_form_turned_into_spaces() -> None:
    packed = B64(BINARYISH).decode()
    assert "+" in packed or "/" in packed
    decoded = decode(request(url=f"https://x.example/?data={packed}"))
    assert leaf(decoded, EMAIL).decoding == ("urlencoded", "base64", "json")


@pytest.mark.parametrize(
    "word",
    [
        "AddToCart",
        "com_example_event",
        "1699999999",
        "checkout_started",
        "screen-view",
        "Ishaan Kulkarni",
        "usr_5c1d90e2aa",
        "3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10",
        "a1c39f5e7d0b4826",
        "d41d8cd98f00b204e9800998ecf8427e",
        "4.12.0.1183",
        "100% cotton",
        "Terms & conditions; more",
        "a < b > c",
        "{not json}",
        "[draft] note",
        '"quoted" word',
        "AT&T; Inc",
    ],
)
def test_words_stay_what_they_are(word: str) -> None:
    decoded = sent(in_json(word))
    assert values(decoded) == [word]
    assert leaf(decoded, word).decoding == ("json",)


Layer = tuple[str, Callable[[str], str]]
LAYERS: tuple[Layer, ...] = (
    ("base64", lambda text: B64(text.encode()).decode()),
    ("base64+gzip", lambda text: B64(gzip.compress(text.encode(), mtime=0)).decode()),
    ("urlencoded", lambda text: quote(text, safe="")),
    ("lzstring", lambda text: LZString().compressToBase64(text)),
    ("hex", lambda text: text.encode().hex()),
    ("json", lambda text: json.dumps({"inner": text})),
    ("html", lambda text: "".join(f"&#{ord(char)};" for char in text)),
)


@given(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=3), st.integers(0, 10**9))
@example([LAYERS[0], LAYERS[1], LAYERS[3]], 1)
@example([LAYERS[4], LAYERS[4], LAYERS[2]], 1)
def test_any_stack_of_encodings_opens_leaf_by_leaf(stack: list[Layer], number: int) -> None:
    text = json.dumps({"email": EMAIL, "id": f"customer number {number}", "list": [{"k": "some words"}]})
    expected, layers = ["json"], [text]
    for name, pack in stack:
        text = pack(text)
        layers.append(text)
        if text != layers[-2]:
            expected[:0] = ["base64", "gzip"] if name == "base64+gzip" else [name]
    decoded = sent(in_json(text))
    # Hex may be meant as it stands, so the encoded text may stay a leaf beside what is in it.
    fields = [field for field in decoded.fields if field.location == "body" and field.value not in layers]
    assert [(field.path.replace("inner.", ""), field.value) for field in fields] == [
        ("v.email", EMAIL),
        ("v.id", f"customer number {number}"),
        ("v.list[0].k", "some words"),
    ]
    assert {field.decoding for field in fields} == {("json", *expected)}
    assert not decoded.notes


def test_an_escaped_ampersand_belongs_to_its_parameter() -> None:
    assert leaf(sent(in_json("shop=Mohan%26Sons&city=Nagpur")), "Mohan&Sons").path == "v.shop"


def test_digits_in_hex_are_opened_though_their_hex_is_digits_too() -> None:
    assert leaf(sent(in_json(b"919812345670".hex())), "919812345670").decoding == ("json", "hex")


def test_a_long_payload_that_nobody_opens_is_said_to_be_closed() -> None:
    payload = bytes(random.Random(7).randbytes(900))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        body = json.dumps({"data": encode(payload).decode(), "token": encode(payload[:60]).decode()}).encode()
        (closed,) = sent(body).undecoded
        assert (closed.location, closed.path, closed.bytes) == ("body", "data", 900)
        assert closed.entropy > 7
