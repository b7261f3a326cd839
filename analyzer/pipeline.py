"""The whole line, in order: exchanges are decoded, searched, attributed and counted one by one."""

from typing import TYPE_CHECKING

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.detect.by_adapter import ByAdapter
from analyzer.detect.by_key import ByKey
from analyzer.detect.by_pattern import ByPattern
from analyzer.detect.joined import Joined
from analyzer.detect.merge import merge
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Finding

if TYPE_CHECKING:
    from analyzer.detect.by_seed import Seeds


class Detection:
    """The four detectors. They see the same fields; none switches another off."""

    def __init__(self, knowledge: Knowledge, seeds: "Seeds | None") -> None:
        self._by_adapter = ByAdapter(knowledge.adapters)
        self._by_pattern = ByPattern()
        self._by_key = ByKey(knowledge.lexicon)
        self._by_seed = None
        if seeds is not None:
            from analyzer.detect.by_seed import BySeed

            self._by_seed = BySeed(seeds, knowledge.lexicon)

    def find(self, exchange: Exchange, decoded: Decoded) -> list[Finding]:
        """The findings in the fields of one exchange, in the order of the fields."""
        fields = decoded.fields
        joined = Joined(fields)
        found = self._by_seed.find(joined) if self._by_seed is not None else []
        found += self._by_adapter.find(decoded.host, decoded.path, exchange.method, fields)
        found += self._by_pattern.find(joined)
        found += self._by_key.find(fields, [(position, finding.data_type) for position, finding in found])
        return [finding for _, finding in merge(found)]
