from pathlib import Path

import pytest

from analyzer.attribute.company import COMPANY_COLUMNS, Companies, Company, load_companies
from analyzer.errors import KnowledgeError
from analyzer.model import OwnerStep
from tests.attribute.conftest import DATA

HEADER = ",".join(COMPANY_COLUMNS)
ROWS = (
    "Crash Inc.,,US,,2013,s1,2026-11-22,no,",
    "Crash Inc.,Bird Corp.,US,2013,2017-01-18,s2,2026-11-22,yes,",
    "Crash Inc.,Search LLC,US,2017-01-18,,s3,2026-11-22,yes,",
    "Bird Corp.,,US,,,s4,2026-11-22,no,",
    "Search LLC,Letters Inc.,IE,,,s5,2026-11-22,yes,",
    "Letters Inc.,,US,,,s6,2026-11-22,yes,",
)


def _table(folder: Path, *rows: str) -> Path:
    path = folder / "companies.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def _operator(name: str) -> OwnerStep:
    return OwnerStep(name=name, country=None, source="row", checked="2026-11-22", verified=True)


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2012-06-01", ["Crash Inc."]),
        ("2016-06-01", ["Crash Inc.", "Bird Corp."]),
        ("2017-01-17", ["Crash Inc.", "Bird Corp."]),
        ("2017-01-18", ["Crash Inc.", "Search LLC", "Letters Inc."]),
        (None, ["Crash Inc.", "Search LLC", "Letters Inc."]),
    ],
)
def test_the_owners_of_a_company_are_those_of_the_day(tmp_path: Path, day: str | None, names: list[str]) -> None:
    companies = load_companies(_table(tmp_path, *ROWS))
    assert [step.name for step in companies.owners_of(_operator("Crash Inc."), day)] == names


def test_each_step_has_its_own_seat_source_and_dates(tmp_path: Path) -> None:
    companies = load_companies(_table(tmp_path, *ROWS))
    crash, search, letters = companies.owners_of(_operator("Crash Inc."), None)
    assert (crash.country, crash.source, crash.country_source, crash.since) == ("US", "row", "s3", None)
    assert (search.country, search.source, search.country_source, search.since) == ("IE", "s3", "s5", "2017-01-18")
    assert (letters.country, letters.source, letters.country_source, letters.until) == ("US", "s5", "s6", None)


def test_a_company_without_a_row_is_all_that_is_known() -> None:
    assert [step.name for step in Companies().owners_of(_operator("Nobody"), None)] == ["Nobody"]


def test_of_a_time_that_no_row_speaks_of_only_the_seat_is_taken(tmp_path: Path) -> None:
    rows = ("A,B,IN,2020,,s,2026-11-22,no,", "B,,US,,,s,2026-11-22,no,")
    (step,) = load_companies(_table(tmp_path, *rows)).owners_of(_operator("A"), "2015-01-01")
    assert (step.name, step.country) == ("A", "IN")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["A,B,IN,,,s,2026-11-22,no,"], "A has the parent 'B', which has no row of its own"),
        (["A,A,IN,,,s,2026-11-22,no,"], "companies.csv:2: A is its own parent"),
        (["A,B,IN,,,s,2026-11-22,no,", "B,A,IN,,,s,2026-11-22,no,"], "A owns itself through"),
        (["A,,India,,,s,2026-11-22,no,"], "companies.csv:2: country 'India' is not"),
        (["A,,UK,,,s,2026-11-22,no,"], "companies.csv:2: country 'UK' is not"),
        (["A,,IN,17,,s,2026-11-22,no,"], "companies.csv:2: since '17' is not"),
        (["A,,IN,,,,2026-11-22,no,"], "companies.csv:2: source is empty"),
        (["A,,IN,,,s,yesterday,no,"], "companies.csv:2: checked 'yesterday' is not"),
        (["A,,IN,,,s,2026-11-22,maybe,"], "companies.csv:2: verified 'maybe' is"),
        ([",,IN,,,s,2026-11-22,no,"], "companies.csv:2: name is empty"),
        (["A,,IN,,,s,2026-11-22,no,", "A,,US,,,s,2026-11-22,no,"], "companies.csv:3: A  is already on line 2"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, rows: list[str], says: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        load_companies(_table(tmp_path, *rows))
    assert says in str(error.value)


def test_owners_that_own_each_other_end(tmp_path: Path) -> None:
    ring = [Company("A", "B", "IN", "", "", "s", "d", False), Company("B", "A", "IN", "", "", "s", "d", False)]
    assert len(Companies(ring).owners_of(_operator("A"), None)) <= 12


def test_the_shipped_companies_have_no_mistake() -> None:
    assert "Alphabet Inc." in load_companies(DATA / "owners" / "companies.csv")


def test_a_damaged_table_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("name,parent\nA,B\n")
    with pytest.raises(KnowledgeError, match="missing or damaged"):
        load_companies(path, check=False)
