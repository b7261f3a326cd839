"""Countries as lists of owners name them, as ISO 3166-1 alpha-2 codes."""

from collections.abc import Mapping

from analyzer.countries import load_countries

# Codes that lists use although ISO 3166-1 assigns another, or none.
_USUAL = {"uk": "GB", "usa": "US", "united states of america": "US", "great britain": "GB", "uae": "AE"}


def load_codes() -> Mapping[str, str]:
    """Codes by code and by English name, both in lower case."""
    names = load_countries()
    return _USUAL | {name.lower(): code for code, name in names.items()} | {code.lower(): code for code in names}


def country_code(text: object, codes: Mapping[str, str]) -> str | None:
    """The code of a country given by code or name; None for anything else."""
    return codes.get(text.strip().lower()) if isinstance(text, str) else None
