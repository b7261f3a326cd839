"""The kept inputs of fuzzing, once more: what broke a law before breaks none now, and the corpus stays small."""

from pathlib import Path

import pytest

from analyzer.model import Exchange
from tests.fuzz.fuzz_decode import CONTENT_TYPES, SEPARATOR, Line, as_input, exchange_of

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.fixture(scope="module")
def line() -> Line:
    return Line()


def test_the_corpus_is_there_and_small() -> None:
    assert 20 < len(CORPUS) < 100
    assert sum(path.stat().st_size for path in CORPUS) < 200_000


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_no_law_is_broken(line: Line, path: Path) -> None:
    line.check(path.read_bytes())


def test_seeds_are_found_behind_a_wrapper(line: Line) -> None:
    for wrapper in range(8):
        data = SEPARATOR.join(
            (bytes([0, 0, 0, 0, wrapper]), b"https://a.example/", b"", b"m: 3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10")
        )
        assert "id.ad" in {finding.data_type for finding in line.check(data)}


def test_an_exchange_survives_being_made_an_input() -> None:
    sent = Exchange(
        index=0, method="POST", url="https://a.example/?b=c", body=b'{"a":1}', messages=(b"one", b"two"),
        headers=(("Cookie", "a=b"), ("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
        response_body=b"{}", response_type="application/json",
    )  # fmt: skip
    assert exchange_of(as_input(sent)) == sent
    assert as_input(sent)[1] == CONTENT_TYPES.index("application/json")


def test_any_bytes_are_an_input() -> None:
    assert exchange_of(b"") == exchange_of(b"\0\0\0\0\0")
    assert exchange_of(b"\xff" * 9).url == ""
