"""Options and paths that all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
LABELLED = ROOT.parent / "shared" / "captures" / "labelled"
"""Labelled captures beside the checkout; tests that need them are skipped where they are not there."""

# The same examples on every run, however slow the machine; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("same")


def pytest_configure() -> None:
    """Reports must not depend on the data that whoever runs the tests has installed."""
    os.environ["XDG_DATA_HOME"] = str(ROOT / "tests" / "no-installed-data")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--regenerate` writes golden files anew; read the diff before you commit it."""
    parser.addoption("--regenerate", action="store_true", help="write golden files anew")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))
