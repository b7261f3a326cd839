"""A comparison reads the same on a terminal and in Markdown, and captured text stays text."""

from msgspec.structs import replace

from analyzer.compare.changes import compare
from analyzer.compare.observation import Comparison
from analyzer.compare.told import COLUMNS, builds, markdown, rows, summary
from tests.compare.building import build, seen

HOSTILE = "a|b</td>\x1b[31m@someone #12 https://evil.example www.evil.example [x](y) `c`"


def compared() -> Comparison:
    before = build(seen("person.email", form="md5"), seen("person.phone", form="md5"), seen("dev.os", to="Old Inc."))
    after = build(seen("person.email", exchanges=(3, 5)), seen("person.phone", exchanges=(4, 5)))
    return compare(before, after)


def test_a_row_for_each_change() -> None:
    email, phone, os = rows(compared().changes)
    assert dict(zip(COLUMNS, email, strict=True)) == {
        "change": "worsened",
        "data type": "Email address",
        "recipient": "Example Inc.",
        "form": "md5 → plain",
        "phase": "after-accept",
        "server": "IN",
        "why": "Now plain instead of md5.",
        "requests": "3, 5",
    }
    assert (phone[1], os[0]) == ("Phone number", "gone")


def test_data_types_that_changed_alike_share_a_row() -> None:
    both, os = rows(compared().changes, together=True)
    assert both[1:3] == ("Email address; Phone number", "Example Inc.")
    assert both[-1] == "3, 4, 5"
    assert os[0] == "gone"


def test_the_sum() -> None:
    assert summary(compared()) == "2 worsened, 1 gone."
    assert summary(compare(build(), build())) == "No difference in what is transmitted."
    flaky = compare(build(), build(seen(runs=1), runs=2))
    assert summary(flaky) == "1 new (1 seen in some of the runs only, and maybe chance)."
    assert next(rows(flaky.changes))[0] == "new (flaky)"


def test_what_was_compared_is_said() -> None:
    before, after = build(app="a.b"), replace(build(runs=2, app="c.d"), version="4.2", exchanges=1_200, unread=1)
    assert builds(compare(before, after)) == [
        "Before: a.b, nothing was seen",
        "After: c.d 4.2, 1,200 exchanges in 2 runs, 1 unread connection",
        "These are different apps: a.b and c.d.",
    ]


def test_owners_that_became_known_are_said() -> None:
    hosts = [f"t{number}.example" for number in range(12)]
    before = build(*(seen(to=host, hosts=(host,)) for host in hosts))
    after = build(*(seen(to=f"Company {host}", hosts=(host,)) for host in hosts))
    lines = builds(compare(before, after))[2:]
    assert lines[0] == (
        "t0.example and Company t0.example are compared as one recipient: only one of the two builds knows who owns "
        "the hosts."
    )
    assert (len(lines), lines[-1]) == (11, "So are 2 more pairs.")
    assert "t0.example and Company t0.example are compared as one" in markdown(compare(before, after))


def test_markdown() -> None:
    text = markdown(compared())
    assert "| worsened | Email address; Phone number | Example Inc. | md5 → plain |" in text
    assert "\n2 worsened, 1 gone.\n" in text
    assert "|" not in markdown(compare(build(), build()))


def test_captured_text_marks_nothing_up() -> None:
    text = markdown(compare(build(seen("dev.os", HOSTILE)), build(seen("dev.os", HOSTILE), seen("id.ad", HOSTILE))))
    (row,) = [line for line in text.splitlines() if line.startswith("| new")]
    assert row.replace("\\|", "").count("|") == len(COLUMNS) + 1
    assert "\x1b" not in text
    for live in ("@someone", "#12", "://", "www.", " `c`", "</td>", "[x]"):
        assert live not in row
