"""The table of transmissions."""

import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.csv import COLUMNS, write_csv
from analyzer.reported import Report
from tests.report.attributed import EVERYTHING, attributed_report
from tests.report.sample import ListLog, founding_report, hostile_report


def rows(report: Report) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    write_csv(report, out)
    assert out.getvalue().encode("utf-8")
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def with_value(value: str) -> str:
    """The cell that `value` becomes."""
    report = founding_report()
    sent = msgspec.structs.replace(next(iter(report.transmissions)), masked_value=value)
    return rows(msgspec.structs.replace(report, transmissions=ListLog([sent])))[0]["masked_value"]


def test_one_row_for_each_transmission() -> None:
    report = founding_report()
    table = rows(report)
    assert len(table) == len(report.transmissions)
    assert table[0] == {
        "exchange": "7", "host": "in.wzrkt.com", "owner": "WizRocket Inc.", "owner_country": "US",
        "server_country": "IN", "data_type": "person.name.full", "label": "Full name", "location": "query",
        "path": "d.[].profile.Name", "decoding": "urlencoded > lzstring > json", "transform": "plain",
        "evidence": "seed", "seed": "person.name.full", "masked_value": "A…a", "phase": "",
        "reasoning": "the value equals the seed", "parent": "", "ownership": "", "party": "third", "hosted_by": "",
        "server_ip": "13.126.10.20", "server_country_method": "cloud region", "server_countries": "",
        "network": "Amazon.com, Inc.", "region": "AWS ap-south-1", "vendor_region": "in", "aliases": "",
    }  # fmt: skip
    assert tuple(table[0]) == COLUMNS


def test_all_that_is_known_of_a_destination_is_told() -> None:
    report = founding_report()
    sent = msgspec.structs.replace(next(iter(report.transmissions)), destination=0)
    (row,) = rows(msgspec.structs.replace(report, destinations=(EVERYTHING,), transmissions=ListLog([sent])))
    assert row["parent"] == "Cataphora Corporation"
    assert row["ownership"] == "Anaphora GmbH (DE) > Anaphora Holding Ltd > Cataphora Corporation (US)"
    assert row["server_countries"] == (
        "IN (cloud region 2026-10-26); US (DB-IP Country Lite 2026-09-01); IN (GeoIP2-City 2026-08-11)"
    )
    assert row["hosted_by"] == "Example Edge, Inc."
    assert row["aliases"] == "kirana.sc.metrics.example > d1.edge.example"


def test_an_alias_is_no_formula_either() -> None:
    report = founding_report()
    to = msgspec.structs.replace(EVERYTHING, aliases=("=cmd.example",), hosted_by="+1\0")
    sent = msgspec.structs.replace(next(iter(report.transmissions)), destination=0)
    (row,) = rows(msgspec.structs.replace(report, destinations=(to,), transmissions=ListLog([sent])))
    assert (row["aliases"], row["hosted_by"]) == ("'=cmd.example", "'+1")


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+91", "-7", "@SUM(1)", "\t=1", "\r=1", "  =1", "\n=1", "\0=1", "\uff1d1", "\u00a0=1"],
)
def test_formulas_are_made_text(value: str) -> None:
    assert with_value(value) == "'" + value.replace("\0", "")


@pytest.mark.parametrize("value", ["a=1", "as…@e…e", "7", "", "'quoted'", 'say "so", twice\nover'])
def test_other_cells_stay(value: str) -> None:
    assert with_value(value) == value


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_no_cell_is_a_formula_or_holds_nul(value: str) -> None:
    cell = with_value(value)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert "\0" not in cell


def test_hostile_report_can_be_written() -> None:
    assert len(rows(hostile_report(sample=attributed_report()))) == 30


def test_the_phase_of_each_transmission() -> None:
    report = founding_report()
    sent = [msgspec.structs.replace(each, phase=name) for each, name in zip(report.transmissions, "ab", strict=False)]
    assert [row["phase"] for row in rows(msgspec.structs.replace(report, transmissions=ListLog(sent)))] == ["a", "b"]
