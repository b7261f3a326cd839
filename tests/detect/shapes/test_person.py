"""Names, contacts, dates and pictures of people, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
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
        "23-Aug-1991",
        "23rd August 1991",
    ],
    "email": ["ishaan.kulkarni+x@post.example", "o'neil@mail.co.uk"],
    "gender": ["M", "female", "Non-Binary", "männlich", "femme", "purush", "女性", "남성", "Perempuan"],
    "handle": ["ishaan_k", "@ishaan.k"],
    "handle_at": ["@ishaan_k"],
    "marital": ["Never Married", "verheiratet", "single", "in_a_relationship"],
    "name_word": ["Ishaan", "Anne-Marie", "O’Brien", "Łukasz", "De Souza", "इशान", "김", "田中"],
    "person_name": [
        "Ishaan Kulkarni",
        "Ian McDonald",
        "Jean-Luc O'Neil",
        "Dr. Meera R. Nair",
        "इशान कुलकर्णी",
        "김민준",
        "王小明",
    ],
    "personal_email": ["ishaan@post.example", "hellen.smith@post.example"],
    "phone": ["+919812345670", "(022) 2683-1111", "9812345670", "+1 415 555 0100"],
    "phone_abroad": ["4915155512345", "2348031234567", "004915155512345", "919812345670"],
    "phone_india": ["919812345670", "+919812345670", "09812345670"],
    "photo": ["https://cdn.example/u/1", "data:image/png;base64,xyz", "/9j/4AAQ"],
    "picture": ["https://cdn.example/p/ishaan_3c.jpg", "//cdn.example/a.webp?w=2"],
    "title": ["Mr", "frau", "Smt."],
    "year": ["1988", "2019"],
}
NO = {
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
    "email": ["ishaan", "a@b", "a@b.example extra", "@post.example", "9876543210@ybl", "pkg@1.2.3"],
    "gender": ["none", "all", "0", "unknown"],
    "handle": ["ab", "12345", "two words"],
    "handle_at": ["ishaan", "@", "@a b"],
    "marital": ["married-filter", "open", "1"],
    "name_word": ["checkout", "Screen", "X", "USD", "iPhone", "Ishaan Raj Kulkarni", "Vorname", "Required"],
    "person_name": [
        "Product Viewed",
        "Ishaan",
        "ishaan kulkarni",
        "Add To Cart",
        "HDFC Bank",
        "A B",
        "One Two Three Four Five",
    ],
    "personal_email": [
        "noreply@post.example",
        "Support@post.example",
        "no",
        "no-reply@post.example",
        "kirana-support@post.example",
        "grievance.officer@post.example",
    ],
    "phone": ["1730284512", "1730284512345", "20260914101112", "1234567", "0000000000", "4.12.0.1183", "+0123456789"],
    "phone_abroad": ["1795318931033", "7000000001", "100200300400", "+4915155512345", "0151555123456", "9" * 15],
    "phone_india": ["9812345670", "915812345670", "+14155550100"],
    "photo": ["photo.jpg", "https://cdn.example"],
    "picture": ["https://cdn.example/profile/ishaan", "ishaan.jpg"],
    "title": ["Dr", "Mister Blue", "title"],
    "year": ["1850", "2024", "88"],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
