from pathlib import Path

import pytest

from analyzer.errors import ApptellsError
from analyzer.refresh.maxmind import DEFAULT_EDITIONS, HOST, read_account

ID, KEY = "GEOIPUPDATE_ACCOUNT_ID", "GEOIPUPDATE_LICENSE_KEY"


def test_an_account_in_the_environment() -> None:
    account = read_account({ID: "4711", KEY: "secret"})
    assert account is not None
    assert account.credentials == ("4711", "secret")
    assert (account.host, account.editions, account.proxy) == (HOST, DEFAULT_EDITIONS, None)
    assert "secret" not in repr(account)


@pytest.mark.parametrize("environment", [{}, {ID: "4711"}, {KEY: "x"}, {ID: " ", KEY: "x"}])
def test_no_account(environment: dict[str, str]) -> None:
    assert read_account(environment) is None


def test_files_that_hold_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("4711\n")
    (tmp_path / "key").write_text("secret\n")
    account = read_account({f"{ID}_FILE": str(tmp_path / "id"), f"{KEY}_FILE": str(tmp_path / "key")})
    assert account is not None
    assert account.credentials == ("4711", "secret")
    with pytest.raises(ApptellsError, match="cannot be read"):
        read_account({f"{ID}_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("names", [("AccountID", "LicenseKey", "EditionIDs"), ("UserId", "LicenseKey", "ProductIds")])
def test_geoip_conf_and_the_environment_over_it(tmp_path: Path, names: tuple[str, str, str]) -> None:
    conf = tmp_path / "GeoIP.conf"
    conf.write_text(
        f"# comment\n\n{names[0]} 4711\n{names[1]} secret\n{names[2]} GeoLite2-City GeoIP2-ISP GeoLite2-City\n"
        "Host mirror.example\nProxy 127.0.0.1:8888\nProxyUserPassword me:pass\nPreserveFileTimes 1\nLockFile\n"
    )
    account = read_account({"GEOIPUPDATE_CONF_FILE": str(conf)})
    assert account is not None
    assert account.editions == ("GeoLite2-City", "GeoIP2-ISP")
    assert (account.host, account.proxy) == ("https://mirror.example", "http://me:pass@127.0.0.1:8888")
    over = read_account({"GEOIPUPDATE_CONF_FILE": str(conf), KEY: "other", "GEOIPUPDATE_HOST": "http://127.0.0.1:1/"})
    assert over is not None
    assert (over.credentials, over.host) == (("4711", "other"), "http://127.0.0.1:1")


@pytest.mark.parametrize("edition", ["../x", "a/b", "a?b", "x" * 61])
def test_what_cannot_be_an_edition(edition: str) -> None:
    with pytest.raises(ApptellsError, match="is no edition; give names such as GeoLite2-City"):
        read_account({ID: "4711", KEY: "x", "GEOIPUPDATE_EDITION_IDS": edition})
