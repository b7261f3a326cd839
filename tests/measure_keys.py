"""Counts for each name of `data/keys.tsv` how often a finding by it is right, where the contents are known.

    python -m tests.measure_keys            shows the names that were wrong
    python -m tests.measure_keys --write    writes the counts into keys.tsv

Known are the labelled captures (where they are), the services of `detect/services.json`, the fixtures of the adapters,
and `fixtures/negative`, where every finding above level `key` is wrong.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from analyzer.capture.open import open_capture
from analyzer.decode.exchange import Decoder
from analyzer.detect.by_key import ByKey, fits
from analyzer.detect.by_pattern import ByPattern
from analyzer.detect.joined import Joined
from analyzer.detect.lexicon import KeyRule, Lexicon
from analyzer.knowledge import DATA, Knowledge, parse_keys
from analyzer.model import Exchange, Field, Finding
from tests.conftest import FIXTURES, LABELLED
from tests.test_accuracy import JUDGED, RIGHT, RIGHT_BESIDE

KEYS = DATA / "keys.tsv"
SERVICES = Path(__file__).parent / "detect" / "services.json"

Judge = Callable[[int, Field, str], bool | None]
"""Exchange index, field, data type -> whether the finding is right, None where nobody knows."""
Row = tuple[str, str, str, str]
"""Data type, shapes, where, name, as in keys.tsv."""


def measure() -> dict[Row, tuple[int, int]]:
    """(right, wrong) of each name that was met."""
    knowledge = Knowledge()
    lexicon = trusting(KEYS.read_text("utf-8"), knowledge)
    search, patterns = ByKey(lexicon), ByPattern()
    counts: Counter[tuple[Row, bool]] = Counter()
    for exchanges, judge in sources():
        decoder = Decoder()
        for exchange in exchanges:
            fields = decoder.decode(exchange).fields
            for _, finding in search.find(fields, patterns.find(Joined(fields))):
                rule = _rule(lexicon, finding)
                right = judge(exchange.index, finding.field, finding.data_type) if rule else None
                if rule is not None and right is not None and (right or rule.evidence != "key"):
                    counts[(rule.data_type, "|".join(rule.shapes), rule.where, rule.name), right] += 1
    return {row: (counts[row, True], counts[row, False]) for row, _ in counts}


def trusting(text: str, knowledge: Knowledge) -> Lexicon:
    """A lexicon that believes all names alike, so that what is measured does not depend on what was."""
    everything = {row: (1, 0) for line in text.splitlines() if _is_row(line) for row in _rows(line)}
    return Lexicon(parse_keys(counted(text, everything), knowledge.taxonomy))


def sources() -> Iterator[tuple[list[Exchange], Judge]]:
    """Captures whose contents are known, each with its judge."""
    for truth in sorted(LABELLED.glob("*/truth.json")):
        yield _exchanges(truth.with_name("capture.har")), _labelled(truth)
    for number, case in enumerate(json.loads(SERVICES.read_text("utf-8")).values()):
        headers = (("Content-Type", case["type"]),)
        exchange = Exchange(index=number, url=case["url"], method="POST", headers=headers, body=case["body"].encode())
        yield [exchange], _service(frozenset(case["holds"]))
    for capture in sorted((FIXTURES / "adapters").glob("*.har")):
        yield _exchanges(capture), _adapter(capture.with_suffix(".json"))
    for capture in sorted((FIXTURES / "negative").glob("*.har")):
        yield _exchanges(capture), lambda _, field, data_type: False


def _exchanges(capture: Path) -> list[Exchange]:
    with open_capture(capture) as reader:
        return list(reader)


def _service(holds: frozenset[str]) -> Judge:
    return lambda _, field, data_type: data_type in holds


def _labelled(truth: Path) -> Judge:
    allowed: dict[int, set[str]] = {}
    for label in json.loads(truth.read_text("utf-8"))["findings"]:
        named = f"{RIGHT.get(label['field'], '')} {RIGHT_BESIDE.get(label['field'], '')}".split()
        allowed.setdefault(label["index"], set()).update(named)

    def judge(index: int, field: Field, data_type: str) -> bool | None:
        if data_type in allowed.get(index, ()):
            return True
        return False if data_type in JUDGED else None

    return judge


def _adapter(pairs: Path) -> Judge:
    """The pairs name what an adapter explains; of other fields they say nothing."""
    expected: dict[tuple[int, str], set[str]] = {}
    for pair in json.loads(pairs.read_text("utf-8")):
        expected.setdefault((pair["exchange"], pair["path"]), set()).add(pair["data_type"].removesuffix(".hashed"))

    def judge(index: int, field: Field, data_type: str) -> bool | None:
        known = expected.get((index, field.path))
        return None if known is None else data_type.removesuffix(".hashed") in known

    return judge


def _rule(lexicon: Lexicon, finding: Finding) -> KeyRule | None:
    """The rule behind a finding: of the field's own name, or of the name around it."""
    for name in (finding.field.key, finding.field.path.rpartition(".")[0].rpartition(".")[2].partition("[")[0]):
        meaning = lexicon.meaning(name)
        for rule in meaning.rules if meaning else ():
            if rule.data_type == finding.data_type and fits(rule, finding.value):
                return rule
    return None


def _is_row(line: str) -> bool:
    return bool(line) and not line.startswith("#")


def _names(line: str) -> list[str]:
    return [name.partition(":")[0] for name in line.split("\t")[4].split("|")]


def _rows(line: str) -> list[Row]:
    data_type, _, shapes, where, _ = line.split("\t")
    return [(data_type, shapes, where, name) for name in _names(line)]


def counted(text: str, counts: dict[Row, tuple[int, int]]) -> str:
    """keys.tsv with these counts behind the names."""
    lines = []
    for line in text.splitlines():
        if _is_row(line):
            names = []
            for row in _rows(line):
                right, wrong = counts.get(row, (0, 0))
                names.append(f"{row[3]}:{right}/{wrong}" if right or wrong else row[3])
            line = "\t".join([*line.split("\t")[:4], "|".join(names)])
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    found = measure()
    for row, (right, wrong) in sorted(found.items(), key=lambda item: -item[1][1]):
        if wrong:
            print(*row, f"{right}/{wrong}")
    print(len(found), "names met,", sum(right for right, _ in found.values()), "right,",
          sum(wrong for _, wrong in found.values()), "wrong")  # fmt: skip
    if "--write" in sys.argv:
        KEYS.write_text(counted(KEYS.read_text("utf-8"), found), "utf-8", newline="\n")
