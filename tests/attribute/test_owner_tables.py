"""The user's lists of owners as tables of services."""

import hashlib
import os
from pathlib import Path

from analyzer.attribute.owner_tables import read_owner_tables

ENTITY = '{"name": "%s", "properties": ["%s"]}'


def test_nothing_given_is_nothing_read() -> None:
    assert read_owner_tables(()) == read_owner_tables([])
    assert read_owner_tables(()).files == ()


def test_an_own_row_counts_first_and_a_later_table_over_an_earlier_one(tmp_path: Path) -> None:
    for name, owner in (("a.csv", "First Ltd"), ("b.csv", "Second Ltd")):
        (tmp_path / name).write_text(f"suffix,owner,parent,country\nkirana.example,{owner},Kirana Group,IN\n")
    (tmp_path / "list.json").write_text(ENTITY % ("Listed, Inc.", "kirana.example"))
    tables = read_owner_tables([tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "list.json"])
    (own,), (listed,) = tables.first["kirana.example"], tables.tail["kirana.example"]
    assert (own.operator, listed.operator) == ("Second Ltd", "Listed, Inc.")
    assert [(step.name, step.country) for step in own.above] == [("Kirana Group", "IN")]
    assert [file.name for file in tables.files] == [
        "own table of owners (a.csv)",
        "own table of owners (b.csv)",
        "DuckDuckGo Tracker Radar (list.json)",
    ]


def test_a_folder_is_named_with_a_checksum_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "entities").mkdir()
    contents = {"entities/A.json": ENTITY % ("A", "a.example"), "entities/B.json": ENTITY % ("B", "b.example")}
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "entities" / "pipe.json")  # nobody ever writes to it
    (file,) = read_owner_tables([tmp_path]).files
    lines = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in contents.items())
    assert file.database().sha256 == hashlib.sha256(lines.encode()).hexdigest()
    (tmp_path / "entities/B.json").write_text(ENTITY % ("B", "c.example"))
    assert read_owner_tables([tmp_path]).files[0].database().sha256 != file.database().sha256
