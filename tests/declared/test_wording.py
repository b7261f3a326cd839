"""The word lists of stores and policies: mistakes are named by place, and companies by what people call them."""

import csv

import pytest

from analyzer.declared.wording import names_of, parse_wording
from analyzer.errors import KnowledgeError
from analyzer.knowledge import DATA
from tests.declared.made import knowledge

TEXTS = {path.name: path.read_text("utf-8") for path in (DATA / "declared").glob("*.tsv")}


@pytest.mark.parametrize(
    ("file", "row", "mistake"),
    [
        ("play.tsv", "PSL_X\tX", "not 3 filled columns"),
        ("permissions.tsv", "android.permission.X\tno.such", "no data type 'no.such'"),
        ("policy-words.tsv", "no.such\tx", "'no.such' is no data type, no group of them and no topic"),
        ("policy-words.tsv", "SALE\tSell", "'Sell' is not in lower case"),
    ],
)
def test_mistakes_say_where(file: str, row: str, mistake: str) -> None:
    text = TEXTS[file].rstrip("\n") + f"\n{row}\n"
    with pytest.raises(KnowledgeError, match=f"^{file}:{len(text.splitlines())}: {mistake}$"):
        parse_wording({**TEXTS, file: text}, knowledge().taxonomy)


def test_companies_are_those_of_the_table_of_owners() -> None:
    with (DATA / "owners" / "companies.csv").open(encoding="utf-8") as file:
        companies = {row["name"] for row in csv.DictReader(file)}
    assert set(knowledge().wording.names) <= companies


@pytest.mark.parametrize(
    ("company", "names"),
    [
        ("WizRocket Inc. (CleverTap)", ("CleverTap", "WizRocket")),
        ("Example Analytics Pvt. Ltd.", ("Example Analytics",)),
        ("Example S.A.", ("Example",)),
        ("tracker.example", ("tracker.example",)),
        ("X Inc", ()),
    ],
)
def test_what_companies_are_called(company: str, names: tuple[str, ...]) -> None:
    assert names_of(company, {}) == names
