"""A baseline holds what a build was seen to transmit and nothing else, and survives editing and merging."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from ruamel.yaml import YAML

from analyzer.compare.baseline import MAX_BYTES, baseline_text, is_baseline, load_baseline, read_baseline
from analyzer.compare.observation import Observations
from analyzer.compare.observe import united
from analyzer.errors import KnowledgeError
from tests.compare.building import build, builds, seen

FACT = (
    '- {"data": "person.email", "to": "Example Inc.", "phase": "after-accept", "as": "plain", "server": "IN", '
    '"party": "third", "seat": "US", "evidence": "seed", "domains": ["tracker.example"]}'
)
START = "apptells-baseline: 1\nfacts:\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "apptells-baseline.yaml"


def test_the_file(file: Path) -> None:
    text = baseline_text(build(seen(), seen("dev.os", to="Beispiel „A“", phase="", secure=False, seat=None), app="a.b"))
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "apptells-baseline: 1",
        'app: "a.b"',
        "facts:",
        '- {"data": "dev.os", "to": "Beispiel „A“", "as": "plain", "server": "IN", "party": "third", "tls": false, '
        '"evidence": "seed", "domains": ["tracker.example"]}',
        FACT,
    ]
    assert text.startswith("# What this app was seen to transmit")
    assert is_baseline(text.encode())
    assert YAML(typ="safe", pure=True).load(text)["facts"][0]["tls"] is False


@settings(max_examples=100)
@given(builds())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, one: Observations) -> None:
    file = tmp_path_factory.getbasetemp() / "round.yaml"
    file.write_text(baseline_text(one, counts=True), encoding="utf-8")
    assert read_baseline(file) == one
    assert baseline_text(one, counts=True, kept=load_baseline(file)) == file.read_text("utf-8")
    file.write_text(baseline_text(one), encoding="utf-8")
    once = tuple(replace(item, runs=1) for item in one.items)
    assert read_baseline(file) == replace(one, items=once, runs=1)


@settings(max_examples=20)
@given(builds())
def test_what_is_written_is_yaml(one: Observations) -> None:
    facts = YAML(typ="safe", pure=True).load(baseline_text(one))["facts"]
    assert [fact["to"] for fact in facts] == [item.key.recipient for item in one.items]
    assert {fact.get("seat") for fact in facts} <= {None, "US", "NO"}, "Norway is no `false`"


def test_runs_and_requests_do_not_change_the_file() -> None:
    more = replace(build(seen(runs=2, exchanges=(3, 4)), runs=3), exchanges=90, unread=4, undecoded=2, version="1.2")
    assert baseline_text(more) == baseline_text(build(seen()))
    assert '"runs": 2}' in baseline_text(more, counts=True)


def test_hosts_are_kept_as_registrable_names_only() -> None:
    hosts = ("10.0.0.7", "a b", "asha-k.eu.tracker.example", "b.tracker.example", "localhost", "x.co.uk")
    text = baseline_text(build(seen(hosts=hosts)))
    assert json.loads(text.splitlines()[-1][2:])["domains"] == ["tracker.example", "x.co.uk"]
    assert "asha" not in text


def test_comments_stay_with_their_facts(file: Path) -> None:
    other = seen("dev.os")
    file.write_text(
        "# ours\n\napptells-baseline: 1\nfacts: # these\n"
        f"# asked for by the law team\n{FACT}  # ticket 12\n# the end\n",
        encoding="utf-8",
    )
    kept = load_baseline(file)
    lines = baseline_text(united([kept.observations, build(other)], max), kept=kept).splitlines()
    assert lines[0] == "# ours"
    assert lines[-3:] == ["# asked for by the law team", f"{FACT}  # ticket 12", "# the end"]
    assert lines[3].startswith('- {"data": "dev.os"')
    assert "ticket" not in baseline_text(build(other), kept=kept)


def test_facts_may_stand_in_any_order_and_twice(file: Path) -> None:
    """As a merge that keeps the lines of both sides leaves them."""
    insecure = FACT.replace('"seat"', '"tls": false, "seat"')
    first = FACT.replace("person.email", "dev.os")
    file.write_text(f"{START}{insecure}\r\n  {first}\n\n{FACT}\n", encoding="utf-8")
    assert read_baseline(file) == build(seen("dev.os"), seen(secure=False))


def test_comments_of_both_sides_of_a_merge_stay(file: Path) -> None:
    file.write_text(f"{START}# ours\n# both\n{FACT}\n# both\n# theirs\n{FACT}\n", encoding="utf-8")
    assert baseline_text(build(seen()), kept=load_baseline(file)).splitlines()[-4:-1] == [
        "# ours",
        "# both",
        "# theirs",
    ]


def test_facts_by_hand_may_be_spaced_and_ordered_otherwise(file: Path) -> None:
    members = json.loads(FACT[2:])
    by_hand = json.dumps(dict(reversed(members.items())), separators=(" ,  ", ":"))
    file.write_text(f"{START}-   {by_hand}\n", encoding="utf-8")
    assert read_baseline(file) == build(seen())


# ---------------------------------------------------------------- merges


def merge(tmp_path: Path, texts: dict[str, str], *options: str) -> tuple[int, Path]:
    """What git makes of two versions and what they come from."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(["git", "merge-file", *options, "ours", "base", "theirs"], cwd=tmp_path, timeout=60)
    return done.returncode, tmp_path / "ours"


BASE = build(*(seen("id.ad", f"Company {letter}") for letter in "BDFHJ"))


def test_two_branches_that_accept_other_facts_merge(tmp_path: Path) -> None:
    ours = united([BASE, build(seen("id.ad", "Company A"), seen("person.email", "Company C"))], max)
    theirs = united([BASE, build(seen("id.ad", "Company E"))], max)
    theirs = replace(theirs, items=tuple(one for one in theirs.items if one.key.recipient != "Company H"))
    conflicts, file = merge(
        tmp_path, {"ours": baseline_text(ours), "base": baseline_text(BASE), "theirs": baseline_text(theirs)}
    )
    assert conflicts == 0
    merged = read_baseline(file)
    assert [one.key.recipient[-1] for one in merged.items] == [*"ABDEFJ", "C"]
    assert baseline_text(merged) == file.read_text("utf-8")


def test_facts_at_the_same_place_merge_with_the_union_driver(tmp_path: Path) -> None:
    versions = {
        name: baseline_text(united([BASE, build(seen("id.ad", f"Company A{letter}"), runs=runs)]), counts=True)
        for name, letter, runs in (("ours", "2", 2), ("theirs", "1", 1))
    } | {"base": baseline_text(BASE, counts=True)}
    conflicts, file = merge(tmp_path, versions, "--union")
    assert conflicts == 0
    merged = read_baseline(file)
    assert [one.key.recipient for one in merged.items][:2] == ["Company A1", "Company A2"]
    assert (len(merged.items), merged.runs) == (7, 3)


def test_a_merge_that_is_not_finished_is_told_by_line(tmp_path: Path) -> None:
    versions = {
        name: baseline_text(united([BASE, build(seen("id.ad", f"Company A{letter}"))], max))
        for name, letter in (("ours", "2"), ("theirs", "1"))
    } | {"base": baseline_text(BASE)}
    conflicts, file = merge(tmp_path, versions)
    assert conflicts == 1
    with pytest.raises(KnowledgeError) as told:
        read_baseline(file)
    said = str(told.value).splitlines()
    lines = file.read_text("utf-8").splitlines()
    assert [line[:7] for line in lines if line[:7] in ("<<<<<<<", "=======", ">>>>>>>")] == [
        lines[int(one.removeprefix(f"{file}:").partition(":")[0]) - 1][:7] for one in said
    ]
    assert "a merge is not finished here" in said[0]


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1: no baseline: the line `apptells-baseline: 1` is missing"),
        ("person.email: a@b.example\n", "1: no baseline: the line `apptells-baseline: 1` is missing"),
        ("apptells-baseline: 1\nperson.email: a@b.example\n", "2: not a line of a baseline"),
        ("apptells-baseline: 2\n", "1: version 2 of the baseline is not known"),
        (f"{START}- {{}}\n", "3: not a fact: Object missing required field `data`"),
        (f"{START}- person.email\n", "3: not a fact: Expecting value"),
        (f"{START}{FACT[:-1]}\n", "3: not a fact: Expecting ',' delimiter"),
        (f"{START}{FACT} {FACT}\n", "after it"),
        (f"{START}{FACT.replace('plain', 'plain" , "x": "')}\n", "3: not a fact: Object contains unknown field `x`"),
        (f"{START}{FACT.replace('person.email', 'person.e-mail')}\n", "3: no data type 'person.e-mail'"),
        (f"{START}{FACT.replace('third', '3rd')}\n", "3: not a fact: Invalid enum value '3rd'"),
        (f"{START}{FACT.replace('seed', 'sure')}\n", "3: not a fact: Invalid enum value 'sure'"),
        (f"{START}- {'[' * 100_000}\n", "3: not a fact: "),
        (f"{START}- {'9' * 100_000}\n", "3: not a fact: "),
        (f"apptells-baseline: 1\nruns: {'9' * 5000}\n", "2: `runs` is a number"),
        ("apptells-baseline: 1\nruns: 0\n", "2: `runs` is a number"),
        ("apptells-baseline: 1\napp: com.example\n", "2: `app` is text in quotes"),
        ("apptells-baseline: 1\nfacts: {}\n", "2: `facts:` is followed by"),
        ("apptells-baseline: 1\nowner: me\n", "2: not a line of a baseline"),
    ],
)
def test_mistakes_have_their_line(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as told:
        read_baseline(file)
    assert str(told.value).startswith(f"{file}:")
    assert says in str(told.value)


@pytest.mark.parametrize("text", ['{\n "log": {}\n}\n' * 9, "person.email: a@b.example\n# apptells-baseline: 1\n" * 9])
def test_another_kind_of_file_is_told_in_one_sentence(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as told:
        read_baseline(file)
    assert str(told.value) == (
        f"{file}:1: no baseline: the line `apptells-baseline: 1` is missing; make one with `apptells baseline create`."
    )


def test_all_mistakes_come_at_once(file: Path) -> None:
    file.write_text("apptells-baseline: 1\n" + "- {}\n" * 5 + "- x\n" * 20, encoding="utf-8")
    with pytest.raises(KnowledgeError) as told:
        read_baseline(file)
    said = str(told.value).splitlines()
    assert [one.removeprefix(f"{file}:").partition(":")[0] for one in said[:-1]] == [str(n) for n in range(2, 22)]
    assert said[-1] == "and 5 more mistakes"


def test_nothing_in_the_file_can_command_a_terminal(file: Path) -> None:
    hostile = "E\\u001b[31m\\u202e\\ud800"
    file.write_text(f"{START}{FACT.replace('Example', hostile)}\n", encoding="utf-8")
    (one,) = read_baseline(file).items
    assert one.key.recipient == "E\\x1b[31m\\u202e\\ud800 Inc."
    assert read_back(file, baseline_text(build(one))) == build(one)
    file.write_bytes(b"apptells-baseline: 1\n\x1b]0;x\x07: \xff\n")
    with pytest.raises(KnowledgeError) as told:
        read_baseline(file)
    assert str(told.value).isprintable()


def read_back(file: Path, text: str) -> Observations:
    file.write_text(text, encoding="utf-8")
    return read_baseline(file)


@pytest.mark.parametrize("line", ["app: a" + " " * 400_000 + '"', '"' * 400_000, "- " * 400_000, "#" * 400_000])
def test_long_lines_take_no_square_time(file: Path, line: str) -> None:
    file.write_text(f"{line}\n" * 3, encoding="utf-8")
    with pytest.raises(KnowledgeError):
        read_baseline(file)


def test_a_file_that_is_too_large_or_not_there(file: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"cannot be read \(No such file or directory\)"):
        read_baseline(file)
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(KnowledgeError, match="larger than 8 MiB"):
        read_baseline(file)


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (b"apptells-baseline: 1\n", True),
        (b"\xef\xbb\xbf# x\n\n  # y\r\napptells-baseline : 2", True),
        (b"# apptells-baseline: 1\n", False),
        (b'{"log": {}}', False),
        (b"person.email: apptells-baseline: 1\n", False),
        (b"#" * 5000, False),
        (b"", False),
    ],
)
def test_what_a_baseline_begins_with(head: bytes, is_one: bool) -> None:
    assert is_baseline(head) is is_one
