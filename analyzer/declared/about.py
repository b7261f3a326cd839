"""Says what a passage of a policy speaks of, by lists of words and by names of companies."""

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick

from analyzer.declared.wording import Wording, names_of
from analyzer.reported import Recipient


class About:
    """Word lists made ready for one report: kinds of data, topics, and the names of its recipients."""

    def __init__(self, wording: Wording, recipients: Iterable[Recipient] = ()) -> None:
        words = [(word, about) for about, said in wording.words.items() for word in said]
        self._words = _Search([(word.removesuffix("*"), about, word.endswith("*")) for word, about in words])
        names = [(name, company) for company, said in company_names(recipients, wording).items() for name in said]
        self._names = _Search([(name, company, False) for name, company in names])
        self._ordinary = wording.ordinary

    def of(self, text: str) -> tuple[str, ...]:
        """Taxonomy ids, groups and topics in the order of the word list, then names of recipients."""
        companies = [
            company for at, name, company in self._names.find(text) if at or name not in self._ordinary
        ]  # a name that is an ordinary word says nothing where every word has a capital
        words = [(self._words.rank[about], about) for _, _, about in self._words.find(text.lower())]
        return (*dict.fromkeys(about for _, about in sorted(words)), *dict.fromkeys(companies))


def company_names(recipients: Iterable[Recipient], wording: Wording) -> Mapping[str, tuple[str, ...]]:
    """What policies may call each third party of a report, by `Recipient.name`."""
    out: dict[str, tuple[str, ...]] = {}
    for recipient in recipients:
        if recipient.party == "first":
            continue
        called = [recipient.name, recipient.owner, recipient.parent]
        called += [product for to in recipient.destinations for product in (to.product, to.domain)]
        names = [name for one in dict.fromkeys(filter(None, called)) for name in names_of(one, wording.names)]
        out[recipient.name] = tuple(dict.fromkeys(names))
    return out


class _Search:
    """Finds whole words, many at once, in time that grows with the text."""

    def __init__(self, words: Iterable[tuple[str, str, bool]]) -> None:
        self._words = tuple(words)
        self._search = AhoCorasick([word for word, _, _ in self._words]) if self._words else None
        self.rank = {about: place for place, (_, about, _) in enumerate(self._words)}

    def find(self, text: str) -> Iterable[tuple[int, str, str]]:
        """Position, word and what it stands for."""
        if self._search is None:
            return
        for pattern, start, end in self._search.find_matches_as_indexes(text, overlapping=True):
            word, about, is_prefix = self._words[pattern]
            if start and text[start - 1].isalnum() and word[0].isalnum():
                continue
            if not is_prefix and word[-1].isalnum() and text[end : end + 1].isalnum():
                continue
            yield start, word, about
