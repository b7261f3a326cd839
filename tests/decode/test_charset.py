"""Character sets: the declared one where it is one, and never a codec that is something else."""

import pytest

from analyzer.decode.charset import declared_charset, to_text, utf16_text


def test_utf8_wins_over_a_wrong_declaration() -> None:
    assert to_text("Zürich".encode(), "text/plain; charset=iso-8859-1") == "Zürich"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "Zoë Größe"),
        ("windows-1252", "naïve – café"),
        ("shift_jis", "東京都千代田区"),
        ("koi8-r", "Иван Петров"),
    ],
)
def test_declared_charsets_are_used(charset: str, text: str) -> None:
    assert to_text(text.encode(charset), f'text/plain; charset="{charset}"; x=y') == text


def test_utf16_is_told_by_its_mark() -> None:
    assert to_text("Ishaan Kulkarni".encode("utf-16"), "") == "Ishaan Kulkarni"
    assert to_text(b"\xef\xbb\xbfIshaan") == "Ishaan"


def test_utf16_without_a_mark_is_told_by_its_zeros() -> None:
    assert utf16_text("ishaan@post.example".encode("utf-16-le")) == "ishaan@post.example"
    assert utf16_text("ishaan@post.example".encode("utf-16-be")) == "ishaan@post.example"
    assert utf16_text(b"ishaan@post.example!") is None


@pytest.mark.parametrize(
    "name",
    [
        "rot13",
        "base64",
        "zlib",
        "bz2",
        "hex",
        "utf-7",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "x" * 99,
        "\0",
    ],
)
def test_codecs_that_are_no_charset_are_refused(name: str) -> None:
    assert declared_charset(f"text/plain; charset={name}") is None
    assert (
        to_text(b"+AGE-\xff and some longer text", f"text/plain; charset={name}") == "+AGE-\ufffd and some longer text"
    )


def test_binary_is_no_text() -> None:
    assert to_text(bytes(range(256))) is None
    assert to_text(b"\x00\x01\x02\x03\x04") is None
