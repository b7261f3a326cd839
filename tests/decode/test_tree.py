"""Trees: places that are remembered change nothing, and values are asked together as if each were alone."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode import branch
from analyzer.decode.exchange import Decoder
from analyzer.decode.walk import NOTHING_MORE
from tests.decode.sending import decode, request, sent, values

# Few names, so that one place is an object here, an array there, and a pair's value elsewhere.
NAMES = st.sampled_from(["a", "b", "name", "value", "data", "", "x.y", "a[0]", "maren@post.example"])
TEXTS = st.sampled_from(["one", "email", "", "a=1&b=2", "eyJhIjoib25lIn0=", '{"a":"one"}'])


def trees(names: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects and arrays of any shape."""
    leaves = TEXTS | st.integers(-9, 9) | st.booleans() | st.none() | st.floats(allow_nan=False)
    nodes = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
    return st.dictionaries(names, nodes, max_size=3) | st.lists(nodes, max_size=3)


JSON = trees(NAMES).map(lambda tree: request(json.dumps(tree).encode(), "application/json"))
MSGPACK = trees(NAMES | st.integers(-2, 2) | st.binary(max_size=2)).map(
    lambda tree: request(msgspec.msgpack.encode(tree), "application/msgpack")
)


@given(st.lists(JSON | MSGPACK, min_size=2, max_size=8), st.sampled_from([3, branch.MAX_BRANCHES]))
def test_what_was_read_before_changes_nothing(exchanges: list[Any], room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branch, "MAX_BRANCHES", room)
        used = Decoder()
        for exchange in exchanges + exchanges:
            assert used.decode(exchange) == decode(exchange)


@pytest.mark.parametrize(
    "bodies",
    [
        [
            b'{"a":[{"name":"email","value":"one"}]}',
            b'{"a":[{"name":"city","value":"two"}]}',
            b'{"a":[{"value":"one"}]}',
        ],
        [b'{"a":[1,{"b":2}]}', b'{"a":[{"b":2},{"b":3}]}'],
        [b'{"a":[{"b":1}]}', b'{"a":{"[0]":{"b":1}}}', b'{"a":{"b":1}}'],
        [b'{"":{"a":1}}', b'{"a":{"":1}}', b'[{"a":1}]'],
    ],
)
def test_one_place_may_be_another_in_the_next_request(bodies: list[bytes]) -> None:
    used = Decoder()
    for body in bodies + bodies:
        assert used.decode(request(body)) == sent(body)


def test_an_empty_name_is_part_of_the_path() -> None:
    assert [field.path for field in sent(b'{"":{"a":"one"}}').fields if field.location == "body"] == [".a"]


def test_the_path_of_a_place_is_made_once() -> None:
    decoder = Decoder()
    bodies = [b'{"batch":[{"traits":{"city":"Nagpur"}}]}', b'{"batch":[{"traits":{"city":"Amravati"}}]}']
    first, second = (
        next(field.path for field in decoder.decode(request(body)).fields if field.key == "city") for body in bodies
    )
    assert first == "batch[0].traits.city"
    assert second is first


def test_places_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch, "MAX_BRANCHES", 10)
    branches = branch.Branches()
    root = branches.root("")
    for position in range(9):
        assert branches.member(root, f"x{position}").path == f"x{position}"
    assert branches.root("") is root
    assert branches.item(root, 0).path == "[0]"
    assert branches.root("") is not root


def test_long_paths_are_not_remembered() -> None:
    branches = branch.Branches()
    root = branches.root("")
    assert branches.member(root, "x" * 301).path == "x" * 301
    assert not root.members


@pytest.mark.parametrize("size", range(8, 70))
def test_hex_that_is_no_text_has_whole_bytes(size: int) -> None:
    assert (NOTHING_MORE("F" * size) is not None) == (size % 2 == 0 and size <= 64)


@given(
    st.lists(
        st.sampled_from(
            ["Nagpur", "a=1&b=2", "eyJhIjoib25lIn0=", "50%25", "ffee0011ffee0011", "6e6167707572", "shop-7"]
        )
        | st.from_regex(r"[0-9a-f]{1,70}", fullmatch=True)
        | st.from_regex(r"[A-Z]{1,9}[-_][0-9]{1,13}", fullmatch=True)
        | st.text(st.sampled_from("ab7fé%&=-_ .:/T+"), min_size=1, max_size=24),
        min_size=1,
        max_size=8,
    )
)
def test_values_are_opened_together_as_each_would_be_alone(texts: list[str]) -> None:
    together = sent(json.dumps({f"x{position}": text for position, text in enumerate(texts)}).encode())
    alone = [value for text in texts for value in values(sent(json.dumps({"x": text}).encode()))]
    assert values(together) == alone
