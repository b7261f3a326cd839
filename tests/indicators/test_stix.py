import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import KnowledgeError
from analyzer.indicators import stix
from analyzer.indicators.indicators import Indicators
from analyzer.indicators.stix import read_indicators
from analyzer.reported import IndicatorList
from tests.conftest import FIXTURES

LISTS = FIXTURES / "indicators"


def _indicator(number: int, pattern: object, **more: object) -> dict[str, object]:
    made: dict[str, object] = {"type": "indicator", "id": f"indicator--{number}", "created": "2024-01-02T03:04:05Z"}
    return {**made, "pattern": pattern, **more}


def _file(path: Path, *objects: object) -> Path:
    path.write_text(json.dumps({"type": "bundle", "objects": objects}))
    return path


def _counts(indicators: Indicators) -> list[tuple[int, int]]:
    return [(one.usable, one.others) for one in indicators.lists()]


def test_the_fixtures() -> None:
    indicators = read_indicators([LISTS])
    content = (LISTS / "made-up.stix2").read_bytes()
    assert indicators.lists() == (
        IndicatorList(name="made-up.stix2", sha256=hashlib.sha256(content).hexdigest(), usable=10, others=6),
        IndicatorList(
            name="paper-lantern-2.0.json",
            sha256=hashlib.sha256((LISTS / "paper-lantern-2.0.json").read_bytes()).hexdigest(),
            usable=2,
            others=0,
        ),
    )
    assert sorted(indicators.domains) == [
        "c2.example", "former.example", "lantern.example", "one.c2net.example", "two.c2net.example",
    ]  # fmt: skip
    assert [listing.targets for listing in indicators.domains["c2.example"].listings] == [
        ("ExampleSpy",),
        ("Paper Lantern",),
    ]
    assert [listing.day for listing in indicators.domains["lantern.example"].listings] == ["2019-05-06"]
    assert indicators.domains["former.example"].listings[0].until_day == "2025-01-01"
    assert list(indicators.apps) == ["com.examplespy.agent"]
    assert list(indicators.certificates) == ["5a" * 32]
    assert sorted(indicators.networks) == [(4, 28), (4, 32), (6, 48)]
    assert list(indicators.urls) == ["cdn.example"]


@pytest.mark.parametrize(
    "pattern",
    [
        "[app:cert.sha1='" + "00" * 20 + "']",
        "[app:cert_sha256='" + "00" * 32 + "']",
        "[file:hashes.'SHA-256'='" + "00" * 32 + "']",
        "[x509-certificate:hashes.MD5='" + "00" * 16 + "']",
        "[x509-certificate:serial_number='00']",
        "[email-addr:value='a@c2.example']",
        "[process:name='c2.example']",
        "[domain-name:value ISSUBSET 'c2.example']",
        "[domain-name:value='com']",
        "[domain-name:value='not a name']",
        "[ipv4-addr:value='c2.example']",
        "[url:value='']",
        "[app:id='']",
        "[domain-name:value=c2.example]",
        "rule made_up { condition: true }",
        None,
        17,
    ],
)
def test_what_traffic_cannot_show_is_counted(tmp_path: Path, pattern: object) -> None:
    indicators = read_indicators([_file(tmp_path / "a.stix2", _indicator(1, pattern))])
    assert _counts(indicators) == [(0, 1)]
    assert not indicators


def test_a_pattern_of_another_language_is_counted(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.stix2", _indicator(1, "[domain-name:value='c2.example']", pattern_type="yara"))
    assert _counts(read_indicators([path])) == [(0, 1)]


def test_a_broken_object_costs_nothing_else(tmp_path: Path) -> None:
    good = _indicator(1, "[domain-name:value='c2.example']")
    path = _file(tmp_path / "a.stix2", 7, None, [], {}, {"type": "identity", "id": 5}, {"type": "indicator"}, good)
    indicators = read_indicators([path])
    assert list(indicators.domains) == ["c2.example"]
    assert _counts(indicators) == [(1, 5)]


def test_an_address_given_as_a_domain_is_an_address(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.stix2", _indicator(1, "[domain-name:value='192.0.2.1']"))
    assert list(read_indicators([path]).networks) == [(4, 32)]


def test_the_newest_version_of_an_indicator_counts_in_any_order(tmp_path: Path) -> None:
    old = _indicator(1, "[domain-name:value='old.example']", modified="2024-01-02T03:04:05.000Z")
    new = _indicator(1, "[domain-name:value='new.example']", modified="2024-05-02T03:04:05.000Z")
    gone = _indicator(1, "[domain-name:value='new.example']", modified="2024-06-02T03:04:05.000Z", revoked=True)
    first, second = _file(tmp_path / "1.stix2", old), _file(tmp_path / "2.stix2", new)
    third = _file(tmp_path / "3.stix2", gone)
    for paths in ([first, second], [second, first]):
        assert list(read_indicators(paths).domains) == ["new.example"]
    for paths in ([first, second, third], [third, second, first]):
        assert not read_indicators(paths)


def test_of_two_equal_versions_the_revoked_one_counts(tmp_path: Path) -> None:
    pattern = "[domain-name:value='c2.example']"
    paths = [
        _file(tmp_path / "1.stix2", _indicator(1, pattern)),
        _file(tmp_path / "2.stix2", _indicator(1, pattern, revoked=True)),
    ]
    assert not read_indicators(paths)
    assert not read_indicators(paths[::-1])


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.stix2", _indicator(1, "[domain-name:value='c2.example']"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_indicators([path])


def test_names_are_found_across_files_and_revoked_ones_are_not(tmp_path: Path) -> None:
    def relation(number: int, target: str, **more: object) -> dict[str, object]:
        ends = {"source_ref": "indicator--1", "target_ref": target, "relationship_type": "indicates"}
        return {"type": "relationship", "id": f"relationship--{number}", **ends, **more}

    first = _file(tmp_path / "1.stix2", _indicator(1, "[domain-name:value='c2.example']"))
    second = _file(
        tmp_path / "2.stix2",
        {"type": "malware", "id": "malware--1", "name": "Example\n Spy\u202e"},
        {"type": "malware", "id": "malware--2", "name": "Withdrawn", "revoked": True},
        {"type": "identity", "id": "identity--1", "name": "Its author"},
        {"type": "malware", "id": "malware--3", "name": "Related"},
        relation(1, "malware--1"),
        relation(2, "malware--2"),
        relation(3, "identity--1"),
        relation(4, "malware--none"),
        relation(5, "malware--3", relationship_type="related-to"),
    )
    listings = read_indicators([first, second]).domains["c2.example"].listings
    assert [listing.targets for listing in listings] == [("Example Spy",)]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b'{"objects": {}}', pytest.param(b"[" * 100_000, id="deep")]
)
def test_a_wrong_file_says_what_where_and_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.stix2"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"a\.stix2: not a STIX 2 bundle .* give a \.stix2 file"):
        read_indicators([path])


def test_missing_and_empty_places(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_indicators([tmp_path / "none.stix2"])
    with pytest.raises(KnowledgeError, match="no STIX bundle in this folder"):
        read_indicators([tmp_path])
    assert not read_indicators([])


def test_a_folder_is_searched_at_any_depth_and_a_file_counts_once(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    inner = _file(tmp_path / "deep" / "er" / "b.STIX2", _indicator(1, "[domain-name:value='c2.example']"))
    (tmp_path / "package.json").write_text('{"name": "other"}')
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / "loop.stix2").symlink_to(tmp_path / "loop.stix2")
    (tmp_path / "copy.json").write_bytes(inner.read_bytes())
    assert [one.name for one in read_indicators([tmp_path, inner]).lists()] == ["copy.json"]


def test_the_number_of_files_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for letter in "ab":
        _file(tmp_path / f"{letter}.stix2")
    monkeypatch.setattr(stix, "MAX_FILES", 1)
    with pytest.raises(KnowledgeError, match="more than 1 files"):
        read_indicators([tmp_path])


def test_files_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path / "a.stix2", *[_indicator(number, "[domain-name:value='c2.example']") for number in range(3)])
    monkeypatch.setattr(stix, "MAX_OBJECTS", 2)
    with pytest.raises(KnowledgeError, match="more than 2 objects"):
        read_indicators([path])
    monkeypatch.setattr(stix, "MAX_BYTES", 20)
    with pytest.raises(KnowledgeError, match="larger than"):
        read_indicators([path])


_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_MEMBERS = st.sampled_from("id name created modified revoked pattern pattern_type valid_until source_ref".split())


@settings(max_examples=60)
@given(st.lists(st.dictionaries(_MEMBERS, _ANY, max_size=4), max_size=4))
def test_no_object_raises(tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.stix2"
    read_indicators([_file(path, *({"type": "indicator", "id": "indicator--1", **one} for one in objects))])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.stix2")
    with pytest.raises(KnowledgeError, match="no plain file; save what it gives in a file first"):
        read_indicators([tmp_path / "pipe.stix2"])
