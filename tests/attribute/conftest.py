"""Shipped knowledge, loaded once, and sockets that nobody may open."""

import socket
from pathlib import Path

import pytest

import analyzer
from analyzer.attribute.attribution import Attribution, load_attribution
from analyzer.attribute.domain import Domains

DATA = Path(analyzer.__file__).parent / "data"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a look-up opened a socket")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, forbidden)


@pytest.fixture(scope="session")
def domains() -> Domains:
    return Domains()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def attribution(cache: Path) -> Attribution:
    return load_attribution(DATA, cache=cache)
