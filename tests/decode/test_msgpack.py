"""MessagePack, against the msgpack package as oracle."""

import base64
import json

import msgpack
from hypothesis import given
from hypothesis import strategies as st

from tests.decode.sending import leaf, place, sent

TREE = {"user": {"email": "ishaan@post.example", "tags": ["a1", 7]}, 5: True, "raw": b"Nagpur city", "lat": 21.145823}


def test_declared() -> None:
    decoded = sent(msgpack.packb(TREE), "application/x-msgpack")
    assert place(decoded, "ishaan@post.example") == ("body", "user.email", ("msgpack",))
    assert leaf(decoded, "7").path == "user.tags[1]"
    assert leaf(decoded, "true").path == "5"
    assert leaf(decoded, "Nagpur city").path == "raw"
    assert leaf(decoded, "21.145823").path == "lat"


def test_undeclared_needs_names() -> None:
    assert place(sent(msgpack.packb({"email": "ishaan@post.example"})), "ishaan@post.example")[2] == ("msgpack",)
    assert place(sent(msgpack.packb([{"email": "ishaan@post.example"}])), "ishaan@post.example")[1] == "[0].email"
    assert all("msgpack" not in field.decoding for field in sent(msgpack.packb([1, 2, 3, "abcdef"])).fields)


def test_in_base64_in_json() -> None:
    body = json.dumps({"p": base64.b64encode(msgpack.packb({"email": "ishaan@post.example", "count": 9})).decode()})
    assert leaf(sent(body.encode()), "ishaan@post.example").decoding == ("json", "base64", "msgpack")


def test_extension_types_and_more_data_than_one_tree() -> None:
    assert (
        leaf(sent(msgpack.packb({"t": msgpack.Timestamp(5), "email": "i@post.example"})), "i@post.example").key
        == "email"
    )
    assert all("msgpack" not in field.decoding for field in sent(msgpack.packb({"a": "bcdefgh"}) + b"\x00").fields)


TREES = st.recursive(
    st.text("abcdefg", min_size=1, max_size=6) | st.integers(-(2**63), 2**64 - 1),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text("klmnop", min_size=1, max_size=5), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def leaves(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [leaf for inner in tree.values() for leaf in leaves(inner)]
    if isinstance(tree, list):
        return [leaf for inner in tree for leaf in leaves(inner)]
    return [str(tree)]


@given(st.dictionaries(st.text("klmnop", min_size=1, max_size=5), TREES, min_size=1, max_size=3))
def test_every_leaf_is_found(tree: dict[str, object]) -> None:
    decoded = sent(msgpack.packb(tree), "application/msgpack")
    assert [field.value for field in decoded.fields if field.location == "body"] == leaves(tree)
