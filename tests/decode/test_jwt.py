"""JSON Web Tokens: their claims, in headers and in bodies."""

import base64
import json

from tests.decode.sending import decode, leaf, place, request, sent


def token(claims: object) -> str:
    def encoded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{encoded({'alg': 'HS256'})}.{encoded(claims)}.c2lnbmF0dXJl"


TOKEN = token({"sub": "usr_5c1d90", "email": "ishaan@post.example", "address": {"locality": "Nagpur"}})


def test_bearer_token() -> None:
    decoded = decode(request(headers=[("Authorization", f"Bearer {TOKEN}")]))
    assert place(decoded, "ishaan@post.example") == ("header", "authorization.bearer.email", ("jwt", "json"))
    assert leaf(decoded, "Nagpur").path == "authorization.bearer.address.locality"


def test_the_token_itself_stays_a_leaf_and_its_signature_is_not_opened() -> None:
    decoded = sent(json.dumps({"id_token": TOKEN}).encode())
    assert place(decoded, "ishaan@post.example") == ("body", "id_token.email", ("json", "jwt", "json"))
    assert leaf(decoded, TOKEN).path == "id_token"
    assert all("signature" not in field.value for field in decoded.fields)


def test_what_only_looks_like_a_token() -> None:
    broken = "eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJIUzI1NiJ.x"
    assert leaf(sent(json.dumps({"t": broken}).encode()), broken).path == "t"
