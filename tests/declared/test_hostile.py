"""Files that are made to do harm end as a statement or as one sentence, by bounds and not by luck."""

import json
import plistlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.declared.compare import compare
from analyzer.declared.json_tree import MAX_TEXT, objects, parse
from analyzer.declared.read import MAX_FILE
from analyzer.declared.saved_page import MAX_PIECES, pieces
from analyzer.declared.statement import Statements
from analyzer.errors import ApptellsError
from tests.declared.made import FIXTURES, knowledge, written
from tests.report.sample import founding_report

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>'
KEY = "NSPrivacyCollectedDataTypes"


def refused(tmp_path: Path, content: str | bytes) -> bool:
    try:
        written(tmp_path / "file", content)
    except ApptellsError as error:
        return "\n" not in str(error)
    return False


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE])
def test_entities_are_not_expanded(tmp_path: Path, head: str) -> None:
    assert refused(tmp_path, f"{head}<plist><dict><key>{KEY}</key><string>&l11;</string></dict></plist>")
    assert refused(tmp_path, f'{head}<manifest><uses-permission android:name="&l11;"/></manifest>')


def test_a_large_page_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.write(b"<!doctype html><html><body><p>privacy ")
        file.truncate(50 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(ApptellsError, match="larger than 8 MiB"):
            knowledge().declarations([tmp_path / "file"])
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_FILE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "part", ["<a", "<a>", "<", "<!--", "<script>", "</", "<p>privacy</p>", "&amp;", "\n", "x. Y", "<b>x"]
)
def test_pages_of_one_thing_over_and_over_end(tmp_path: Path, part: str) -> None:
    page = "<!doctype html>" + part * ((2 << 20) // len(part))
    assert sum(1 for _ in pieces(page)) <= 2 * MAX_PIECES
    try:
        found = written(tmp_path / "file", page)
    except ApptellsError:
        return
    assert len(found.passages) <= 5_000


@pytest.mark.parametrize(
    "content",
    [
        "[" * 1_000_000, '{"a":' * 300_000, "[" * 500 + "]" * 500, json.dumps({"collectedData": [[[[]]]]}),
        '{"sharedData": [' + "[" * 400 + "]" * 400 + '], "collectedData": 1}',
    ],
)  # fmt: skip
def test_deep_json_is_no_declaration(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content)


def test_long_json_is_not_parsed() -> None:
    assert parse("[" + "1," * MAX_TEXT + "1]") is None


def test_json_in_json_is_opened_within_bounds() -> None:
    inner = json.dumps({"identifier": "DATA_NOT_COLLECTED"})
    for _ in range(4):
        inner = json.dumps({"a": inner, "b": inner})
    assert sum("identifier" in item for item in objects({"x": inner}, "DATA_")) == 16
    assert list(objects([[]] * 1000 + [{}], nodes=10)) == []
    assert list(objects([[], {}])) == [{}]


def nested_answers() -> str:
    answer: dict[str, object] = {"identifier": "DATA_LINKED_TO_YOU", "dataTypes": ["Name"]}
    for _ in range(400):
        answer = {"identifier": "DATA_LINKED_TO_YOU", "purposes": [answer]}
    return json.dumps(answer)


def callbacks() -> str:
    one = "AF_initDataCallback({key: 'ds:1', hash: '1', data:[" + "[1]," * 500 + "1], sideChannel: {}});"
    return f"<!doctype html><script>{one * 500}</script><p>privacy</p>"


@pytest.mark.parametrize("made", [nested_answers, callbacks])
def test_many_answers_in_one_file_end(tmp_path: Path, made: Callable[[], str]) -> None:
    assert written(tmp_path / "file", made()).declaration.sha256


def test_a_property_list_that_holds_itself(tmp_path: Path) -> None:
    # One object, an array whose only entry is object 0 again, under the key of the data types.
    body = b"bplist00" + b"\xd1\x01\x02" + b"\x5f\x10" + bytes([len(KEY)]) + KEY.encode() + b"\xa1\x02"
    first, second, third = 8, 11, 11 + 3 + len(KEY)
    table = bytes((first, second, third))
    trailer = bytes(6) + b"\x01\x01" + (3).to_bytes(8) + (0).to_bytes(8) + len(body).to_bytes(8)
    found = written(tmp_path / "file", body + table + trailer)
    assert found.collected == frozenset()


@pytest.mark.parametrize("count", [2**63, 2**40, 10**6])
def test_a_property_list_that_claims_many_objects(tmp_path: Path, count: int) -> None:
    trailer = bytes(6) + b"\x01\x01" + count.to_bytes(8) + (0).to_bytes(8) + (8).to_bytes(8)
    assert refused(tmp_path, b"bplist00" + b"\xd0" + trailer)


NAMES = sorted(path.name for path in FIXTURES.iterdir() if path.name != "README.md")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.sampled_from(NAMES), st.integers(0), st.binary(max_size=6), st.integers(0, 40))
def test_broken_files_are_read_or_refused(tmp_path: Path, name: str, at: int, put: bytes, cut: int) -> None:
    data = (FIXTURES / name).read_bytes()
    at %= len(data)
    try:
        found = written(tmp_path / "file", data[:at] + put + data[at + cut :])
    except ApptellsError:
        return
    statements = Statements(documents=(found,), wording=knowledge().wording)
    assert compare(founding_report(), statements, knowledge().taxonomy).declarations


def test_the_manifests_of_the_fixtures_are_property_lists() -> None:
    forms = [plistlib.loads((FIXTURES / name).read_bytes()) for name in NAMES if name.endswith(".xcprivacy")]
    assert forms[0] == forms[1]
