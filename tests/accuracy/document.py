"""The accuracy page: figures of every corpus as Markdown, the part on labelled captures between two marks."""

from collections import Counter
from collections.abc import Iterable, Sequence

from analyzer.model import EVIDENCE, Evidence
from tests.accuracy.planted import PEERS, PEERS_ASKED, Planted
from tests.accuracy.scoring import Score
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "accuracy.md"
BEGIN, END = "<!-- labelled captures: begin -->", "<!-- labelled captures: end -->"

HEAD = """\
# Accuracy

How much of what is known to be in a request is found, and how much of what is found is right. `make accuracy` computes
this page; a test fails where it says anything else than the program does, and where a figure falls below
`tests/accuracy/floor.json`.

*Seeded* means that the person's values were given to the search; *cold*, that they were not; *without adapters*, that
nothing documented of any tracker was used either, as it is with a tracker that nobody has described. *Expected* counts
what labels say a request holds, *found* how much of it was reported under a data type that names it rightly. *Judged*
counts findings that labels can confirm or deny, *false* those that no label allows. Recall is found of expected,
precision is judged without the false, of judged. Captures are read as HAR.
"""

CAVEATS = """\
## What the figures do not say

- The corpora were at hand while the detectors were written, and misses in them were mended where a rule could mend
  them. On traffic that nobody has looked at, recall is lower; how much lower, these figures cannot say.
- Where all of a corpus of the project's own is found, a test asks for just that: such a figure shows that nothing was
  unlearned, not that nothing is missed elsewhere.
- The fixtures of the adapters and the requests of services were written by the project's own hands from public
  descriptions. They show that a description is followed, not that an app follows it.
- A person's values are fictitious and typical. Rare names, other alphabets and other countries' identifiers occur less
  often here than they do in the world.
- Precision is judged for data types that a request holds only if a person's data was sent. Findings on devices, events
  and versions are not judged, except in the traffic that looks personal and is not.
- A finding is false where no label names it, also where it is the label that is missing.
- Payloads that are encrypted, and hosts that could not be opened, are in no label and so in no figure.
"""


def page(own: Sequence[Score], planted: Sequence[Planted], beside: Sequence[Score]) -> str:
    """The whole page. Where the labelled captures are missing, their part is the committed one."""
    if beside:
        return own_part(own, planted) + labelled_part(beside)
    return own_part(own, planted) + labelled_part_of(PAGE.read_text("utf-8") if PAGE.exists() else "")


def own_part(scores: Sequence[Score], planted: Sequence[Planted]) -> str:
    """Everything on the project's own corpora."""
    detail = [block for score in scores if score.corpus.id != "negative" for block in _detail(score)]
    return "\n".join(
        [
            HEAD,
            "## The project's own corpora\n",
            _figures(scores),
            _negatives(scores),
            _planted(planted),
            "## What is in each corpus\n",
            _contents(scores),
            CAVEATS,
            "## Data type by data type\n",
            *detail,
            _misses(scores, "## Misses of the own corpora, by cause"),
        ]
    )


def labelled_part(scores: Sequence[Score]) -> str:
    """Everything on the labelled captures beside the checkout, with its marks."""
    return "\n".join(
        [
            BEGIN,
            "## Labelled captures beside the checkout\n",
            "These captures are not part of the project. Where they are missing, `make accuracy` leaves this part as it"
            " is.\n",
            _figures(scores),
            _contents(scores),
            *(block for score in scores for block in _detail(score)),
            _misses(scores, "### Misses of the labelled captures, by cause"),
            _wrong(scores),
            END,
            "",
        ]
    )


def labelled_part_of(page: str) -> str:
    """The part between the marks of a page as it was committed, with its marks; an empty one where there is none."""
    begin, end = page.find(BEGIN), page.find(END)
    return page[begin : end + len(END)] + "\n" if 0 <= begin < end else f"{BEGIN}\n{END}\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], texts: int = 1) -> str:
    """A Markdown table whose first columns are text and whose others are figures."""
    lines = [head, ["---"] * texts + ["---:"] * (len(head) - texts), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def percent(part: int, whole: int) -> str:
    """A share as `98.7 %`, rounded down, so that 100 means all; a dash of nothing."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def _figures(scores: Sequence[Score]) -> str:
    head = ("corpus", "mode", "requests", "expected", "found", "recall", "judged", "false", "precision")
    return table(
        head,
        (
            (
                score.corpus.title, score.mode, score.exchanges, score.expected.total(), score.found.total(),
                percent(score.found.total(), score.expected.total()), score.judged.total(), len(score.wrong),
                percent(score.judged.total() - len(score.wrong), score.judged.total()),
            )
            for score in scores
        ),
        texts=2,
    )  # fmt: skip


def _negatives(scores: Sequence[Score]) -> str:
    lines = []
    for score in scores:
        if score.corpus.id == "negative":
            levels = Counter(wrong.level for wrong in score.wrong)
            said = ", ".join(f"`{level}` {levels[level]}" for level in EVIDENCE if level != "key")
            lines.append(
                f"False findings in the traffic that looks personal and is not, by level: {said}."
                f" Beside them stand {score.by_name_alone} at level `key`, which says only that a name is such.\n"
            )
    return "\n".join(lines)


def _planted(planted: Sequence[Planted]) -> str:
    rows = [(one.title, one.asked, one.found, one.found_deep) for one in planted]
    asked, found, deep = (sum(row[at] for row in rows) for at in (1, 2, 3))  # type: ignore[misc]
    peers = ", ".join(f"{name} {count}" for name, count in PEERS)
    return (
        "One person's values, one planted encoding a request; found means under the right data type, with the encodings"
        " and the derivation named:\n\n"
        + table(("planted", "requests", "found", "found in deep mode"), [*rows, ("all", asked, found, deep)])
        + f"\nThree other programs were asked {PEERS_ASKED} encodings of these kinds in November 2026. Found: {peers}."
        " Their list was another one, so the figures can be compared in size only.\n"
    )


def _contents(scores: Sequence[Score]) -> str:
    seen: dict[str, tuple[object, ...]] = {}
    for score in scores:
        corpus = score.corpus
        seen.setdefault(corpus.id, (corpus.title, len(corpus.cases), score.exchanges, corpus.about))
    return table(("corpus", "cases", "requests", "holds"), seen.values(), texts=4)


def _detail(score: Score) -> Iterable[str]:
    yield f"### {score.corpus.title}, {score.mode}\n"
    false = Counter((wrong.data_type, wrong.level) for wrong in score.wrong)
    levels: list[Evidence] = [
        level for level in EVIDENCE if any(at == level for counts in (score.found, score.judged) for _, at in counts)
    ]
    expected = score.expected.total()
    rows = []
    for level in levels:
        found, judged, wrong = (_at(counts, level=level) for counts in (score.found, score.judged, false))
        rows.append((f"`{level}`", found, percent(found, expected), judged, wrong, percent(judged - wrong, judged)))
    yield table(("evidence", "found", "of all expected", "judged", "false", "precision"), rows)
    head = ("data type", "expected", "found", "recall", *(f"`{level}`" for level in levels), "false", "precision")
    kinds = sorted({*score.expected, *(kind for kind, _ in false)})
    yield table(head, (_type_row(score, kind, levels, false) for kind in kinds))


def _type_row(
    score: Score, kind: str, levels: Sequence[Evidence], false: Counter[tuple[str, Evidence]]
) -> list[object]:
    cells = []
    for level in levels:
        found, wrong = score.found[kind, level], false[kind, level]
        cells.append(f"{found}, {wrong} false" if wrong else found or "")
    found, judged, wrong = (_at(counts, kind=kind) for counts in (score.found, score.judged, false))
    expected = score.expected[kind]
    sums = [expected, found, percent(found, expected)]
    return [f"`{kind}`", *sums, *cells, wrong or "", percent(judged - wrong, judged)]


def _at(counts: Counter[tuple[str, Evidence]], kind: str | None = None, level: Evidence | None = None) -> int:
    """Sum of the counts of one data type or one level."""
    return sum(count for (of, at), count in counts.items() if kind in (None, of) and level in (None, at))


def _misses(scores: Sequence[Score], title: str) -> str:
    misses = [(miss, score.mode) for score in scores for miss in score.misses]
    if not misses:
        return f"{title}\n\nNothing that was expected was missed.\n"
    causes = Counter((miss.cause, mode) for miss, mode in misses)
    modes = list(dict.fromkeys(mode for _, mode in misses))
    counted = sorted({cause for cause, _ in causes}, key=lambda cause: (-sum(causes[cause, m] for m in modes), cause))
    lines: dict[tuple[str, int, str, str], dict[str, None]] = {}
    for miss, mode in misses:
        lines.setdefault((miss.case, miss.exchange, miss.name, miss.cause), {})[f"*{mode}*"] = None
    return (
        f"{title}\n\n"
        + table(("cause", *modes), ((cause, *(causes[cause, mode] for mode in modes)) for cause in counted))
        + "\n"
        + table(
            ("case", "request", "what", "cause", "modes"),
            ((*line, "; ".join(where)) for line, where in sorted(lines.items())),
            texts=5,
        )
    )


def _wrong(scores: Sequence[Score]) -> str:
    wrong: dict[tuple[str, int, str], dict[str, None]] = {}
    for score in scores:
        for one in score.wrong:
            where = wrong.setdefault((one.case, one.exchange, f"`{one.data_type}`"), {})
            where[f"*{score.mode}* at `{one.level}`"] = None
    if not wrong:
        return "No finding was false.\n"
    return "Findings that no label allows:\n\n" + table(
        ("case", "request", "data type", "modes"),
        ((*line, "; ".join(where)) for line, where in sorted(wrong.items())),
        texts=4,
    )
