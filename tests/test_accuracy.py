"""How much is found and how much of it is right: the founding case, and the labelled captures where they are."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from analyzer.capture.open import open_capture
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Options, analyze
from fixtures.captures.founding_persona import ANDROID_ID, GAID, PERSONA, PUSH_TOKEN
from fixtures.captures.founding_session import session
from tests.conftest import FIXTURES, LABELLED

FOUNDING = FIXTURES / "captures" / "founding-case.har"

# What the session's builders put where, by what each call is; read it beside founding_session.py.
PROFILE = ("full", "email", "phone", "gender", "dob", "education", "occupation", "city")
DATA_TYPES = {
    "full": "person.name.full", "email": "person.email", "phone": "person.phone", "gender": "person.gender",
    "dob": "person.dob", "photo": "person.photo", "education": "person.education", "occupation": "person.occupation",
    "city": "person.address.city", "interests": "person.interests", "user": "id.user", "carrier": "net.carrier",
    "location": "loc.precise", "ad": "id.ad", "android": "id.android", "push": "id.push",
    "given": "person.name.given",
}  # fmt: skip

# A labelled field and the data types that name it rightly; others beside them are right for what the value holds too.
RIGHT = {
    "user_id": "id.user id.other person.username id.device.other", "full_name": "person.name.full",
    "first_name": "person.name.given person.name.full", "last_name": "person.name.family person.name.full",
    "email": "person.email person.email.hashed", "phone": "person.phone person.phone.hashed",
    "gender": "person.gender", "gender_word": "person.gender", "dob": "person.dob", "photo_url": "person.photo",
    "street": "person.address.postal", "city": "person.address.city loc.coarse person.address.postal",
    "state": "person.address.region loc.coarse person.address.postal",
    "postal_code": "person.address.postcode person.address.postal loc.coarse",
    "country": "person.address.country loc.coarse person.address.postal",
    "lat": "loc.precise loc.coarse", "lon": "loc.precise loc.coarse",
    "device_id": "id.device.other id.install id.vendor id.user id.other", "gaid": "id.ad id.ad.hashed",
    "android_id": "id.android", "aadhaar": "gov.in.aadhaar", "pan": "gov.in.pan", "upi_id": "fin.upi.vpa",
    "carrier": "net.carrier", "loyalty_id": "id.user id.other", "blood_group": "special.health",
    "income_band": "fin.income", "push_token": "id.push",
}  # fmt: skip
RIGHT_BESIDE = {
    "full_name": "person.name.given person.name.family", "first_name": "person.name.given",
    "last_name": "person.name.family", "dob": "person.age",
}  # fmt: skip
# Types that a labelled capture holds only where the persona was sent; others occur in any traffic.
JUDGED = frozenset(
    """
        person.name.full person.name.given person.name.family person.email person.email.hashed person.phone
        person.phone.hashed person.gender person.dob person.photo person.address.postal person.address.postcode
        gov.in.aadhaar gov.in.pan fin.upi.vpa id.ad id.ad.hashed id.android loc.precise special.health fin.income
        fin.card.pan id.imei gov.us.ssn fin.bank.iban special.religion special.politics auth.password
    """.split()
)
# Opaque texts under the app's own names, which nobody could recognise without knowing them.
SEED_ONLY = frozenset(("loyalty_id", "user_id", "device_id", "country", "state"))

Found = dict[int, set[str]]


@pytest.fixture(scope="module")
def find() -> Callable[[Path, Path | None], Found]:
    knowledge = Knowledge()

    def found(capture: Path, seeds: Path | None) -> Found:
        types: Found = {}
        with open_capture(capture) as reader:
            for sent in analyze(reader, knowledge, Options(seeds=seeds)).transmissions:
                types.setdefault(sent.exchange, set()).add(sent.data_type)
        return types

    return found


def _sent(index: int) -> Iterable[str]:
    """What of the persona the session puts into a call, from the call's own parts."""
    call = session()[index]
    host, path = urlsplit(call.url).hostname, urlsplit(call.url).path
    if host == "in.wzrkt.com":
        yield from ("ad", "carrier")
        elements = json.loads(call.body)
        if any(element["type"] == "profile" for element in elements):
            yield from (*PROFILE, "photo", "user")
        if any(element.get("data", {}).get("id") == PUSH_TOKEN for element in elements):
            yield "push"
        if "Latitude" in elements[0]["af"]:
            yield from ("location", "interests")
    elif host == "graph.facebook.com":
        yield from ("ad", "carrier")
    elif host == "app-measurement.com":
        yield from ("ad", "city")
    elif host == "settings.crashlytics.com":
        yield from ("ad", "android")
    elif path == "/v1/profile":
        yield from (*PROFILE, "interests")
    elif path == "/v1/profile/photo":
        yield from ("user", "given")
    elif path.endswith("/ruchika.jpg"):
        yield "given"


@pytest.mark.parametrize("index", range(len(session())))
def test_every_persona_value_is_found_where_the_founding_session_puts_it(
    find: Callable[[Path, Path | None], Found], index: int
) -> None:
    found = find(FOUNDING, FOUNDING.with_suffix(".persona.yaml")).get(index, set())
    wanted = {DATA_TYPES[name] for name in _sent(index)}
    assert wanted <= found
    if not wanted:
        assert not found & JUDGED


def test_the_session_sends_every_value_of_the_persona_somewhere() -> None:
    sent = {DATA_TYPES[name] for index in range(len(session())) for name in _sent(index)}
    assert sent | {"person.name.family"} == set(PERSONA)
    assert GAID.encode() in session()[13].body
    assert ANDROID_ID in session()[0].headers.values()


def test_without_seeds_the_profile_is_still_found_as_sent_to_in_wzrkt_com() -> None:
    with open_capture(FOUNDING) as reader:
        sent = list(analyze(reader, Knowledge(), Options()).transmissions)
    types = {each.data_type for each in sent if each.host == "in.wzrkt.com" and each.exchange == 13}
    profile = ("full", "email", "phone", "gender", "dob", "photo")
    assert {DATA_TYPES[name] for name in profile} <= types
    assert not [each for each in sent if each.evidence == "seed"]


@pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled captures are not here")
@pytest.mark.parametrize(("seeded", "least_recall", "least_precision"), [(True, 0.95, 0.98), (False, 0.85, 0.97)])
def test_recall_and_precision_on_the_labelled_captures(
    find: Callable[[Path, Path | None], Found], seeded: bool, least_recall: float, least_precision: float
) -> None:
    wanted = right = judged = wrong = 0
    for truth in sorted(LABELLED.glob("*/truth.json")):
        labels: list[dict[str, Any]] = json.loads(truth.read_text(encoding="utf-8"))["findings"]
        found = find(truth.with_name("capture.har"), LABELLED / "persona.yaml" if seeded else None)
        allowed: Found = {}
        asked: set[tuple[int, str]] = set()
        for label in labels:
            index, field = label["index"], label["field"]
            named = f"{RIGHT.get(field, '')} {RIGHT_BESIDE.get(field, '')}".split()
            allowed.setdefault(index, set()).update(named)
            # A CORS preflight repeats the URL of the request it asks for.
            if field in RIGHT and not label.get("preflight") and (seeded or field not in SEED_ONLY):
                asked.add((index, field))
        wanted += len(asked)
        right += sum(not found.get(index, set()).isdisjoint(RIGHT[field].split()) for index, field in asked)
        for index, types in found.items():
            judged += len(types & JUDGED)
            wrong += len(types & JUDGED - allowed.get(index, set()))
    assert wanted > 500
    assert judged > 400
    assert right / wanted >= least_recall
    assert 1 - wrong / judged >= least_precision
