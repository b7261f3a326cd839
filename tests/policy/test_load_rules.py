"""Rules are read from YAML, and every mistake is told with its line."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.errors import KnowledgeError
from analyzer.knowledge import DATA, Knowledge
from analyzer.policy.load_rules import load_rules, overridden
from tests.policy.rules_made import rule, shipped, words

BAD = """\
id: Bad_Id
title: [a, b]
status: draft
severity: terrible
when:
  - party: fourth
    data_type: [person.emial, "@gdpr=art99"]
    seat: XX
    server: nowhere
    sensitivity: many
    secure: maybe
    location: somewhere
    path: "a*b"
    phase: Before Consent
    category: unheard-of
    shared: by-all
    evidence: key
    together: {within: day}
    colour: red
  - {}
references:
  - {document: x, date: 2026-13}
message: "{labels.__class__} {labels}"
verified_on: 2026-11
title: again
"""
EXPECTED = {
    1: ["'Bad_Id' is no id", "`description` is missing", "`false_positives` is missing", "`cannot_show` is missing"],
    2: ["expected text"], 3: ["'draft' is not known here; known are stable, experimental"], 4: ["'terrible'"],
    6: ["'fourth'"], 7: ["'person.emial' names no data type", "'@gdpr=art99' names no data type"],
    8: ["'XX' is no country code"], 9: ["'nowhere' is no country code"], 10: ["'many' is no comparison"],
    11: ["'maybe'"],
    12: ["'somewhere'"], 13: ["'a*b' is no name on a path"], 14: ["'Before Consent' is no phase"], 15: ["'unheard-of'"],
    16: ["'by-all'"], 17: ["'key'"], 18: ["`data_type` is missing", "'day'"], 19: ["`colour` is not known here"],
    22: ["'2026-13' is no date"], 23: ["{labels.__class__} is not known in a message"], 24: ["give the whole date"],
    25: ["`title` is given twice"],
}  # fmt: skip


def test_every_mistake_comes_with_its_line() -> None:
    with pytest.raises(KnowledgeError) as raised:
        load_rules([("bad.yaml", BAD), ("worse.yaml", "- a\n- b\n")], words())
    lines = str(raised.value).splitlines()
    assert "worse.yaml:1: expected a mapping" in lines[-len([line for line in lines if "worse" in line])]
    found: dict[int, list[str]] = {}
    for line in lines:
        name, number, what = line.split(":", 2)
        if name == "bad.yaml":
            found.setdefault(int(number), []).append(what.strip())
    assert list(found) == sorted(found)
    assert {number: len(what) for number, what in found.items()} == {
        number: len(what) for number, what in EXPECTED.items()
    }
    for place, expected in EXPECTED.items():
        assert all(any(text in what for what in found[place]) for text in expected), found[place]


def test_a_clause_without_a_condition_is_a_mistake() -> None:
    with pytest.raises(KnowledgeError, match="no condition is given"):
        rule("{}")


def test_words_stay_as_they_are_written() -> None:
    (clause,) = rule("{seat: NO, server: [NO, not IN], secure: no}").when
    assert (clause.seat, clause.server, clause.secure) == (("NO",), ("NO", "not IN"), False)


def test_the_file_has_the_name_of_its_rule() -> None:
    text = (DATA / "rules" / "clear-text.yaml").read_text("utf-8")
    with pytest.raises(
        KnowledgeError, match=r"x/other\.yaml:1: `id` is 'clear-text', but the file's name says 'other'"
    ):
        load_rules([("x/other.yaml", text)], words())
    with pytest.raises(KnowledgeError, match="there is another rule `clear-text`"):
        load_rules([("a/clear-text.yaml", text), ("b/clear-text.yaml", text)], words())
    assert [rule.id for rule in load_rules([("c:\\rules\\clear-text.yaml", text)], words())] == ["clear-text"]


def test_ones_own_take_the_place_of_shipped_ones() -> None:
    text = (DATA / "rules" / "id-sync.yaml").read_text("utf-8").replace("medium", "low")
    (mine,) = load_rules([("id-sync.yaml", text)], words())
    rules = overridden(shipped(), (mine,))
    assert len(rules) == len(shipped())
    assert [rule.severity for rule in rules if rule.id == "id-sync"] == ["low"]


def test_knowledge_reads_files_and_folders(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = (DATA / "rules" / "id-sync.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("id: id-sync", "id: mine"))
    for path in (tmp_path, tmp_path / "mine.yaml"):
        assert len(Knowledge().rules((path,))) == len(shipped()) + 1
    (tmp_path / "empty").mkdir()
    for name, what in (("nowhere.yaml", "cannot be read"), ("empty", "holds no rule")):
        with pytest.raises(KnowledgeError, match=what):
            Knowledge().rules((tmp_path / name,))


def test_the_shipped_rules_are_whole_and_neutral() -> None:
    for each in shipped():
        assert "{labels}" in each.message
        assert "{recipient}" in each.message
        assert each.false_positives
        assert each.references
        assert len(each.verified_on) == 10
        assert each.status in ("stable", "experimental")


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=200), st.sampled_from(BAD.splitlines()).map(lambda line: f"{line}\nwhen: [{line}]")))
@example("[" * 5000)
@example("a: &a [1, 1]\nwhen: [*a, *a]")
@example("x: &x {party: third}\nwhen: [*x, *x, *x]")
@example("a: &a [*a]")
@example("\0")
@example("when: !!python/object/apply:os.system [x]")
@example("id: 1\n" + "when: [" + "{party: third}," * 2000 + "]")
@example("x" * 300_000)
def test_whatever_a_file_holds_ends_in_mistakes_with_places(text: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        load_rules([("file.yaml", text)], words())
    assert all(line.startswith("file.yaml:") for line in str(raised.value).split("\n"))


def test_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    with pytest.raises(KnowledgeError):
        load_rules([("bomb.yaml", bomb + "when: *k\nfalse_positives: *k\nreferences: [*k, *k]\n")], words())


@pytest.mark.parametrize("text", ['{"log": {"entries": []}}', "apptells-baseline: 1\nfacts: []\n", "- a\n"])
def test_another_kind_of_file_is_told_in_one_sentence(text: str) -> None:
    with pytest.raises(KnowledgeError) as told:
        load_rules([("other.yaml", text)], words())
    assert str(told.value).startswith("other.yaml:1: expected a mapping of id, title, status, severity, description")
    assert "\n" not in str(told.value)
