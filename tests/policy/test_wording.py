"""The words of verdicts."""

from analyzer.policy.wording import PARTS, filled, labels_of, missing_words, names_listed, unknown_parts


def test_lists() -> None:
    assert names_listed(()) == ""
    assert names_listed(("a",)) == "a"
    assert names_listed(("a", "b", "a", "c")) == "a, b and c"
    assert names_listed("abcdefg") == "a, b, c, d, e, f and g"
    assert names_listed("abcdefgh", "more") == "a, b, c, d, e, f and 2 more"
    assert len(names_listed(("x" * 10_000,))) == 120


def test_parts() -> None:
    assert unknown_parts("{labels} {a} {} {recipient}") == ["a", ""]
    assert filled("{recipient}: {labels}", dict.fromkeys(PARTS, "{host}")) == "{host}: {host}"
    assert filled("{labels} went", {"labels": "e-mail"}) == "E-mail went"
    assert filled("{recipient} got it", {"recipient": "a.example"}) == "a.example got it", "a host is no word"


def test_labels_stand_in_a_sentence_as_they_do_in_the_reports() -> None:
    assert labels_of([(2, "Advertising ID (GAID)"), (3, "Email address"), (2, "Advertising ID (GAID)")]) == (
        "email address and advertising ID"
    )


def test_what_is_missing_names_everybody_once() -> None:
    missing = [("who owns {}", "B"), ("who owns {}", "A"), ("when", "x"), ("when", "y"), ("who owns {}", "A")]
    assert missing_words(missing) == "when; who owns A and B"
    assert missing_words([("who owns {}", "{}")]) == "who owns {}"
