"""What we found: at most five sentences, each true, neutral and proven."""

import locale

import pytest

from analyzer.detect.shared_ids import SharedIds
from analyzer.model import Exchange, Field, Party
from analyzer.report.sentences import within_sentence
from analyzer.reported import Report
from tests.report.attributed import EVERYTHING, OPERATOR, PARENT
from tests.report.making import CAPTURE, METHOD, builder, destination, each, exchange, finding, finish, taxonomy


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
        ("edge", "was an edge of a network whose origin is not known (network: Fastly)."),
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
    assert report.sentences[4].text == "It transmitted such data to 5 more recipients: h4, h5, h6, h7 and h8."
    assert [sentence.text.startswith("The app ") for sentence in report.sentences] == [False, True, True, True, False]


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


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Email address", "email address"),
        ("Aadhaar number", "Aadhaar number"),
        ("Permanent Account Number (income tax)", "Permanent Account Number"),
        ("UPI ID (VPA)", "UPI ID"),
        ("Wi-Fi SSID", "Wi-Fi SSID"),
        ("In-app search query", "in-app search query"),
        ("E-mail content", "e-mail content"),
        ("Vendor device ID (CleverTap GUID, Mixpanel distinct_id...)", "vendor device ID"),
        ("Google Services Framework ID", "Google Services Framework ID"),
        ("Bluetooth state, beacons or nearby devices", "Bluetooth state, beacons or nearby devices"),
    ],
)
def test_labels_within_a_sentence(label: str, within: str) -> None:
    assert within_sentence(label) == within


def test_no_label_of_the_taxonomy_loses_the_capital_of_a_name() -> None:
    lowered = {within_sentence(kind.label).split(" ")[0] for kind in taxonomy()}
    assert not {word for word in lowered if word[:1].islower() and not word[1:].islower()}
    assert not lowered & {"aadhaar", "android", "bluetooth", "google", "indian", "permanent", "us", "wi-fi"}


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
