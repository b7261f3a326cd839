"""DB-IP's free databases from its own address: a new file each month, no account."""

from datetime import date, timedelta
from pathlib import Path

from analyzer.refresh.download import NotThere, Request, download
from analyzer.refresh.job import Job

ADDRESS = "https://download.db-ip.com/free"
"""As https://db-ip.com/db/lite.php links it."""
URL_VARIABLE = "APPTELLS_DBIP_URL"
"""Another address, such as that of a mirror; the files have the same names there."""
EDITIONS = {"country": "dbip-country-lite", "network": "dbip-asn-lite"}
"""By role."""
_MAX_PACKED = 64 << 20
"""Bytes; in 2026 the files have 4 MiB."""


def urls(role: str, job: Job) -> tuple[str, str]:
    """The addresses of this month's file and of last month's, which stands in until a new one is out."""
    base = job.environment.get(URL_VARIABLE) or ADDRESS
    first = job.today.replace(day=1)
    months = (first, first - timedelta(days=1))
    this, last = (f"{base.rstrip('/')}/{EDITIONS[role]}-{month:%Y-%m}.mmdb.gz" for month in months)
    return this, last


def fetch_dbip(role: str, job: Job) -> Path | None:
    """Download the newest file of a role; None where the one in use is as new. Raises DownloadError."""
    used = job.used(role)
    target = job.store.incoming / f"{EDITIONS[role]}.mmdb.gz"
    absent: NotThere | None = None
    for month, url in zip((job.today, _month_before(job.today)), urls(role, job), strict=True):
        if used and used.date[:7] >= f"{month:%Y-%m}":
            return None
        try:
            download(Request(url=url, name=EDITIONS[role], limit=_MAX_PACKED), target, job.progress)
        except NotThere as error:
            absent = error
        else:
            return target
    assert absent is not None  # neither month has returned
    raise absent


def _month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)
