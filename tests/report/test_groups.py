"""Groups, recipients and the matrix."""

from analyzer.report.groups import answer_of, refusal_at
from analyzer.reported import Group, Report
from tests.report.making import (
    CAPTURE,
    METHOD,
    START,
    builder,
    destination,
    each,
    exchange,
    finding,
    finish,
    marked,
    phases,
)


def all_groups(report: Report) -> list[Group]:
    return [group for recipient in report.recipients for group in recipient.groups]


def test_positions_in_arrays_make_no_difference() -> None:
    made = builder()
    for index in range(3):
        made.add(exchange(index), "t.example", [finding("person.email", path=f"batch[{index}].traits[0].email")])
    report = finish(made)
    (group,) = all_groups(report)
    assert group.path == "batch[].traits[].email"
    assert (group.count, group.exchanges) == (3, (0, 1, 2))
    assert [sent.path for sent in report.transmissions] == [f"batch[{n}].traits[0].email" for n in range(3)]


def test_whatever_else_differs_makes_another_group() -> None:
    made = builder()
    alike = finding("person.email")
    others = [
        finding("person.phone"),
        finding("person.email", path="a.c"),
        finding("person.email", location="query"),
        finding("person.email", evidence="key"),
        finding("person.email", transform="sha256(lower)"),
    ]
    made.add(exchange(0), "t.example", [alike, alike, *others])
    made.add(exchange(1), "u.example", [alike])
    groups = all_groups(finish(made))
    assert sorted(group.count for group in groups) == [1] * 6 + [2]
    assert [group.id for group in groups] == [f"t{number}" for number in range(1, 8)]


def test_the_first_ten_exchanges_are_named_and_each_once() -> None:
    made = builder()
    for index in range(30):
        made.add(exchange(index), "t.example", [finding("person.email"), finding("person.email")])
    (group,) = all_groups(finish(made))
    assert group.count == 60
    assert group.exchanges == tuple(range(10))


def test_recipients_with_the_most_sensitive_data_come_first_and_the_first_party_after_third_ones() -> None:
    made = builder()
    made.add(exchange(0), "nothing.example", [])
    made.add(exchange(1), "own.example", [finding("auth.password")])
    made.add(exchange(2), "little.example", [finding("id.ad")])
    made.add(exchange(3), "much.example", [finding("person.email")])
    report = made.finish(
        CAPTURE, (), METHOD,
        each(lambda to: destination(to.host, None, to.exchanges, "first" if to.host == "own.example" else "third")),
    )  # fmt: skip
    names = [recipient.name for recipient in report.recipients]
    assert names == ["much.example", "little.example", "own.example", "nothing.example"]
    assert [recipient.id for recipient in report.recipients] == ["r1", "r2", "r3", "r4"]


def test_hosts_of_one_owner_are_one_recipient_unless_their_party_differs() -> None:
    made = builder()
    for index, host in enumerate(("a.one.example", "b.two.example", "c.three.example")):
        made.add(exchange(index), host, [finding("person.email")])
    report = made.finish(
        CAPTURE, (), METHOD,
        each(lambda to: destination(
            to.host, to.server_ip, to.exchanges, "first" if to.host.startswith("c") else "third", owner="Example Inc."
        )),
    )  # fmt: skip
    assert [(r.name, r.party, len(r.destinations), r.exchanges) for r in report.recipients] == [
        ("Example Inc.", "third", 2, 2),
        ("Example Inc.", "first", 1, 1),
    ]


def test_the_same_host_at_two_addresses_is_two_destinations_and_one_recipient() -> None:
    made = builder()
    made.add(exchange(0, ip="192.0.2.1"), "t.example", [finding("person.email")])
    made.add(exchange(1, ip="192.0.2.2"), "t.example", [finding("person.email")])
    report = finish(made)
    assert [(to.host, to.server_ip) for to in report.destinations] == [
        ("t.example", "192.0.2.1"),
        ("t.example", "192.0.2.2"),
    ]
    assert [sent.destination for sent in report.transmissions] == [0, 1]
    assert len(report.recipients) == 1


def test_matrix_cells_count_and_link_to_the_strongest_group() -> None:
    made = builder()
    weak, strong = finding("person.email", evidence="key"), finding("person.email", path="c", transform="md5(lower)")
    made.add(exchange(0), "a.example", [weak, strong, strong])
    made.add(exchange(1), "b.example", [finding("dev.os", "Android")])
    report = finish(made)
    email, system = report.matrix
    assert (email.data_type, system.data_type) == ("person.email", "dev.os")
    cell, nothing = email.cells
    assert nothing is None
    assert cell is not None
    assert (cell.count, cell.evidence, cell.transforms) == (3, "seed", ("md5(lower)", "plain"))
    (linked,) = [group for group in all_groups(report) if group.id == cell.group]
    assert linked.evidence == "seed"
    assert system.cells[0] is None
    assert all(len(row.cells) == 2 for row in report.matrix)


def test_a_recipient_of_nothing_has_no_column() -> None:
    made = builder()
    made.add(exchange(0), "a.example", [finding("person.email")])
    made.add(exchange(1), "b.example", [])
    report = finish(made)
    assert len(report.recipients) == 2
    assert [len(row.cells) for row in report.matrix] == [1]


MARKS = phases(launch=0, after_accept=3)


def test_like_transmissions_of_different_phases_are_different_groups() -> None:
    made = builder()
    for index in (1, 2, 4, 5):
        made.add(exchange(index, phases=MARKS), "t.example", [finding("person.email")])
    report = finish(made, capture=marked(*MARKS))
    assert [(group.phase, group.count, group.exchanges, group.first_time) for group in all_groups(report)] == [
        ("launch", 2, (1, 2), START + 1),
        ("after-accept", 2, (4, 5), START + 4),
    ]
    assert [sent.phase for sent in report.transmissions] == ["launch", "launch", "after-accept", "after-accept"]
    (row,) = report.matrix
    assert [cell.count for cell in row.cells if cell] == [4]


def test_without_phases_there_is_one_group_with_the_time_of_the_first() -> None:
    made = builder()
    for index in (3, 4):
        made.add(exchange(index), "t.example", [finding("person.email")])
    (group,) = all_groups(finish(made))
    assert (group.phase, group.first_time, group.count) == (None, START + 3, 2)


def test_an_exchange_is_listed_once_though_its_parts_come_between_others() -> None:
    made = builder()
    for index in (3, 5, 3, 5, 3):
        made.add(exchange(index), "t.example", [finding("person.email")])
    (group,) = all_groups(finish(made))
    assert (group.count, group.exchanges) == (5, (3, 5))


def test_the_refusal_that_holds_is_the_last_answer() -> None:
    marks = (*phases(after_reject=2), *phases(launch=3), *phases(after_accept=5), *phases(after_reject=7))
    held = [refusal_at(START + seconds, marks) for seconds in (1, 2, 4, 5, 6, 8)]
    assert [mark and mark.time - START for mark in held] == [None, 2, 2, None, None, 7]
    assert refusal_at(None, marks) is None
    assert answer_of(marks) == marks[0]
