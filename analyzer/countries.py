"""English names of the countries that ISO 3166-1 alpha-2 codes stand for."""

import csv
from collections.abc import Mapping
from pathlib import Path

_ARTICLE = ("Bahamas", "Comoros", "Islands", "Maldives", "Netherlands", "Philippines", "Republic", "Seychelles")


def load_countries() -> Mapping[str, str]:
    """Names by code: `IN` -> `India`, 249 rows of `data/countries.csv` (codes of ISO 3166-1, common English names)."""
    text = Path(__file__).with_name("data").joinpath("countries.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def in_country(code: str, names_of: Mapping[str, str]) -> str:
    """The name as it stands within a sentence: `India`, `the United States`; the code itself where it has no name."""
    name = names_of.get(code, code)
    return f"the {name}" if name.startswith("United ") or name.endswith(_ARTICLE) else name
