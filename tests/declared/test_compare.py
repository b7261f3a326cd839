"""What was declared beside what was seen, the founding case of 2018 first."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.capture.open import open_capture
from analyzer.declared.compare import Compared, compare
from analyzer.declared.statement import ConsentLog, Statements
from analyzer.knowledge import Knowledge
from analyzer.model import AppBuild
from analyzer.pipeline import Options, analyze
from analyzer.reported import Declared, Report
from tests.declared.made import gpp, knowledge, read, tcf, written
from tests.policy.rules_made import reports
from tests.report.sample import founding_report

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
CLEVERTAP = "WizRocket Inc. (CleverTap)"


@cache
def founding() -> Report:
    """The report on the capture itself."""
    options = Options(
        app="com.example.citizenconnect", first_party=("jansamvad.example",),
        seeds=CAPTURES / "founding-case.persona.yaml",
    )  # fmt: skip
    return analyze(open_capture(CAPTURES / "founding-case.har"), Knowledge(), options)


def compared(*names: str, report: Report | None = None) -> Compared:
    return compare(report or founding_report(), read(*names), knowledge().taxonomy)


def row(result: Compared, kind: str) -> Declared:
    return next(one for one in result.declared if one.kind == kind)


def test_the_second_half_of_the_story_of_2018() -> None:
    report = founding()
    result = compared("policy-2018-03-before.txt", "policy-2018-03-after.txt", report=report)
    names = {recipient.id: recipient.name for recipient in report.recipients}

    promise = next(one for one in result.quotes if "third parties" in one.text)
    assert (promise.source, promise.line) == ("policy-2018-03-before.txt", 16)
    assert "shall not be provided to third parties in any manner whatsoever without your consent" in promise.text

    email = row(result, "PSL_EMAIL")
    assert email.declared == "mentioned"
    assert CLEVERTAP in {names[one] for one in email.recipients}
    assert email.groups
    assert "line 7" in email.message
    assert f"seen to go to {CLEVERTAP} and to the app’s own servers" in email.message

    change = next(one for one in result.changes if one.before and one.before.text == promise.text)
    assert change.after is not None
    assert change.after.text.startswith("Certain information may be processed by third parties")
    assert any(one.kind == "came" and CLEVERTAP in one.about for one in result.changes)
    assert [one.date for one in result.declarations] == ["2018-01-12", "2018-03-25"]


def test_versions_of_a_policy_are_compared_by_their_dates() -> None:
    forward = compared("policy-2018-03-before.txt", "policy-2018-03-after.txt").changes
    assert compared("policy-2018-03-after.txt", "policy-2018-03-before.txt").changes == forward


DOCUMENTS = (
    "data-safety.csv", "data-safety.json", "privacy-label.json", "PrivacyInfo.xcprivacy", "AndroidManifest.xml",
    "policy-2018-03-after.txt",
)  # fmt: skip


def test_what_only_the_apps_own_servers_received_is_said() -> None:
    report = founding_report()
    own = [replace(one, party="first") for one in report.recipients]
    name = row(compared("data-safety.csv", report=replace(report, recipients=tuple(own))), "PSL_PHONE")
    assert name.message.startswith("Not named in the Data safety form; seen to go to the app’s own servers.")


@settings(max_examples=60)
@given(reports(), st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=3, unique=True))
def test_every_row_is_whole_sentences_on_what_was_seen(report: Report, names: list[str]) -> None:
    by_id = {group.id: recipient for recipient in report.recipients for group in recipient.groups}
    for one in compared(*names, report=report).declared:
        assert one.message.endswith(".")
        assert " seen" in one.message
        assert not re.search(r"\.\.|\s\s| [.,;]", one.message)
        assert {by_id[group].id for group in one.groups} == {*one.recipients}
        for recipient in report.recipients:
            told = recipient.id in one.recipients and recipient.party != "first"
            assert not told or recipient.name in one.message or " more" in one.message


def test_nothing_declared_gives_nothing() -> None:
    result = compare(founding_report(), Statements(documents=(), wording=knowledge().wording), knowledge().taxonomy)
    assert result == Compared((), (), (), ())


@pytest.mark.parametrize(
    ("kind", "declared", "sentence"),
    [
        ("PSL_NAME", "collected", "Whether that is sharing, traffic cannot settle"),
        ("PSL_EMAIL", "collected", "Some of it travelled as a hash."),
        ("PSL_PHONE", "not declared", "Not named in the Data safety form; seen to go to"),
        ("PSL_DEVICE_ID", "collected and shared", "Declared as collected and shared; seen to go to"),
        ("PSL_PURCHASE_HISTORY", "shared", "not seen in this capture, which shows only what was done in it"),
        ("PSL_USER_ACCOUNT", "no statement", "Nothing given here says whether it is declared"),
        ("PSL_PRECISE_LOCATION", "not declared", "coordinates with three or more decimals"),
    ],
)
def test_rows_of_play(kind: str, declared: str, sentence: str) -> None:
    found = row(compared("data-safety.csv"), kind)
    assert found.declared == declared
    assert sentence in found.message


def test_a_hashed_address_counts_as_one_for_apple() -> None:
    found = row(compared("privacy-label.json"), "EmailAddress")
    assert found.declared == "collected"
    assert "Some of it travelled as a hash, which Apple counts as the same kind of data." in found.message
    assert "Declared as used to track." in row(compared("privacy-label.json"), "DeviceID").message


def test_a_manifest_alone_does_not_speak_for_the_whole_app() -> None:
    assert "another one, or the label, may name it" in row(compared("PrivacyInfo.xcprivacy"), "PhoneNumber").message
    both = row(compared("PrivacyInfo.xcprivacy", "privacy-label.json"), "PhoneNumber").message
    assert both.startswith("Not named in the privacy manifest and the privacy label; seen to go to")
    assert "another one" not in both


def test_what_the_public_page_leaves_out_is_said() -> None:
    assert "processed in memory only" in row(compared("data-safety.html"), "PSL_PHONE").message
    assert "processed in memory only" not in row(compared("data-safety.csv"), "PSL_PHONE").message


def test_incomplete_documents_do_not_deny(tmp_path: Path) -> None:
    page = written(tmp_path / "a", '{"sharedData": [], "collectedData": [{"data": "Nom"}]}')
    statements = Statements(documents=(page,), wording=knowledge().wording)
    result = compare(founding_report(), statements, knowledge().taxonomy)
    assert {one.declared for one in result.declared} == {"no statement"}


def test_permissions_stand_beside_what_is_not_declared() -> None:
    result = compared("data-safety.csv", "AndroidManifest.xml")
    assert "Permissions that allow the app to read it: READ_CONTACTS." in row(result, "PSL_CONTACTS").message
    assert row(result, "PSL_CONTACTS").declared == "not declared"
    assert (
        "Permissions that allow the app to read it: ACCESS_FINE_LOCATION."
        in row(result, "PSL_PRECISE_LOCATION").message
    )


def test_permissions_of_the_capture_are_a_document_too() -> None:
    report = founding_report()
    app = AppBuild(id="com.example.citizenconnect", permissions=("android.permission.READ_CONTACTS",))
    report = replace(report, capture=replace(report.capture, app=app))
    result = compared("data-safety.csv", report=report)
    assert result.declarations[-1].kind == "Android manifest"
    assert result.declarations[-1].note == "Permissions granted when the capture was made: 1."
    assert "READ_CONTACTS" in row(result, "PSL_CONTACTS").message


def test_data_outside_tls_where_encryption_is_declared() -> None:
    report = founding_report()
    recipients = tuple(
        replace(one, groups=tuple(replace(group, secure=False) for group in one.groups)) for one in report.recipients
    )
    result = compared("data-safety.csv", report=replace(report, recipients=recipients))
    assert "some of this travelled outside TLS" in row(result, "PSL_EMAIL").message


def test_what_was_seen_and_not_declared_comes_first() -> None:
    rows = compared("data-safety.csv", "privacy-label.json").declared
    assert rows[0].groups
    assert rows[0].declared == "not declared"
    assert [bool(one.groups) for one in rows] == sorted((bool(one.groups) for one in rows), reverse=True)


def test_every_group_of_a_scheme_is_in_a_row() -> None:
    report, taxonomy = founding(), knowledge().taxonomy
    for scheme, name in (("play", "data-safety.csv"), ("apple", "privacy-label.json")):
        rows = compared(name, report=report).declared
        for recipient in report.recipients:
            for group in recipient.groups:
                kinds = [kind for kind in taxonomy.get(group.data_type).columns[scheme].split("|") if kind]
                for one in rows:
                    assert (group.id in one.groups) == (one.kind in kinds)
                    assert group.id not in one.groups or recipient.id in one.recipients


def test_consent_strings_become_documents() -> None:
    log = ConsentLog()
    log.add(3, "ads.tracker.example", [("gdpr_consent", tcf(purposes=(1,))), ("x", "y")])
    log.add(4, "ads.tracker.example", [("gdpr_consent", tcf(purposes=(1,))), ("gpp", gpp({6: "1YYN"}))])
    statements = Statements(documents=(), wording=knowledge().wording).and_consents(log)
    result = compare(founding_report(), statements, knowledge().taxonomy)
    assert [(one.kind, one.source, one.date) for one in result.declarations] == [
        ("consent string", "request 3 to ads.tracker.example", "2024-05-01"),
        ("consent string", "request 4 to ads.tracker.example", None),
    ]
    assert result.declarations[1].note == "GPP: sections uspv1; notice was given; opted out of the sale of data."


def test_the_log_of_consent_strings_is_bounded() -> None:
    log = ConsentLog()
    log.add(0, "a.example", [("gdpr_consent", tcf(tenths=17_145_216_000 + number)) for number in range(200)])
    assert len(log.statements()) == ConsentLog.MAX


def test_a_document_that_leaves_a_kind_open_does_not_deny_it() -> None:
    alone = row(compared("privacy-label-categories.html"), "PhoneNumber")
    assert (alone.declared, alone.sources) == ("no statement", ())
    beside = row(compared("privacy-label-categories.html", "PrivacyInfo.xcprivacy"), "PhoneNumber")
    assert (beside.declared, beside.sources) == ("not declared", ("PrivacyInfo.xcprivacy",))
