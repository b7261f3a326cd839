"""Shared identifiers in the report: by recipient, masked, each with its sentence."""

from analyzer.detect.received import Received
from analyzer.detect.shared_ids import HandedOut, Known, Sent
from analyzer.report.masking import Masking
from analyzer.report.shared import MAX_RECEIVERS, MAX_SHARED, Shared
from analyzer.reported import Recipient
from tests.report.making import destination, taxonomy

ID = "b81f0c62e97d4a35"


def recipients(*groups: tuple[str, ...]) -> list[Recipient]:
    """One recipient for each group of hosts, named after the first."""
    return [
        Recipient(
            id=f"r{number}", name=hosts[0].upper(), party="third", owner=None, parent=None, owner_country=None,
            category=None, destinations=tuple(destination(host, None, 1) for host in hosts), groups=(), exchanges=1,
        )
        for number, hosts in enumerate(groups, 1)
    ]  # fmt: skip


def known(
    *hosts: str, origin: HandedOut | None = None, data_type: str = "", path: str = "uid", value: str = ID
) -> Known:
    made = Known(value, origin)
    for exchange, host in enumerate(hosts, 5):
        made.add(Sent(host, exchange, "query", path, data_type, False, exchange))
    return made


def handed_out(host: str, *, is_echo: bool = False, name: str = "uid") -> HandedOut:
    return HandedOut(host, 3, Received(ID, "redirect" if is_echo else "cookie", name), is_echo)


def shared(to: list[Recipient], *identifiers: Known, masking: Masking | None = None) -> Shared:
    return Shared(to, taxonomy(), masking or Masking(), identifiers)


THREE = recipients(("a.example", "a2.example"), ("b.example",), ("c.example",))


def test_a_server_made_identifier() -> None:
    (made,) = shared(THREE, known("b.example", "c.example", origin=handed_out("a.example"))).identifiers
    assert made.assigner is not None
    assert (made.assigner.name, made.assigner.exchange, made.assigner.where) == ("A.EXAMPLE", 3, "cookie uid")
    assert (made.id, made.label, made.data_types, made.masked_value) == ("s1", "Server-made identifier", (), "b…5")
    assert (made.recipients, made.names) == (("r1", "r2", "r3"), ("A.EXAMPLE", "B.EXAMPLE", "C.EXAMPLE"))
    assert [(to.recipient, to.host, to.exchange, to.count) for to in made.receivers] == [
        ("r2", "b.example", 5, 5), ("r3", "c.example", 6, 6),
    ]  # fmt: skip
    assert made.count == 11
    assert made.evidence == (
        "First seen in the answer of a.example to request 3 (cookie uid), "
        "then sent to b.example in request 5 (query uid) and to c.example in request 6 (query uid)."
    )


def test_a_recognised_identifier_that_nobody_handed_out() -> None:
    (made,) = shared(THREE, known("a.example", "b.example", data_type="id.ad")).identifiers
    assert (made.assigner, made.data_types) == (None, ("id.ad",))
    assert made.label == taxonomy().get("id.ad").label
    assert made.evidence == "Sent to a.example in request 5 (query uid) and to b.example in request 6 (query uid)."


def test_an_identifier_that_was_passed_on_has_no_assigner() -> None:
    origin = handed_out("a.example", is_echo=True, name="puid")
    (made,) = shared(THREE, known("a.example", "b.example", origin=origin)).identifiers
    assert (made.assigner, made.label) == (None, "Identifier passed on by a server")
    assert made.evidence.endswith("; the answer of a.example to request 3 passed it on (redirect puid).")


def test_hosts_of_one_recipient_share_nothing() -> None:
    own = known("a.example", "a2.example", origin=handed_out("a.example"))
    made = shared(THREE, own, known("a.example", "a2.example", data_type="id.ad"))
    assert (made.identifiers, made.total, made.returned) == ((), 0, 1)


def test_those_that_most_know_come_first_and_the_rest_is_counted() -> None:
    pairs = [known("b.example", "c.example", value=f"{ID}{n}") for n in range(MAX_SHARED + 4)]
    made = shared(THREE, *pairs, known("a.example", "b.example", "c.example", data_type="id.ad"))
    assert made.total == MAX_SHARED + 5
    assert len(made.identifiers) == MAX_SHARED
    assert made.identifiers[0].data_types == ("id.ad",)


def test_many_hosts_are_counted_in_the_sentence() -> None:
    many = recipients(*((f"h{n}.example",) for n in range(MAX_RECEIVERS + 20)))
    (made,) = shared(many, known(*(to.destinations[0].host for to in many))).identifiers
    assert len(made.receivers) == MAX_RECEIVERS
    assert len(made.recipients) == MAX_RECEIVERS + 20
    assert made.evidence.endswith("and to 116 more hosts.")


def test_a_host_that_is_not_in_the_report_is_left_out() -> None:
    assert shared(THREE, known("a.example", "gone.example")).identifiers == ()


def test_names_and_values_are_masked() -> None:
    origin = handed_out("a.example", name="asha.rao@patra.example")
    hidden = known("b.example", origin=origin, path="users.9198765432.id")
    beside = Known(ID, None)
    for host in ("a.example", "b.example"):
        beside.add(Sent(host, 1, "body", "people.asha.id", "id.user", True))
    secret = known("a.example", "b.example", data_type="id.user", value="b…5 b81f0c62")
    made = shared(THREE, hidden, beside, secret, masking=Masking(["b81f0c62"])).identifiers
    told = " ".join(f"{each.evidence} {each.masked_value} {each.receivers} {each.assigner}" for each in made)
    for value in ("asha", "9198765432", "b81f0c62"):
        assert value not in told
    (shown,) = Shared(THREE, taxonomy(), None, [hidden]).identifiers
    assert shown.masked_value == ID
    assert "users.9198765432.id" in shown.evidence
