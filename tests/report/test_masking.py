"""What a masked report may show of captured names, whatever they are."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.report.masking import HIDDEN, Masking, without

TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""Any text, lone surrogates among it."""


@given(TEXT, TEXT, TEXT)
@example("half \ud800 pair", "half \ud800 pair", "%ED%A0%80")
def test_any_text_can_be_masked_and_holds_no_secret_after_it(secret: str, before: str, after: str) -> None:
    masking = Masking([secret])
    for mask in (masking.path, masking.reasoning):
        shown = mask(f"{before}{secret}{after}")
        assert len(secret.strip()) < 5 or not masking.holds_secret(shown)


@pytest.mark.parametrize("secret", ["Asha Rao", "19.997453,73.789802", "GRADUATE"])
def test_secrets_are_seen_in_any_case_within_words_and_percent_encoded(secret: str) -> None:
    masking = Masking([secret])
    for written in (secret, secret.upper(), f"x{secret.lower()}y", secret.replace(" ", "%20").replace("A", "%41")):
        assert masking.holds_secret(written)


def test_parts_of_coordinates_are_secrets_and_short_values_are_not() -> None:
    masking = Masking(["19.997453,73.789802", "F", "Anna"])
    assert masking.holds_secret("at 73.789802 degrees")
    assert not masking.holds_secret("Anna F")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("d.profile.Email", "d.profile.Email"),
        ("batch[1234567].traits[0].email", "batch[1234567].traits[0].email"),
        ("users.9812345678.email", "users.….email"),
        ("users[2].a@b.example.email", "users[2]…"),
        ("d.@timestamp", "d.@timestamp"),
        ("x" * 41 + ".email", "….email"),
        ("", ""),
    ],
)
def test_paths(path: str, shown: str) -> None:
    assert Masking().path(path) == shown


def test_a_text_that_holds_a_value_is_replaced() -> None:
    assert without(("asha",), "By Asha") == HIDDEN
    assert without(("asha",), "By Ravi") == "By Ravi"
    assert without((), "By Asha") == "By Asha"


@pytest.mark.parametrize("unit", ["a", "a.", "@", "a@", "%40", "[", "[0]", "1", "'", "' ", "a' "])
def test_long_names_take_no_longer_than_their_length(unit: str) -> None:
    masking = Masking(["asha rao"])
    assert len(masking.path(unit * 500_000)) < 1_500_002
    assert masking.reasoning("The key '" + unit * 3_000 + "' names such a value.")
