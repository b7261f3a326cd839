"""Payloads whose key travels with them: opened where the tag proves it, left as they are everywhere else."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.envelope import Envelope
from analyzer.decode.exchange import Decoded, Decoder
from analyzer.model import Exchange

ENVELOPE = Envelope(data="itp", key="itk", nonce="itv")
PLAIN = [{"g": "__0"}, {"profile": {"Email": "asha@fixture.example"}}]


def sealed(plain: bytes, key: bytes = bytes(32), nonce: bytes = bytes(12)) -> dict[str, Any]:
    parts = {"itp": AESGCM(key).encrypt(nonce, plain, None), "itk": key, "itv": nonce}
    return {name: base64.b64encode(data).decode() for name, data in parts.items()} | {"id": "FIX"}


def decode(message: Any, *envelopes: Envelope) -> Decoded:
    body = json.dumps(message).encode()
    return Decoder(envelopes).decode(Exchange(index=0, method="POST", url="https://a.example/", body=body))


def test_what_is_inside_takes_the_place_of_the_ciphertext() -> None:
    fields = {field.path: field for field in decode(sealed(json.dumps(PLAIN).encode()), ENVELOPE).fields}
    email = fields["itp[1].profile.Email"]
    assert (email.value, email.decoding) == ("asha@fixture.example", ("json", "base64", "aes-gcm", "json"))
    assert fields["id"].value == "FIX"
    assert "itp" not in fields


def test_without_an_adapter_that_knows_it_nothing_is_opened() -> None:
    assert "itp" in {field.path for field in decode(sealed(b"{}" * 40)).fields}


@pytest.mark.parametrize("size", [16, 24, 32])
def test_keys_of_all_sizes_open(size: int) -> None:
    fields = decode(sealed(b'{"a": "b"}', bytes(size)), ENVELOPE).fields
    assert "itp.a" in {field.path for field in fields}


def test_a_key_that_does_not_fit_is_said() -> None:
    message = sealed(b'{"a": "b"}') | {"itk": base64.b64encode(b"k" * 32).decode()}
    decoded = decode(message, ENVELOPE)
    assert list(decoded.notes) == ["encrypted"]
    assert "itp" in {field.path for field in decoded.fields}


@given(st.dictionaries(st.sampled_from(("itp", "itk", "itv", "x")), st.none() | st.text(max_size=9) | st.binary()))
def test_no_object_is_too_strange(message: dict[str, Any]) -> None:
    text = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in message.items()
    }
    paths = {field.path.partition(".")[0].partition("[")[0] for field in decode(text, ENVELOPE).fields}
    wanted = {name for name, value in text.items() if value not in (None, "")}
    assert wanted <= paths
