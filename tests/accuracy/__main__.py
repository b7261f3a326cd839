"""Writes `docs/accuracy.md` and `docs/attribution.md` anew: `python -m tests.accuracy`, or `make accuracy`."""

import sys

from tests.accuracy import attribution_page
from tests.accuracy.corpora import labelled, own_corpora
from tests.accuracy.document import PAGE, page
from tests.accuracy.floor import below, figures, lifted, read_floor, write_floor
from tests.accuracy.planted import planted
from tests.accuracy.scoring import score


def main() -> int:
    """Write the pages and lift the floor. Returns 1 where a figure fell below the floor."""
    own, groups, beside = score(own_corpora()), planted(), score(labelled())
    PAGE.write_text(page(own, groups, beside), "utf-8")
    attribution_page.PAGE.write_text(
        attribution_page.page(attribution_page.PAGE.read_text("utf-8"), attribution_page.measured()), "utf-8"
    )
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
