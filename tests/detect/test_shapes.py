"""Shapes against published and made-up vectors, yes and no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detect import shapes

YES = {
    "aadhaar": ["234123412346", "2341 2341 2346", "2341-2341-2346"],
    "abha": ["91-1234-5678-9012", "91123456789012"],
    "age": ["36", "7", "25-34", "18+", "65+"],
    "birth_date": [
        "1988-03-14",
        "14/03/1988",
        "19880314",
        "$D_573609600",
        "573609600",
        "573609600000",
        "1988",
        "14 Mar 1988",
        "March 14, 1988",
        "1988-03-14T00:00:00.000Z",
        "14.03.1988",
        "-100000000",
    ],
    "blood_group": ["O+", "AB-negative", "b positive", "A-", "ABpos"],
    "card": ["4111111111111111", "4111 1111 1111 1111", "378282246310005", "5105-1051-0510-5100", "6011111111111117"],
    "coordinates": ["21.145823,79.088155", "-33.86, 151.20", "21.14;79.08"],
    "country": ["IN", "IND", "in", "India", "New Zealand"],
    "digits_3_4": ["123", "1234"],
    "digits_4_8": ["1234", "12345678"],
    "digits_9_18": ["123456789", "123456789012345678"],
    "dimensions": ["1080", "1080x2400", "2.75", "1080, 2400"],
    "email": ["ishaan.kulkarni+x@post.example", "o'neil@mail.co.uk"],
    "epic": ["WKH1186253"],
    "gender": ["M", "female", "Non-Binary"],
    "gstin": ["27AAPFU0939F1ZV"],
    "handle": ["ishaan_k", "@ishaan.k"],
    "hashed": [
        "2813448ce6316cb70b38fa29c8c64130",
        "a" * 40,
        "B" * 64,
        "0" * 128,
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
    ],
    "hex16": ["a1c39f5e7d0b4826", "1c39f5e7d0b4826"],
    "iban": ["GB82WEST12345698765432", "DE89370400440532013000"],
    "iccid": ["8991101200003204514", "89911012000032045146"],
    "ifsc": ["SBIN0000001"],
    "imei": ["354178036859789", "35-417803-685978-9", "3541780368597812"],
    "imsi": ["404685505601234"],
    "ip_private": ["10.0.2.15", "192.168.1.7", "fd00::1"],
    "ip_public": ["49.36.12.7", "2405:201:1::1"],
    "latitude": ["21.145823", "-89.9"],
    "longitude": ["179.5", "-0.1"],
    "mac": ["d0:50:99:84:a2:a0", "D0-50-99-84-A2-A0"],
    "name_word": ["Ishaan", "Anne-Marie", "O’Brien", "Łukasz", "De Souza", "इशान"],
    "number": ["1", "-2.50"],
    "opaque": ["usr_5c1d90e2aa", "3f9a1c52-7b0e"],
    "pan_in": ["ACUPA7085R", "abcpk1234l"],
    "person_name": ["Ishaan Kulkarni", "Ian McDonald", "Jean-Luc O'Neil", "Dr. Meera R. Nair", "इशान कुलकर्णी"],
    "personal_email": ["ishaan@post.example"],
    "phone": ["+919812345670", "(022) 2683-1111", "9812345670", "+1 415 555 0100"],
    "phone_india": ["919812345670", "+919812345670", "09812345670"],
    "photo": ["https://cdn.example/u/1", "data:image/png;base64,xyz", "/9j/4AAQ"],
    "picture": ["https://cdn.example/p/ishaan_3c.jpg", "//cdn.example/a.webp?w=2"],
    "place_name": ["Nagpur", "New Delhi", "St. Gallen", "Mumbai"],
    "postal_address": ["17 Lake View Road", "Flat 3, Rose Villa"],
    "postcode": ["110001", "440 010", "94107-1234", "SW1A 1AA"],
    "push_token": ["fcm_kLm22p:APA91bQ7someTokenNotReal0066bb", "a1" * 32],
    "region_code": ["MH", "CA"],
    "region_name": ["Maharashtra", "tamil nadu", "New York"],
    "score_300_900": ["300", "899", "900"],
    "secret": ["S3cret!pass"],
    "some_text": ["x", "15-20 LPA"],
    "ssn": ["536-90-4399", "536904399"],
    "token": ["abcdefghijklmnopqrstuv"],
    "uuid": ["3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10", "3f9a1c527b0e4c6d9e218a5d4b7c6f10"],
    "vpa": ["9876543210@ybl", "ishaan.k@okdemobank"],
    "words": ["Jio 4G", "fever and cough"],
    "year": ["1988", "2019"],
}
NO = {
    "aadhaar": ["234123412347", "134123412346", "23412341234", "222222222222", "2341234123461"],
    "abha": ["9112345678901"],
    "age": ["0", "120", "old", "25-345"],
    "birth_date": [
        "2031-01-01",
        "1730284512345",
        "1730284512",
        "2024",
        "1850-01-01",
        "19881314",
        "tomorrow",
        "12",
        "March 2031",
    ],
    "blood_group": ["C+", "AB", "positive", "A1+"],
    "card": ["4111111111111112", "1111111111111117", "41111111", "0000000000000000", "4" * 16],
    "coordinates": ["21,79", "91.123,79.123", "21.145823"],
    "country": ["I", "india", "12"],
    "digits_3_4": ["12", "12345", "abc"],
    "digits_4_8": ["123", "123456789"],
    "digits_9_18": ["12345678"],
    "dimensions": ["Profile", "portrait", ""],
    "email": ["ishaan", "a@b", "a@b.example extra", "@post.example", "9876543210@ybl", "pkg@1.2.3"],
    "epic": ["WKH118625", "wkh1186253"],
    "gender": ["none", "all", "0", "unknown"],
    "gstin": ["27AAPFU0939F1ZA", "00AAPFU0939F1ZV"],
    "handle": ["ab", "12345", "two words"],
    "hashed": ["2813448c", "g" * 32],
    "hex16": ["9774d56d682e549c", "0000000000000000", "a1c39f5e", "a1c39f5e7d0b48267"],
    "iban": ["GB82WEST12345698765431", "GB82", "4" * 2000],
    "iccid": ["8891101200003204514"],
    "ifsc": ["SBIN1000001"],
    "imei": ["354178036859788", "000000000000000", "35417803"],
    "imsi": ["104685505601234"],
    "ip_private": ["127.0.0.1", "0.0.0.0", "49.36.12.7", "10.0.2.15:8443"],
    "ip_public": ["10.0.2.15", "1.1.1.1", "3.0.1.2", "999.1.1.1", "4.12.0"],
    "latitude": ["91.5", "12", "0.0", "-0.0"],
    "longitude": ["181.5", "x"],
    "mac": ["02:00:00:00:00:00", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "d0:50-99:84:a2:a0", "d0:50:99"],
    "name_word": ["checkout", "Screen", "X", "USD", "iPhone", "Ishaan Raj Kulkarni"],
    "number": ["1.", "x"],
    "opaque": ["unknown", "null", "00000000-0000-0000-0000-000000000000", "two words", "ab"],
    "pan_in": ["ABCDE1234F", "ABCPK0000L", "ABCPK123L"],
    "person_name": [
        "Product Viewed",
        "Ishaan",
        "ishaan kulkarni",
        "Add To Cart",
        "HDFC Bank",
        "A B",
        "One Two Three Four Five",
    ],
    "personal_email": ["noreply@post.example", "Support@post.example", "no"],
    "phone": ["1730284512", "1730284512345", "20260914101112", "1234567", "0000000000", "4.12.0.1183", "+0123456789"],
    "phone_india": ["9812345670", "915812345670", "+14155550100"],
    "photo": ["photo.jpg", "https://cdn.example"],
    "picture": ["https://cdn.example/profile/ishaan", "ishaan.jpg"],
    "place_name": ["nagpur", "Home", "a", "Ab"],
    "postal_address": [
        "home",
        "10.0.2.15:8443",
        "https://x.example/a b 1",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ],
    "postcode": ["1234", "012345", "1234567"],
    "push_token": ["short", "with space " * 4],
    "region_code": ["mh", "XX"],
    "region_name": ["loading", "Active"],
    "score_300_900": ["299", "901"],
    "secret": ["****", "no", "true", "••••••"],
    "some_text": ["", "null", "<unknown ssid>"],
    "ssn": ["000-90-4399", "666-90-4399", "936-90-4399", "536-00-4399", "536-90-0000"],
    "token": ["short", "a b" * 20],
    "uuid": ["00000000-0000-0000-0000-000000000000", "3f9a1c52"],
    "vpa": ["ishaan@post.example", "pkg@1.2.3", "@ybl"],
    "words": ["12", "true", "off"],
    "year": ["1850", "2024", "88"],
}


def test_every_shape_has_a_yes_and_a_no() -> None:
    assert set(YES) == set(NO) == set(shapes.SHAPES)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in YES.items() for value in values])
def test_yes(name: str, value: str) -> None:
    assert shapes.SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in NO.items() for value in values])
def test_no(name: str, value: str) -> None:
    assert not shapes.SHAPES[name](value)


@given(st.text(max_size=40) | st.text("0123456789.:-+ /@$D_TZ²٣", max_size=40))
def test_no_shape_raises(value: str) -> None:
    for shape in shapes.SHAPES.values():
        assert shape(value) in (True, False)


@given(st.from_regex(r"[2-9][0-9]{10}", fullmatch=True))
def test_one_check_digit_in_ten_makes_an_aadhaar_number(start: str) -> None:
    assert sum(shapes.SHAPES["aadhaar"](start + digit) for digit in "0123456789") <= 1
