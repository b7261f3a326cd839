from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from analyzer.refresh.download import DownloadError, NotThere, Request, download, fetch_text
from tests.refresh.server import Answer, Server, serving

BODY = bytes(range(256)) * 4000
KEY = ("4711", "not-a-real-key")


def request(server: Server, path: str = "/file", limit: int = 2 << 20, user: tuple[str, str] | None = None) -> Request:
    return Request(url=server.url + path, name="file", limit=limit, credentials=user)


def test_a_file_comes_whole_and_progress_is_told(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY)
    told: list[tuple[str, int, int]] = []
    download(request(server), tmp_path / "file", lambda *step: told.append(step))
    assert (tmp_path / "file").read_bytes() == BODY
    assert told[-1] == ("file", len(BODY), len(BODY))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_breaks_off_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY, cut_after=300_000, cuts=2)
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    assert [headers.get("range") for _, headers in server.asked] == [None, "bytes=300000-", "bytes=600000-"]
    assert {headers.get("if-range") for _, headers in server.asked[1:]} == {'"1"'}


def test_a_later_run_goes_on_too(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = answer = Answer(BODY, cut_after=100_000, cuts=-1)
    with pytest.raises(DownloadError, match=r"broke off after 300000 bytes; run the command again"):
        download(request(server), tmp_path / "file")
    assert not (tmp_path / "file").exists()
    answer.cuts = 0
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    assert server.asked[-1][1]["range"] == "bytes=300000-"


def test_another_version_starts_anew(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(b"old" * 3000, cut_after=1000, cuts=-1)
    with pytest.raises(DownloadError):
        download(request(server), tmp_path / "file")
    server.answers["/file"] = Answer(BODY, etag='"2"')
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY


def test_without_a_validator_nothing_is_put_together(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY, etag=None, cut_after=1000, cuts=1)
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    assert all("range" not in headers for _, headers in server.asked)


def test_a_file_that_was_here_already_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY)
    (tmp_path / "file.part").write_bytes(BODY)
    (tmp_path / "file.part.json").write_text(f'{{"url": "{server.url}/file", "validator": "\\"1\\""}}')
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    assert server.asked[0][1]["range"] == f"bytes={len(BODY)}-"


def test_damaged_notes_of_a_part_are_no_obstacle(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY)
    (tmp_path / "file.part").write_bytes(b"something")
    (tmp_path / "file.part.json").write_text("[1]")
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY


def test_credentials_stay_with_their_host(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as elsewhere:
        server.answers["/file"] = Answer(status=302, location=f"{elsewhere.url}/real", user=KEY)
        elsewhere.answers["/real"] = Answer(BODY)
        download(request(server, user=KEY), tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == BODY
        assert "authorization" in server.asked[0][1]
        assert "authorization" not in elsewhere.asked[0][1]


def test_a_redirect_on_the_same_host_keeps_them(server: Server) -> None:
    server.answers["/file"] = Answer(status=307, location="/real", user=KEY)
    server.answers["/real"] = Answer(b"text", user=KEY)
    assert fetch_text(request(server, user=KEY)) == b"text"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404), "answers 404, no such file"),
        (Answer(status=500), "answers 500; try again later"),
        (Answer(status=429), "try again tomorrow"),
        (Answer(status=302, location="/file"), "too many redirects"),
        (Answer(status=302, location="file:///etc/hostname"), "no address to download from"),
        (Answer(status=302, location="http://[1"), "no address to download from"),
    ],
)
def test_what_a_server_refuses_is_one_sentence(server: Server, tmp_path: Path, answer: Answer, said: str) -> None:
    server.answers["/file"] = answer
    with pytest.raises(DownloadError, match=said) as error:
        download(request(server), tmp_path / "file")
    assert isinstance(error.value, NotThere) is (answer.status == 404)
    assert "\n" not in str(error.value)


def test_an_address_without_a_scheme_is_shown_as_given(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"^mirror/file: leads to no address"):
        download(Request(url="mirror/file", name="x", limit=9), tmp_path / "file")


def test_a_wrong_key_is_not_repeated_in_the_sentence(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(user=("another", "key"))
    with pytest.raises(DownloadError, match="answers 401; check the account id") as error:
        download(request(server, "/file?license_key=abc", user=KEY), tmp_path / "file")
    assert not any(secret in str(error.value) for secret in (*KEY, "abc"))


def test_sizes_are_bounded(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(BODY)
    with pytest.raises(DownloadError, match="too large for file"):
        download(request(server, limit=len(BODY) - 1), tmp_path / "file")
    with pytest.raises(DownloadError, match="too large for file"):
        fetch_text(request(server, limit=1000))
    assert not (tmp_path / "file").exists()


def test_a_key_never_travels_in_clear() -> None:
    with pytest.raises(DownloadError, match="not encrypted"):
        fetch_text(Request(url="http://mirror.example/file", name="file", limit=10, credentials=KEY))


def test_nobody_there(server: Server, tmp_path: Path) -> None:
    with serving() as gone:
        pass
    with pytest.raises(DownloadError, match="no connection; check the network and its settings") as error:
        download(Request(url=f"http://user:secret@127.0.0.1:{gone.port}/x", name="x", limit=10), tmp_path / "x")
    assert "secret" not in str(error.value)


def test_through_a_proxy(server: Server) -> None:
    server.answers["http://127.0.0.1:9/file"] = Answer(b"text")
    asked = Request(url="http://127.0.0.1:9/file", name="file", limit=10, proxy=server.url)
    assert fetch_text(asked) == b"text"


def test_a_proxy_that_is_not_there(server: Server) -> None:
    with serving() as gone:
        pass
    asked = Request(url=server.url, name="x", limit=10, proxy=f"http://me:secret@127.0.0.1:{gone.port}")
    with pytest.raises(DownloadError, match="the proxy does not answer") as error:
        fetch_text(asked)
    assert "secret" not in str(error.value)


def test_a_file_that_is_packed_for_the_journey_stays_as_it_is(server: Server, tmp_path: Path) -> None:
    server.answers["/file"] = Answer(b"\x1f\x8b not really gzip", encoding="gzip")
    download(request(server), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"\x1f\x8b not really gzip"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that its own key signed, and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mirror.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def test_only_trusted_certificates_and_never_back_to_clear_text(
    server: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(certificate) as secure:
        secure.answers["/file"] = Answer(b"text")
        secure.answers["/away"] = Answer(status=302, location="http://mirror.example/file")
        with pytest.raises(DownloadError, match="no trusted certificate"):
            fetch_text(request(secure))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert fetch_text(request(secure)) == b"text"
        with pytest.raises(DownloadError, match=r"leads to http://mirror\.example/file, which is not encrypted"):
            fetch_text(request(secure, "/away"))
