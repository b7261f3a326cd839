"""Identifiers followed from server to server."""

from collections.abc import Sequence

import pytest

from analyzer.detect import shared_ids
from analyzer.detect.shared_ids import Known, SharedIds
from analyzer.model import Evidence, Exchange, Field, Finding, Location

ID = "b81f0c62e97d4a35"
OTHER = "d7Qm2xVt8LpW4nKc9RzY5hBj"


def field(value: str, path: str = "puid", location: Location = "query") -> Field:
    return Field(location, path, path.rpartition(".")[2], value, ())


def finding(value: str, data_type: str = "id.ad", evidence: Evidence = "validated", path: str = "gaid") -> Finding:
    return Finding(field=field(value, path), data_type=data_type, evidence=evidence, reasoning="Made.", value=value)


class Session:
    """Exchanges fed to `SharedIds` one after the other."""

    def __init__(self) -> None:
        self.ids = SharedIds()
        self._index = 0

    def add(
        self,
        host: str,
        *sent: Field,
        findings: Sequence[Finding] = (),
        cookie: str = "",
        redirect: str = "",
        text: str = "",
    ) -> bool:
        headers = [("set-cookie", cookie)] if cookie else []
        headers += [("location", redirect)] if redirect else []
        exchange = Exchange(index=self._index, response_headers=tuple(headers))
        self._index += 1
        return self.ids.add(exchange, host, [*sent, *(each.field for each in findings)], findings, text)

    def known(self) -> list[Known]:
        return list(self.ids.known())

    def only(self) -> Known:
        (known,) = self.known()
        return known


def test_a_cookie_sent_to_another_host_is_linked_to_its_server() -> None:
    session = Session()
    session.add("a.example", cookie=f"uid={ID}; Path=/")
    session.add("a.example", field(ID, "uid", "cookie"))
    session.add("b.example", field(ID))
    session.add("b.example", field(ID))
    session.add("c.example", field(ID, "partner.grove", "body"))
    known = session.only()
    assert known.origin is not None
    assert (known.origin.host, known.origin.exchange, known.origin.received.name) == ("a.example", 0, "uid")
    assert [(to.host, to.exchange, to.location, to.path, to.count) for to in known.hosts.values()] == [
        ("a.example", 1, "cookie", "uid", 1), ("b.example", 2, "query", "puid", 2),
        ("c.example", 4, "body", "partner.grove", 1),
    ]  # fmt: skip
    assert (known.count, list(known.data_types)) == (4, [])
    assert session.ids.returned() == 0


def test_a_cookie_that_goes_back_only_is_counted_only() -> None:
    session = Session()
    session.add("a.example", cookie=f"sid={ID}")
    session.add("a.example", field(ID, "sid", "cookie"))
    session.add("b.example", field("lang"), cookie=f"sid={OTHER}")
    assert (session.known(), session.ids.returned()) == ([], 1)


def test_an_identifier_that_two_hosts_were_sent() -> None:
    session = Session()
    session.add("a.example", findings=[finding(ID)])
    session.add("a.example", findings=[finding(ID)])
    session.add("b.example", findings=[finding(ID.upper(), "id.device.other")])
    known = session.only()
    assert known.origin is None
    assert (list(known.hosts), known.count, list(known.data_types)) == (
        ["a.example", "b.example"], 3, ["id.ad", "id.device.other"],
    )  # fmt: skip


def test_the_exchange_that_links_says_so() -> None:
    session = Session()
    hosts = ("a.example", "a.example", "b.example", "b.example", "c.example")
    assert [session.add(host, findings=[finding(ID)]) for host in hosts] == [False, False, True, False, True]


def test_a_uuid_is_the_same_with_and_without_dashes() -> None:
    session = Session()
    session.add("a.example", findings=[finding("7f2e9c14-6a0b-4d83-b5e1-90c3d7a8f246")])
    session.add("b.example", findings=[finding("7F2E9C146A0B4D83B5E190C3D7A8F246")])
    assert session.only().value == "7F2E9C146A0B4D83B5E190C3D7A8F246"


@pytest.mark.parametrize(
    "one",
    [
        finding("android-app", evidence="key"),
        finding("12345678", "id.user", "key"),
        finding("short", "id.user"),
        finding("0000000000000000"),
        finding(ID, "person.email"),
        finding(ID, "dev.model"),
    ],
)
def test_weak_short_or_other_values_are_no_identifier(one: Finding) -> None:
    session = Session()
    session.add("a.example", findings=[one])
    session.add("b.example", findings=[one])
    assert session.known() == []


def test_a_value_that_the_app_sent_first_was_not_made_by_the_server() -> None:
    session = Session()
    session.add("a.example", findings=[finding(ID)])
    session.add("a.example", text=f'{{"device_id":"{ID}"}}')
    session.add("b.example", findings=[finding(ID)])
    assert session.only().origin is None
    echoed = Session()
    echoed.add("a.example", field(ID, "device", "body"), text=f'{{"device_id":"{ID}"}}')
    echoed.add("b.example", field(ID, "device", "body"))
    assert echoed.known() == []


@pytest.mark.parametrize("recognised", [False, True])
def test_a_redirect_passes_a_cookie_on_that_was_there_before(recognised: bool) -> None:
    session = Session()
    found = Finding(field=field(ID, "u2", "cookie"), data_type="id.cookie", evidence="key", reasoning="Made.", value=ID)
    findings = [found] if recognised else []
    session.add("a.example", field(ID, "u2", "cookie"), findings=findings, redirect=f"https://b.example/?x={ID}")
    session.add("b.example", field(ID, "x"))
    known = session.only()
    assert known.origin is not None
    assert known.origin.is_echo
    assert list(known.hosts) == ["a.example", "b.example"]
    assert session.ids.returned() == 0


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (f'{{"value":"{ID}"}}', field(ID, "value", "body")),
        (f'{{"apiKey":"{ID}"}}', field(ID, "device", "body")),
        (f'{{"device_id":"{ID}"}}', field(ID, "api_key", "body")),
        (f'{{"device_id":"{ID}"}}', field(ID, "traceparent.trace", "body")),
        (f'{{"device_id":"{ID}"}}', field(ID, "3", "path")),
        (f'{{"device_id":"{ID}"}}', field(ID, "authorization", "header")),
        (f'{{"device_id":"{ID}"}}', field(ID + "x", "device", "body")),
        ('{"userId":"JSU-40117726"}', field("JSU-40117726", "device", "body")),
    ],
)
def test_keys_nonces_content_and_part_matches_are_not_linked(text: str, sent: Field) -> None:
    session = Session()
    session.add("a.example", text=text)
    session.add("b.example", sent)
    assert session.known() == []


@pytest.mark.parametrize(
    ("text", "sent"),
    [(f'{{"id":"{ID}"}}', field(ID, "deviceId", "body")), (f'{{"user_id":"{ID}"}}', field(ID, "x", "query"))],
)
def test_a_name_of_somebody_on_either_side_links(text: str, sent: Field) -> None:
    session = Session()
    session.add("a.example", text=text)
    session.add("b.example", sent)
    assert session.only().count == 1


def test_what_a_detector_recognises_is_linked_by_any_name_and_counted_once() -> None:
    session = Session()
    session.add("a.example", text='{"token":"APA91b4xQ7Lm2","userId":"JSU-40117726"}')
    session.add("a.example", text=f"token={OTHER}")
    session.add("b.example", findings=[finding(OTHER, "id.push"), finding("JSU-40117726", "id.user")])
    assert [(known.value, known.count, known.origin is not None) for known in session.known()] == [
        (OTHER, 1, True), ("JSU-40117726", 1, True),
    ]  # fmt: skip


def test_what_was_recognised_once_is_found_under_any_name() -> None:
    session = Session()
    session.add("a.example", findings=[finding(ID)])
    session.add("b.example", field(ID, "x7", "body"))
    session.add("c.example", field(ID, "api_key", "body"))
    assert list(session.only().hosts) == ["a.example", "b.example"]
    weak = Session()
    weak.add("a.example", findings=[finding(ID, evidence="key")])
    weak.add("b.example", field(ID, "x7", "body"))
    assert weak.known() == []


def test_a_path_that_holds_a_value_is_marked() -> None:
    name = finding("Asha Rao", "person.name.full", path="name")
    session = Session()
    session.add("a.example", findings=[finding(ID, path="people.asha rao.id"), name])
    session.add("b.example", findings=[finding(ID, path="people.id"), name])
    assert [to.path_holds_value for to in session.only().hosts.values()] == [True, False]


def test_memory_is_bounded_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_ids, "MAX_SENT", 2)
    monkeypatch.setattr(shared_ids, "MAX_HANDED_OUT", 2)
    monkeypatch.setattr(shared_ids, "MAX_KNOWN", 1)
    monkeypatch.setattr(shared_ids, "MAX_LINKS", 3)
    session = Session()
    session.add("a.example", findings=[finding(f"{ID}{n}") for n in range(4)])
    assert session.ids.passed_over == 2
    for host in "bcdefb":
        session.add(f"{host}.example", findings=[finding(f"{ID}2"), finding(f"{ID}3")])
    known = session.only()
    assert {host: to.count for host, to in known.hosts.items()} == {"a.example": 1, "b.example": 2, "c.example": 1}
    assert known.count == 4
    assert session.ids.passed_over > 2
    for n in range(4):
        session.add("z.example", cookie=f"uid={OTHER}{n}")
    assert len(session.ids._handed_out) == 2
