from pathlib import Path

from analyzer.refresh.cloud_ranges import from_table
from analyzer.refresh.compiled import compiled_rows


def test_a_real_region_counts_before_none(tmp_path: Path) -> None:
    (tmp_path / "table").write_text(
        "cidr,provider,region\n192.0.2.0/24,aws,GLOBAL\n192.0.2.0/24,aws,ap-south-1\n192.0.2.0/24,aws,\n"
    )
    from_table(tmp_path / "table", tmp_path / "out")
    assert list(compiled_rows(tmp_path / "out")) == [("192.0.2.0/24", "aws", "ap-south-1")]
