"""Fuzzing with Atheris, which is not among the requirements: install it in an environment that has apptells too.

    python -m tests.fuzz FOLDER tests/fuzz/corpus -dict=tests/fuzz/words.dict -max_total_time=1800 -timeout=20

Inputs that reach something new go to the first folder. One that breaks a law or takes longer than `-timeout` seconds is
written to `crash-*` or `timeout-*`; once it is mended, it goes into the corpus, which `test_corpus.py` replays.
"""

import sys

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["analyzer"]):
    from tests.fuzz.fuzz_decode import Line


def main() -> None:
    """Fuzz until a limit among the arguments, which are libFuzzer's, ends it."""
    line = Line()

    def check(data: bytes) -> None:
        line.check(data)

    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
