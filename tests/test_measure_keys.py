"""The counts of keys.tsv: what is measured, and how it is written."""

from analyzer.detect.lexicon import weigh
from analyzer.knowledge import Knowledge, parse_keys
from tests.measure_keys import KEYS, counted, measure, trusting

TEXT = """\
# a comment
person.email\tkey+value\temail\texact\tmail:3/1|em
person.email.hashed\tkey\thashed\texact\tem
"""


def test_counts_are_written_behind_the_names_of_their_row() -> None:
    counts = {
        ("person.email", "email", "exact", "em"): (2, 0),
        ("person.email.hashed", "hashed", "exact", "em"): (0, 4),
    }
    assert counted(TEXT, counts).splitlines() == [
        "# a comment",
        "person.email\tkey+value\temail\texact\tmail|em:2/0",
        "person.email.hashed\tkey\thashed\texact\tem:0/4",
    ]
    assert counted(counted(TEXT, counts), {}) == TEXT.replace(":3/1", "")


def test_what_is_measured_does_not_depend_on_what_was() -> None:
    text = "person.email\tkey+value\temail\texact\tmail:0/9\n"
    meaning = trusting(text, Knowledge()).meaning("mail")
    assert meaning is not None
    assert meaning.rules[0].evidence == "key+value"


def test_the_shipped_counts_are_not_far_from_what_is_measured() -> None:
    measured = measure()
    right, wrong = (sum(count[place] for count in measured.values()) for place in (0, 1))
    assert right > 2_000
    assert wrong < right / 100
    rules = weigh(parse_keys(KEYS.read_text("utf-8"), Knowledge().taxonomy))
    claims = [rule for rule in rules if rule.evidence != "key"]
    believed = {(rule.data_type, "|".join(rule.shapes), rule.where, rule.name) for rule in claims}
    often_wrong = {row for row, (right, wrong) in measured.items() if wrong > right + 2}
    assert believed & often_wrong == set(), "python -m tests.measure_keys --write"
