"""The values that a response hands to the app and that look like identifiers: in cookies, a redirect, a text."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import unquote

from analyzer.detect.lexicon import words_of
from analyzer.model import Exchange

Where = Literal["cookie", "redirect", "body"]

MIN_CHARS, MAX_CHARS = 16, 256
MAX_RECEIVED = 200
"""Values that are taken from one response."""
MAX_LIST = 16
"""A name with more values than this in one text names the items of a list, not its reader."""
MAX_NAME = 64
MIN_DISTINCT = 6

_JSON = re.compile(r'":\s{0,4}+"?([^"\\\s<>,{}\[\]]{8,256})(?=["\s,}\]])')
"""A member with a value of some length: a text without spaces, or a number."""
_PAIR = re.compile(r"(?:^|[&\s;])([\w.\[\]-]{1,64})=([^&\s;\"'<>]{16,256})")
_PARAMETER = re.compile(r"[?&;#]([^=&#;]{1,64})=([^&#;]{16,256})")
_PIECE = re.compile(r"[A-Za-z0-9_-]{16,128}")
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")
_HEX = re.compile(r"[0-9a-f-]+|[0-9A-F-]+")
_MOMENT = re.compile(r"1\d{12}(?:\d{3})?")
"""Milli- and microseconds since 1970, of the years from 2001 to 2033."""

_SOMEBODY = frozenset(
    """
        uid uuid guid vid did sid cid gid fid tuid puid suid buid muid udid userid deviceid visitorid sessionid user
        visitor device install installation instance anonymous anon distinct member customer subscriber person profile
        session cookie browser buyer reader viewer
    """.split()
)
"""Words of a name that say whom the value stands for."""
_SOMETHING = frozenset(
    """
        key apikey appkey nonce csrf xsrf state code challenge verifier consent euconsent privacy gdpr tcf hash etag
        sha md checksum digest integrity signature sig hmac version ver build commit revision trace span request req
        correlation transaction event message batch job project workspace tenant campaign creative order cart item
        product sku content article post page asset file image video media url uri link path experiment variant flag
        rule template container pixel placement slot date time timestamp expires
    """.split()
)
"""Words of a name that say that it stands for a thing, a proof or a moment: no identifier of anybody."""


class Received(NamedTuple):
    """A value that a response hands out, and under which name."""

    value: str
    where: Where
    name: str


def looks_random(value: str) -> bool:
    """Whether a value is long and mixed enough to be the same twice only where it was handed on.

    Letters, digits and cases must take turns as chance has it; dates, versions and names of several words do not.
    A run of digits needs 13 of them and must not be a moment.
    """
    if value.isdecimal():
        return 13 <= len(value) <= 40 and len(set(value)) >= MIN_DISTINCT - 1 and not _MOMENT.fullmatch(value)
    if not MIN_CHARS <= len(value) <= MAX_CHARS or len(set(value)) < MIN_DISTINCT or "://" in value:
        return False
    digits = sum(map(str.isdigit, value))
    if _HEX.fullmatch(value):
        return digits > 2 and len(value) - digits - value.count("-") > 2
    return digits > 0 and len(_CHANGE.findall(value)) * (5 if digits > 1 else 3) >= len(value)


def names_somebody(name: str) -> bool:
    """Whether a name says that its value stands for a user, a device, a session."""
    return not _SOMEBODY.isdisjoint(words_of(name[-MAX_NAME:]).split("_"))


def names_something(name: str) -> bool:
    """Whether a name says that its value stands for anything else: a key, a nonce, a trace, an article."""
    return not _SOMETHING.isdisjoint(words_of(name[-MAX_NAME:]).split("_"))


def received(exchange: Exchange, text: str) -> list[Received]:
    """What the response to an exchange hands out; `text` is its body. At most `MAX_RECEIVED` values."""
    found: dict[str, Received] = {}
    for name, value in exchange.response_headers:
        for each in _from_cookie(value) if name == "set-cookie" else _from_redirect(value):
            found.setdefault(each.value, each)
    if len(text) > MIN_CHARS:
        for each in _from_text(text):
            found.setdefault(each.value, each)
    return list(found.values())[:MAX_RECEIVED]


def _from_cookie(header: str) -> Iterator[Received]:
    name, _, value = header.partition(";")[0].partition("=")
    name, value = name.strip()[:MAX_NAME], value.strip(' "')
    if not value or names_something(name):
        return
    # Whole, decoded, and the pieces of a composed one: `v2|4f0c…|1700000000`.
    plain = unquote(value) if "%" in value else value
    for each in dict.fromkeys((value, plain, *_PIECE.findall(plain))):
        if looks_random(each):
            yield Received(each, "cookie", name)


def _from_redirect(address: str) -> Iterator[Received]:
    for name, value in _PARAMETER.findall(address):
        value = unquote(value) if "%" in value else value
        if looks_random(value) and not names_something(name):
            yield Received(value, "redirect", name)


def _from_text(text: str) -> Iterator[Received]:
    pairs = []
    for match in _JSON.finditer(text):
        value, end = match[1], match.start()
        # Short values are worth a look only under names such as `userId`.
        if len(value) >= 13 or text[end - 1] in "dD":
            pairs.append((text[text.rfind('"', max(0, end - MAX_NAME), end) + 1 : end], value))
    if not pairs and '":' not in text:
        pairs = _PAIR.findall(text[:4096])
    often = Counter(name for name, _ in pairs)
    for name, value in pairs:
        if often[name] <= MAX_LIST and not names_something(name) and (looks_random(value) or _is_short_id(name, value)):
            yield Received(value, "body", name)


def _is_short_id(name: str, value: str) -> bool:
    """Whether a short value may be somebody's id: its name says so, and it has digits to be told apart by."""
    return 8 <= len(value) < MIN_CHARS and names_somebody(name) and sum(map(str.isdigit, value)) > 2
