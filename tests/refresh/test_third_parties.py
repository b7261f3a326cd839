import json
from pathlib import Path

import pytest

from analyzer.attribute.owner import load_fallback
from analyzer.errors import KnowledgeError
from analyzer.refresh.third_parties import from_entities


def test_one_domain_a_row_the_first_entity_counts(tmp_path: Path) -> None:
    entities = [
        {"name": "Kirana, Ads", "company": "Kirana", "category": "ad", "domains": ["*.Kirana.example", "192.0.2.1"]},
        {"name": "Two\nlines", "category": "cdn", "domains": ["b.example", "kirana.example", "no host", "*.c.example"]},
        {"name": "", "category": "cdn", "domains": ["d.example"]},
    ]
    (tmp_path / "in").write_text(json.dumps(entities))
    from_entities(tmp_path / "in", tmp_path / "out")
    assert (tmp_path / "out").read_text() == (
        "suffix,name,company,category\n"
        "b.example,Two lines,,cdn\nc.example,Two lines,,cdn\n"
        'kirana.example,"Kirana, Ads",Kirana,ad\n'
    )
    assert len(load_fallback(tmp_path / "out", "third-party-web", "2026-11-22")) == 3


@pytest.mark.parametrize(
    "text", ["", "{}x", "[1]", '[{"name": "x"}]', '{"a": 1}', '[{"name":1,"category":2,"domains":3}]']
)
def test_another_form_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "in").write_text(text)
    with pytest.raises(KnowledgeError, match="not the entities of third-party-web"):
        from_entities(tmp_path / "in", tmp_path / "out")
