"""Whether everything that is compared is of one app: what is new against another app's baseline says nothing."""

from pathlib import Path

from analyzer.errors import ApptellsError


class OneApp:
    """Is told of each capture, report and baseline, and which app it names, if it names one."""

    def __init__(self, *, any_app: bool = False) -> None:
        """`any_app` lets different apps be compared."""
        self._any_app = any_app
        self._first: tuple[Path, str] | None = None

    def add(self, path: Path, app: str | None) -> None:
        """Raises ApptellsError where it names another app than those before."""
        if app is None or self._any_app:
            return
        first, known = self._first = self._first or (path, app)
        if app != known:
            raise ApptellsError(
                f"{path}: this is of the app {app}, but {first} is of {known}; give what is of one app, or --other-app "
                "to compare them all the same."
            )
