"""What we found: at most five sentences, each true, neutral and proven."""

import locale
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from analyzer.detect.shared_ids import SharedIds
from analyzer.model import Exchange, Field, Finding, Party, Phase
from analyzer.report.sentences import MAX_SENTENCES, answered, duration
from analyzer.reported import Report
from tests.report.attributed import EVERYTHING, OPERATOR, PARENT
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
    taxonomy,
)


def first_sentence(report: Report) -> str:
    return report.sentences[0].text


def test_the_whole_of_a_sentence() -> None:
    made = builder()
    made.add(exchange(3), "in.tracker.example", [
        finding("person.email"), finding("person.name.full"), finding("dev.os", "Android"),
    ])  # fmt: skip
    report = finish(made, owner="Tracker Inc.", parent="Parent Corp.", owner_country="US", app="com.example.shop")
    assert [sentence.text for sentence in report.sentences] == [
        "On 23 March 2018 the app com.example.shop transmitted full name and email address, with device data "
        "(OS name and version) to in.tracker.example, operated by Tracker Inc., owned by Parent Corp., "
        "seat in the United States; the server it reached was in Mumbai, India (network: AWS ap-south-1)."
    ]
    assert report.sentences[0].exchange == 3


def test_the_parts_of_a_full_name_are_not_told_beside_it() -> None:
    made = builder()
    parts = [finding(f"person.name.{part}", path=part) for part in ("given", "family", "full")]
    made.add(exchange(0), "t.example", parts)
    text = first_sentence(finish(made))
    assert "full name to" in text
    assert "first name" not in text


def test_a_name_of_the_owner_and_its_parent_is_not_doubled() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    assert first_sentence(finish(made, owner="Tracker Inc.", parent="Tracker Inc.")).count("Tracker Inc.") == 1


def test_the_chain_of_owners_is_told() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    text = first_sentence(finish(made, owner="Anaphora GmbH", ownership=(OPERATOR, PARENT), owner_country="US"))
    assert ", operated by Anaphora GmbH (Germany), owned by Cataphora Corporation (United States); the server" in text


@pytest.mark.parametrize(
    ("aliases", "hosted_by", "said"),
    [
        (("kirana.sc.metrics.example",), None, "to m.kirana.example, an alias of kirana.sc.metrics.example, whose"),
        (("b.kirana.example", "x.metrics.example"), None, "to m.kirana.example, an alias of x.metrics.example, whose"),
        (("b.kirana.example",), None, "to m.kirana.example, whose"),
        (("notkirana.example",), None, "to m.kirana.example, an alias of notkirana.example, whose"),
        (("d1.edge.example",), "Example Edge, Inc.", "to m.kirana.example, whose"),
        (("x.metrics.example", "d1.edge.example"), "Example Edge, Inc.", "an alias of x.metrics.example, whose"),
        ((), None, "to m.kirana.example, whose"),
    ],
)
def test_a_host_in_disguise(aliases: tuple[str, ...], hosted_by: str | None, said: str) -> None:
    made = builder()
    made.add(exchange(0), "m.kirana.example", [finding("person.email")])
    assert said in first_sentence(finish(made, aliases=aliases, hosted_by=hosted_by))


def test_a_hosting_company_is_not_taken_for_its_customer() -> None:
    made = builder()
    made.add(exchange(0), "d1.edge.example", [finding("person.email")])
    text = first_sentence(finish(made, owner="Edge Inc.", owner_country="US", hosted_by="Edge Inc."))
    assert ", hosted by Edge Inc., seat in the United States, for a customer who is not known; the server" in text


def test_a_country_that_is_disputed_is_told_with_both_sources() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    countries = EVERYTHING.server_countries[:2]
    text = first_sentence(finish(made, server_countries=countries, server_country_disputed=True))
    assert text.endswith(
        "the server it reached was in Mumbai, India by AWS's published ranges "
        "(DB-IP Country Lite says the United States; network: AWS ap-south-1)."
    )


def test_unknown_owner() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    assert ", whose owner is not known; the server it reached was in Mumbai" in first_sentence(finish(made))


def test_no_server_address() -> None:
    made = builder()
    made.add(exchange(0, ip=None), "t.example", [finding("person.email")])
    text = first_sentence(finish(made))
    assert text.endswith("the server it reached was at an address that the capture does not hold.")
    assert "India" not in text


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("edge", "was one of many edge servers, in a country that is not known (network: Fastly)."),
        ("private address", "was at a private address."),
        ("unknown", "was at a place that is not known (network: Fastly)."),
    ],
)
def test_a_server_whose_place_is_not_known(method: str, said: str) -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    report = finish(made, server_country=None, server_country_method=method, region=None, place=None, network="Fastly")
    assert first_sentence(report).endswith(f"the server it reached {said}")


def test_a_host_at_addresses_of_two_countries() -> None:
    made = builder()
    for index in range(4):
        made.add(exchange(index, ip=f"192.0.2.{index}"), "t.example", [finding("person.email")])
    report = made.finish(
        CAPTURE, (), METHOD,
        each(lambda to: destination(
            to.host, to.server_ip, 1, server_country="US" if (to.server_ip or "")[-1] in "13" else "IN",
            region=None, place=None, network=None,
        )),
    )  # fmt: skip
    assert first_sentence(report).endswith("; the servers it reached were in India and in the United States.")


def test_only_what_one_host_received_is_said_to_have_gone_there() -> None:
    made = builder()
    made.add(exchange(0), "a.t.example", [finding("person.email")])
    made.add(exchange(1), "b.t.example", [finding("person.phone"), finding("dev.os", "Android")])
    text = first_sentence(finish(made))
    assert "transmitted email address to a.t.example" in text
    assert "phone" not in text
    assert "OS name" not in text
    assert text.endswith("1 more of this recipient's hosts received personal data.")


def test_first_party_only_where_there_is_no_other() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    assert first_sentence(finish(made, party="first")).endswith("email address to t.example, a host of its own.")
    made = builder()
    made.add(exchange(0), "own.example", [finding("auth.password")])
    made.add(exchange(1), "other.example", [finding("person.email")])
    report = made.finish(
        CAPTURE, (), METHOD,
        each(lambda to: destination(to.host, to.server_ip, 1, "first" if to.host == "own.example" else "third")),
    )  # fmt: skip
    assert [sentence.exchange for sentence in report.sentences] == [1]


def test_five_sentences_at_most_and_none_is_forgotten() -> None:
    made = builder()
    for index in range(9):
        made.add(exchange(index), f"h{index}.t{index}x.example", [finding("person.email")])
    report = made.finish(CAPTURE, (), METHOD, each(lambda to: destination(to.host, None, 1, owner=to.host[:2])))
    assert len(report.sentences) == 5
    assert report.sentences[4].text == "The app transmitted personal data to 5 more recipients: h4, h5, h6, h7 and h8."
    assert [sentence.text.startswith("The app ") for sentence in report.sentences] == [False, True, True, True, True]


def test_exactly_five_recipients_have_a_sentence_each() -> None:
    made = builder()
    for index in range(5):
        made.add(exchange(index), f"t{index}x.example", [finding("person.email")])
    report = made.finish(CAPTURE, (), METHOD, each(lambda to: destination(to.host, None, 1, owner=to.host[:2])))
    assert [sentence.exchange for sentence in report.sentences] == [0, 1, 2, 3, 4]


def test_a_sentence_points_to_the_listed_request_that_shows_most() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    made.add(exchange(1), "t.example", [finding("person.phone"), finding("person.email")])
    made.add(exchange(2), "t.example", [finding("person.phone"), finding("person.email"), finding("person.photo")])
    made.add(exchange(3), "t.example", [finding("person.phone"), finding("person.email"), finding("person.photo")])
    report = finish(made)
    (sentence,) = report.sentences
    assert sentence.exchange == 2
    assert len(sentence.groups) == 3


def test_a_sentence_never_points_to_a_request_that_is_not_listed() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    made.add(exchange(1), "t.example", [finding("person.phone")])
    made.add(exchange(2), "t.example", [finding("person.email"), finding("person.phone")])  # nothing new: not listed
    report = finish(made)
    assert {request.exchange for request in report.requests} == {0, 1}
    assert report.sentences[0].exchange == 0
    groups = {group.id: group for group in report.recipients[0].groups}
    assert [groups[name].data_type for name in report.sentences[0].groups] == ["person.email"]


def test_a_name_alone_is_no_sentence() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email", evidence="key"), finding("dev.os", "Android")])
    assert finish(made).sentences == ()


def test_hashed_values_are_said_to_be_hashed() -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email", transform="sha256(lower)")])
    assert "transmitted email address (as sha256) to" in first_sentence(finish(made))


def test_many_kinds_are_counted() -> None:
    kinds = [kind.id for kind in taxonomy() if kind.sensitivity == 4][:15]
    made = builder()
    made.add(exchange(0), "t.example", [finding(kind) for kind in kinds])
    assert "and 5 more kinds of data to t.example" in first_sentence(finish(made))


def test_months_do_not_depend_on_the_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    others = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", "C") if _has(name)]
    try:
        for name in others:
            locale.setlocale(locale.LC_TIME, name)
            made = builder()
            made.add(exchange(0), "t.example", [finding("person.email")])
            assert first_sentence(finish(made)).startswith("On 23 March 2018 the app transmitted")
    finally:
        locale.setlocale(locale.LC_TIME, before)


def _has(name: str) -> bool:
    before = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_TIME, before)
    return True


ID = "b81f0c62e97d4a35"


def sharing(*hosts: str, cookie: bool = False, telling: bool = True, party: Party = "third") -> Report:
    """A report on one identifier that went to these hosts; the first one may have set it as a cookie."""
    made, ids = builder(), SharedIds()
    for index, host in enumerate(hosts):
        answer = (("set-cookie", f"uid={ID}"),) if cookie and not index else ()
        found = [] if answer else [finding("id.ad", ID, "gaid", "validated")]
        ids.add(Exchange(index=index, response_headers=answer), host, [each.field for each in found], found, "")
        email = [finding("person.email")] if telling else []
        made.add(exchange(index), host, [*found, *email])
    return finish(made, party, shared=ids)


def test_the_last_sentence_tells_which_identifier_several_know() -> None:
    report = sharing("a.example", "b.example", "c.example")
    last = report.sentences[-1]
    assert last.text == (
        "The same identifier (advertising ID) was sent to 3 recipients: a.example, b.example and c.example."
    )
    assert last.exchange == 0
    labels = {group.id: group.data_type for recipient in report.recipients for group in recipient.groups}
    assert [labels[group] for group in last.groups] == ["id.ad"]


def test_who_handed_an_identifier_out_is_told() -> None:
    report = sharing("a.example", "b.example", "c.example", cookie=True)
    assert report.sentences[-1].text == (
        "An identifier that a.example handed out (cookie uid) was sent to b.example and c.example."
    )


def test_the_other_shared_identifiers_are_counted() -> None:
    made, ids = builder(), SharedIds()
    for index, host in enumerate(("a.example", "b.example")):
        found = [finding("id.ad", f"{ID}{n}", f"p{n}", "validated") for n in range(3)]
        ids.add(Exchange(index=index), host, [], found, "")
        made.add(exchange(index), host, found)
    assert finish(made, shared=ids).sentences[-1].text.endswith("; several recipients know 2 more identifiers.")


@pytest.mark.parametrize("party", ["third", "first"])
def test_the_apps_own_hosts_are_no_reason_for_a_sentence(party: Party) -> None:
    texts = [sentence.text for sentence in sharing("a.example", "b.example", party=party).sentences]
    assert any("same identifier" in text for text in texts) is (party == "third")


def test_there_are_five_sentences_with_the_one_on_identifiers() -> None:
    report = sharing(*(f"h.t{n}.example" for n in range(9)))
    texts = [sentence.text for sentence in report.sentences]
    assert len(texts) == 5
    assert "more recipients" in texts[3]
    assert texts[4].startswith("The same identifier (advertising ID) was sent to 9 recipients: ")


def test_an_identifier_without_a_listed_request_is_not_told() -> None:
    ids, made = SharedIds(), builder()
    for index, host in enumerate(("a.example", "b.example")):
        found = [finding("id.ad", ID, evidence="validated")]
        ids.add(Exchange(index=index), host, [Field("body", "x", "x", ID, ())], found, "")
        made.add(exchange(index), host, [])
    report = finish(made, shared=ids)
    assert (report.sentences, report.shared_total) == ((), 1)


MARKS = phases(before_consent=1, after_accept=8)


def told(*sent: tuple[float, str, Sequence[Finding]], marks: Sequence[Phase] = MARKS, party: Party = "third") -> Report:
    """The report on these: seconds after the start, host, findings."""
    made = builder()
    for index, (seconds, host, found) in enumerate(sent):
        time = START + seconds
        phase = next((mark.name for mark in reversed(marks) if mark.time <= time), None)
        made.add(replace(exchange(index), time=time, phase=phase), host, found)
    return finish(made, party, capture=marked(*marks))


def about_answer(report: Report) -> list[str]:
    return [sentence.text for sentence in report.sentences if "consent screen" in sentence.text]


def test_what_was_transmitted_before_a_consent_screen_was_answered() -> None:
    report = told((4.8, "t.example", [finding("person.phone")]))
    assert [sentence.text for sentence in report.sentences][1:] == [
        "The app transmitted phone number to t.example 3.2 s before the consent screen was answered "
        "(accepted at 15:34:19 UTC)."
    ]
    assert report.sentences[1].exchange == 0
    assert report.sentences[1].groups == (report.recipients[0].groups[0].id,)


def test_one_sentence_for_a_recipient_on_the_request_that_shows_the_most_sensitive_data() -> None:
    report = told(
        (0, "t.example", [finding("id.ad")]),
        (2, "t.example", [finding("person.email"), finding("person.phone"), finding("id.ad")]),
        (4, "t.example", [finding("loc.precise")]),
        (9, "t.example", [finding("person.dob")]),
    )
    (text,) = about_answer(report)
    assert text.startswith(
        "The app transmitted email address, phone number and advertising ID to t.example 6.0 s before"
    )
    assert text.endswith("UTC); this recipient received 1 more kind of data before it.")
    assert report.sentences[-1].exchange == 1
    shown = [group for group in report.recipients[0].groups if group.id in report.sentences[-1].groups]
    assert {group.data_type for group in shown} == {"person.email", "person.phone", "id.ad"}
    assert {group.phase for group in shown} == {"before-consent"}


def test_what_came_after_the_answer_alone_is_no_sentence() -> None:
    assert about_answer(told((8, "t.example", [finding("person.phone")]))) == []
    assert about_answer(told((7.999, "t.example", [finding("person.phone")]))) != []


def test_before_the_first_mark_is_before_the_answer_too() -> None:
    (text,) = about_answer(told((0, "t.example", [finding("person.phone")]), marks=phases(accepted=0, after_accept=2)))
    assert " 2.0 s before " in text
    (text,) = about_answer(told((0, "t.example", [finding("person.phone")]), marks=phases(after_accept=2)))
    assert " 2.0 s before " in text


@pytest.mark.parametrize("marks", [(), phases(launch=0, logged_in=9)])
def test_without_an_answer_nothing_is_said_of_one(marks: Sequence[Phase]) -> None:
    report = told((4, "t.example", [finding("person.phone")]), marks=marks)
    assert len(report.sentences) == 1
    assert about_answer(report) == []


def test_a_time_that_is_missing_makes_no_sentence() -> None:
    made = builder()
    made.add(replace(exchange(0), time=None), "t.example", [finding("person.phone")])
    assert about_answer(finish(made, capture=marked(*MARKS))) == []


def test_weak_or_impersonal_data_before_the_answer_is_not_told() -> None:
    found = [finding("person.email", evidence="key"), finding("dev.os", "Android")]
    assert told((2, "t.example", found)).sentences == ()


def test_more_recipients_before_the_answer_are_counted_the_most_sensitive_first() -> None:
    hosts = [(2, f"h.t{n}.example", [finding("id.ad")]) for n in range(4)]
    first, second = about_answer(told(*hosts, (3, "worst.example", [finding("auth.password")])))
    assert " to worst.example 5.0 s before " in first
    assert first.endswith("UTC).")
    assert " to h.t0.example 6.0 s before " in second
    assert second.endswith("; 3 more recipients received personal data before it.")


def test_after_a_refusal_what_others_still_received_is_told() -> None:
    report = told(
        (2, "t.example", [finding("person.phone")]),
        (12.5, "t.example", [finding("id.ad")]),
        (13, "u.example", [finding("id.ad")]),
        marks=phases(after_reject=8, logged_in=10),
    )
    assert about_answer(report) == [
        "The app transmitted phone number to t.example 6.0 s before the consent screen was answered with no "
        "(at 15:34:19 UTC).",
        "The app transmitted advertising ID to t.example 4.5 s after the consent screen was answered with no "
        "(at 15:34:19 UTC); 1 more recipient received personal data after it.",
    ]
    assert [sentence.exchange for sentence in report.sentences[-2:]] == [0, 1]


def test_a_later_yes_ends_what_follows_a_refusal() -> None:
    marks = phases(after_reject=2, after_accept=8)
    assert about_answer(told((9, "t.example", [finding("person.phone")]), marks=marks)) == []
    (text,) = about_answer(told((7, "t.example", [finding("person.phone")]), marks=marks))
    assert "5.0 s after the consent screen was answered with no (at 15:34:13 UTC)" in text


def test_the_apps_own_hosts_are_told_before_the_answer_where_there_are_no_others_and_never_after_a_refusal() -> None:
    phone = [finding("person.phone")]
    assert len(about_answer(told((2, "t.example", phone), party="first"))) == 1
    assert about_answer(told((9, "t.example", phone), marks=phases(after_reject=8), party="first")) == []


def test_a_phase_that_comes_twice_is_told_by_what_came_first_in_it() -> None:
    marks = (*phases(launch=0), *phases(after_accept=4), *phases(launch=6))
    before = told((1, "t.example", [finding("person.phone")]), (7, "t.example", [finding("person.phone")]), marks=marks)
    assert " 3.0 s before " in about_answer(before)[0]
    assert about_answer(told((7, "t.example", [finding("person.phone")]), marks=marks)) == []


def test_there_are_five_sentences_with_those_on_the_answer() -> None:
    hosts = [f"h.t{n}.example" for n in range(9)]
    report = told(
        *[(2, host, [finding("person.email")]) for host in hosts], (3, "x.example", [finding("person.email")])
    )
    texts = [sentence.text for sentence in report.sentences]
    assert len(texts) == MAX_SENTENCES
    assert "more recipients: " in texts[2]
    assert all("consent screen" in text for text in texts[3:])


def test_with_many_requests_each_phase_keeps_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.report.build.MAX_REQUESTS", 2)
    email = [finding("person.email")]
    report = told(
        (0, "t.example", email), (1, "u.example", email), (2, "t.example", email), (9, "t.example", email),
        marks=phases(launch=0, background=2, after_reject=8),
    )  # fmt: skip
    listed = {request.exchange for request in report.requests}
    assert {sentence.exchange for sentence in report.sentences} <= listed
    assert "after the consent screen" in about_answer(report)[1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "less than 0.1 s"), (3.2, "3.2 s"), (45.4, "45 s"), (119.4, "119 s"), (600, "10 min"), (12_600, "3.5 h")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_an_answer_at_a_time_that_no_calendar_has() -> None:
    assert answered(Phase(name="after-accept", time=-1.0)).endswith("answered (accepted at a time that is not known)")


def test_a_name_with_a_full_stop_ends_its_sentence() -> None:
    made = builder()
    for index in range(7):
        made.add(exchange(index), f"h.t{index}x.example", [finding("person.email")])
    report = made.finish(
        CAPTURE, (), METHOD, each(lambda to: destination(to.host, None, 1, owner=f"{to.host[2:4]} Inc."))
    )
    assert report.sentences[-1].text.endswith(" and t6 Inc.")


def test_device_data_that_only_a_name_shows_is_not_told() -> None:
    made = builder()
    weak, strong = finding("dev.os", "Android", path="os", evidence="key"), finding("dev.model", "Ex 7", path="model")
    made.add(exchange(0), "t.example", [finding("person.email"), weak, strong])
    assert "email address, with device data (device make and model) to" in first_sentence(finish(made))


@pytest.mark.parametrize(
    ("lasted", "when"),
    [(60.0, "On 23 March 2018 the app "), (86_400.0 * 9, "From 23 March 2018 to 1 April 2018 the app ")],
)
def test_a_capture_of_several_days_says_so(lasted: float, when: str) -> None:
    made = builder()
    made.add(exchange(0), "t.example", [finding("person.email")])
    assert first_sentence(finish(made, capture=replace(CAPTURE, last_time=START + lasted))).startswith(when)
