import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.period import Period, in_force, wrong_period

DAYS = st.dates().map(lambda day: day.isoformat())


@pytest.mark.parametrize(
    ("since", "until", "day", "holds"),
    [
        ("", "", "2018-03-23", True),
        ("", "", None, True),
        ("2017", "", "2018-03-23", True),
        ("2018", "", "2018-01-01", True),
        ("2018-04", "", "2018-03-31", False),
        ("", "2018-03", "2018-02-28", True),
        ("", "2018-03", "2018-03-01", False),
        ("", "2018-03-24", "2018-03-23", True),
        ("", "2018", None, False),
        ("2018", "", None, True),
    ],
)
def test_a_period_holds_from_its_first_day_until_before_its_last(
    since: str, until: str, day: str | None, holds: bool
) -> None:
    assert Period(since, until).holds(day) is holds


class _Row:
    def __init__(self, since: str, until: str) -> None:
        self.period = Period(since, until)


@given(DAYS, DAYS)
def test_of_two_periods_that_meet_one_holds_on_every_day(border: str, day: str) -> None:
    before, after = _Row("", border), _Row(border, "")
    assert in_force([before, after], day) is (before if day < border else after)


def test_no_row_is_in_force_outside_all_periods() -> None:
    assert in_force([_Row("2012", "2015")], "2016-01-01") is None


@pytest.mark.parametrize("day", ["17", "2017-13", "2017-1", "2017-01-32", "yesterday", "2017-01-01T00:00", "２０１７"])
def test_what_is_no_date(day: str) -> None:
    assert wrong_period({"since": day, "until": ""}) == f"since {day!r} is not YYYY, YYYY-MM or YYYY-MM-DD"


def test_a_period_that_ends_before_it_starts() -> None:
    assert wrong_period({"since": "2018", "until": "2017-05"}) == "since 2018 is not before until 2017-05"
    assert wrong_period({"since": "2017", "until": "2018"}) is None
