"""How adapter files load: everything they say, and every mistake in them with its line."""

import re
from collections import Counter

import pytest

from analyzer.compiled import dump, restore
from analyzer.detect.adapters import Adapter, load_adapters
from analyzer.errors import KnowledgeError
from tests.conftest import ROOT

SHIPPED = {path.name: path.read_text("utf-8") for path in (ROOT / "analyzer" / "data" / "adapters").glob("*.yaml")}
EXAMPLE = """\
id: example
tracker: Example
source: made up for this test, 2026
endpoints:
  - host: example.com
    fields:
      - {path: no, data_type: id.user, reasoning: a name that YAML takes for false}
      - {path: [a, "b[]"], data_type: "none", reasoning: 2026, in: any}
"""


def test_restore_reads_back_what_dump_wrote() -> None:
    adapters = load_adapters(SHIPPED)
    assert [adapter.id for adapter in adapters] == sorted(name.removesuffix(".yaml") for name in SHIPPED)
    assert restore(dump(adapters), Adapter, "adapters") == adapters


@pytest.mark.parametrize("data", [b"", b"{}", b'[{"id": 1}]', b"\xff"])
def test_restore_says_what_to_do_with_another_version(data: bytes) -> None:
    with pytest.raises(KnowledgeError, match="compile them again"):
        restore(data, Adapter, "adapters")


def test_all_mistakes_of_all_files_come_at_once_with_their_lines() -> None:
    wrong = """\
id: other
colour: teal
source: " "
endpoints:
  - host: Example.com/x
    path: "("
    fields:
      - path: []
        data_type: person.mail
        reasoning: {a: b}
        in: bodyy
        beside: {path: type}
        in: body
"""
    with pytest.raises(KnowledgeError) as raised:
        load_adapters({"wrong.yaml": wrong, "broken.yaml": "a: [", "empty.yaml": ""}, {"person.email"})
    lines = str(raised.value).splitlines()
    places = Counter(re.match(r"[\w.]+:\d+", line)[0] for line in lines)  # type: ignore[index]
    assert places == Counter(
        [f"wrong.yaml:{line}" for line in (1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13)] + ["broken.yaml:1", "empty.yaml:1"]
    )
    text = str(raised.value)
    for what in ("`tracker` is missing", "`colour` is not known", "'person.mail' is not a data type", "given twice"):
        assert what in text


def test_the_id_is_the_name_of_the_file() -> None:
    with pytest.raises(KnowledgeError, match="'example', but the file's name says 'sample'"):
        load_adapters({"sample.yaml": EXAMPLE})


def test_every_scalar_is_text_and_one_may_stand_for_a_list_of_one() -> None:
    (adapter,) = load_adapters({"example.yaml": EXAMPLE}, {"id.user"})
    (endpoint,) = adapter.endpoints
    assert (endpoint.host, endpoint.locations, endpoint.under) == (("example.com",), ("body",), ("",))
    assert [entry.path for entry in endpoint.fields] == [("no",), ("a", "b[]")]
    assert endpoint.fields[1].reasoning == "2026"
    assert {"query", "cookie", "message"} < set(endpoint.fields[1].locations)


def test_aliases_cannot_make_a_file_endless() -> None:
    with pytest.raises(KnowledgeError, match=r"example.yaml:\d+"):
        load_adapters({"example.yaml": "id: example\nendpoints: &again\n  - fields: *again\n"})
