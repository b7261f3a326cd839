"""Scores the corpora and writes `docs/accuracy.md`: `python -m tests.accuracy`, or `make accuracy`."""

import sys

from tests.accuracy.corpora import labelled, own_corpora
from tests.accuracy.document import PAGE, page
from tests.accuracy.floor import below, figures, lifted, read_floor, write_floor
from tests.accuracy.planted import planted
from tests.accuracy.scoring import score


def main() -> int:
    """Write the page and lift the floor. Returns 1 where a figure fell below the floor."""
    own, groups, beside = score(own_corpora()), planted(), score(labelled())
    PAGE.write_text(page(own, groups, beside), "utf-8")
    floor, reached = read_floor(), figures([*own, *beside], groups)
    write_floor(lifted(floor, reached))
    for name, figure in reached.items():
        print(f"{name:28} {figure:.4f}")
    fallen = below(floor, reached)
    for line in fallen:
        print(line, file=sys.stderr)
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main())
