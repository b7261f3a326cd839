"""Parts of addresses, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
    "country": ["IN", "IND", "in", "India", "New Zealand"],
    "house_number": ["214", "B-204", "17/3", "12a"],
    "place_name": ["Nagpur", "New Delhi", "St. Gallen", "Mumbai", "Salt Lake City"],
    "postal_address": ["17 Lake View Road", "Flat 3, Rose Villa"],
    "postcode": ["110001", "440 010", "94107-1234", "SW1A 1AA", "3511 AB", "K1A 0B1", "01310-100"],
    "region_code": ["MH", "CA", "IN-MH"],
    "region_name": ["Maharashtra", "tamil nadu", "New York", "Sachsen", "Île-de-France", "England"],
}
NO = {
    "country": ["I", "india", "12"],
    "house_number": ["Rose Villa", "", "123456"],
    "place_name": ["nagpur", "Home", "a", "Ab", "City", "Cloudy"],
    "postal_address": [
        "home",
        "10.0.2.15:8443",
        "https://x.example/a b 1",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ],
    "postcode": ["1234", "012345", "1234567"],
    "region_code": ["mh", "XX"],
    "region_name": ["loading", "Active"],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
