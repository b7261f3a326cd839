"""Checks rules that somebody wrote, each against the cases beside it."""

from collections.abc import Callable

from analyzer.errors import KnowledgeError
from analyzer.policy.case import read_cases, wrong_cases
from analyzer.policy.load_rules import Vocabulary, load_rules


class Checked:
    """Gathers what is wrong with several rules, their cases and configurations."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._mistakes: list[str] = []
        self._ids: dict[str, str] = {}
        self.cases = 0

    @property
    def rules(self) -> int:
        """How many rules there are."""
        return len(self._ids)

    def add(self, name: str, text: str, case_name: str, case_text: str | None) -> None:
        """Check a rule, and the cases of it where there are any."""
        cases, mistakes = read_cases(case_name, case_text, self._words) if case_text is not None else ((), ())
        self.cases += len(cases)
        try:
            rules = load_rules([(name, text)], self._words)
        except KnowledgeError as error:
            self._mistakes += [str(error), *mistakes]
            return
        self._mistakes += mistakes
        for rule in rules:
            if rule.id in self._ids:
                self._mistakes.append(f"{name}:1: there is another rule `{rule.id}` in {self._ids[rule.id]}")
            self._ids[rule.id] = name
            if not mistakes:
                self._mistakes += wrong_cases(rule, cases, self._words)

    def run(self, read: Callable[[], object]) -> None:
        """Note what `read` complains of."""
        try:
            read()
        except KnowledgeError as error:
            self._mistakes.append(str(error))

    def finish(self) -> None:
        """Raises KnowledgeError with every mistake, one a line."""
        if self._mistakes:
            raise KnowledgeError("\n".join(self._mistakes))
