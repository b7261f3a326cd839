"""Parts of addresses, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
    "country": ["IN", "IND", "in", "India", "New Zealand"],
    "house_number": ["214", "B-204", "17/3", "12a"],
    "place_name": ["Nagpur", "New Delhi", "St. Gallen", "Mumbai", "Salt Lake City", "渋谷区", "서울"],
    "postal_address": ["17 Lake View Road", "Flat 3, Rose Villa", "神宮前1-14-6", "神宮前1丁目14番6号 メゾン201"],
    "postcode": [
        "110001",
        "440 010",
        "94107-1234",
        "SW1A 1AA",
        "3511 AB",
        "K1A 0B1",
        "01310-100",
        "13015301",
        "150-0001",
        "〒150-0001",
        "D02 X285",
        "DE-10117",
    ],
    "postcode_4": ["1010", "8001"],
    "region_code": ["MH", "CA", "IN-MH"],
    "region_name": ["Maharashtra", "tamil nadu", "New York", "Sachsen", "Île-de-France", "England"],
    "street": ["Rua das Palmeiras", "Birchwood Avenue", "Lindenallee", "Via Roma", "Kutchery Lane", "Keizersgracht"],
}
NO = {
    "country": ["I", "india", "12"],
    "house_number": ["Rose Villa", "", "123456"],
    "place_name": ["nagpur", "Home", "a", "Ab", "City", "Cloudy", "お問い合わせはこちらから"],
    "postal_address": [
        "home",
        "10.0.2.15:8443",
        "https://x.example/a b 1",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "渋谷区",
    ],
    "postcode": ["1234", "012345", "1234567", "15-0001"],
    "postcode_4": ["123", "12345", "v1.0"],
    "region_code": ["mh", "XX"],
    "region_name": ["loading", "Active"],
    "street": ["Home", "checkout page", "Road", "main", "Blue Linen Shirt", ""],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
