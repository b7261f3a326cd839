import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from analyzer.device.ca import authority
from analyzer.errors import ApptellsError
from tests.device.conftest import made_certificate
from tests.device.packages import der, sha256


@pytest.mark.parametrize("name", ["mitmproxy", "Fictitious Proxy", "ünïcode / 認証局"])
def test_the_hash_is_that_of_openssl(name: str, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    path = tmp_path / "ca.pem"
    path.write_bytes(made_certificate(name))
    command = ["openssl", "x509", "-in", str(path), "-noout", "-subject_hash_old"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    assert authority(path).hash == said


def test_only_the_certificate_is_taken_of_a_file_with_the_key(tmp_path: Path) -> None:
    path = tmp_path / "both.pem"
    path.write_bytes(made_certificate("Fictitious Proxy", with_key=True))
    found = authority(path)
    assert found.pem.count(b"-----BEGIN") == 1
    assert b"PRIVATE" not in found.pem
    assert found.sha256 == sha256(der(found.pem))


def test_der_is_read_too(tmp_path: Path) -> None:
    pem = made_certificate("Fictitious Proxy")
    (tmp_path / "ca.pem").write_bytes(pem)
    (tmp_path / "ca.cer").write_bytes(der(pem))
    assert authority(tmp_path / "ca.cer") == authority(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate"),
        (made_certificate("Fictitious", ca=False), "not the certificate of an authority"),
        (made_certificate("Fictitious", begins=timedelta(days=2)), "not valid today"),
        (made_certificate("Fictitious", begins=timedelta(days=-40)), "not valid today"),
    ],
    ids=["empty", "broken", "no authority", "not yet", "no more"],
)
def test_what_no_app_would_trust_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(ApptellsError, match=said):
        authority(path)


def test_where_there_is_no_file_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ApptellsError, match="start mitmdump once"):
        authority(tmp_path / "none.pem")
