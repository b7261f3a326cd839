"""The published schemas of the gate's formats; a test that asks for one is skipped where its checker is missing."""

import json
from functools import cache
from typing import Any

import pytest

from tests.conftest import FIXTURES

SCHEMAS = FIXTURES / "schemas"


@cache
def sarif_schema() -> Any:
    """A validator of SARIF logs, with `iter_errors` and `is_valid`."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_bytes())
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


@cache
def junit_schema() -> Any:
    """A validator of JUnit documents, with `validate` and `is_valid`."""
    return pytest.importorskip("xmlschema").XMLSchema(SCHEMAS / "junit-10.xsd")
