"""Places alike get one name, and a table of them judges what tells subjects apart in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.domain import Domains
from analyzer.identify import slots
from analyzer.identify.slots import FEW, Slots, Table, digest_of
from analyzer.model import Field, Location

SLOTS = Slots(Domains())
LOCATIONS: tuple[Location, ...] = ("body", "query")


def field(path: str, location: Location = "body", key: str = "") -> Field:
    return Field(location, path, key, "value", ())


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("in1.collect.tracker.example", "*.collect.tracker.example"),
        ("eu.tracker.co.uk", "*.tracker.co.uk"),
        ("api.tracker.example", "api.tracker.example"),
        ("tracker.example", "tracker.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_hosts_of_many_are_one(host: str, named: str) -> None:
    assert SLOTS.host(host) == named


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("batch[3].traits.email", "batch[].traits.email"),
        ("users.81924aa1bb.name", "users.….name"),
        ("users.asha@patra", "users.…"),
        ("[0].d", "[].d"),
        (f"a.{'long-' * 20}.b", "a.….b"),
        ("ab." * 200_000, ("ab." * 200_000)[:500]),
        ("", ""),
    ],
)
def test_paths_have_no_positions_and_no_values(path: str, named: str) -> None:
    assert SLOTS.place("/", field(path)) == named


@pytest.mark.parametrize(
    ("url", "path", "named"),
    [
        ("/v1/users/u81924aa1/orders/90001", "2", "v1/users/"),
        ("/v1/users/u81924aa1/orders/90001", "4", "v1/users/…/orders/"),
        ("/a", "0", ""),
        ("/a", "0[2].email", "[].email"),
        ("/a", "99", "a/"),
        ("", "x", "x"),
        ("/a" * 100_000, "30", "a/" * 19 + "…/"),
    ],
)
def test_a_part_of_the_url_is_named_by_what_is_before_it(url: str, path: str, named: str) -> None:
    assert SLOTS.place(url, field(path, "path")) == named


def names(host: str, found: Field) -> list[tuple[bytes, str]]:
    return list(SLOTS.slots(host, "/", found))


def test_places_differ_by_host_location_path_and_key() -> None:
    slots = {
        names(host, field(path, location, key))[0][0]
        for host in ("a.example", "b.example")
        for location in LOCATIONS
        for path in ("x", "y")
        for key in ("k", "l")
    }
    assert len(slots) == 16
    assert names("in1.a.example", field("x[1].y")) == names("us2.a.example", field("x[7].y"))
    assert names("a.example", field("x.u81924aa1", key="u81924aa1")) == names(
        "a.example", field("x.u55120bb7", key="u55120bb7")
    )


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        ("x[1].y", ["x[].y"]),
        ("x[1]", ["x[]", "x[1]"]),
        ("x[1][2]", ["x[][]", "x[1][2]"]),
        ("[3].x[1]", ["[].x[]", "[].x[1]"]),
        ("[12]", ["[]", "[12]"]),
        ("x[123]", ["x[]"]),
        ("x[y]", ["x[y]"]),
    ],
)
def test_elements_without_a_name_are_known_by_their_position_too(path: str, paths: list[str]) -> None:
    assert [name for _, name in names("a.example", field(path))] == paths


# ---------------------------------------------------------------- what tells


def judged(*captures: tuple[int, list[str]]) -> dict[str, int] | None:
    """What a table makes of one place; each capture is its subject and the values in it, words in upper case."""
    table = Table([who for who, _ in captures])
    for at, (_, values) in enumerate(captures):
        for value in values:
            table.add(b"slot", value, "words" if value.isupper() else "opaque", at)
    found = dict(table.told())
    if not found:
        return None
    names = {digest_of(value): value for _, values in captures for value in values}
    return {names[digest]: who for digest, who in found[b"slot"].values.items()}


def test_the_same_within_and_another_across_tells() -> None:
    assert judged((0, ["a"]), (0, ["a"]), (1, ["b"]), (1, ["b"])) == {"a": 0, "b": 1}
    assert judged((0, ["a", "x"]), (0, ["y", "a"]), (1, ["b", "z"]), (1, ["b"])) == {"a": 0, "b": 1}
    assert judged((0, ["a"]), (1, ["b"])) == {"a": 0, "b": 1}
    assert judged((0, ["a"]), (0, []), (1, ["b"])) == {"a": 0, "b": 1}


def test_words_tell_where_no_others_are_chosen_among() -> None:
    assert judged((0, ["A"]), (0, ["A"]), (1, ["B"])) == {"A": 0, "B": 1}
    assert judged((0, ["a"]), (0, ["a"]), (1, ["B"]), (1, ["B"])) == {"a": 0, "B": 1}
    assert judged((0, ["A", "C"]), (0, ["A", "C"]), (1, ["B", "C"]), (1, ["B"])) is None
    assert judged((0, ["a", "C"]), (0, ["a", "C"]), (1, ["B", "C"]), (1, ["B"])) is None


def test_words_beside_identifiers_stand_in_for_them() -> None:
    assert judged((0, ["a", "C"]), (0, ["a", "C"]), (1, ["b", "C"]), (1, ["b"])) == {"a": 0, "b": 1}
    assert judged((0, ["a", "X"]), (0, ["a"]), (1, ["b", "Y"]), (1, ["Y"])) == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    "captures",
    [
        [(0, ["a"]), (0, ["a"]), (1, ["a"]), (1, ["a"])],
        [(0, ["a", "c"]), (0, ["a", "c"]), (1, ["b", "c"]), (1, ["b"])],
        [(0, ["a"]), (0, ["x"]), (1, ["b"]), (1, ["b"])],
        [(0, ["a"]), (0, ["a"]), (1, ["b"]), (1, ["y"])],
        [(0, ["a"]), (0, ["a"]), (1, []), (1, [])],
        [(0, ["a"]), (0, ["a"]), (1, ["b", *"uvwxyz"])],
        [(0, []), (1, [])],
    ],
    ids=["shared", "one shared", "changes", "changes in the other", "one subject only", "too many to choose", "empty"],
)
def test_anything_else_does_not(captures: list[tuple[int, list[str]]]) -> None:
    assert judged(*captures) is None


values = st.lists(st.sampled_from("abcdef"), max_size=5)


@given(st.lists(st.tuples(st.integers(0, 2), values), min_size=2, max_size=6))
def test_what_tells_is_in_all_captures_of_its_own_and_in_none_of_others(captures: list[tuple[int, list[str]]]) -> None:
    found = judged(*captures)
    sets = [set(values) for _, values in captures]
    everyone = {value: {who for who, values in captures if value in values} for value in set().union(*sets)}
    if any(len(owners) > 1 for owners in everyone.values()):
        assert found is None
    for value, who in (found or {}).items():
        assert everyone[value] == {who}
        assert all(value in values for owner, values in captures if owner == who and values)


def test_a_place_with_ever_new_values_is_counted_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "MAX_VALUES_OF_SLOT", 10)
    table = Table([0, 0, 1])
    for number in range(50):
        table.add(b"noise", f"n{number}", "opaque", 0)
    for at, value in enumerate("aab"):
        table.add(b"id", value, "opaque", at)
    assert table.crowded == 1
    assert [slot for slot, _ in table.told()] == [b"id"]


def test_places_and_values_beyond_the_limits_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "MAX_SLOTS", 3)
    monkeypatch.setattr(slots, "MAX_VALUES", 4)
    table = Table([0, 1])
    for number in range(10):
        table.add(b"%d" % number, "a", "opaque", 0)
    assert table.left_out == 7
    for number in range(5):
        table.add(b"0", f"v{number}", "opaque", 0)
    assert table.left_out == 7 + 4
    table.add(b"0", "a", "opaque", 1)
    table.add(b"1", "x", "opaque", 0)
    assert table.left_out == 11, "a settled place frees what it held"
    assert FEW == 3
