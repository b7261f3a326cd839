"""Runs decoding and detection on a corpus and counts what was found, what was missed and why, and what is wrong."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.detect.lexicon import Lexicon
from analyzer.detect.seeds.needles import LOW_ENTROPY, MIN_LENGTH
from analyzer.knowledge import Knowledge
from analyzer.model import EVIDENCE_RANK, Evidence, Finding
from analyzer.pipeline import Detection, envelopes
from tests.accuracy.corpora import Corpus, Expected, Mode, Spot

type Levels = dict[str, Evidence]
"""Data types found at a spot, each with its strongest evidence."""

_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}")

NOT_DECODED = "the part of the request that holds it was not decoded"
NOWHERE = "no decoded field holds it as it is labelled"
IN_TEXT = "inside a longer text"
HASHED = "hashed, and only the value itself or an adapter can say of what"
SHORT = "too short or too common a value to prove itself, and its key says nothing"
KEY_IS_SILENT = "the value could be many things, and its key says nothing"
SHAPE = "its key fits, but the value has not the shape that goes with it"
PLACE_IS_SILENT = "nothing known says what this place holds"
NO_TEXT = "the label does not say how it is written"


class Miss(NamedTuple):
    """Something expected that was not found."""

    cause: str
    case: str
    exchange: int
    name: str
    data_type: str


class Wrong(NamedTuple):
    """Something found that no label allows."""

    case: str
    exchange: int
    data_type: str
    level: Evidence


class Score(Struct, kw_only=True):
    """What was counted on one corpus in one mode."""

    corpus: Corpus
    mode: Mode
    exchanges: int = 0
    expected: Counter[str] = msgspec.field(default_factory=Counter)
    """By data type; of several that are right, the field's own."""
    found: Counter[tuple[str, Evidence]] = msgspec.field(default_factory=Counter)
    """By data type and strongest evidence."""
    judged: Counter[tuple[str, Evidence]] = msgspec.field(default_factory=Counter)
    """Pairs of a place and a data type found there that labels can confirm or deny."""
    by_name_alone: int = 0
    """Pairs of a place and a data type that nothing but a name speaks for, and that are not judged."""
    misses: list[Miss] = msgspec.field(default_factory=list)
    wrong: list[Wrong] = msgspec.field(default_factory=list)

    def recall(self) -> float:
        """Share of what was expected that was found; 1 where nothing was expected."""
        return share(self.found.total(), self.expected.total())

    def precision(self) -> float:
        """Share of what was judged that labels confirm; 1 where nothing was judged."""
        return share(self.judged.total() - len(self.wrong), self.judged.total())


def share(part: int, whole: int) -> float:
    """A share of 0 to 1; 1 of nothing."""
    return part / whole if whole else 1.0


def score(corpora: Iterable[Corpus]) -> list[Score]:
    """Every corpus in each of its modes."""
    knowledge = Knowledge()
    return [_score(corpus, mode, knowledge) for corpus in corpora for mode in corpus.modes]


def _score(corpus: Corpus, mode: Mode, knowledge: Knowledge) -> Score:
    adapters = () if mode == "cold, without adapters" else knowledge.adapters
    detection = Detection(knowledge, knowledge.seeds(corpus.seeds) if mode == "seeded" else None, adapters)
    taken_apart = envelopes(adapters)
    result = Score(corpus=corpus, mode=mode)
    for case in corpus.cases:
        decoder = Decoder(taken_apart)
        decoded: dict[int, Decoded] = {}
        found: dict[Spot, Levels] = {}
        judged: dict[Spot, Levels] = {}
        for exchange in case.read():
            decoded[exchange.index] = decoder.decode(exchange)
            for finding in detection.find(exchange, decoded[exchange.index]):
                spot = _spot(corpus, exchange.index, finding)
                _keep_strongest(found.setdefault(spot, {}), finding)
                if corpus.is_judged(finding):
                    _keep_strongest(judged.setdefault(spot, {}), finding)
        result.exchanges += len(decoded)
        result.by_name_alone += sum(
            level == "key" and kind not in judged.get(spot, {})
            for spot, levels in found.items()
            for kind, level in levels.items()
        )
        for one in case.expected:
            if mode == "seeded" or not one.seed_only:
                _ask(result, case.name, one, found.get(one.spot, {}), decoded, knowledge.lexicon)
        for spot, levels in judged.items():
            for kind, level in levels.items():
                result.judged[kind, level] += 1
                if kind not in case.allowed.get(spot, ()):
                    result.wrong.append(Wrong(case.name, spot.exchange, kind, level))
    return result


def _spot(corpus: Corpus, index: int, finding: Finding) -> Spot:
    return Spot(index, finding.field.location, finding.field.path) if corpus.by_place else Spot(index)


def _keep_strongest(levels: Levels, finding: Finding) -> None:
    known = levels.get(finding.data_type)
    if known is None or EVIDENCE_RANK[finding.evidence] < EVIDENCE_RANK[known]:
        levels[finding.data_type] = finding.evidence


def _ask(
    result: Score, case: str, one: Expected, levels: Levels, decoded: Mapping[int, Decoded], lexicon: Lexicon
) -> None:
    kind = one.right[0]
    result.expected[kind] += 1
    right = [levels[name] for name in one.right if name in levels]
    if right:
        result.found[kind, min(right, key=EVIDENCE_RANK.__getitem__)] += 1
        return
    there = decoded.get(one.spot.exchange)
    result.misses.append(Miss(why_missed(one, there, lexicon), case, one.spot.exchange, one.name, kind))


def why_missed(one: Expected, decoded: Decoded | None, lexicon: Lexicon) -> str:
    """The cause of a miss, told from where the value stands in what was decoded."""
    fields = decoded.fields if decoded is not None else []
    if one.spot.path:
        here = (one.spot.location, one.spot.path)
        return PLACE_IS_SILENT if any((field.location, field.path) == here for field in fields) else NOWHERE
    texts = {text.lower() for text in one.texts if text}
    if not texts:
        return NO_TEXT
    holders = [field for field in fields if any(text in field.value.lower() for text in texts)]
    if not holders:
        return NOT_DECODED if decoded is None or decoded.undecoded else NOWHERE
    whole = [field for field in holders if field.value.lower() in texts]
    if not whole:
        return IN_TEXT
    if all(map(_DIGEST.fullmatch, texts)):
        return HASHED
    if any(not lexicon.types(field.key).isdisjoint(one.right) for field in whole):
        return SHAPE
    is_short = one.right[0] in LOW_ENTROPY or min(map(len, texts)) < MIN_LENGTH
    return SHORT if is_short else KEY_IS_SILENT
