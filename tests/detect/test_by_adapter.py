"""What adapters explain: the shipped ones in requests as on the wire, and an example in hand-made fields."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.exchange import Decoder
from analyzer.detect.adapters import NONE, Adapter, Endpoint, KnownField, load_adapters
from analyzer.detect.by_adapter import ByAdapter
from analyzer.knowledge import Knowledge
from analyzer.model import Exchange, Field, Location
from analyzer.pipeline import envelopes
from tests.conftest import FIXTURES, LABELLED, ROOT

FILES = sorted((ROOT / "analyzer" / "data" / "adapters").glob("*.yaml"))
PAIRS = FIXTURES / "adapters"
ADAPTERS = load_adapters({path.name: path.read_text(encoding="utf-8") for path in FILES})
SHIPPED = ByAdapter(ADAPTERS)
ENVELOPES = envelopes(ADAPTERS)

EXAMPLE = """\
id: example
tracker: Example
source: made up for this test, 2026
endpoints:
  - host: example.com
    path: ^/track
    method: POST
    in: [body, query]
    under: ["", "batch[]", "1"]
    elsewhere: {path: /v9/track, signs: ["batch[].key", "batch[].type"]}
    fields:
      - {path: traits.email, data_type: person.email, reasoning: the trait, unless: {path: type, value: ^group$}}
      - {path: ad, data_type: id.ad, reasoning: the ad id, when: "^__g(.+)$"}
      - {path: ad, data_type: id.device.other, reasoning: another id}
      - {path: "info[5]", data_type: dev.model, reasoning: the sixth place}
      - {path: "**.carrier", data_type: net.carrier, reasoning: anywhere below, in: any}
      - {path: "extra.*.city", data_type: person.address.city, reasoning: one name between}
      - {path: "3.3", data_type: id.user, reasoning: the property _id, beside: {path: "3.2", value: ^_id$}}
      - {path: at, data_type: loc.precise, reasoning: coordinates}
      - {path: time, data_type: none, reasoning: the clock}
"""
EXAMPLES = load_adapters({"example.yaml": EXAMPLE})


def field(path: str, value: str, location: Location = "body") -> Field:
    return Field(location, path, path.rpartition(".")[2], value, ())


def found(*fields: Field, host: str = "api.example.com", url_path: str = "/track", method: str = "POST") -> list[str]:
    """Position and data type of each finding of the example adapter."""
    return [f"{at} {one.data_type}" for at, one in ByAdapter(EXAMPLES).explain(host, url_path, method, fields).findings]


def exchanges(har: Path) -> Iterator[Exchange]:
    for index, entry in enumerate(json.loads(har.read_bytes())["log"]["entries"]):
        request = entry["request"]
        post_data = request.get("postData") or {}
        text = post_data.get("text") or ""
        yield Exchange(
            index=index,
            method=request["method"],
            url=request["url"],
            headers=tuple((header["name"], header["value"]) for header in request["headers"]),
            body=base64.b64decode(text) if post_data.get("encoding") == "base64" else text.encode(),
        )


def explained(har: Path) -> Iterator[tuple[int, Location, str, str]]:
    """(exchange, location, path, data type) of what the shipped adapters find in a HAR."""
    decoder = Decoder(ENVELOPES)
    for exchange in exchanges(har):
        decoded = decoder.decode(exchange)
        for _, finding in SHIPPED.explain(decoded.host, decoded.path, exchange.method, decoded.fields).findings:
            yield exchange.index, finding.field.location, finding.field.path, finding.data_type


# ---------------------------------------------------------------- the shipped adapters


def test_every_adapter_has_its_fixture_pair_and_no_pair_is_left_over() -> None:
    ids = {path.stem for path in FILES}
    assert ids == {path.stem for path in PAIRS.glob("*.har")}
    assert ids == {path.stem for path in PAIRS.glob("*.json")}
    assert ids == {path.stem for path in (PAIRS / "requests").glob("*.py")}


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_a_fixture_holds_exactly_what_its_pair_says(name: str) -> None:
    expected = json.loads((PAIRS / f"{name}.json").read_bytes())
    wanted = Counter((one["exchange"], one["location"], one["path"], one["data_type"]) for one in expected)
    assert Counter(explained(PAIRS / f"{name}.har")) == wanted
    assert wanted, "a fixture without a finding proves nothing"


def test_every_data_type_of_the_adapters_is_of_the_taxonomy() -> None:
    known = {data_type.id for data_type in Knowledge().taxonomy}
    assert {entry.data_type for entry in entries()} <= known | {NONE}


def entries() -> Iterator[KnownField]:
    for adapter in ADAPTERS:
        for endpoint in adapter.endpoints:
            yield from endpoint.fields


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.id)
def test_every_entry_is_reached(adapter: Adapter) -> None:
    """A field at an entry's own path is explained by that entry: no entry lies in the shadow of another."""
    for endpoint in adapter.endpoints:
        alone = ByAdapter([Adapter(id="one", tracker="one", source="one", endpoints=(without_path(endpoint),))])
        for entry in endpoint.fields:
            if entry.when or entry.beside:
                continue
            for path in entry.path:
                place = endpoint.under[0] + ("." if endpoint.under[0] else "") + path
                concrete = place.replace("**", "deep.er").replace("*", "name").replace("[]", "[7]")
                location: Location = (entry.locations or endpoint.locations)[0]  # type: ignore[assignment]
                value = "a" * 64 if entry.data_type.endswith(".hashed") else "1.2345"
                asked = [field(concrete, value, location)]
                told = alone.explain(endpoint.host[0], "/", endpoint.method or "GET", asked)
                hits, ignored = [hit.data_type for _, hit in told.findings], told.nothing
                assert hits == [entry.data_type] if entry.data_type != NONE else ignored == {0}, place


def without_path(endpoint: Endpoint) -> Endpoint:
    return Endpoint(host=endpoint.host, fields=endpoint.fields, locations=endpoint.locations, under=endpoint.under)


@pytest.mark.parametrize("name", [one.id for one in ADAPTERS if any(endpoint.elsewhere for endpoint in one.endpoints)])
def test_a_request_of_the_fixture_is_recognised_behind_another_host(name: str) -> None:
    decoder, recognised = Decoder(ENVELOPES), 0
    for exchange in exchanges(PAIRS / f"{name}.har"):
        decoded = decoder.decode(exchange)
        at_home = SHIPPED.explain(decoded.host, decoded.path, exchange.method, decoded.fields).findings
        elsewhere = SHIPPED.explain("metrics.shop.example", decoded.path, exchange.method, decoded.fields).findings
        own = {(position, finding.data_type) for position, finding in at_home}
        assert {(position, finding.data_type) for position, finding in elsewhere} <= own
        recognised += len(elsewhere)
    assert recognised


def test_adapters_do_not_hold_two_entries_that_say_the_same() -> None:
    for adapter in ADAPTERS:
        for endpoint in adapter.endpoints:
            unconditional = [
                (path, entry.locations)
                for entry in endpoint.fields
                if not (entry.when or entry.beside or entry.unless)
                for path in entry.path
            ]
            assert not [one for one, count in Counter(unconditional).items() if count > 1], adapter.id


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled captures are not beside the checkout")
def test_person_types_in_labelled_captures_are_never_false() -> None:
    """What an adapter calls a name, an e-mail address and so on is one of the labelled person's values."""
    labels = {
        "person.email": "email", "person.phone": "phone", "person.dob": "dob", "person.gender": "gender",
        "person.photo": "photo_url", "person.name.full": "full_name", "id.ad": "gaid",
    }  # fmt: skip
    seen = 0
    for case in (
        "clevertap",
        "clevertap_server",
        "ga4_min",
        "mixpanel",
        "amplitude",
        "segment",
        "clean_init_analytics",
    ):
        truth = json.loads((LABELLED / case / "truth.json").read_bytes())
        labelled = {(one["index"], one["field"].removesuffix("_word")) for one in truth["findings"]}
        for index, _, path, data_type in explained(LABELLED / case / "capture.har"):
            if data_type in labels:
                assert (index, labels[data_type]) in labelled, (case, index, path)
                seen += 1
    assert seen > 30


# ---------------------------------------------------------------- matching


def test_positions_in_arrays_are_any_or_that_one() -> None:
    assert found(field("batch[31].traits.email", "a@fixture.example")) == ["0 person.email"]
    assert found(field("info[5]", "One"), field("info[4]", "One")) == ["0 dev.model"]
    assert found(field("batch[2].info[5]", "One"), field("batch[2].info[6]", "One")) == ["0 dev.model"]


def test_wildcards_stand_for_one_name_or_any_names() -> None:
    deep, none = field("a.b[3].carrier", "Example", "header"), field("carrier", "Example")
    assert found(deep, none, field("xcarrier", "Example")) == ["0 net.carrier", "1 net.carrier"]
    assert found(field("extra.home.city", "Oslo"), field("extra.a.b.city", "Oslo"), field("extra.city", "Oslo")) == [
        "0 person.address.city"
    ]


def test_the_first_entry_that_fits_wins_and_its_group_is_the_datum() -> None:
    ((_, ad),) = ByAdapter(EXAMPLES).explain("example.com", "/track", "POST", [field("ad", "__g" + "0a" * 16)]).findings
    assert (ad.data_type, ad.value, ad.evidence, ad.reasoning) == ("id.ad", "0a" * 16, "documented", "the ad id")
    assert found(field("ad", "_xyz")) == ["0 id.device.other"]


def test_a_sibling_is_of_the_same_object() -> None:
    fields = [
        field("batch[0].traits.email", "a@fixture.example"),
        field("batch[0].type", "identify"),
        field("batch[1].traits.email", "b@fixture.example"),
        field("batch[1].type", "group"),
    ]
    assert found(*fields) == ["0 person.email"]


def test_a_protobuf_sibling_is_the_nearest_before() -> None:
    fields = [field("1.3.2", "theme"), field("1.3.3", "dark"), field("1.3.2", "_id"), field("1.3.3", "member")]
    assert found(*fields) == ["3 id.user"]


def test_host_path_and_method_have_to_fit() -> None:
    email = field("traits.email", "a@fixture.example")
    assert found(email, host="example.com") == found(email, host="A.B.EXAMPLE.COM") == ["0 person.email"]
    assert found(email, host="notexample.com") == found(email, host="example.com.evil.example") == []
    assert found(email, url_path="/settings") == found(email, method="GET") == []
    assert found(field("traits.email", "a@fixture.example", "cookie")) == []


def test_a_proxied_tracker_is_recognised_by_all_its_signs_only() -> None:
    signs = [field("batch[0].key", "k"), field("batch[0].type", "identify")]
    email = field("batch[0].traits.email", "a@fixture.example")
    assert found(email, *signs, host="metrics.shop.example", url_path="/m/v9/track") == ["0 person.email"]
    assert found(email, signs[0], host="metrics.shop.example", url_path="/m/v9/track") == []
    assert found(email, *signs, host="metrics.shop.example", url_path="/m/other") == []
    ((_, proxied),) = ByAdapter(EXAMPLES).explain("shop.example", "/v9/track", "POST", [email, *signs]).findings
    assert "Example" in proxied.reasoning
    assert "the host is another" in proxied.reasoning


@pytest.mark.parametrize(
    "value", ["", "  ", "null", "NULL", "unknown", "0", "02:00:00:00:00:00", "00000000-0000-0000-0000-000000000000"]
)
def test_values_that_say_nothing_are_no_findings(value: str) -> None:
    assert found(field("ad", value), field("traits.email", value)) == []


@pytest.mark.parametrize(
    ("path", "value", "data_type"),
    [
        ("traits.email", "a" * 64, "person.email.hashed"),
        ("traits.email", "a@fixture.example", "person.email"),
        ("at", "59.913869", "loc.precise"),
        ("at", "59.91", "loc.coarse"),
        ("at", "-9.5000", "loc.coarse"),
        ("at", "179", "loc.coarse"),
        ("ad", "__g" + "a" * 40, "id.ad.hashed"),
        ("ad", "__g" + "a" * 32, "id.ad"),
    ],
)
def test_the_value_refines_its_data_type(path: str, value: str, data_type: str) -> None:
    assert found(field(path, value)) == [f"0 {data_type}"]


def test_what_is_documented_as_nothing_is_ignorable_and_no_finding() -> None:
    fields = [field("time", "1773480413"), field("at", "59.913869")]
    assert found(*fields) == ["1 loc.precise"]
    assert ByAdapter(EXAMPLES).explain("example.com", "/track", "POST", fields).nothing == {0}
    assert ByAdapter(EXAMPLES).explain("other.example", "/track", "POST", fields).nothing == set()


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=6),
)
def test_no_request_is_too_strange(host: str, url_path: str, pairs: list[tuple[str, str]]) -> None:
    fields = [field(path, value) for path, value in pairs] + [field("batch[0].ad", "\ud800"), field("\udc00", "x")]
    assert found(*fields, host=host, url_path="/track" + url_path) == []
    for at, one in ByAdapter(EXAMPLES).explain("example.com", "/track" + url_path, "POST", fields).findings:
        assert one.value in fields[at].value


def test_hosts_are_remembered_within_bounds() -> None:
    by_adapter = ByAdapter(EXAMPLES)
    for number in range(10_000):
        by_adapter.explain(f"h{number}.example", "/", "GET", [])
    by_adapter.explain("x" * 100_000, "/", "GET", [])
    assert len(by_adapter._by_host) <= 4_096
    assert max(map(len, by_adapter._by_host)) <= 253
