"""Certificates: what is read of them, once, and what hostile ones cost."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import certificate as certificate_module
from analyzer.capture.certificate import Certificates, named_certificate, pem_certificate
from analyzer.model import Certificate
from tests.capture.made import COMPANY, TRUST, certificate

DER = certificate(alternatives=("a.example",)).public_bytes(Encoding.DER)
ANYTHING: st.SearchStrategy[Any] = st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text(), max_size=2))


def pem_of(der: bytes | bytearray) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{b64encode(der).decode()}\n-----END CERTIFICATE-----\n"


def test_a_certificate_is_read() -> None:
    made = certificate()
    assert Certificates().of(made) == Certificate(
        subject="api.tracker.example",
        organisation="Nakshatra Analytics Private Limited",
        country="IN",
        issuer="Example Trust Services",
        sha256=made.fingerprint(SHA256()).hex(),
        sha1=made.fingerprint(SHA1()).hex(),
    )


def test_names_stand_in_for_those_that_are_lacking() -> None:
    made = certificate({}, {NameOID.COMMON_NAME: "Example TLS CA 1"}, ("a.example", "b.example"))
    found = Certificates().of(made)
    assert found is not None
    assert (found.subject, found.organisation, found.country) == ("a.example", None, None)
    assert found.issuer == "Example TLS CA 1"


def test_a_certificate_without_any_name_still_has_its_fingerprints() -> None:
    found = Certificates().of(certificate({}, {}))
    assert found is not None
    assert (found.subject, found.issuer, len(found.sha256), len(found.sha1)) == ("", "", 64, 40)


@pytest.mark.parametrize("issuer", ["mitmproxy", "Charles Proxy CA (2 Mar 2026, mac)", "DO_NOT_TRUST_FiddlerRoot"])
def test_what_an_intercepting_proxy_made_is_not_the_servers(issuer: str) -> None:
    made = certificate(issuer={**TRUST, NameOID.COMMON_NAME: issuer})
    assert Certificates().of(made) is None
    assert pem_certificate(made.public_bytes(Encoding.PEM).decode()) is None
    assert named_certificate(subject="api.tracker.example", issuer=issuer) is None


def test_each_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    monkeypatch.setattr(certificate_module, "_certificate", read.append)
    certificates = Certificates()
    one, other = certificate(), certificate()
    for made in (one, other, one, other):
        assert certificates.of(made) is None
    assert read == [one, other]


def test_pem_text_is_read() -> None:
    made = certificate()
    pem = made.public_bytes(Encoding.PEM).decode()
    assert pem_certificate(pem) == pem_certificate(f"subject: x\n{pem}\n{pem}") == Certificates().of(made)


@pytest.mark.parametrize(
    "pem", ["", "none", "\ud800", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "x" * 99_999]
)
def test_what_is_no_pem_is_none(pem: str) -> None:
    assert pem_certificate(pem) is None


@pytest.mark.filterwarnings("error")
def test_a_serial_number_that_no_one_should_issue_is_not_remarked_on() -> None:
    der = DER.replace(b"\x02\x01\x4d", b"\x02\x01\xff", 1)  # 77 becomes -1
    assert der != DER
    assert pem_certificate(pem_of(der)) is not None


@pytest.mark.filterwarnings("error")
def test_a_broken_name_does_not_cost_the_fingerprints() -> None:
    der = DER.replace(b"\x0c\x16Example Trust", b"\x00\x16Example Trust", 1)  # a tag that no text has
    der = der.replace(b"\x13\x02IN", b"\x0c\x02I\xff", 1)
    found = pem_certificate(pem_of(der))
    assert found is not None
    assert (found.subject, found.country, found.issuer) == ("a.example", None, "")
    assert found.sha256 == hashlib.sha256(der).hexdigest()


@pytest.mark.filterwarnings("error")
def test_a_country_of_odd_length_is_not_remarked_on() -> None:
    found = Certificates().of(certificate({**COMPANY, NameOID.COUNTRY_NAME: "IND"}))
    assert found is not None
    assert (found.subject, found.country) == ("api.tracker.example", None)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=4))
def test_broken_der_never_raises(changes: list[tuple[int, int]]) -> None:
    der = bytearray(DER)
    for at, byte in changes:
        der[at % len(der)] = byte
    found = pem_certificate(pem_of(der))
    assert found is None or len(found.sha256) == 64


def test_names_are_one_line_of_bounded_length() -> None:
    broken = {**COMPANY, NameOID.COMMON_NAME: "a\n\u202eb\xa0c", NameOID.ORGANIZATION_NAME: "x" * 999}
    found = Certificates().of(certificate(broken))
    assert found is not None
    assert found.subject == "a b c"
    assert found.organisation == "x" * 200


def test_fingerprints_are_hexadecimal_in_lower_case() -> None:
    found = named_certificate(subject="a", sha256=":".join(["AB"] * 32), sha1="xyz", country="india")
    assert found == Certificate(subject="a", sha256="ab" * 32)


def test_nothing_named_is_no_certificate() -> None:
    assert named_certificate(subject="", issuer="Example TLS CA 1", country="IN", sha256="ab") is None


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_names_of_any_type_give_text_or_nothing(subject: Any, issuer: Any, country: Any, sha256: Any) -> None:
    found = named_certificate(subject=subject, issuer=issuer, country=country, sha256=sha256)
    if found:
        assert f"{found.subject}{found.issuer}".isprintable()
        assert found.country is None or len(found.country) == 2
