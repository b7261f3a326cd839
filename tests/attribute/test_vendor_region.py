import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.vendor_region import load_vendor_regions
from analyzer.errors import KnowledgeError
from tests.attribute.conftest import DATA

TABLE = DATA / "owners" / "vendor-regions.csv"
REGIONS = load_vendor_regions(TABLE, check=True)


@pytest.mark.parametrize(
    ("host", "label", "means"),
    [
        ("in.wzrkt.com", "in", "India"),
        ("in1.clevertap-prod.com", "in1", "India"),
        ("in1-spiky.clevertap-prod.com", "in1", "India"),
        ("aps3.clevertap-prod.com", "aps3", "Indonesia"),
        ("in1.api.clevertap.com", "in1", "India"),
        ("o447951.ingest.us.sentry.io", "us", "the United States"),
        ("EU.i.posthog.com", "eu", "the European Union"),
        ("firehose.ap-south-1.amazonaws.com", "ap-south-1", "its region in Mumbai, India"),
        ("bucket.s3.ap-south-1.amazonaws.com", "ap-south-1", "its region in Mumbai, India"),
        ("bucket.s3-ap-south-1.amazonaws.com", "ap-south-1", "its region in Mumbai, India"),
        ("a1b2c3.execute-api.eu-west-1.amazonaws.com", "eu-west-1", "its region in Dublin, Ireland"),
        ("lb-1234.ap-south-1.elb.amazonaws.com", "ap-south-1", "its region in Mumbai, India"),
        ("iot.cn-north-1.amazonaws.com.cn", "cn-north-1", "its region in Beijing, China"),
        ("asia-south1-shop.cloudfunctions.net", "asia-south1", "its region in Mumbai, India"),
        ("shop-rtdb.asia-southeast1.firebasedatabase.app", "asia-southeast1", "its region in Singapore"),
        ("europe-west10-shop.cloudfunctions.net", "europe-west10", "its region in Berlin, Germany"),
        ("api-123.europe-west1.run.app", "europe-west1", "its region in St. Ghislain, Belgium"),
        ("shop.centralindia.cloudapp.azure.com", "centralindia", "its region in Pune, India"),
        ("centralindia-0.in.applicationinsights.azure.com", "centralindia", "its region in Pune, India"),
        ("ws-ap2.pusher.com", "ap2", "Mumbai, India"),
        ("sdk-03.moengage.com", "03", "India"),
        ("sdk.fra-02.braze.eu", "fra-02", "the European Union"),
        ("checkoutshopper-live.adyen.com", "live", "Europe"),
        ("checkoutshopper-live-in.adyen.com", "live-in", "India"),
        ("crm.zoho.in", "in", "India"),
        ("zoho.com.au", "com.au", "Australia"),
        ("browser-intake-us3-datadoghq.com", "us3", "the United States"),
        ("api.eu.amplitude.com", "eu", "the European Union"),
    ],
)
def test_labels(host: str, label: str, means: str) -> None:
    found = REGIONS.find(host)
    assert found is not None
    assert (found.label, found.means) == (label, means)


@pytest.mark.parametrize(
    "host",
    [
        "wzrkt.com",
        "clevertap-prod.com",
        "main.wzrkt.com",
        "in.example",
        "in.notwzrkt.com",
        "in.appcenter.ms",  # `in` of ingestion
        "firebase-settings.crashlytics.com",
        "asia-south1shop.cloudfunctions.net",
        "s3.amazonaws.com",
        "notap-south-1.amazonaws.com",
        "zoho.com",
        "a." * 200 + "wzrkt.com",
        "",
        "-",
        "...",
    ],
)
def test_hosts_without_a_label(host: str) -> None:
    assert REGIONS.find(host) is None


@given(st.text(max_size=80))
def test_no_text_fails(host: str) -> None:
    REGIONS.find(host)
    REGIONS.find(f"{host}.amazonaws.com")


def test_every_row_can_match() -> None:
    """Each plain label is found in the host that it is made for, and names its source."""
    rows = list(csv.DictReader(TABLE.open(encoding="utf-8")))
    assert len(rows) >= 200
    for row in rows:
        assert re.fullmatch(r"\S.+: .+", row["source"]), row
        label = row["label"]
        if "*" in label:
            continue
        before = "" if label.startswith(".") else f"x{label}." if label.startswith("-") else f"{label}x."
        host = f"{before if label[0] in '-.' or label[-1] == '-' else label + '.'}{row['suffix']}"
        found = REGIONS.find(host)
        assert found is not None, row
        assert found.means == row["means"], row


def test_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    header = "suffix,label,means,source\n"
    path.write_text(f"{header}a.example,in,,s\na.example,us,US,s\na.example,us,US,s\nB.example,in,India,s\n")
    with pytest.raises(KnowledgeError) as error:
        load_vendor_regions(path, check=True)
    assert str(error.value).splitlines() == [
        f"{path}:2: means is empty",
        f"{path}:4: a.example us is already on line 3",
        f"{path}:5: suffix 'B.example' is not a host name in lower case",
    ]
    path.write_text(f"{header}a.example,*,b.example,s\n")
    with pytest.raises(KnowledgeError, match=r"shares the labels of 'b\.example', which has none"):
        load_vendor_regions(path)
