"""URLs: their parts, never raising, and what URLs inside values carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.url import split
from tests.decode.sending import decode, leaf, place, request, sent


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://API.Example.com:8443/a/b?x=1#top", ("api.example.com", "/a/b", "x=1", "top")),
        ("https://user:secret@example.com/", ("example.com", "/", "", "")),
        ("http://[2001:db8::1]:80/x", ("[2001:db8::1]", "/x", "", "")),
        ("example.com/x?a=b?c", ("example.com", "/x", "a=b?c", "")),
        ("wss://example.com", ("example.com", "", "", "")),
        ("", ("", "", "", "")),
        ("https://[::1", ("[::1]", "", "", "")),
    ],
)
def test_split(url: str, parts: tuple[str, str, str, str]) -> None:
    assert split(url) == parts


@given(st.text(max_size=60))
def test_split_never_raises(url: str) -> None:
    assert len(split(url)) == 4


def test_host_path_query_and_fragment_are_leaves() -> None:
    decoded = decode(
        request(url="https://api.example.com/users/ishaan%40post.example/posts?ph=%2B919812345670#tab=home")
    )
    assert (decoded.host, decoded.path) == ("api.example.com", "/users/ishaan%40post.example/posts")
    assert place(decoded, "api.example.com") == ("host", "", ())
    assert place(decoded, "ishaan@post.example") == ("path", "1", ())
    assert place(decoded, "+919812345670") == ("query", "ph", ("urlencoded",))
    assert leaf(decoded, "tab=home").path == "#"


def test_a_url_in_a_parameter_is_opened() -> None:
    decoded = decode(
        request(
            url="https://t.example/i?dl=https%3A%2F%2Fshop.example%2Faccount%2Fishaan-of-example-st%2FaXNoYWFuQHBvc3Q"
            "%3Femail%3Dishaan%2540post.example%23x"
        )
    )
    assert place(decoded, "ishaan@post.example") == ("query", "dl.query.email", ("urlencoded", "url", "urlencoded"))
    whole = "https://shop.example/account/ishaan-of-example-st/aXNoYWFuQHBvc3Q?email=ishaan%40post.example#x"
    assert leaf(decoded, whole).path == "dl"
    assert place(decoded, "ishaan-of-example-st")[1] == "dl.path.1"
    assert place(decoded, "ishaan@post")[1:] == ("dl.path.2", ("urlencoded", "url", "base64"))
    assert "account" not in {field.value for field in decoded.fields}


def test_a_url_in_a_url_in_json() -> None:
    body = b'{"deeplink":"app://open/cart?next=https%3A%2F%2Fx.example%2F%3Fphone%3D%252B919812345670"}'
    assert leaf(sent(body, "application/json"), "+919812345670").path == "deeplink.query.next.query.phone"


def test_fragment_parameters_of_a_url() -> None:
    decoded = sent(b'{"url":"https://x.example/cb#access_token=abcdefgh1234&state=xyz"}')
    assert leaf(decoded, "abcdefgh1234").path == "url.fragment.access_token"


def test_a_path_with_a_query_is_opened() -> None:
    decoded = sent(b'{"page":"/account?mobile=%2B919812345670&city=Nagpur"}')
    assert leaf(decoded, "+919812345670").path == "page.query.mobile"
    assert leaf(decoded, "Nagpur").path == "page.query.city"
