"""Options and paths that all tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
LABELLED = ROOT.parent / "shared" / "captures" / "labelled"
"""Labelled captures beside the checkout; tests that need them are skipped where they are not there."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--regenerate` writes golden files anew; read the diff before you commit it."""
    parser.addoption("--regenerate", action="store_true", help="write golden files anew")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))
