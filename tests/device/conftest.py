"""The real adb client with a server of its own, devices for it to find, and a certificate authority."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyzer.device.adb import Adb
from analyzer.device.ca import Authority, authority
from analyzer.device.phone import Phone
from analyzer.device.state import Journals
from tests.device.android import Android
from tests.device.stand_in import StandIn

Connect = Callable[[Android], Phone]


@pytest.fixture(scope="session")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with its key, as mitmproxy keeps both in one file; fictitious."""
    path = tmp_path_factory.mktemp("ca") / "proxy-ca.pem"
    path.write_bytes(made_certificate("Fictitious Proxy", with_key=True))
    return path


@pytest.fixture(scope="session")
def ca(ca_file: Path) -> Authority:
    return authority(ca_file)


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "state" / "apptells")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own for adb and for the journals."""
    home = tmp_path / "home"
    home.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name, value in {
        "HOME": home,
        "XDG_STATE_HOME": tmp_path / "state",
        "ANDROID_ADB_SERVER_PORT": port,
        "ADB_LOCAL_TRANSPORT_MAX_PORT": 5554,  # looks for no emulator of whoever runs the tests
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)
    return home


@pytest.fixture
def adb(home: Path) -> Iterator[Adb]:
    program = shutil.which("adb")
    if program is None:
        pytest.skip("no adb here")
    yield Adb(Path(program))
    subprocess.run([program, "kill-server"], capture_output=True, timeout=60, check=False)


@pytest.fixture
def connect(adb: Adb) -> Iterator[Connect]:
    """Connects a device to adb, and gives it back as apptells sees it."""
    with ExitStack() as stack:

        def connected(system: Android) -> Phone:
            stand_in = stack.enter_context(StandIn(system))
            system.serial = f"127.0.0.1:{stand_in.port}"
            adb.call("connect", system.serial)
            return Phone(adb, system.serial)

        yield connected


def made_certificate(
    name: str, *, with_key: bool = False, ca: bool = True, begins: timedelta = timedelta(days=-1), days: int = 30
) -> bytes:
    """A self-signed certificate in PEM; its key is new at each call."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Beispiel ÄÖ")]
    )
    start = datetime.now(UTC) + begins
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    if not with_key:
        return certificate
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain) + certificate
