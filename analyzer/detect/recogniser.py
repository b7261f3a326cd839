"""Tells trackers behind hosts that are not theirs: an app's own domain that passes their requests on."""

import re
from collections.abc import Sequence

from analyzer.detect.adapters import Elsewhere
from analyzer.model import Field


class Recogniser[T]:
    """Finds by path, headers and field paths what was registered for them."""

    def __init__(self) -> None:
        self._by_segment: dict[str, list[tuple[str, Elsewhere, T]]] = {}
        """(ending of the URL path, signs, what they tell) by the last segment of that ending."""
        self._by_name: dict[str, list[tuple[Elsewhere, T]]] = {}
        """Without a path: by the first header, or the last name of the first sign."""

    def add(self, elsewhere: Elsewhere, told: T) -> None:
        """Register what the signs of `elsewhere` tell."""
        for ending in elsewhere.path:
            self._by_segment.setdefault(_last_segment(ending), []).append((ending, elsewhere, told))
        if not elsewhere.path:
            name = elsewhere.headers[0] if elsewhere.headers else _last_name(elsewhere.signs[0])
            self._by_name.setdefault(name, []).append((elsewhere, told))

    def recognise(self, url_path: str, fields: Sequence[Field]) -> list[T]:
        """What is told by signs that are all there. Costs next to nothing for requests of no tracker."""
        asked = [
            (elsewhere, told)
            for ending, elsewhere, told in self._by_segment.get(_last_segment(url_path), ())
            if url_path.endswith(ending)
        ]
        if not self._by_name.keys().isdisjoint(names := [field.key for field in fields]):
            asked += [one for name in self._by_name.keys() & set(names) for one in self._by_name[name]]
        return [told for elsewhere, told in asked if _is_given_away(elsewhere, fields)]


def _is_given_away(elsewhere: Elsewhere, fields: Sequence[Field]) -> bool:
    if elsewhere.headers:
        headers = {field.path for field in fields if field.location == "header"}
        if not headers.issuperset(elsewhere.headers):
            return False
    paths = [field.path for field in fields]
    return all(sign.replace("[]", "[0]") in paths for sign in elsewhere.signs)


def _last_segment(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _last_name(path: str) -> str:
    return re.sub(r"(?:\[\])+$", "", path).rpartition(".")[2]
