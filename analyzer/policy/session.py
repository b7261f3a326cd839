"""Where in a session data was sent: before a consent screen was answered, while a refusal held, in a named phase."""

from collections.abc import Iterable

from analyzer.model import Phase
from analyzer.policy.truth import Truth
from analyzer.reported import Group

BEFORE = "before-consent"
REFUSED = "after-reject"
ANSWERS = ("after-accept", REFUSED)


class Session:
    """The marks of a session."""

    def __init__(self, phases: Iterable[Phase]) -> None:
        self._phases = sorted(phases, key=lambda phase: phase.time)
        self._answers = [phase for phase in self._phases if phase.name in ANSWERS]

    def holds(self, word: str, group: Group) -> Truth:
        """Whether the group was sent in what `word` names: `before-consent`, `after-reject`, or a phase by its name.

        Before consent is all that came before the first answer; after a refusal, all until another answer.
        """
        if not self._phases:
            return None
        if word == BEFORE:
            return self._before_an_answer(group)
        if word == REFUSED:
            return self._after_refusal(group)
        return None if group.phase is None and group.first_time is None else group.phase == word

    def why_unknown(self) -> str:
        """What is missing where that is not known, as a question; `{}` stands for who received it."""
        if not self._answers:
            lacking = "no answer" if self._phases else "no phase of the session"
            return f"when a consent screen was answered ({lacking} is marked)"
        return "in which phase {} received it"

    def _before_an_answer(self, group: Group) -> Truth:
        if self._answers and group.first_time is not None:
            return group.first_time < self._answers[0].time
        if group.phase in ANSWERS:
            return False
        if group.phase == BEFORE:
            return True
        # An app that was launched shows a screen later only if somebody saw one.
        is_asked = bool(self._answers) or any(phase.name == BEFORE for phase in self._phases)
        return True if group.phase == "launch" and is_asked else None

    def _after_refusal(self, group: Group) -> Truth:
        if self._answers and group.first_time is not None:
            given = [phase for phase in self._answers if phase.time <= group.first_time]
            return bool(given) and given[-1].name == REFUSED
        if group.phase in (*ANSWERS, BEFORE, "launch"):
            return group.phase == REFUSED
        return None
