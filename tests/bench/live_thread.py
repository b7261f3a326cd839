"""The addon with its live analysis in a thread of the proxy: only to be compared with a process of its own."""

import threading
from pathlib import Path

from mitmproxy import ctx

from addons.apptells import Apptells
from analyzer.knowledge import Knowledge
from analyzer.live.events import Event
from analyzer.live.watch import Watch
from analyzer.pipeline import Options


class InThread(Apptells):
    """To be used with `apptells_live=false`, for that would start the process."""

    def running(self) -> None:
        """Starts the analysis as soon as there is a file."""
        super().running()
        path, seeds = Path(ctx.options.apptells_file), Path(ctx.options.apptells_seeds)
        threading.Thread(target=_watch, args=(path, seeds), daemon=True).start()


def _watch(path: Path, seeds: Path) -> None:
    Watch(path, Knowledge(), Options(seeds=seeds), _told).run()


def _told(_: Event) -> None: ...


addons = [InThread()]
