"""Countries as lists of owners name them, as ISO 3166-1 alpha-2 codes."""

import csv
from collections.abc import Mapping
from importlib.resources import files

# Codes that lists use although ISO 3166-1 assigns another, or none.
_USUAL = {"uk": "GB", "usa": "US", "united states of america": "US", "great britain": "GB", "uae": "AE"}


def load_codes() -> Mapping[str, str]:
    """Codes by code and by English name, both in lower case, from `data/countries.csv`."""
    text = files("analyzer").joinpath("data", "countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return _USUAL | {row[column].lower(): row["code"] for column in ("name", "code") for row in rows}


def country_code(text: object, codes: Mapping[str, str]) -> str | None:
    """The code of a country given by code or name; None for anything else."""
    return codes.get(text.strip().lower()) if isinstance(text, str) else None
