"""Names that were looked up: made comparable, followed without end, merged without growing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import lookups as lookups_module
from analyzer.capture.lookups import ADDRESSES_KEPT, CHAIN_KEPT, Lookups, follow, host_name
from analyzer.model import NameLookup

NAMES = st.sampled_from(["a.example", "B.Example.", "c.example", "d.example", "x y", "", "192.0.2.1", None, 7])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Api.Tracker.Example.", "api.tracker.example"),
        ("_dmarc.tracker.example", "_dmarc.tracker.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        (".".join(["a" * 49] * 5) + ".abc", ".".join(["a" * 49] * 5) + ".abc"),
        (".".join(["a" * 49] * 5) + ".abcd", None),
        ("a" * 64 + ".example", None),
        ("a..example", None),
        ("..", None),
        ("", None),
        ("a b.example", None),
        ("a.example\n.b", None),
        ("\ud800.example", None),
        ("ü" * 5000, None),
        (7, None),
        (None, None),
    ],
)
def test_host_name(text: object, expected: str | None) -> None:
    assert host_name(text) == expected


@given(st.text(max_size=300))
def test_a_host_name_is_its_own_host_name(text: str) -> None:
    name = host_name(text)
    assert name is None or (host_name(name) == name and len(name) <= 253 and name.isascii())


def test_a_chain_is_followed_in_order() -> None:
    assert follow("a", {"b": "c", "a": "b", "x": "y"}) == ("b", "c")
    assert follow("x", {}) == ()


@pytest.mark.parametrize(
    ("canonical", "chain"),
    [({"a": "a"}, ()), ({"a": "b", "b": "a"}, ("b",)), ({"a": "b", "b": "c", "c": "b"}, ("b", "c"))],
)
def test_a_loop_is_cut(canonical: dict[str, str], chain: tuple[str, ...]) -> None:
    assert follow("a", canonical) == chain


def test_a_long_chain_is_cut() -> None:
    chain = follow("0", {str(n): str(n + 1) for n in range(1000)})
    assert chain == tuple(str(n + 1) for n in range(CHAIN_KEPT))


def test_look_ups_are_merged_by_name_and_sorted() -> None:
    lookups = Lookups()
    lookups.add("b.example", "first")
    lookups.add("B.example.", "second", (), ["192.0.2.1"])
    lookups.add(
        "b.example", "third", ["x.example", "b.example", "y.example", "x.example"], ["192.0.2.1", "2001:DB8::1"]
    )
    lookups.add("b.example", "fourth", ["other.example"])
    lookups.add("a.example", "fifth")
    assert lookups.merged() == (
        NameLookup(name="a.example", source="fifth"),
        NameLookup(
            name="b.example",
            source="third",
            aliases=("x.example", "y.example"),
            addresses=("192.0.2.1", "2001:db8::1"),
        ),
    )


def test_the_first_of_equals_gives_the_source() -> None:
    lookups = Lookups()
    lookups.add("a.example", "first", (), ["192.0.2.1"])
    lookups.add("a.example", "second", (), ["192.0.2.2"])
    assert [(found.source, found.addresses) for found in lookups.merged()] == [("first", ("192.0.2.1", "192.0.2.2"))]


def test_what_is_no_name_and_no_address_is_left_out() -> None:
    lookups = Lookups()
    lookups.add("not a name", "s", ["x.example"])
    lookups.add(
        "a.example", "s", [None, 7, "", "b c", "x.example"], ["192.0.2.999", 5, None, "x" * 9999, "fe80::1%eth0"]
    )
    assert lookups.merged() == (
        NameLookup(name="a.example", source="s", aliases=("x.example",), addresses=("fe80::1",)),
    )


def test_everything_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups_module, "NAMES_KEPT", 3)
    lookups = Lookups()
    for n in range(9):
        lookups.add(f"n{n}.example", "s")
    lookups.add("n0.example", "s", (f"x{n}.example" for n in range(99)), (f"192.0.2.{n}" for n in range(99)))
    lookups.add("n0.example", "s", (), (f"198.51.100.{n}" for n in range(99)))
    merged = lookups.merged()
    assert [found.name for found in merged] == ["n0.example", "n1.example", "n2.example"]
    assert (len(merged[0].aliases), len(merged[0].addresses)) == (CHAIN_KEPT, ADDRESSES_KEPT)


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4)), max_size=8))
def test_each_name_once_and_never_its_own_alias(asked: list[tuple[object, list[object], list[object]]]) -> None:
    lookups = Lookups()
    for name, aliases, addresses in asked:
        lookups.add(name, "s", aliases, addresses)
    merged = lookups.merged()
    names = [found.name for found in merged]
    assert names == sorted({host_name(name) for name, _, _ in asked} - {None})  # type: ignore[type-var]
    for found in merged:
        assert found.name not in found.aliases
        assert len(set(found.aliases)) == len(found.aliases)
