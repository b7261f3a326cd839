"""JSON: exact numbers, repeated names, arrays, and the readable part of what is broken."""

import json

from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.limits import MAX_LEVELS
from tests.decode.sending import leaf, place, sent, values

JSON = "application/json"


def test_paths_of_objects_and_arrays() -> None:
    decoded = sent(b'{"d":{"profile":{"Email":"ishaan@post.example"}},"batch":[{"x":[[7,"seven"]]}]}', JSON)
    assert place(decoded, "ishaan@post.example") == ("body", "d.profile.Email", ("json",))
    assert place(decoded, "7") == ("body", "batch[0].x[0][0]", ("json",))
    assert leaf(decoded, "seven").key == "x"


def test_scalars() -> None:
    assert values(sent(b'{"a":true,"b":false,"c":null,"d":"","e":0,"f":-7}')) == ["true", "false", "0", "-7"]


def test_numbers_arrive_as_they_were_sent() -> None:
    body = b'{"a":18446744073709551617,"b":1.50,"c":1e400,"d":-0.000001,"e":21.145823000,'
    body += b'"f":123456789012345678901234567890}'
    expected = ["18446744073709551617", "1.50", "1e400", "-0.000001", "21.145823000", "123456789012345678901234567890"]
    assert values(sent(body)) == expected


def test_both_values_of_a_repeated_name_are_seen() -> None:
    decoded = sent(b'{"email":"one@post.example","email":"two@post.example","n":{"x":1,"x":2.50}}')
    assert values(decoded) == ["one@post.example", "two@post.example", "1", "2.50"]


def test_repeated_names_are_seen_in_loosely_written_json() -> None:
    assert values(sent(b'{"email" : "one@post.example", "email" : "two@post.example"}')) == [
        "one@post.example",
        "two@post.example",
    ]


def test_a_byte_order_mark_does_not_hide_json() -> None:
    assert place(sent(b'\xef\xbb\xbf{"email":"ishaan@post.example"}'), "ishaan@post.example")[1] == "email"


def test_json_in_a_string_in_json() -> None:
    inner = json.dumps({"user": json.dumps({"email": "ishaan@post.example"})})
    decoded = sent(json.dumps({"payload": inner}).encode())
    assert place(decoded, "ishaan@post.example") == ("body", "payload.user.email", ("json", "json", "json"))


def test_a_quoted_json_string_is_opened() -> None:
    decoded = sent(json.dumps({"value": json.dumps("Ishaan Kulkarni")}).encode())
    assert place(decoded, "Ishaan Kulkarni") == ("body", "value", ("json", "json"))


def test_broken_json_is_salvaged_with_a_note() -> None:
    decoded = sent(b'{"user":{"email":"ishaan@post.example","age":36,"bio":"likes \\"tea\\"","last":"Kulk', JSON)
    assert [(field.path, field.value) for field in decoded.fields if field.location == "body"] == [
        ("email", "ishaan@post.example"),
        ("age", "36"),
        ("bio", 'likes "tea"'),
        ("last", "Kulk"),
    ]
    assert "broken-json" in decoded.notes


def test_names_that_are_data_are_seen() -> None:
    decoded = sent(b'{"users":{"ishaan@post.example":{"seen":1}}}')
    assert leaf(decoded, "ishaan@post.example").path == "users.{name}"


def test_too_many_levels_are_read_without_names() -> None:
    depth = MAX_LEVELS + 50
    decoded = sent(b'{"a":' * depth + b'"ishaan@post.example"' + b"}" * depth)
    assert values(decoded) == ["ishaan@post.example"]
    assert "levels" in decoded.notes


def test_levels_beyond_the_parser_are_salvaged() -> None:
    decoded = sent(b"[" * 100_000 + b'{"email":"ishaan@post.example"}' + b"]" * 100_000)
    assert "ishaan@post.example" in values(decoded)


def test_lone_surrogates_do_no_harm() -> None:
    decoded = sent(b'{"bad":"\\ud800","email":"ishaan@post.example"}')
    assert "ishaan@post.example" in values(decoded)


TREES = st.recursive(
    st.integers(-(2**70), 2**70) | st.booleans() | st.text("abcxyz", min_size=1, max_size=6),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(st.text("mnopq", min_size=1, max_size=4), inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


def leaves_of(tree: object, path: str) -> list[tuple[str, str]]:
    if isinstance(tree, dict):
        return [pair for name, inner in tree.items() for pair in leaves_of(inner, f"{path}.{name}" if path else name)]
    if isinstance(tree, list):
        return [pair for at, inner in enumerate(tree) for pair in leaves_of(inner, f"{path}[{at}]")]
    return [(path, str(tree).lower() if isinstance(tree, bool) else str(tree))]


@given(st.dictionaries(st.text("mnopq", min_size=1, max_size=4), TREES, min_size=1, max_size=4))
def test_every_leaf_of_any_tree_is_at_its_path(tree: dict[str, object]) -> None:
    decoded = sent(json.dumps(tree).encode())
    assert [(field.path, field.value) for field in decoded.fields if field.location == "body"] == leaves_of(tree, "")
