"""What rules are asked of."""

from msgspec.structs import replace

from analyzer.policy.condition import Subject
from analyzer.policy.subject import subjects_of
from analyzer.reported import Report
from tests.policy.rules_made import changed, report

SHARED = report(
    "recipients: [{name: A, groups: [id.cookie]},"
    " {name: B, groups: [{data_type: id.cookie, path: 'a[].b', value: v…1}]}]\n"
    "shared: [{from: A, to: [B], data_type: id.cookie}]"
)


def of_b(made: Report) -> list[Subject]:
    return [subject for subject in subjects_of(made) if subject.recipient.name == "B"]


def with_receiver(**members: object) -> Report:
    (shared,) = SHARED.shared_identifiers
    (receiver,) = shared.receivers
    return changed(SHARED, shared_identifiers=(replace(shared, receivers=(replace(receiver, **members),)),))


def test_a_group_is_known_to_be_shared_by_its_place() -> None:
    (subject,) = of_b(with_receiver(path="a[17].b"))
    assert (subject.group.id, [shared.id for shared in subject.shared]) == ("t2", ["s1"])
    assert subject.destination
    assert subject.destination.host == "b.example"


def test_or_by_its_mask_where_it_is_sent_elsewhere_too() -> None:
    (shared,) = with_receiver(path="other").shared_identifiers
    masked = changed(SHARED, shared_identifiers=(replace(shared, masked_value="v…1"),))
    assert [bool(subject.shared) for subject in of_b(masked)] == [True]


def test_an_identifier_in_no_group_is_asked_of_for_itself() -> None:
    group, made = of_b(with_receiver(path="other"))
    assert (group.is_recognised, group.shared) == (True, ())
    assert (made.is_recognised, made.group.id, made.group.path) == (False, "", "other")


def test_what_only_a_name_shows_proves_no_sharing() -> None:
    recipient = SHARED.recipients[1]
    weak = replace(recipient, groups=(replace(recipient.groups[0], evidence="key", path="a.b"),))
    group, made = of_b(changed(SHARED, recipients=(SHARED.recipients[0], weak)))
    assert (group.shared, made.is_recognised) == ((), False)
