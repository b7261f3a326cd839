"""Protocol Buffers without a schema."""

import gzip
import struct

from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.protobuf import MAX_NESTING, parse
from tests.decode.sending import leaf, member, place, sent, varint

TYPE = "application/x-protobuf"


def test_paths_are_field_numbers() -> None:
    body = member(1, member(2, member(19, "ishaan@post.example")) + member(3, 42)) + member(4, "Nagpur")
    decoded = sent(body, TYPE)
    assert place(decoded, "ishaan@post.example") == ("body", "1.2.19", ("protobuf",))
    assert leaf(decoded, "42").path == "1.3"
    assert leaf(decoded, "Nagpur").path == "4"


def test_undeclared_and_compressed() -> None:
    body = gzip.compress(member(1, member(2, "ishaan@post.example")) + member(4, "Nagpur city"))
    assert place(sent(body, "application/x-www-form-urlencoded"), "ishaan@post.example")[2] == ("gzip", "protobuf")


def test_numbers_of_every_wire_type() -> None:
    body = (
        member(1, 2**64 - 1)
        + varint(2 << 3 | 1)
        + struct.pack("<d", 21.145823)
        + varint(3 << 3 | 5)
        + struct.pack("<f", 79.5)
    )
    body += varint(4 << 3 | 1) + struct.pack("<Q", 5) + member(5, "some text")
    decoded = sent(body, TYPE)
    assert [field.value for field in decoded.fields if field.location == "body"] == [
        "18446744073709551615",
        "21.145823",
        "79.5",
        "5",
        "some text",
    ]


def test_a_message_of_name_and_value_names_its_value() -> None:
    pairs = [member(1, "email") + member(2, "ishaan@post.example"), member(1, "age") + member(3, 36)]
    decoded = sent(b"".join(member(3, pair) for pair in pairs), TYPE)
    assert leaf(decoded, "ishaan@post.example").key == "email"
    assert leaf(decoded, "36").key == "age"


def test_a_value_wrapped_once_more_keeps_its_name() -> None:
    pair = member(1, "user.email") + member(2, member(1, "ishaan@post.example"))
    assert leaf(sent(member(9, pair), TYPE), "ishaan@post.example").key == "user.email"


def test_json_inside_a_message() -> None:
    decoded = sent(member(2, '{"email":"ishaan@post.example"}') + member(3, "other text"), TYPE)
    assert place(decoded, "ishaan@post.example") == ("body", "2.email", ("protobuf", "json"))


def test_compressed_data_inside_a_message() -> None:
    decoded = sent(member(2, gzip.compress(b'{"email":"ishaan@post.example"}')) + member(3, "other text"), TYPE)
    assert leaf(decoded, "ishaan@post.example").decoding == ("protobuf", "gzip", "json")


def test_nesting_without_end_ends() -> None:
    body = member(1, "ishaan@post.example")
    for _ in range(MAX_NESTING * 3):
        body = member(1, body)
    assert any("ishaan@post.example" in field.value for field in sent(body, TYPE).fields)


def test_parse_wants_exactly_one_message() -> None:
    assert parse(member(1, 300) + member(2, "x")) == [(1, 0, 300), (2, 2, b"x")]
    assert parse(member(1, 300)[:-1]) is None
    assert parse(b"\x00\x01") is None
    assert parse(b"") is None
    assert parse(varint(2 << 3 | 2) + varint(9) + b"short") is None


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_do_not(data: bytes) -> None:
    message = parse(data)
    assert message is None or all(number > 0 for number, _, _ in message)
