from datetime import date

import msgspec
import pytest

from analyzer.refresh.dbip import ADDRESS, URL_VARIABLE, urls
from analyzer.refresh.job import Job


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 11, 22), ("2026-11", "2026-10")),
        (date(2027, 1, 1), ("2027-01", "2026-12")),
        (date(2028, 3, 31), ("2028-03", "2028-02")),
    ],
)
def test_this_month_and_the_last(job: Job, today: date, months: tuple[str, str]) -> None:
    job = msgspec.structs.replace(job, today=today, environment={})
    assert urls("country", job) == tuple(f"{ADDRESS}/dbip-country-lite-{month}.mmdb.gz" for month in months)


def test_a_mirror(job: Job) -> None:
    job = msgspec.structs.replace(job, environment={URL_VARIABLE: "https://mirror.example/dbip/"})
    assert urls("network", job)[0] == "https://mirror.example/dbip/dbip-asn-lite-2026-11.mmdb.gz"
