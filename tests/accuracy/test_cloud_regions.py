"""Countries of cloud addresses, on a sample: published ranges are followed, and the database answers for the rest."""

import gzip
import json
from pathlib import Path

import msgpack
import pytest

from tests.accuracy.cloud_regions import Line, Share, compare, draw, judge, measure, own_ranges, read_ranges, short


def test_a_sample_reaches_the_floors(tmp_path: Path) -> None:
    whole, missing = measure(tmp_path, limit=120)
    assert short(whole, missing) == []
    assert {(line.provider, line.version) for line in whole} > {("aws", 4), ("azure", 6), ("all", 4), ("all", 6)}
    held_out = {line.version: line.shares[0].ranges for line in missing if line.provider == "all"}
    assert held_out[4] >= 0.85
    assert held_out[6] >= 0.75


def test_the_same_addresses_are_drawn_each_time() -> None:
    ranges = own_ranges()
    assert draw(ranges, 5) == draw(reversed(ranges), 5)


def test_shares_count_ranges_and_addresses() -> None:
    drawn = draw([("10.0.0.0/24", "aws", "ap-south-1"), ("10.0.4.0/22", "aws", "eu-west-1"), ("10.1.0.0/16", "x", "y")])
    assert [one.country for one in drawn] == ["IN", "IE"] or [one.country for one in drawn] == ["IE", "IN"]
    answers = [one.country if one.country == "IN" else None for one in drawn]
    assert judge(drawn, answers) == [Line(provider, 4, 2, (Share(0.5, 0.2),)) for provider in ("aws", "all")]
    assert short(judge(drawn, answers, answers), judge(drawn, answers, answers)) == [
        "IPv4 with ranges: 50.0% < 95%",
        "IPv4 by database alone: 50.0% < 90%",
        "IPv4 held out: 20.0% of addresses < 95%",
    ]


AWS = {
    "prefixes": [{"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2"}],
    "ipv6_prefixes": [{"ipv6_prefix": "2600:1f18::/33", "region": "us-east-1"}],
}
GCP = {
    "prefixes": [
        {"ipv4Prefix": "34.93.0.0/16", "scope": "asia-south1"},
        {"ipv6Prefix": "2600:1901::/48", "scope": "global"},
    ]
}
AZURE = {"values": [{"properties": {"region": "eastus", "addressPrefixes": ["4.156.0.0/15"]}}]}
CLOUDIP = {
    "providers": ["aws", "gcp"],
    "ranges": [{"cidr": "34.93.0.0/16", "p": 1, "r": "asia-south1"}, {"cidr": "3.0.0.0/15", "p": 0, "r": None}],
}


@pytest.mark.parametrize(
    ("name", "content", "ranges"),
    [
        (
            "a.json",
            json.dumps(AWS).encode(),
            [("3.5.140.0/22", "aws", "ap-northeast-2"), ("2600:1f18::/33", "aws", "us-east-1")],
        ),
        (
            "g.json",
            json.dumps(GCP).encode(),
            [("34.93.0.0/16", "gcp", "asia-south1"), ("2600:1901::/48", "gcp", "global")],
        ),
        ("z.json", json.dumps(AZURE).encode(), [("4.156.0.0/15", "azure", "eastus")]),
        (
            "c.msgpack.gz",
            gzip.compress(msgpack.packb(CLOUDIP), mtime=0),
            [("34.93.0.0/16", "gcp", "asia-south1"), ("3.0.0.0/15", "aws", "")],
        ),
        ("t.csv", b"cidr,provider,region\n3.0.0.0/15,aws,\n", [("3.0.0.0/15", "aws", "")]),
    ],
)
def test_lists_of_other_days(tmp_path: Path, name: str, content: bytes, ranges: list[tuple[str, str, str]]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_ranges(path) == ranges


def test_another_day_is_compared_both_ways(tmp_path: Path) -> None:
    theirs, ours = compare([one for one in own_ranges() if one[1] == "oracle"], tmp_path)
    assert [line.provider for line in theirs] == [line.provider for line in ours] == ["oracle", "all"]
    assert all(line.shares[0].ranges == 1 for line in (*theirs, *ours))
