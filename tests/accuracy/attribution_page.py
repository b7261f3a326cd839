"""The attribution page, `docs/attribution.md`: how many hosts are known, and how often a country is right."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from analyzer.attribute.attribution import load_attribution
from analyzer.attribute.company import load_companies
from analyzer.knowledge import DATA
from tests.accuracy.cloud_regions import FILES, Line, measure
from tests.accuracy.coverage import Coverage, coverage, listed_hosts
from tests.accuracy.document import percent
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "attribution.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LISTS = (("Labelled captures", "labelled_hosts.csv"), ("Mobile SDKs", "sdk_hosts.csv"))
LEAST_OWNER = {"Labelled captures": 0.98, "Mobile SDKs": 0.90}
"""Least share of hosts whose owner is known."""


def coverages(cache: Path) -> list[Coverage]:
    """What is known of the hosts of each list, from the shipped tables alone."""
    data = DATA
    attribution, companies = load_attribution(data, cache=cache), load_companies(data / "owners" / "companies.csv")
    return [coverage(name, listed_hosts(file), attribution, companies) for name, file in LISTS]


def measured_part(covered: Sequence[Coverage], whole: Sequence[Line], missing: Sequence[Line]) -> str:
    """Both tables as Markdown, between the marks."""
    rows = [
        f"| {one.name} | {one.hosts} | {_share(one.owner, one.hosts)} | {_share(one.parent, one.hosts)} "
        f"| {_share(one.seat, one.hosts)} | {_share(one.source, one.hosts)} | {_share(one.confirmed, one.hosts)} |"
        for one in covered
    ]
    unknown = [f"{one.name}: {', '.join(f'`{host}`' for host in one.missing) or 'none'}." for one in covered]
    return "\n".join(
        [
            BEGIN,
            "| hosts of | hosts | owner known | parent known | seat known | source named | second source |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "Hosts without an owner. " + " ".join(unknown),
            "",
            f"Addresses out of the ranges published as of {FILES['cloud-ranges'].date}, one from each:",
            "",
            *_table(whole),
            "",
            "The same for every fifth range, after it was taken out of the published ones:",
            "",
            *_table(missing),
            END,
            "",
        ]
    )


def page(text: str, measured: str) -> str:
    """The page with a new measured part; what stands around it is written by hand."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{measured}{rest.partition(f'{END}\n')[2]}"


def measured() -> str:
    """The measured part as the program makes it now."""
    with tempfile.TemporaryDirectory() as folder:
        return measured_part(coverages(Path(folder)), *measure(Path(folder)))


def _table(lines: Sequence[Line]) -> list[str]:
    return [
        "| provider | family | ranges | published ranges, then database | database alone |",
        "|---|---|---:|---:|---:|",
        *(
            f"| {line.provider} | IPv{line.version} | {line.ranges:,} | "
            + " | ".join(f"{_percent(share.ranges)} ({_percent(share.addresses)})" for share in line.shares)
            + " |"
            for line in lines
        ),
    ]


def _share(count: int, of: int) -> str:
    return f"{count} ({percent(count, of)})"


def _percent(share: float) -> str:
    return percent(int(share * 100_000), 100_000)
