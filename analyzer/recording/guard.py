"""Keeps what goes wrong in a hook of the addon from the traffic and from the other hooks."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Protocol


class _Counting(Protocol):
    def failed(self, hook: str, error: Exception) -> None: ...


def guarded[S: _Counting, **P, R](hook: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R | None]:
    """A hook that fails costs its own record and nothing else; mitmproxy would only log it, so it is counted too."""

    @wraps(hook)
    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return hook(self, *args, **kwargs)
        except Exception as error:
            self.failed(hook.__name__, error)
            return None

    return run
