"""MQTT: what clients of three versions send, over a connection of its own and in the messages of a WebSocket."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.decode.exchange import Decoded, Decoder
from analyzer.decode.limits import MAX_FIELDS
from analyzer.decode.mqtt import joined
from analyzer.model import Exchange
from tests.decode.sending import decode, leaf, member, place, request, varint

# What paho-mqtt 2.2.0 sent for the same calls in each version; `profile` has properties in 5.0 only.
PAHO = {
    "3.1": bytes.fromhex(
        "106700064d514973647003ce003c000f6b6972616e612d3966326334316437000b6170702f6f66666c696e65001a7b22676f"
        "6e65223a226b6972616e612d3966326334316437227d001369736861616e40706f73742e6578616d706c65000a4d6f6e736f"
        "6f6e2d343282130001000e696e626f782f69736861616e2f23013038000b6170702f70726f66696c657b2270726f66696c65"
        "223a7b22656d61696c223a2269736861616e40706f73742e6578616d706c65227d7d3227000c6170702f6c6f636174696f6e"
        "00036c61743d32312e31343538266c6f6e3d37392e30383832a2120004000e696e626f782f69736861616e2f23e000"
    ),
    "3.1.1": bytes.fromhex(
        "106500044d51545404ce003c000f6b6972616e612d3966326334316437000b6170702f6f66666c696e65001a7b22676f6e65"
        "223a226b6972616e612d3966326334316437227d001369736861616e40706f73742e6578616d706c65000a4d6f6e736f6f6e"
        "2d343282130001000e696e626f782f69736861616e2f23013038000b6170702f70726f66696c657b2270726f66696c65223a"
        "7b22656d61696c223a2269736861616e40706f73742e6578616d706c65227d7d3227000c6170702f6c6f636174696f6e0003"
        "6c61743d32312e31343538266c6f6e3d37392e30383832a2120004000e696e626f782f69736861616e2f23e000"
    ),
    "5.0": bytes.fromhex(
        "10930100044d51545405ce003c14110000003c2600046369747900064e6167707572000f6b6972616e612d39663263343164"
        "37180300106170706c69636174696f6e2f6a736f6e1800000005000b6170702f6f66666c696e65001a7b22676f6e65223a22"
        "6b6972616e612d3966326334316437227d001369736861616e40706f73742e6578616d706c65000a4d6f6e736f6f6e2d3432"
        "8214000100000e696e626f782f69736861616e2f2301308a01000b6170702f70726f66696c65510300106170706c69636174"
        "696f6e2f6a736f6e080014696e626f782f69736861616e2f616e737765727309000a6f726465722d37373831230003260005"
        "70686f6e65000d2b3931393831323334353637307b2270726f66696c65223a7b22656d61696c223a2269736861616e40706f"
        "73742e6578616d706c65227d7d3228000c6170702f6c6f636174696f6e0003006c61743d32312e31343538266c6f6e3d3739"
        "2e30383832a213000400000e696e626f782f69736861616e2f23e000"
    ),
}


def connection(data: bytes) -> Exchange:
    """A raw connection as a reader of captures hands it on."""
    return Exchange(index=0, method="TCP", url="tcp://broker.example:1883/", body=data)


def sent(data: bytes) -> Decoded:
    return decode(connection(data))


def places(decoded: Decoded, location: str = "body") -> dict[str, str]:
    """The leaves of one location: path to value."""
    return {field.path: field.value for field in decoded.fields if field.location == location}


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(2) + data


def packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + varint(len(body)) + body


def pair(name: str, value: str) -> bytes:
    return b"\x26" + text(name) + text(value)


def with_size(properties: bytes) -> bytes:
    return varint(len(properties)) + properties


def connect(version: int = 4, client: str = "kirana-9f2c", *, protocol: str = "MQTT", properties: bytes = b"") -> bytes:
    head = text(protocol) + bytes([version, 2]) + b"\0\x3c"
    return packet(0x10, head + (with_size(properties) if version & 127 >= 5 else b"") + text(client))


def publish(topic: str, payload: bytes, *, quality: int = 0, properties: bytes | None = None) -> bytes:
    body = text(topic) + (b"\0\7" if quality else b"") + (b"" if properties is None else with_size(properties))
    return packet(0x30 | quality << 1, body + payload)


def subscribe(*filters: str, first: int = 0x82, version: int = 4) -> bytes:
    each = b"".join(text(one) + (b"\1" if first == 0x82 else b"") for one in filters)
    return packet(first, b"\0\1" + (b"\0" if version == 5 else b"") + each)


@pytest.mark.parametrize("version", PAHO)
def test_what_a_real_client_sends(version: str) -> None:
    decoded = sent(PAHO[version])
    found = places(decoded)
    expected = {
        "connect.client_id": "kirana-9f2c41d7",
        "connect.will.topic": "app/offline",
        "connect.will.payload.gone": "kirana-9f2c41d7",
        "connect.user_name": "ishaan@post.example",
        "connect.password": "Monsoon-42",
        "subscribe[0].filter[0]": "inbox/ishaan/#",
        "publish[0].topic": "app/profile",
        "publish[0].payload.profile.email": "ishaan@post.example",
        "publish[1].topic": "app/location",
        "publish[1].payload.lat": "21.1458",
        "publish[1].payload.lon": "79.0882",
        "unsubscribe[0].filter[0]": "inbox/ishaan/#",
    }
    if version == "5.0":
        expected |= {
            "connect.user_property.city": "Nagpur",
            "connect.will.content_type": "application/json",
            "publish[0].content_type": "application/json",
            "publish[0].response_topic": "inbox/ishaan/answers",
            "publish[0].correlation_data": "order-7781",
            "publish[0].user_property.phone": "+919812345670",
        }
    assert {path: found.get(path) for path in expected} == expected
    assert not decoded.notes
    assert not decoded.undecoded
    assert all(field.decoding[0] == "mqtt" for field in decoded.fields if field.location == "body")


def test_packets_of_version_5_that_only_tell_a_reason() -> None:
    reason = with_size(b"\x1f" + text("gone to Nagpur") + pair("city", "Nagpur"))
    proof = with_size(b"\x15" + text("SCRAM") + b"\x16" + text("n,,n=ishaan"))
    decoded = sent(
        connect(5)
        + packet(0x40, b"\0\7")
        + packet(0x40, b"\0\7\0" + reason)
        + packet(0x62, b"\0\7")
        + packet(0xF0, b"\x18" + proof)
        + packet(0xC0, b"")
        + packet(0xE0, b"\x04" + reason)
    )
    found = places(decoded)
    assert found["puback[1].reason_string"] == "gone to Nagpur"
    assert found["auth[0].authentication_data"] == "n,,n=ishaan"
    assert found["disconnect.user_property.city"] == "Nagpur"
    assert not decoded.notes


@pytest.mark.parametrize(
    ("start", "properties"),
    [(connect(3, protocol="MQIsdp"), None), (connect(), None), (connect(4 | 128), None), (connect(5), b"")],
)
def test_a_payload_is_opened_in_any_version(start: bytes, properties: bytes | None) -> None:
    payload = gzip.compress(member(1, "ishaan@post.example"), mtime=0)
    decoded = sent(start + publish("a", b"\0", properties=properties) + publish("b", payload, properties=properties))
    assert place(decoded, "ishaan@post.example") == ("body", "publish[1].payload.1", ("mqtt", "gzip", "protobuf"))
    assert not decoded.notes


def test_the_content_type_of_a_payload_is_that_of_its_own_packet() -> None:
    payload = "name=Zoë Müller".encode("iso-8859-1")
    kind = b"\x03" + text("text/plain; charset=iso-8859-1")
    decoded = sent(connect(5) + publish("a", payload, properties=kind))
    assert leaf(decoded, "Zoë Müller").path == "publish[0].payload.name"


def test_numbers_among_the_properties_are_passed_over() -> None:
    numbers = b"\x01\1\x02\0\0\0\x3c\x23\0\3" + pair("city", "Nagpur")
    asked = packet(0x82, b"\0\1" + with_size(b"\x0b\x80\1" + pair("place", "Pune")) + text("inbox/#") + b"\1")
    found = places(sent(connect(5) + publish("a", b"21.5", properties=numbers) + asked))
    assert found.pop("connect.client_id") == "kirana-9f2c"
    assert found == {
        "publish[0].topic": "a",
        "publish[0].user_property.city": "Nagpur",
        "publish[0].payload": "21.5",
        "subscribe[0].user_property.place": "Pune",
        "subscribe[0].filter[0]": "inbox/#",
    }


def test_many_properties() -> None:
    found = places(sent(connect(5, properties=b"".join(pair(f"n{at}", f"Nagpur {at}") for at in range(300)))))
    assert [found[f"connect.user_property.n{at}"] for at in range(300)] == [f"Nagpur {at}" for at in range(300)]


def test_a_name_that_is_a_value_is_a_leaf() -> None:
    decoded = sent(connect(5, properties=pair("ishaan@post.example", "1")))
    assert leaf(decoded, "ishaan@post.example").path == "connect.user_property.{name}"
    assert leaf(decoded, "1").key == "ishaan@post.example"


def test_what_is_no_mqtt_is_none() -> None:
    for data in (
        b"\x10\x0c\0\4HTTP\4\2\0\x3c\0\0",
        b"\x10",
        b"\x10\xff\xff\xff\xff\1\0\4MQTT",
        publish("a/b", b"21.5"),
    ):
        assert all("mqtt" not in field.decoding for field in sent(data).fields)


def test_what_follows_and_is_no_packet_is_opened_as_far_as_can_be() -> None:
    decoded = sent(connect() + publish("a/b", b"21.5") + b'{"email":"ishaan@post.example"}')
    assert leaf(decoded, "21.5").path == "publish[0].payload"
    assert place(decoded, "ishaan@post.example") == ("body", "rest.email", ("mqtt", "json"))
    assert "broken-mqtt" in decoded.notes


def test_a_malformed_packet_costs_only_itself() -> None:
    wrong = packet(0x30, b"\xff\xff\x81\x82 ishaan@post.example \x83\x84\x85\x86\x87\x88\x89")
    decoded = sent(connect() + wrong + publish("a/b", b"21.5"))
    assert any("ishaan@post.example" in field.value for field in decoded.fields if field.path == "publish[0]")
    assert leaf(decoded, "21.5").path == "publish[1].payload"
    assert "broken-mqtt" in decoded.notes


def test_bytes_behind_the_end_of_a_packet_are_read_too() -> None:
    decoded = sent(packet(0x10, connect()[2:] + b"device-77431"))
    assert leaf(decoded, "device-77431").path == "connect.rest"


WHOLE = PAHO["5.0"]


@pytest.mark.parametrize("size", range(10, len(WHOLE)))
def test_cut_at_any_byte(size: int) -> None:
    """All that came before the cut is read as it is without the cut; the packet that is cut, as far as it goes."""
    whole, cut = places(sent(WHOLE)), sent(WHOLE[:size])
    found = places(cut)
    *before, last = [path for path in found if "strings" not in path] or [""]
    assert all(found[path] == whole[path] for path in before if "payload" not in path)
    ends = [0]
    while ends[-1] < len(WHOLE):
        head = 3 if WHOLE[ends[-1] + 1] > 127 else 2
        length = WHOLE[ends[-1] + 1] & 127 | (WHOLE[ends[-1] + 2] << 7 if head == 3 else 0)
        ends.append(ends[-1] + head + length)
    assert ("broken-mqtt" in cut.notes) == (size not in ends)
    assert last.partition(".")[0] in {path.partition(".")[0] for path in whole} | {""}


def test_a_connect_that_is_cut_is_read_as_far_as_it_goes() -> None:
    decoded = sent(WHOLE[: WHOLE.index(b"post.example")])
    found = places(decoded)
    assert found["connect.client_id"] == "kirana-9f2c41d7"
    assert found["connect.will.payload.gone"] == "kirana-9f2c41d7"
    assert found["connect.user_name"] == "ishaan@"


def test_a_user_name_without_a_password() -> None:
    body = text("MQTT") + b"\4\x82\0\x3c" + text("kirana-9f2c") + text("ishaan@post.example")
    assert places(sent(packet(0x10, body))) == {
        "connect.client_id": "kirana-9f2c",
        "connect.user_name": "ishaan@post.example",
    }


def test_a_payload_that_is_cut_is_read_as_far_as_it_goes() -> None:
    data = connect() + publish("app/profile", b'{"email":"ishaan@post.example","city":"Nagpur"}')
    decoded = sent(data[:-12])
    assert place(decoded, "ishaan@post.example") == ("body", "publish[0].payload.email", ("mqtt", "json"))
    assert set(decoded.notes) == {"broken-mqtt", "broken-json"}


def test_more_leaves_than_fit_are_searched_as_text() -> None:
    decoded = sent(
        connect(5, properties=pair("a", "b") * (MAX_FIELDS + 10)) + publish("a", b"ishaan@post.example", properties=b"")
    )
    assert len(decoded.fields) <= MAX_FIELDS + 3
    assert any("ishaan@post.example" in field.value for field in decoded.fields)


def test_more_packets_than_fit_are_searched_as_text() -> None:
    decoded = sent(connect() + packet(0xC0, b"") * (MAX_FIELDS + 10) + publish("a", b"ishaan@post.example"))
    assert any("ishaan@post.example" in field.value for field in decoded.fields)
    assert "fields" in decoded.notes


# ---------------------------------------------------------------- WebSocket


SOCKET = [("Sec-WebSocket-Protocol", "mqtt")]


def over_socket(messages: list[bytes], protocol: str = "mqtt") -> Decoded:
    headers = [("Sec-WebSocket-Protocol", protocol)] if protocol else []
    return decode(request(url="https://broker.example/mqtt", headers=headers, messages=messages))


EMAIL = b'{"email":"ishaan@post.example"}'


@pytest.mark.parametrize("protocol", ["", "mqtt", "mqttv3.1", "chat, MQTT"])
@pytest.mark.parametrize("before", [[], [connect()], [connect(), b"\xc0\0"]])
def test_a_message_of_several_packets(protocol: str, before: list[bytes]) -> None:
    decoded = over_socket(
        [*before, subscribe("inbox/#") + publish("a", b"21.5", quality=1) + publish("b", EMAIL)], protocol
    )
    at = f"[{len(before)}]"
    assert place(decoded, "ishaan@post.example") == ("message", f"{at}.publish[1].payload.email", ("mqtt", "json"))
    assert places(decoded, "message")[f"{at}.subscribe[0].filter[0]"] == "inbox/#"
    assert not decoded.notes


@pytest.mark.parametrize("protocol", ["", "mqtt"])
def test_the_version_of_a_message_without_connect_is_told_by_its_grammar(protocol: str) -> None:
    new = publish("b", EMAIL, properties=pair("phone", "+919812345670"))
    decoded = over_socket([subscribe("inbox/#", version=5), new, subscribe("inbox/#", first=0xA2)], protocol)
    found = places(decoded, "message")
    assert found["[0].subscribe[0].filter[0]"] == found["[2].unsubscribe[0].filter[0]"] == "inbox/#"
    assert found["[1].publish[0].user_property.phone"] == "+919812345670"
    assert found["[1].publish[0].payload.email"] == "ishaan@post.example"


@pytest.mark.parametrize("protocol", ["", "mqtt"])
def test_an_empty_message_is_passed_over(protocol: str) -> None:
    decoded = over_socket([b"", publish("b", EMAIL), b""], protocol)
    assert leaf(decoded, "ishaan@post.example").path == "[1].publish[0].payload.email"


def test_the_version_of_connect_holds_for_the_messages_after_it() -> None:
    frame = b"\0" + len(EMAIL).to_bytes(4) + EMAIL
    decoded = over_socket([connect(), publish("b", frame)], "")
    assert leaf(decoded, "ishaan@post.example").decoding == ("mqtt", "grpc", "json")


@pytest.mark.parametrize("size", range(1, len(publish("app/b", EMAIL))))
def test_a_packet_over_two_messages(size: int) -> None:
    data = publish("app/b", EMAIL)
    decoded = over_socket([connect(), data[:size], data[size:], publish("c", b"21.5")])
    assert place(decoded, "ishaan@post.example") == ("message", "[1].publish[0].payload.email", ("mqtt", "json"))
    assert leaf(decoded, "21.5").path == "[3].publish[0].payload"
    assert not decoded.notes


@pytest.mark.parametrize("protocol", ["mqtt", "mqttv3.1", "chat, MQTT"])
def test_a_packet_over_many_messages(protocol: str) -> None:
    data = publish("app/b", b" " * 200 + EMAIL)
    decoded = over_socket([data[:1], data[1:2], data[2:9], data[9:120], b"", data[120:]], protocol)
    assert place(decoded, "ishaan@post.example") == ("message", "[0].publish[0].payload.email", ("mqtt", "json"))
    assert not decoded.notes


def test_the_last_packet_of_a_socket_may_be_cut() -> None:
    decoded = over_socket([connect(), publish("app/b", EMAIL + b" " * 300)[:60], b" "])
    assert place(decoded, "ishaan@post.example") == ("message", "[1].publish[0].payload.email", ("mqtt", "json"))
    assert set(decoded.notes) == {"broken-mqtt"}


def test_a_message_of_more_packets_than_fit_is_searched_as_text() -> None:
    decoded = over_socket([packet(0xC0, b"") * (MAX_FIELDS + 10) + publish("a", b"ishaan@post.example")], "")
    assert any("ishaan@post.example" in field.value for field in decoded.fields)


def test_a_socket_that_is_called_mqtt_and_speaks_otherwise() -> None:
    decoded = over_socket([EMAIL, b"call Ishaan", b"\xff\xfe\xfd"])
    assert place(decoded, "ishaan@post.example") == ("message", "[0].email", ("json",))
    assert leaf(decoded, "call Ishaan").path == "[1]"


@pytest.mark.parametrize(
    "message",
    [
        b'42["profile",{"city":"Nagpur"}]',
        publish("a/b", b"21.5")[:-1],
        publish("a/b", b"21.5") + b"x",
        publish("", b"21.5"),
        gzip.compress(publish("a/b", b"21.5"), mtime=0),
        publish("a\x01b", b"21.5"),
        packet(0xE0, b"\0" + with_size(pair("city", "Nagpur"))),
        packet(0xC0, b"xxxx") + publish("a/b", b"21.5"),
        b"2probe",
        b"\0\0",
    ],
)
def test_messages_that_are_no_packets(message: bytes) -> None:
    assert all("mqtt" not in field.decoding for field in over_socket([message], "").fields)


MESSAGE = st.binary(max_size=12) | st.sampled_from([connect(), publish("a", EMAIL), b"\x30", b"\x30\x80", b""])


@given(st.lists(MESSAGE, min_size=1, max_size=6))
def test_joining_keeps_every_byte_in_order(messages: list[bytes]) -> None:
    units = list(joined(messages))
    assert b"".join(data for _, data in units) == b"".join(messages)
    starts = [start for start, _ in units]
    assert starts == sorted(set(starts))
    for (start, data), end in zip(units, [*starts[1:], len(messages)], strict=True):
        assert data == b"".join(messages[start:end])


# ---------------------------------------------------------------- laws


NAME = st.text("abcdefghij", min_size=1, max_size=6)
VALUE = st.text("klmnopqrst", min_size=1, max_size=6)
PAIRS = st.dictionaries(NAME, VALUE, max_size=3)


@given(st.sampled_from([3, 4, 5]), NAME, PAIRS, st.lists(st.tuples(VALUE, PAIRS, VALUE, st.integers(0, 2)), max_size=4))
def test_every_leaf_is_found(
    version: int, client: str, pairs: dict[str, str], published: list[tuple[str, dict[str, str], str, int]]
) -> None:
    def properties(names: dict[str, str]) -> bytes:
        return b"".join(pair(name, value) for name, value in names.items())

    is_new = version == 5
    data = connect(version, client, properties=properties(pairs))
    expected = {f"connect.user_property.{name}": value for name, value in pairs.items()} if is_new else {}
    expected["connect.client_id"] = client
    for position, (topic, named, payload, quality) in enumerate(published):
        here = f"publish[{position}]."
        data += publish(topic, payload.encode(), quality=quality, properties=properties(named) if is_new else None)
        expected |= {here + "topic": topic, here + "payload": payload}
        expected |= {f"{here}user_property.{name}": value for name, value in named.items()} if is_new else {}
    decoded = sent(data)
    assert places(decoded) == expected
    assert not decoded.notes


PIECE = st.binary(max_size=30) | st.sampled_from(
    [
        connect(),
        connect(5),
        publish("a", EMAIL),
        publish("a", b"x", properties=pair("k", "v")),
        subscribe("#"),
        b"\x10\x80\x80\x80\x80",
    ]
)


@given(st.lists(PIECE, max_size=6).map(b"".join), st.booleans())
def test_no_bytes_raise(data: bytes, is_declared: bool) -> None:
    for start in (b"", connect(), connect(5)):
        for field in sent(start + data).fields:
            assert field.value
        over_socket([start, data, data], "mqtt" if is_declared else "")


@given(st.data())
def test_changed_bytes_raise_nothing(draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from(list(PAHO.values()))))
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(10, len(data) - 1))] = draw.draw(st.integers(0, 255))
    assert any(field.location == "body" for field in Decoder().decode(connection(bytes(data))).fields)
