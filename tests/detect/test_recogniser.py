"""Signs that have to be there all together, wherever a request goes."""

import pytest

from analyzer.detect.adapters import Elsewhere
from analyzer.detect.recogniser import Recogniser
from analyzer.model import Field

HEADER = Field("header", "x-example-key", "x-example-key", "k", ())
TYPE, KEY = (Field("body", path, path.rpartition(".")[2], "v", ("json",)) for path in ("batch[0].type", "batch[0].key"))


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/m/v9/track", [TYPE, KEY], ["by path"]),
        ("/m/v9/track/", [TYPE, KEY], []),
        ("/m/v9/track", [TYPE], []),
        ("/m/v8/track", [TYPE, KEY], []),
        ("/any", [HEADER], ["by header"]),
        ("/any", [Field("query", "x-example-key", "x-example-key", "k", ())], []),
        ("/any", [TYPE, KEY, Field("body", "sent", "sent", "1", ())], ["by signs"]),
        (
            "/v9/track",
            [HEADER, TYPE, KEY, Field("body", "sent", "sent", "1", ())],
            ["by path", "by signs", "by header"],
        ),
        ("", [], []),
    ],
)
def test_all_signs_of_one_kind_have_to_be_there(path: str, fields: list[Field], told: list[str]) -> None:
    recogniser: Recogniser[str] = Recogniser()
    recogniser.add(Elsewhere(path=("/v9/track",), signs=("batch[].type", "batch[].key")), "by path")
    recogniser.add(Elsewhere(headers=("x-example-key",)), "by header")
    recogniser.add(Elsewhere(signs=("sent", "batch[].type", "batch[].key")), "by signs")
    assert sorted(recogniser.recognise(path, fields)) == sorted(told)
