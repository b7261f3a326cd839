"""Parts of names."""

import pytest

from analyzer.detect.seeds.names import is_common_word, name_parts


@pytest.mark.parametrize(
    ("full", "words"),
    [
        ("Ishaan Kulkarni", ["Ishaan", "Kulkarni"]),
        ("Ana Maria de Souza", ["Ana", "Souza"]),
        ("Kulkarni, Ishaan", ["Kulkarni", "Ishaan"]),
        ("Ishaan", []),
        ("", []),
    ],
)
def test_first_and_last_word(full: str, words: list[str]) -> None:
    parts = name_parts(full)
    assert [word for _, word in parts] == words
    assert [kind for kind, _ in parts] == ["person.name.given", "person.name.family"][: len(words)]


def test_common_words() -> None:
    assert is_common_word("Grace")
    assert is_common_word("street")
    assert not is_common_word("Ishaan")
