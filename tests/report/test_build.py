"""The report's making: its counts, its caps with their notes, and what it hides."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from analyzer.detect.shared_ids import SharedIds
from analyzer.model import Contact, Destination, Undecoded
from analyzer.report import build, contacts, undecoded
from tests.report.attributed import MATCH
from tests.report.making import CAPTURE, METHOD, builder, destination, exchange, finding, finish


def closed(index: int, path: str = "", kind: str = "application/octet-stream") -> Undecoded:
    return Undecoded(
        exchange=index, host="t.example", location="body", path=path, bytes=99, content_type=kind, entropy=8.0
    )


def test_every_exchange_counts_for_its_destination() -> None:
    made = builder()
    for index, host in enumerate(("a.example", "b.example", "a.example")):
        made.add(exchange(index), host, [])
    report = finish(made)
    assert [(to.host, to.exchanges) for to in report.destinations] == [("a.example", 2), ("b.example", 1)]
    assert (report.sentences, report.matrix, report.requests, len(report.transmissions)) == ((), (), (), 0)


def test_more_groups_than_the_cap_are_in_the_log_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MAX_GROUPS", 2)
    made = builder()
    for index in range(4):
        made.add(exchange(index), "t.example", [finding("person.email", path=f"p{index}"), finding("person.phone")])
    report = finish(made)
    assert sum(len(recipient.groups) for recipient in report.recipients) == 2
    assert len(report.transmissions) == 8
    (note,) = report.notes
    assert (note.what, note.count, note.exchanges) == ("groups", 3, (1, 2, 3))
    assert "More than 2 kinds" in note.message


def test_more_requests_than_the_cap_are_noted_and_a_sentence_keeps_its_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MAX_REQUESTS", 2)
    made = builder()
    for index in range(5):
        made.add(exchange(index), f"h{index}.t{index}.example", [finding("id.ad", path=f"p{index}")])
    made.add(exchange(5), "last.example", [finding("auth.password")])
    report = finish(made)
    shown = {request.exchange for request in report.requests}
    assert {0, 1} <= shown
    assert {sentence.exchange for sentence in report.sentences} <= shown
    assert report.sentences[0].exchange == 5
    (note,) = report.notes
    assert (note.what, note.exchanges) == ("requests", (2,))


def test_more_undecoded_than_the_cap_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undecoded, "MAX_LISTED", 3)
    made = builder()
    for index in range(4):
        made.add(exchange(index), "t.example", [], [closed(index), closed(index)])
    report = finish(made)
    assert [body.exchange for body in report.undecoded] == [0, 0, 1]
    assert report.undecoded_total == 8
    (note,) = report.notes
    assert (note.what, note.exchanges) == ("undecoded", (1, 2, 3))


def test_undecoded_are_counted_by_host_past_the_listed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undecoded, "MAX_LISTED", 3)
    made = builder()
    for index, host in enumerate(("t.example", "u.u.example", "t.example", "v.example")):
        bodies = [msgspec.structs.replace(closed(index), host=host)] * (index + 1) if host != "v.example" else []
        made.add(exchange(index, ip=f"198.51.100.{index}"), host, [], bodies)
    report = finish(made)
    names = {recipient.id: recipient.name for recipient in report.recipients}
    assert [(each.host, names[each.recipient], each.count, each.bytes) for each in report.undecoded_by_host] == [
        ("t.example", "t.example", 4, 396), ("u.u.example", "u.example", 2, 198),
    ]  # fmt: skip
    assert report.undecoded_total == sum(each.count for each in report.undecoded_by_host)


def test_an_exchange_that_proves_something_is_listed_without_findings() -> None:
    made = builder()
    for index in range(3):
        made.add(exchange(index), "t.example", [], (), None, index == 1)
    assert [(request.exchange, request.groups) for request in finish(made).requests] == [(1, ())]


def test_a_match_is_listed_with_its_request() -> None:
    made = builder()
    for index in range(3):
        made.add(exchange(index), "t.example", [], (), None, index > 0)
    match = msgspec.structs.replace(MATCH, exchanges=(2,))
    report = finish(made, matches=(match,))
    assert report.indicator_matches == (match,)
    assert [request.exchange for request in report.requests] == [1, 2]


def test_a_request_that_a_list_names_is_listed_past_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MAX_REQUESTS", 1)
    monkeypatch.setattr(build, "MAX_INDICATED", 2)
    made = builder()
    for index in range(5):
        made.add(exchange(index), f"t{index}.example", [], (), None, index < 2, index > 1)
    report = finish(made, matches=(msgspec.structs.replace(MATCH, exchanges=(2, 3, 4)),))
    assert [request.exchange for request in report.requests] == [0, 2, 3]


def test_domains_that_nobody_is_known_to_own_are_listed() -> None:
    made = builder()
    for index, host in enumerate(("a.known.example", "b.other.example", "c.other.example")):
        made.add(exchange(index), host, [])
    (row,) = finish(made).unknown_owners[:1]
    assert (row.domain, row.hosts, row.exchanges) == ("other.example", ("b.other.example", "c.other.example"), 2)
    assert finish(made, owner="Known Inc.").unknown_owners == ()
    assert finish(made, party="first").unknown_owners == ()


def test_attribution_is_asked_once_for_all_contacts() -> None:
    made, asked = builder(), []

    def answer(contacts: Sequence[Contact]) -> tuple[Destination, ...]:
        asked.append(contacts)
        return tuple(destination(to.host, to.server_ip, to.exchanges) for to in contacts)

    for index, (ip, ms) in enumerate((("192.0.2.1", 9.5), ("192.0.2.1", 4.0), ("192.0.2.2", None))):
        made.add(msgspec.structs.replace(exchange(index, ip=ip), connect_ms=ms), "t.example", [])
    made.finish(CAPTURE, (), METHOD, answer)
    ((first, second),) = asked
    assert (first.host, first.server_ip, first.exchanges, first.connect_ms) == ("t.example", "192.0.2.1", 2, 4.0)
    assert (second.server_ip, second.exchanges, second.connect_ms) == ("192.0.2.2", 1, None)


def test_identifiers_that_were_not_followed_are_noted() -> None:
    ids = SharedIds()
    ids.passed_over = 3
    (note,) = finish(builder(), shared=ids).notes
    assert note.what == "shared-ids"


def test_more_hosts_than_the_cap_are_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "MAX_HOSTS", 2)
    made = builder()
    for index in range(5):
        made.add(exchange(index), f"h{index}.example", [finding("person.email")])
    report = finish(made)
    assert [(to.host, to.exchanges) for to in report.destinations] == [
        ("h0.example", 1), ("h1.example", 1), ("(other hosts)", 3),
    ]  # fmt: skip
    assert [sent.destination for sent in report.transmissions] == [0, 1, 2, 2, 2]
    (note,) = report.notes
    assert (note.what, note.count) == ("hosts", 3)


def test_notes_are_counted_by_kind_with_their_first_ten_exchanges() -> None:
    made = builder()
    for index in range(12):
        made.add(exchange(index), "t.example", [], (), {"depth": "Too deep."})
    made.note("cut", "Cut.", 3)
    cut, depth = finish(made).notes
    assert (cut.what, cut.count, cut.exchanges) == ("cut", 1, (3,))
    assert (depth.what, depth.message, depth.count, depth.exchanges) == ("depth", "Too deep.", 12, tuple(range(10)))


def test_requests_hold_the_groups_that_they_prove() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email"), finding("person.phone")])
    made.add(exchange(1), "t.example", [finding("person.email")])
    report = finish(made)
    ids = {group.data_type: group.id for group in report.recipients[0].groups}
    (request,) = report.requests
    assert request.exchange == 0
    assert set(request.groups) == set(ids.values())


@pytest.mark.parametrize(
    "path",
    [
        "users.asha.rao@patra.example.email",
        "asha.rao%40patra.example",
        "by_phone.+91 690 900 0482.email",
        "by_phone.6909000482",
        "users[3].Asha Rao's data.email",
        "tokens." + "x" * 41,
    ],
)
def test_names_with_the_look_of_a_value_are_hidden(path: str) -> None:
    value = "asha.rao@patra.example"
    made = builder(secrets=("Asha Rao",))
    made.add(exchange(0), "t.example", [finding("person.email", value, path)], [closed(0, path, f"text/{value}")])
    report = finish(made)
    (sent,) = report.transmissions
    (body,) = report.undecoded
    for shown in (sent.path, report.recipients[0].groups[0].path, body.path):
        assert "…" in shown
        assert not any(part in shown.lower() for part in ("asha", "rao", "0482", "xxxxx"))
    assert body.content_type == "…"


def test_names_stay_where_values_are_shown() -> None:
    made = builder(show_values=True)
    made.add(exchange(0), "t.example", [finding("person.email", "a@b.example", "by.a@b.example")])
    (sent,) = finish(made).transmissions
    assert (sent.path, sent.masked_value) == ("by.a@b.example", "a@b.example")


@pytest.mark.parametrize("path", ["d.profile.Email", "batch[1234567].traits[0].email", "1.19", "d.@timestamp", "$set"])
def test_ordinary_names_stay(path: str) -> None:
    made = builder(secrets=("Asha Rao",))
    made.add(exchange(0), "t.example", [finding("person.email", "asha.rao@patra.example", path)])
    assert [sent.path for sent in finish(made).transmissions] == [path]


def test_a_name_equal_to_a_value_found_beside_it_is_hidden() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [
        finding("person.name.full", "Asha Rao", "name"), finding("person.gender", "F", "people.asha rao.gender"),
    ])  # fmt: skip
    assert [sent.path for sent in finish(made).transmissions] == ["name", "…"]


def test_reasons_do_not_repeat_a_value() -> None:
    reasons = (
        "The key 'asha.rao@patra.example' names such a value.",
        "The key 'x' names asha.rao@patra.example' names such a value, beside '6909000482'.",
        "The key 'Asha Rao' names such a value, within 'Asha Rao'.",
    )
    made = builder(secrets=("Asha Rao",))
    made.add(exchange(0), "t.example", [finding("id.other", "v" * 9, reasoning=reason) for reason in reasons])
    for sent in finish(made).transmissions:
        assert sent.reasoning
        assert not any(part in sent.reasoning.lower() for part in ("asha", "0482"))


def test_a_technical_value_that_holds_a_secret_is_hidden() -> None:
    made = builder(secrets=("Talwalkar",))
    made.add(exchange(0), "t.example", [finding("dev.os", "talwalkar"), finding("dev.os", "Android 8")])
    assert [sent.masked_value for sent in finish(made).transmissions] == ["…", "Android 8"]


def test_a_name_that_showed_before_is_hidden_beside_its_value() -> None:
    made = builder()
    alike = finding("person.gender", "F", "people.asha rao.gender")
    for index, beside in enumerate(([], [finding("person.name.full", "Asha Rao", "name")], [])):
        made.add(exchange(index), "t.example", [alike, *beside])
    paths = [sent.path for sent in finish(made).transmissions if sent.data_type == "person.gender"]
    assert paths == ["people.asha rao.gender", "…", "people.asha rao.gender"]


def test_a_later_part_neither_counts_nor_replaces_its_request() -> None:
    made = builder()
    made.add(replace(exchange(3), status=101), "t.example", [finding("person.email")])
    part = replace(exchange(3), status=None, body=b"", continues=True)
    made.add(part, "t.example", [finding("person.phone", location="message"), finding("person.email")], proves=True)
    made.add(part, "t.example", [], indicated=True)
    report = finish(made)
    assert [(to.host, to.exchanges) for to in report.destinations] == [("t.example", 1)]
    (request,) = report.requests
    assert (request.status, request.body_bytes) == (101, 2)
    counts = {group.data_type: (group.count, group.exchanges) for group in report.recipients[0].groups}
    assert counts == {"person.email": (2, (3,)), "person.phone": (1, (3,))}
    assert set(request.groups) == {group.id for group in report.recipients[0].groups}


def test_a_request_found_in_a_later_part_is_listed_then() -> None:
    made = builder()
    made.add(exchange(3), "t.example", [])
    made.add(replace(exchange(3), continues=True), "t.example", [finding("person.email")])
    assert [request.exchange for request in finish(made).requests] == [3]
