"""The pytest plugin: fixtures that record what an app sends while a UI test drives it, and their options.

Only options are declared here; everything else is imported where a test asks for a fixture.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from analyzer.knowledge import Knowledge
    from analyzer.testing.recorder import Recorder
    from analyzer.testing.traffic import Traffic

_OPTIONS = (
    ("seeds", "FILE", "known values to look for: YAML, one `data.type: value` a line"),
    ("app", "ID", "package or bundle id of the app, such as com.example.shop"),
    ("keep-captures", "DIR", "keep the capture of each test in this folder; captures hold personal data"),
    ("port", "NUMBER", "port of the proxy (default: any free one; worker N of pytest-xdist takes this plus N)"),
    ("listen-host", "ADDRESS", "address to listen at (default: 127.0.0.1, which emulators reach as 10.0.2.2)"),
    ("confdir", "DIR", "mitmproxy's folder with the certificate authority (default: ~/.mitmproxy)"),
    ("quiet", "SECONDS", "the app is done when nothing new came for so long (default: 2)"),
)
_LISTS = (
    ("first-party", "DOMAIN", "a domain of the app's maker"),
    ("mitmdump", "WORD", "a word for mitmdump, such as --set and then ssl_insecure=true"),
)
_NAME_CHARS = 100


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option may stand in the ini file too, as `apptells_seeds`, `apptells_keep_captures`, ..."""
    group = parser.getgroup("apptells", "what the app under test sends")
    for name, metavar, text in _OPTIONS:
        group.addoption(f"--apptells-{name}", metavar=metavar, help=text)
        parser.addini(_ini(name), text, default="")
    for name, metavar, text in _LISTS:
        group.addoption(f"--apptells-{name}", metavar=metavar, action="append", help=f"{text}; repeatable")
        parser.addini(_ini(name), text, type="args")


@pytest.fixture
def apptells(request: pytest.FixtureRequest, _apptells_knowledge: "Knowledge") -> Iterator["Traffic"]:
    """What the app sends during this test: a proxy that records, started for it and ended with it."""
    with _recorded(request.config, request.node.nodeid, _apptells_knowledge) as traffic:
        if _path(request.config, "keep-captures") is not None:
            request.node.user_properties.append(("apptells_capture", str(traffic.capture_file)))
        yield traffic


@pytest.fixture(scope="session")
def apptells_session(request: pytest.FixtureRequest, _apptells_knowledge: "Knowledge") -> Iterator["Traffic"]:
    """What the app sends during all tests of this run, or of this worker of pytest-xdist."""
    with _recorded(request.config, "session", _apptells_knowledge) as traffic:
        yield traffic


@pytest.fixture(scope="session")
def _apptells_knowledge() -> "Knowledge":
    """Tables that are read once."""
    from analyzer.knowledge import Knowledge

    return Knowledge()


@contextmanager
def _recorded(config: pytest.Config, name: str, knowledge: "Knowledge") -> Iterator["Traffic"]:
    import tempfile

    from analyzer.errors import ApptellsError

    with tempfile.TemporaryDirectory(prefix="apptells-") as private:  # 0700; a capture holds personal data
        try:
            file = _free(_path(config, "keep-captures") or Path(private), name)
            recorder, traffic = _started(config, file, knowledge)
        except (ApptellsError, OSError) as error:
            pytest.fail(f"apptells: {error}", pytrace=False)
        try:
            yield traffic
        finally:
            recorder.stop()


def _started(config: pytest.Config, file: Path, knowledge: "Knowledge") -> "tuple[Recorder, Traffic]":
    """A running recorder, and what its tests get. Raises ApptellsError."""
    from analyzer.attribute.attribution import Maker
    from analyzer.errors import ApptellsError
    from analyzer.pipeline import Options
    from analyzer.testing.recorder import Recorder
    from analyzer.testing.traffic import QUIET, Traffic

    app, seeds = _value(config, "app") or None, _path(config, "seeds")
    options = Options(app=app, first_party=tuple(_values(config, "first-party")), seeds=seeds)
    # Mistakes in them are said before anything is started.
    knowledge.seeds(seeds)
    knowledge.attribution(Maker(app=app, first_party=options.first_party))
    try:
        port, quiet = int(_value(config, "port") or 0), float(_value(config, "quiet") or QUIET)
    except ValueError as error:
        raise ApptellsError(f"--apptells-port and --apptells-quiet are numbers: {error}.") from None
    if port and (worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")).isdecimal():
        port += int(worker)
    host = _value(config, "listen-host") or "127.0.0.1"
    words = ["--listen-host", host, "--listen-port", str(port), *_values(config, "mitmdump")]
    words += ["--set", f"apptells_app={app}"] if app else []
    recorder = Recorder(file, _path(config, "confdir") or Path.home() / ".mitmproxy", words)
    _, listening = recorder.start()
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where the user asked for it
    return recorder, Traffic(recorder, address, listening, knowledge, options, quiet)


def _free(folder: Path, name: str) -> Path:
    """A name in a folder (made 0700 where it is not there) that tells the test and the worker, and is not taken."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    stem = re.sub(r"[^\w.-]+", "-", f"{worker}-{name}" if worker else name).strip("-.")[-_NAME_CHARS:]
    names = (folder / f"{stem}{number}.apptells" for number in ("", *(f"-{count}" for count in range(2, 10_000))))
    return next(path for path in names if not path.exists())


def _ini(name: str) -> str:
    return f"apptells_{name.replace('-', '_')}"


def _value(config: pytest.Config, name: str) -> str:
    given = config.getoption(f"--apptells-{name}")
    return str(given if given is not None else config.getini(_ini(name)))


def _values(config: pytest.Config, name: str) -> list[str]:
    given = config.getoption(f"--apptells-{name}")
    return list(given if given is not None else config.getini(_ini(name)))


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path that the command line names is of the current folder, one of the ini file is of that file's."""
    value = _value(config, name)
    if not value:
        return None
    folder = config.inipath.parent if config.inipath is not None else config.rootpath
    if config.getoption(f"--apptells-{name}") is not None:
        folder = config.invocation_params.dir
    return folder / Path(value).expanduser()
