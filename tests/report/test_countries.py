"""Names of countries."""

from analyzer.report.countries import load_countries


def test_every_code_has_one_name() -> None:
    countries = load_countries()
    assert len(countries) == 249
    assert len(set(countries.values())) == 249
    assert countries["IN"] == "India"
    assert countries["CI"] == "Côte d'Ivoire"
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in countries)
