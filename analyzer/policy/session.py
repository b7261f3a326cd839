"""Where in a session data was sent: before a consent screen was answered, while a refusal held, in a named phase."""

from collections.abc import Callable, Iterable

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
        self._screens = [phase for phase in self._phases if phase.name == BEFORE]

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
        if self._answers:
            return self._at(group, lambda time: time < self._answers[0].time)
        # An app that was launched shows a screen later only if somebody saw one.
        is_shown_later = self._at(group, lambda time: any(mark.time >= time for mark in self._screens))
        return True if group.phase == BEFORE or (group.phase == "launch" and is_shown_later) else None

    def _after_refusal(self, group: Group) -> Truth:
        if not self._answers:  # somebody may have refused without a mark, but not before the screen was answered
            return False if self._before_an_answer(group) else None
        return self._at(group, self._is_refused)

    def _is_refused(self, time: float) -> bool:
        given = [phase for phase in self._answers if phase.time <= time]
        return bool(given) and given[-1].name == REFUSED

    def _at(self, group: Group, holds: Callable[[float], bool]) -> Truth:
        """Whether it holds of the moment of the first sending, or else of all stretches of its phase, or of none.

        A phase may come again: an app is launched before the answer and after it. What was sent more than once may
        have been sent again then, so that what does not hold of the first time is not known.
        """
        stretches = [mark.time for mark in self._phases if mark.name == group.phase]
        first = group.first_time
        if first is None:
            truths = set(map(holds, stretches))
            return truths.pop() if len(truths) == 1 else None
        is_again = group.count > 1 and any(time > first and holds(time) for time in stretches)
        return True if holds(first) else None if is_again else False
