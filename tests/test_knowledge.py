"""Data files: mistakes come all at once with their places, and what is shipped fits together."""

from collections import defaultdict
from pathlib import Path

import pytest

from analyzer.compiled import dump, restore
from analyzer.detect.adapters import load_adapters
from analyzer.detect.lexicon import words_of
from analyzer.detect.shapes.table import SHAPES
from analyzer.errors import KnowledgeError
from analyzer.knowledge import MAX_SEED_FILE, Knowledge, parse_keys, read_seeds
from analyzer.policy.load_rules import load_rules
from analyzer.policy.rule import Rule
from tests.conftest import ROOT

TAXONOMY = Knowledge().taxonomy
DATA = ROOT / "analyzer" / "data"


def adapter_texts() -> dict[str, str]:
    """The adapters as written, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted((DATA / "adapters").glob("*.yaml"))}


def test_the_compiled_adapters_are_those_of_the_yaml_files(regenerate: bool) -> None:
    compiled = dump(load_adapters(adapter_texts(), [kind.id for kind in TAXONOMY]))
    if regenerate:
        (DATA / "adapters.json").write_bytes(compiled)
    assert (DATA / "adapters.json").read_bytes() == compiled, "run pytest --regenerate tests/test_knowledge.py"
    assert Knowledge().adapters


def test_the_compiled_rules_are_those_of_the_yaml_files(regenerate: bool) -> None:
    texts = [(path.name, path.read_text("utf-8")) for path in sorted((DATA / "rules").glob("*.yaml"))]
    rules = load_rules(texts, Knowledge().rule_words)
    if regenerate:
        (DATA / "rules.json").write_bytes(dump(rules))
    assert (DATA / "rules.json").read_bytes() == dump(rules), "run pytest --regenerate tests/test_knowledge.py"
    assert Knowledge().rules() == rules


def test_compiled_rules_of_another_version_are_refused() -> None:
    with pytest.raises(KnowledgeError, match="do not fit this version"):
        restore(b'[{"id": "a"}]', Rule, "rules")


def test_the_shipped_keys() -> None:
    rules = parse_keys((DATA / "keys.tsv").read_text("utf-8"), TAXONOMY)
    assert len(rules) > 500
    assert {shape for rule in rules for shape in rule.shapes} <= set(SHAPES)
    said: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for rule in rules:
        said[words_of(rule.name), rule.shapes].add(rule.data_type)
    # One name may mean several data types, but then the shape of the value has to tell which.
    assert {row: types for row, types in said.items() if len(types) > 1} == {}
    names = [(words_of(rule.name), rule.where, rule.data_type, rule.shapes) for rule in rules]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
    assert all(words_of(rule.name) for rule in rules)


def test_strong_evidence_asks_for_a_shape() -> None:
    rules = parse_keys((DATA / "keys.tsv").read_text("utf-8"), TAXONOMY)
    assert {rule.evidence for rule in rules} <= {"validated", "key+value", "key"}
    assert not [
        rule for rule in rules if rule.evidence == "validated" and set(rule.shapes) & {"some_text", "words", "opaque"}
    ]


def test_mistakes_in_keys_come_all_at_once() -> None:
    text = "# comment\nperson.shoe\tsure\tround\tsomewhere\tshoe\n\nperson.email\tkey\temail\texact\n"
    with pytest.raises(KnowledgeError) as caught:
        parse_keys(text, TAXONOMY)
    assert str(caught.value).splitlines() == [
        "keys.tsv:2: no data type 'person.shoe'",
        "keys.tsv:2: no evidence level 'sure'",
        "keys.tsv:2: 'somewhere' is not exact, end or person",
        "keys.tsv:2: no shape 'round'",
        "keys.tsv:4: 4 columns instead of 5",
    ]


def seeds_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "seeds.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_seeds_stay_as_they_are_written(tmp_path: Path) -> None:
    path = seeds_file(
        tmp_path, "person.dob: 1988-03-14\nperson.address.postcode: 0123\nid.user: [No, 1e5, 'x y']\nperson.gender: M\n"
    )
    assert read_seeds(path, TAXONOMY) == {
        "person.dob": ["1988-03-14"],
        "person.address.postcode": ["0123"],
        "id.user": ["No", "1e5", "x y"],
        "person.gender": ["M"],
    }


def test_mistakes_in_seeds_come_all_at_once(tmp_path: Path) -> None:
    path = seeds_file(
        tmp_path, "person.email: a@post.example\nperson.shoe: 43\nperson.dob:\nid.user: [x, {a: b}]\n12: y\n"
    )
    with pytest.raises(KnowledgeError) as caught:
        read_seeds(path, TAXONOMY)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(str(path)).partition(": ")[0] for line in lines] == [":2", ":3", ":4", ":5"]
    assert "person.shoe" in lines[0]
    assert "person.dob" in lines[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "seeds are lines of"),
        ("- a\n- b\n", "seeds are lines of"),
        ("{}\n", "holds no seed"),
        ("person.email: [a\n", "not YAML"),
        ("a: &x [*x]\n", "seeds.yaml"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"#" * (MAX_SEED_FILE + 1), "larger than 1 MiB"),
    ],
)
def test_what_is_no_seeds_file(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(KnowledgeError, match=says):
        read_seeds(seeds_file(tmp_path, text), TAXONOMY)


def test_a_seeds_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        read_seeds(tmp_path / "none.yaml", TAXONOMY)
    assert Knowledge().seeds(None) is None
