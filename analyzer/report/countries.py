"""English names of the countries that ISO 3166-1 alpha-2 codes stand for."""

import csv
from collections.abc import Mapping
from importlib.resources import files


def load_countries() -> Mapping[str, str]:
    """Names by code: `IN` -> `India`, 249 rows of `data/countries.csv` (codes of ISO 3166-1, common English names)."""
    text = files("analyzer").joinpath("data", "countries.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}
