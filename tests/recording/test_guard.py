"""A hook that fails is counted, and nothing else happens."""

from analyzer.recording.guard import guarded


class Hooks:
    def __init__(self) -> None:
        self.failures: list[tuple[str, str]] = []

    def failed(self, hook: str, error: Exception) -> None:
        self.failures.append((hook, str(error)))

    @guarded
    def request(self, size: int, *, scale: int = 1) -> int:
        """A request."""
        return scale // size


def test_what_a_hook_gives_comes_through_and_what_it_raises_does_not() -> None:
    hooks = Hooks()
    assert hooks.request(2, scale=8) == 4
    assert hooks.request(0) is None
    assert [name for name, _ in hooks.failures] == ["request"]
    assert "zero" in hooks.failures[0][1]


def test_it_is_still_the_hook() -> None:
    assert (Hooks.request.__name__, Hooks.request.__doc__) == ("request", "A request.")
