"""What labels mean: the data types that name a labelled field rightly, and those that only a person's data explains."""

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from fixtures.captures.founding_persona import PUSH_TOKEN
from fixtures.captures.founding_session import session

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
JUDGED = frozenset(
    """
        person.name.full person.name.given person.name.family person.email person.email.hashed person.phone
        person.phone.hashed person.gender person.dob person.photo person.address.postal person.address.postcode
        gov.in.aadhaar gov.in.pan fin.upi.vpa id.ad id.ad.hashed id.android loc.precise special.health fin.income
        fin.card.pan id.imei gov.us.ssn fin.bank.iban special.religion special.politics auth.password
    """.split()
)
"""Types that a labelled capture holds only where the persona was sent; others occur in any traffic."""
SEED_ONLY = frozenset(("loyalty_id", "user_id", "device_id", "country", "state"))
"""Opaque texts under the app's own names, which nobody could recognise without knowing them."""

# What the founding session's builders put where, by what each call is; read it beside founding_session.py.
PROFILE = ("full", "email", "phone", "gender", "dob", "education", "occupation", "city")
DATA_TYPES = {
    "full": "person.name.full", "email": "person.email", "phone": "person.phone", "gender": "person.gender",
    "dob": "person.dob", "photo": "person.photo", "education": "person.education", "occupation": "person.occupation",
    "city": "person.address.city", "interests": "person.interests", "user": "id.user", "carrier": "net.carrier",
    "location": "loc.precise", "ad": "id.ad", "android": "id.android", "push": "id.push",
    "given": "person.name.given",
}  # fmt: skip
FOUNDING_SEED_ONLY = frozenset(["given"])
"""A name in the path of a picture."""


def right_for(field: str) -> tuple[str, ...]:
    """Data types that name a labelled field rightly, its own first; empty where the field is not scored."""
    return tuple(RIGHT.get(field, "").split())


def allowed_for(field: str) -> frozenset[str]:
    """Data types that are no mistake where a labelled field was sent."""
    return frozenset(f"{RIGHT.get(field, '')} {RIGHT_BESIDE.get(field, '')}".split())


def founding_labels(index: int) -> Iterable[str]:
    """What of the persona the founding session puts into a call, from the call's own parts; names of `DATA_TYPES`."""
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
        yield from ("user", "given", "photo")
    elif path.endswith("/ruchika.jpg"):
        yield "given"
