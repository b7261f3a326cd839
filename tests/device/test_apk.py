import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.device.apk import V2, V3, V3_1, Signers, signers
from tests.device.conftest import made_certificate
from tests.device.packages import apk, der, sha256

ONE, TWO, THREE = b"certificate one", b"certificate two", b"certificate three"
ALL = (24, 0x7FFFFFFF)


def of(content: bytes, api: int = 34) -> Signers | None:
    return signers(io.BytesIO(content), api)


def test_v2() -> None:
    assert of(apk({V2: [(ONE, None)]})) == Signers((sha256(ONE),), "v2")


def test_several_signers() -> None:
    assert of(apk({V2: [(ONE, None), (TWO, None)]})) == Signers((sha256(ONE), sha256(TWO)), "v2")


def test_the_newest_scheme_counts() -> None:
    assert of(apk({V2: [(ONE, None)], V3: [(TWO, ALL)]})) == Signers((sha256(TWO),), "v3")


@pytest.mark.parametrize(
    ("api", "expected"), [(30, Signers((sha256(TWO),), "v3")), (34, Signers((sha256(THREE),), "v3.1"))]
)
def test_a_rotated_key_counts_from_its_api_level_on(api: int, expected: Signers) -> None:
    made = apk({V2: [(ONE, None)], V3: [(TWO, (24, 32))], V3_1: [(THREE, (33, 0x7FFFFFFF))]})
    assert of(made, api) == expected


def test_without_a_signature() -> None:
    assert of(apk({})) is None
    assert of(b"") is None
    assert of(b"PK\x05\x06") is None


def test_v1(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    pem = made_certificate("Fictitious Signer", with_key=True, ca=False)
    (tmp_path / "both.pem").write_bytes(pem)
    command = [
        "openssl",
        "smime",
        "-sign",
        "-binary",
        "-outform",
        "DER",
        "-signer",
        str(tmp_path / "both.pem"),
        "-noattr",
    ]
    signed = subprocess.run(command, input=b"signature file", capture_output=True, check=True, timeout=60).stdout
    expected = Signers((sha256(der(pem)),), "v1")
    assert of(apk({}, {"META-INF/CERT.EC": signed})) == expected
    assert of(apk({}, {"assets/CERT.EC": signed})) is None


@pytest.mark.parametrize("scheme", ["v1", "v2", "v3"])
def test_as_apksigner_signs(scheme: str, tmp_path: Path) -> None:
    """By Google's own signer."""
    if shutil.which("apksigner") is None or shutil.which("openssl") is None:
        pytest.skip("no apksigner here")
    pem = made_certificate("Fictitious Signer", with_key=True, ca=False)
    (tmp_path / "both.pem").write_bytes(pem)
    store = ["-in", str(tmp_path / "both.pem"), "-passout", "pass:fictitious", "-out", str(tmp_path / "store.p12")]
    subprocess.run(["openssl", "pkcs12", "-export", "-name", "key", *store], check=True, timeout=60)
    with zipfile.ZipFile(tmp_path / "unsigned.apk", "w") as archive:
        archive.writestr("classes.dex", b"fictitious" * 1000)
    sign = ["--ks", str(tmp_path / "store.p12"), "--ks-pass", "pass:fictitious", "--min-sdk-version", "21"]
    for each in ("v1", "v2", "v3"):
        sign += [f"--{each}-signing-enabled", str(each == scheme or (scheme, each) == ("v3", "v2")).lower()]
    files = ["--out", str(tmp_path / "signed.apk"), str(tmp_path / "unsigned.apk")]
    subprocess.run(["apksigner", "sign", *sign, *files], check=True, timeout=60, capture_output=True)
    assert of((tmp_path / "signed.apk").read_bytes()) == Signers((sha256(der(pem)),), scheme)


@given(st.data())
def test_no_bytes_of_an_apk_do_harm(data: st.DataObject) -> None:
    made = bytearray(apk({V2: [(ONE, None)], V3: [(TWO, ALL)]}, {"META-INF/CERT.RSA": b"no signature"}))
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(made)))
    for content in (bytes(made), bytes(made[:cut]), bytes(made[cut:])):
        found = of(content)
        assert found is None or found.sha256


@given(st.binary(max_size=200))
def test_nor_any_bytes_at_all(content: bytes) -> None:
    assert of(content + b"PK\x05\x06" + content) is None
