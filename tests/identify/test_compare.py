"""Comparing captures: what is planted is found in any encoding, and what everybody or every request has is not."""

import base64
import hashlib
import json
import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture.open import open_capture
from analyzer.errors import ApptellsError, CaptureError
from analyzer.identify.compare import identify, subjects_of
from analyzer.identify.result import Identified, Identifier
from analyzer.knowledge import Knowledge
from tests.identify.comparing import Request, capture, request

KNOWLEDGE = Knowledge()
URL = "https://in1.t.tracker.example/v1/e"
JSON = ("Content-Type", "application/json")
Planter = Callable[[str, Mapping[str, object]], Request]


def base64_of(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


PLANTERS: Mapping[str, Planter] = {
    "query": lambda value, rest: request(f"{URL}?pk={quote(value)}&r={quote(json.dumps(rest))}"),
    "path": lambda value, rest: request(f"https://t.tracker.example/v1/of/{quote(value)}/e", rest, [JSON]),
    "header": lambda value, rest: request(URL, rest, [JSON, ("X-Probe-Key", value)]),
    "cookie": lambda value, rest: request(URL, rest, [JSON, ("Cookie", f"pk={quote(value)}; theme=darkmode")]),
    "json": lambda value, rest: request(URL, {"a": [{"pk": value, **rest}]}, [JSON]),
    "pair": lambda value, rest: request(URL, {"p": [{"name": "pk", "value": value}], **rest}, [JSON]),
    "gzip": lambda value, rest: request(URL, {"pk": value, **rest}, [JSON, ("Content-Encoding", "gzip")]),
    "form": lambda value, rest: request(
        URL, f"pk={quote(value)}&d={quote(json.dumps(rest))}", [("Content-Type", "application/x-www-form-urlencoded")]
    ),
    "base64": lambda value, rest: request(URL, {"d": base64_of({"pk": value, **rest})}, [JSON]),
    "base64 in query": lambda value, rest: request(f"{URL}?data={quote(base64_of([{'pk': value, **rest}]))}"),
    "json in json": lambda value, rest: request(
        URL, {"d": json.dumps({"e": json.dumps({"pk": value, **rest})})}, [JSON]
    ),
    "sha256": lambda value, rest: request(URL, {"pk": hashlib.sha256(value.encode()).hexdigest(), **rest}, [JSON]),
    "array": lambda value, rest: request(URL, [["kept-7731-constant", value], rest], [JSON]),
}  # fmt: skip


def noise(chance: Random, session: str) -> dict[str, object]:
    """What requests hold beside identifiers: constants, points in time, counters, chance, and the session's number."""
    return {
        "apiKey": "k3y-9931ab-c0nstant",
        "sdk": "12.4.1",
        "ts": 1_790_000_000_000 + chance.randrange(10**9),
        "at": f"2026-11-0{chance.randrange(1, 9)}T10:0{chance.randrange(9)}:00Z",
        "nonce": f"{chance.getrandbits(128):032x}",
        "seq": chance.randrange(100_000, 999_999),
        "event": chance.choice(["page_view", "checkout_started", "search results"]),
        "sid": session,
        "ratio": chance.random(),
    }


def session(path: Path, planted: Sequence[tuple[Planter, str]], seed: int, requests: int = 6) -> Path:
    """A capture of one run of an app: `requests` times every planted value, with noise around it."""
    chance = Random(seed)
    number = f"{chance.getrandbits(64):016x}"
    return capture(path, [plant(value, noise(chance, number)) for _ in range(requests) for plant, value in planted])


def compare(
    folder: Path, people: Mapping[str, Sequence[tuple[Planter, str]]], runs: int = 2, show_values: bool = False
) -> Identified:
    paths = [
        (None, session(folder / f"{name}{run}.har", planted, hash_of(f"{name}{run}")))
        for name, planted in people.items()
        for run in range(1, runs + 1)
    ]
    return identify(subjects_of(paths), KNOWLEDGE, show_values=show_values)


def hash_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def sent(found: Identified) -> dict[str, Identifier]:
    return {held.values[0]: one for one in found.identifiers for held in one.held}


identifiers = st.text(string.ascii_lowercase + string.digits, min_size=12, max_size=30).filter(
    lambda text: len(set(text)) > 6 and sum(map(str.isdigit, text)) >= 4 and sum(map(str.isalpha, text)) >= 4
)


@settings(max_examples=40)
@given(
    pairs=st.lists(
        st.tuples(identifiers, identifiers), min_size=1, max_size=3, unique_by=(lambda p: p[0], lambda p: p[1])
    ),
    encodings=st.lists(st.sampled_from(sorted(PLANTERS)), min_size=3, max_size=3, unique=True),
)
def test_what_is_planted_is_found_in_any_encoding_and_nothing_else_is(
    pairs: list[tuple[str, str]], encodings: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    values = {value for pair in pairs for value in pair}
    if len(values) < 2 * len(pairs):
        return
    planted = list(zip(pairs, encodings, strict=False))
    people = {
        name: [(PLANTERS[encoding], pair[who]) for pair, encoding in planted] for who, name in enumerate(("A", "B"))
    }
    found = compare(tmp_path_factory.mktemp("c"), people, show_values=True)
    expected = {
        hashlib.sha256(value.encode()).hexdigest() if encoding == "sha256" else value
        for pair, encoding in planted
        for value in pair
    }
    assert {value for one in found.identifiers for held in one.held for value in held.values} == expected
    assert {one.certainty for one in found.identifiers} == {"identifies"}


@pytest.mark.parametrize("encoding", PLANTERS)
def test_each_encoding_is_named_with_its_place(tmp_path: Path, encoding: str) -> None:
    people = {name: [(PLANTERS[encoding], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    (one,) = compare(tmp_path, people, show_values=True).identifiers
    assert one.sentence == "The same in A1 and A2, another in B1 and B2."
    assert (one.captures, [held.captures for held in one.held]) == (4, [("A1", "A2"), ("B1", "B2")])
    spot = one.spots[0]
    assert (spot.capture, spot.exchange) == ("A1", 0)
    assert spot.host.endswith("t.tracker.example")
    assert spot.path.endswith("v1/of/" if encoding == "path" else "probe-key" if encoding == "header" else spot.path)
    if "base64" in encoding:
        assert "base64" in spot.decoding
    if encoding == "gzip":
        assert spot.decoding == ("gzip", "json")


def test_with_one_capture_of_each_it_merely_differs(tmp_path: Path) -> None:
    people = {name: [(PLANTERS["json"], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    found = sent(compare(tmp_path, people, runs=1, show_values=True))
    one = found["a-7731-xkcd-0042"]
    assert one.certainty == "differs"
    assert one.sentence == "One in A1, another in B1; with one capture of each it may be of the session."
    assert "sid" in {spot.path.rpartition(".")[2] for other in found.values() for spot in other.spots}


def test_three_people_and_uneven_captures(tmp_path: Path) -> None:
    plant = PLANTERS["json"]
    paths: list[tuple[str | None, Path]] = [
        (None, session(tmp_path / f"{name}.har", [(plant, f"{name[0].lower()}-7731-xkcd-0042")], number))
        for number, name in enumerate(("C1", "A1", "A2", "A3", "B1"))
    ]
    (one,) = [one for one in identify(subjects_of(paths), KNOWLEDGE).identifiers if one.certainty == "identifies"]
    assert one.sentence == "The same in A1, A2 and A3, another in C1, another in B1."


def test_two_people_with_the_same_value_are_not_told_apart_by_it(tmp_path: Path) -> None:
    people = {name: [(PLANTERS["json"], "shared-7731-xkcd-0042")] for name in "AB"}
    assert compare(tmp_path, people).identifiers == ()


def test_names_are_words_that_detectors_may_know(tmp_path: Path) -> None:
    def named(key: str) -> Planter:
        return lambda value, rest: request(URL, {key: value, **rest}, [JSON])

    people = {
        "A": [(named("fullName"), "Asha Talwukh"), (named("zq"), "Marigold")],
        "B": [(named("fullName"), "Benno Karces"), (named("zq"), "Nightshade")],
    }
    found = sent(compare(tmp_path, people, show_values=True))
    name, word = found["Asha Talwukh"], found["Marigold"]
    assert (name.certainty, name.data_type, name.known) == ("identifies", "person.name.full", True)
    assert (word.certainty, word.known) == ("differs", False)
    assert word.sentence.endswith("but words that many people may share.")


def test_words_that_stand_in_for_an_identifier_do_not_hide_it(tmp_path: Path) -> None:
    def signing_in(value: str, rest: Mapping[str, object]) -> Request:
        who = value if int(str(rest["seq"])) % 2 else "anonymous"
        return request(URL, {"who": who, **rest}, [JSON])

    people = {name: [(signing_in, f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    (one,) = compare(tmp_path, people, show_values=True).identifiers
    assert [held.values for held in one.held] == [("a-7731-xkcd-0042",), ("b-7731-xkcd-0042",)]


def test_hosts_that_share_a_value_are_one_row(tmp_path: Path) -> None:
    def to(host: str, encode: Callable[[str], str] = str) -> Planter:
        return lambda value, rest: request(f"https://{host}/p", {"pk": encode(value), **rest}, [JSON])

    hosts = ("a.tracker.example", "b.broker.example")
    people = {
        name: [(to(hosts[0]), value), (to(hosts[1], str.upper), value), (to("c.example", sha256), value)]
        for name, value in (
            ("A", "6f1c2c9e-4b7d-4d0e-9a51-7f2be3d0c4a8"),
            ("B", "0a1c2c9e-4b7d-4d0e-9a51-7f2be3d0c411"),
        )
    }
    found = compare(tmp_path, people, show_values=True).identifiers
    (shared,) = [one for one in found if len(one.hosts) == 2]
    assert shared.hosts == hosts
    (digest,) = [one for one in found if one.hosts == ("c.example",)]
    assert digest.derived == f"sha256 of {shared.id}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_like_hosts_are_one_place_and_all_are_named(tmp_path: Path) -> None:
    def to(host: str) -> Planter:
        return lambda value, rest: request(f"https://{host}.t.tracker.example/", {"pk": value, **rest}, [JSON])

    people = {"A": [(to("in1"), "a-7731-xkcd-0042")], "B": [(to("eu2"), "b-7731-xkcd-0042")]}
    (one,) = compare(tmp_path, people).identifiers
    assert one.hosts == ("in1.t.tracker.example", "eu2.t.tracker.example")


def test_what_detectors_know_is_named_and_comes_after_what_they_do_not(tmp_path: Path) -> None:
    def both(value: str, rest: Mapping[str, object]) -> Request:
        return request(URL, {"email": f"{value}@patra.example", "zq": f"{value}-7731-0042", **rest}, [JSON])

    unknown, email = compare(tmp_path, {"A": [(both, "asha")], "B": [(both, "benno")]}).identifiers
    assert (unknown.id, unknown.data_type, unknown.known, unknown.label) == (
        "i1",
        "id.other",
        False,
        "Other unique identifier",
    )
    assert (email.id, email.data_type, email.known) == ("i2", "person.email", True)
    assert email.spots[0].evidence == "validated"


def test_values_are_masked_wherever_they_could_show(tmp_path: Path) -> None:
    def everywhere(value: str, rest: Mapping[str, object]) -> Request:
        body = {value: {"pk": value}, "list": [value], "mail": f"{value}@patra.example", **rest}
        return request(f"https://{value}.t.tracker.example/of/{value}/x/{value}?{value}={value}", body, [JSON])

    people = {name: [(everywhere, f"{name.lower()}7731xkcd0042")] for name in "AB"}
    masked, shown = compare(tmp_path, people), compare(tmp_path, people, show_values=True)
    assert masked.identifiers
    assert "7731xkcd0042" not in repr(masked)
    assert "a7731xkcd0042" in repr(shown)


def test_the_same_captures_give_the_same(tmp_path: Path) -> None:
    people = {
        name: [(plant, f"{name.lower()}-7731-{at}-0042") for at, plant in enumerate(PLANTERS.values())] for name in "AB"
    }
    assert compare(tmp_path, people) == compare(tmp_path, people)


# ---------------------------------------------------------------- trouble


def test_bodies_that_nothing_opens_are_counted(tmp_path: Path) -> None:
    chance = Random(1)
    paths = [
        (None, capture(tmp_path / name, [request(URL, chance.randbytes(600), [("Content-Type", "application/x-z")])]))
        for name in ("A1.har", "B1.har")
    ]
    found = identify(subjects_of(paths), KNOWLEDGE)
    assert found.undecoded == 2
    assert [(note.what, note.count) for note in found.notes] == [("undecoded", 2)]


def test_a_request_that_cannot_be_decoded_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.decode.exchange import Decoder

    real = Decoder.decode
    monkeypatch.setattr(
        Decoder, "decode", lambda self, each: real(self, each) if each.index else (_ for _ in ()).throw(ValueError("x"))
    )
    people = {name: [(PLANTERS["json"], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    found = compare(tmp_path, people)
    assert len(found.identifiers) == 1
    assert [(note.what, note.count) for note in found.notes] == [("not-analysed", 4)]


def test_a_request_that_cannot_be_analysed_is_compared_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.pipeline import Detection

    def failing(*_: object) -> None:
        raise LookupError("x")

    monkeypatch.setattr(Detection, "find", failing)
    found = compare(tmp_path, {name: [(PLANTERS["json"], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"})
    assert [one.known for one in found.identifiers] == [False]
    assert [(note.what, note.count) for note in found.notes] == [("not-explained", 3)]


def test_what_was_left_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.identify.slots.MAX_VALUES_OF_SLOT", 4)
    people = {name: [(PLANTERS["json"], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    found = compare(tmp_path, people)
    assert len(found.identifiers) == 1
    assert [note.what for note in found.notes] == ["crowded"]


def test_progress_ends_where_it_should(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    people = {name: [(PLANTERS["json"], f"{name.lower()}-7731-xkcd-0042")] for name in "AB"}
    paths = [(None, session(tmp_path / f"{name}1.har", planted, 1, 200)) for name, planted in people.items()]
    identify(subjects_of(paths), KNOWLEDGE, progress=lambda done, total: seen.append((done, total)))
    total = 2 * sum(path.stat().st_size for _, path in paths)
    assert {of for _, of in seen} == {total}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert 0 < seen[-1][0] <= total


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    (tmp_path / "A1.har").write_text("no")
    capture(tmp_path / "B1.har", [])
    with pytest.raises(CaptureError, match="neither a HAR"):
        identify(subjects_of([(None, tmp_path / "A1.har"), (None, tmp_path / "B1.har")]), KNOWLEDGE)
    with pytest.raises(CaptureError, match="no such file"):
        identify(subjects_of([(None, tmp_path / "A7.har"), (None, tmp_path / "B1.har")]), KNOWLEDGE)


# ---------------------------------------------------------------- who is who


def named(*names: str) -> list[tuple[str | None, Path]]:
    return [(None, Path(name)) for name in names]


def test_letters_before_the_first_digit_tell_whose_a_capture_is() -> None:
    found = subjects_of(named("A1.har", "x/A2.flow", "B1.har", "asha-3.har", "asha_4.har"))
    assert {one.name: [source.name for source in one.sources] for one in found} == {
        "A": ["A1", "A2"],
        "B": ["B1"],
        "asha": ["asha-3", "asha_4"],
    }


def test_names_that_are_given_win_over_file_names() -> None:
    found = subjects_of([("x", Path("A1.har")), ("x", Path("B1.har")), ("y", Path("d/A1.har"))])
    assert {one.name: [source.name for source in one.sources] for one in found} == {
        "x": ["A1.har", "B1"],
        "y": ["d/A1.har"],
    }


@pytest.mark.parametrize(
    ("captures", "says"),
    [
        (named("A1.har", "first.har"), "first.har: the name does not tell"),
        (named("A1.har", "1.har"), "1.har: the name does not tell"),
        (named("A1.har", "A2.har"), "these are all of A"),
        (named("A1.har"), "these are all of A"),
        (named("A1.har", "B1.har", "./A1.har"), "given twice"),
    ],
)
def test_what_cannot_be_compared(captures: list[tuple[str | None, Path]], says: str) -> None:
    with pytest.raises(ApptellsError, match=says):
        subjects_of(captures)


def test_the_captures_of_these_tests_hold_what_they_should(tmp_path: Path) -> None:
    path = session(tmp_path / "A1.har", [(PLANTERS["gzip"], "v-0042")], 1, 1)
    with open_capture(path) as reader:
        (exchange,) = reader
    assert exchange.body.startswith(b"\x1f\x8b")
