"""Names and values joined by `&`: bodies, queries, cookies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.form import MANY, looks_like_form, unquote
from tests.decode.sending import decode, leaf, place, request, sent, values

FORM = "application/x-www-form-urlencoded"


def test_a_form_body() -> None:
    decoded = sent(b"name=Ishaan+Kulkarni&email=ishaan%40post.example&empty=&flag", FORM)
    assert place(decoded, "Ishaan Kulkarni") == ("body", "name", ("urlencoded",))
    assert place(decoded, "ishaan@post.example") == ("body", "email", ("urlencoded",))


def test_a_form_is_told_by_its_look() -> None:
    assert place(sent(b"email=ishaan%40post.example&v=1", "text/plain"), "ishaan@post.example")[2] == ("urlencoded",)


def test_brackets_are_members() -> None:
    decoded = sent(b"address[city]=Nagpur&items[0][name]=Rice&tags[]=Blue", FORM)
    assert [(field.path, field.key) for field in decoded.fields if field.location == "body"] == [
        ("address.city", "city"),
        ("items[0].name", "name"),
        ("tags", "tags"),
    ]


def test_repeated_names_are_all_seen() -> None:
    decoded = decode(request(url="https://x.example/?_=email&_=a%40post.example&_=phone&_=98123"))
    assert values(decoded, "query") == ["email", "a@post.example", "phone", "98123"]


def test_repeated_url_encoding_is_taken_off_layer_by_layer() -> None:
    decoded = decode(request(url="https://x.example/?q=ishaan%25252540post.example"))
    assert place(decoded, "ishaan@post.example")[2] == ("urlencoded", "urlencoded", "urlencoded", "urlencoded")


def test_a_name_that_is_data_is_seen() -> None:
    assert leaf(sent(b"ishaan%40post.example=1&b=2", FORM), "ishaan@post.example").path == "{name}"


def test_json_in_a_parameter() -> None:
    decoded = sent(b"data=%7B%22user%22%3A%7B%22email%22%3A%22ishaan%40post.example%22%7D%7D", FORM)
    assert place(decoded, "ishaan@post.example") == ("body", "data.user.email", ("urlencoded", "json"))


def test_cookies() -> None:
    header = ("Cookie", 'uid=usr_5c1d90; email=ishaan%40post.example; q="quoted word"; bare')
    decoded = decode(request(headers=[header]))
    assert place(decoded, "ishaan@post.example") == ("cookie", "email", ("urlencoded",))
    assert place(decoded, "usr_5c1d90") == ("cookie", "uid", ())
    assert place(decoded, "quoted word") == ("cookie", "q", ())


@pytest.mark.parametrize(
    ("text", "plain"), [("a+b", "a b"), ("%e0%A4", "\ufffd"), ("100%", "100%"), ("%zz%41", "%zzA")]
)
def test_unquote(text: str, plain: str) -> None:
    assert unquote(text) == plain


def test_base64_padding_is_no_form() -> None:
    assert looks_like_form("a=1")
    assert not looks_like_form("aGVsbG8gd29ybGQ=")
    assert not looks_like_form("aGVsbG8gd29ybA==")


def test_a_batch_of_forms_one_a_line() -> None:
    decoded = sent(b"v=1&uid=usr_5c1d90\nv=1&email=ishaan%40post.example\r\nv=1&t=event", "text/plain")
    assert place(decoded, "ishaan@post.example") == ("body", "[1].email", ("urlencoded",))
    assert place(decoded, "event") == ("body", "[2].t", ("urlencoded",))


@given(
    st.lists(st.sampled_from(["%25", "%22", "%3A", "%3a", "%C3%A9", "%E0", "%", "%2", "a", "5", "22", "+", "%2B", "é"]))
)
def test_many_escapes_are_taken_off_like_few(parts: list[str]) -> None:
    text = "".join(parts)
    assert unquote(text + "%41" * MANY, plus=False) == unquote(text, plus=False) + "A" * MANY
