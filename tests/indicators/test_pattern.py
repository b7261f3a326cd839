import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.indicators.pattern import MAX_DEPTH, MAX_LENGTH, Comparison, Pattern, PatternError, parse_pattern


def _is(path: str, *values: str, subset: bool = False) -> Comparison:
    return Comparison(path, values, subset)


@pytest.mark.parametrize(
    ("text", "comparisons", "others"),
    [
        ("[domain-name:value='c2.example']", [_is("domain-name:value", "c2.example")], 0),
        (" [ domain-name:value == 'c2.example' ] ", [_is("domain-name:value", "c2.example")], 0),
        ("[domain-name:value IN ('a.example','b.example')]", [_is("domain-name:value", "a.example", "b.example")], 0),
        ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", [_is("ipv4-addr:value", "192.0.2.0/24", subset=True)], 0),
        ("[x509-certificate:hashes.'SHA-256'='00']", [_is("x509-certificate:hashes.SHA-256", "00")], 0),
        ("[x509-certificate:hashes.\"SHA-1\"='00']", [_is("x509-certificate:hashes.SHA-1", "00")], 0),
        ("[app:cert_sha256='00']", [_is("app:cert_sha256", "00")], 0),
        ("[a:b='1' OR a:b='2']", [_is("a:b", "1"), _is("a:b", "2")], 0),
        ("[(a:b='1' OR a:b='2')] OR ([a:b='3'])", [_is("a:b", "1"), _is("a:b", "2"), _is("a:b", "3")], 0),
        (r"[url:value='it\'s a \\ ']", [_is("url:value", r"it's a \ ")], 0),
        ("[a:b='1' OR a:b='2' AND a:c='3']", [_is("a:b", "1")], 1),
        ("[(a:b='1' OR a:b='2') AND a:c='3']", [], 1),
        ("[a:b='1'] AND [a:c='3']", [], 1),
        ("[a:b='1'] OR [a:b='2'] FOLLOWEDBY [a:c='3']", [], 1),
        ("[a:b='1'] OR [a:b='2'] REPEATS 3 TIMES", [_is("a:b", "1")], 1),
        ("([a:b='1'] OR [a:b='2']) WITHIN 5.5 SECONDS", [], 1),
        ("[a:b='1'] START t'2024-01-01T00:00:00Z' STOP t'2024-02-01T00:00:00Z'", [], 1),
        ("[a:b != '1']", [], 1),
        ("[NOT a:b = '1']", [], 1),
        ("[a:b NOT IN ('1')]", [], 1),
        ("[a:b LIKE '%1']", [], 1),
        ("[a:b MATCHES '^1']", [], 1),
        ("[a:b > 5]", [], 1),
        ("[a:b = true]", [], 1),
        ("[a:b IN ('1', 2)]", [], 1),
        ("[EXISTS a:b]", [], 1),
        ("[a:b[*].c_ref.'x-y' = '1']", [_is("a:b[*].c_ref.x-y", "1")], 0),
        ("[domain-name : value\n='1']", [_is("domain-name:value", "1")], 0),
    ],
)
def test_alternatives_of_a_pattern(text: str, comparisons: list[Comparison], others: int) -> None:
    assert parse_pattern(text) == Pattern(tuple(comparisons), others)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2.example",
        "[]",
        "[domain-name:value=c2.example]",
        "[domain-name:value='c2.example'",
        "[domain-name:value='c2.example]",
        "[domain-name:value='a' 'b']",
        "[domain-name:value IN ()]",
        "[domain-name:value IN ('a',)]",
        "[domain-name='a']",
        "[a:b='1'] OR",
        "[a:b='1'] WITHIN SECONDS",
        "[a:b='1'] [a:b='2']",
        "[a:b]",
        "alert dns any any -> any any",
    ],
)
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(text)


def test_depth_and_length_are_limited() -> None:
    with pytest.raises(PatternError, match="longer"):
        parse_pattern("[a:b='" + "x" * MAX_LENGTH + "']")
    deep = MAX_DEPTH - 1
    assert parse_pattern("[" + "(" * deep + "a:b='1'" + ")" * deep + "]").comparisons
    with pytest.raises(PatternError, match="deeper"):
        parse_pattern("(" * 10_000 + "[a:b='1']" + ")" * 10_000)


_PIECES = st.sampled_from(
    "[ ] ( ) , = != <> <= OR AND NOT IN LIKE FOLLOWEDBY WITHIN REPEATS START STOP TIMES SECONDS EXISTS ISSUBSET true "
    "'a' 't' t'b' 5 -1.5 a:b domain-name:value file:hashes.'SHA-256' x ' \" \\ a: a:b. a:b[ 1a1a1a".split()
)


@given(st.one_of(st.text(), st.lists(_PIECES).map(" ".join), st.lists(_PIECES).map("".join)))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        pattern = parse_pattern(text)
    except PatternError:
        return
    assert pattern.comparisons or pattern.others


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_quoted_values_come_back(values: list[str]) -> None:
    quoted = ",".join("'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for value in values)
    assert parse_pattern(f"[domain-name:value IN ({quoted})]") == Pattern((_is("domain-name:value", *values),), 0)


@given(
    st.lists(
        st.sampled_from([*"[]=' .:*0\\\"\t\n", "a", "b-c", "a:b", "hashes", "'SHA-256'", "'x'", "''", "==", "IN"]),
        max_size=12,
    )
)
def test_what_is_read_at_once_is_read_no_other_than_by_the_grammar(parts: list[str]) -> None:
    text = "".join(parts)
    for pattern in (text, f"[a:{text}='x']", f"[a:b={text}]", f"[a:b.{text}='x']", f"{text}[a:b='x']"):
        # One more pair of parentheses says the same and is never read at once.
        assert outcome(pattern) == outcome(f"({pattern})")


def outcome(text: str) -> Pattern | None:
    try:
        return parse_pattern(text)
    except PatternError:
        return None
