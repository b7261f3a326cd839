"""Values that prove themselves, whatever they are called: addresses, checksums, grammars."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import re2

from analyzer.detect.by_key import is_of_a_thing
from analyzer.detect.joined import Joined
from analyzer.detect.namesake import Namesakes
from analyzer.detect.shapes import device as device
from analyzer.detect.shapes import india as india
from analyzer.detect.shapes import number as numbers
from analyzer.detect.shapes import person as person
from analyzer.detect.shapes import text as texts
from analyzer.model import Evidence, Finding

# Ends of file names, package names and local hosts.
_NO_DOMAIN = frozenset(
    """
        png jpg jpeg gif svg webp ico bmp js css min map html htm json xml so dll jar aar apk zip gz tar woff woff2
        ttf mp4 mp3 java kt swift py ts tsx vue scss md txt pdf local localdomain invalid test lock bundle chunk
    """.split()
)
# Top-level domains of two and three letters; random letters are often one of all that could be.
_SHORT_DOMAINS = frozenset(
    """
        ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd
        cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd
        ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke
        kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt
        mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs
        ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv
        tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
        com org net edu gov mil int biz pro xyz app dev eco bio cat tel top fun icu vip win one nyc ltd inc art ink bar
        bid bot box bzh cab cam car ceo day dog eus fan fit foo frl fyi gal gay how ist kim law lol mba men moi mov new
        ngo now ong onl ooo pet phd pub red rio rip run sbs ski soy srl tax uno vet vin wtf
    """.split()
)
_UPI_HANDLES = re.compile(
    r"(?i:ok(?!http|io|ta$|ex$|hsv)[a-z]{3,20}|ybl|ibl|axl|paytm|ptaxis|ptsbi|pthdfc|ptyes|upi|apl|yapl|rapl|axisb|axisbank|sbi|icici|hdfcbank"
    r"|kotak|yesbank|idfcbank|indus|barodampay|pnb|cnrb|unionbank|fbl|rbl|airtel|jio|freecharge|ikwik|waicici|wasbi"
    r"|waaxis|wahdfcbank|superyes|slice|jupiteraxis|naviaxis|yesg|timecosmos|goaxb)"
)


def _email(data: str, start: int, end: int) -> bool:
    value = data[start:end]
    local, _, domain = value.rpartition("@")
    labels = domain.lower().split(".")
    if labels[-1] in _NO_DOMAIN or len(labels) < 2 or not any(char.isalpha() for char in labels[-2]):
        return False
    # People write domains in one case; letters that fall at random have both.
    if domain not in (domain.lower(), domain.upper(), domain.capitalize()):
        return False
    if len(labels[-1]) < 4 and labels[-1] not in _SHORT_DOMAINS:
        return False
    if person.role(local) or re.search(r"\.\.|^\.|\.$", local):
        return False
    # In `scheme://key@host` (a DSN, credentials in a URL) it is no address.
    return re.search(r"//[^/\s@]*$", data[max(0, start - 200) : start]) is None


def _phone(data: str, start: int, end: int) -> bool:
    import phonenumbers  # only once a number with a plus sign turns up: 40 ms

    try:
        number = phonenumbers.parse(data[start:end], None)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.number_type(number)
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(number) and kind in mobile and not _part_of_number(data, start, end)


def _part_of_number(data: str, start: int, end: int) -> bool:
    before, after = data[max(0, start - 1) : start], data[end : end + 1]
    return before.isalnum() or after.isdigit() or before in ("-", "_", ".", "+") or after in ("_",)


def _pan(data: str, start: int, end: int) -> bool:
    return india.pan_in(data[start:end]) and data[start + 3] == "P"


def _aadhaar(data: str, start: int, end: int) -> bool:
    """Twelve digits pass too often by chance, so the text around has to speak of the card."""
    around = data[max(0, start - 40) : start] + " " + data[end : end + 40]
    return india.aadhaar(data[start:end]) and re.search(r"aadhaa?r|adhaar|kyc|uidai", around, re.I) is not None


def _gstin(data: str, start: int, end: int) -> bool:
    return india.gstin(data[start:end])


def _iban(data: str, start: int, end: int) -> bool:
    return numbers.iban(data[start:end]) and not _part_of_number(data, start, end)


def _card(data: str, start: int, end: int) -> bool:
    """One in forty groups of sixteen digits passes by chance, so the text around has to speak of cards or of paying."""
    around = data[max(0, start - 60) : start] + " " + data[end : end + 60]
    return (
        numbers.card(data[start:end])
        and not _part_of_number(data, start, end)
        and re.search(r"card|visa|master|amex|rupay|debit|credit|pay|karte|tarjeta|carte", around, re.I) is not None
    )


def _vpa(data: str, start: int, end: int) -> bool:
    value = data[start:end]
    return _UPI_HANDLES.fullmatch(value.rpartition("@")[2]) is not None and data[end : end + 1] not in (".", "@", "-")


def _mac(data: str, start: int, end: int) -> bool:
    """Six octets on their own; the twenty of a certificate's fingerprint are no address."""
    return (
        device.mac(data[start:end])
        and data[start - 1 : start] not in (":", "-")
        and data[end : end + 1] not in (":", "-")
    )


_OF_A_PERSON = frozenset(
    """
        sub user_id userid uid user user_name username preferred_username name given_name family_name email phone
        phone_number phone_verified email_verified birthdate gender picture upn unique_name oid identity account_id
        customer_id member_id nickname address
    """.split()
)
_MAX_TOKEN = 16_384


def _jwt(data: str, start: int, end: int) -> bool:
    """A token with a claim about a person; keys of an app or a project are signed in the same form."""
    payload = data[start : min(end, start + _MAX_TOKEN)].split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and not _OF_A_PERSON.isdisjoint(name.lower() for name in claims)


def _sure(data: str, start: int, end: int) -> bool:
    return True


Check = Callable[[str, int, int], bool]
"""Whether a match is what it looks like: the text around it, its start and its end there."""

PATTERNS: tuple[tuple[str, str, Evidence, Check, str], ...] = (
    ("person.email", r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}\b",
     "validated", _email, "The value is an e-mail address by its grammar."),
    ("person.phone", r"\+[1-9][0-9]{0,3}[ -]?[0-9][0-9 -]{6,13}[0-9]", "validated",
     _phone, "The value is a valid mobile number in international form (libphonenumber)."),
    ("gov.in.pan", r"\b[A-Z]{3}P[A-Z][0-9]{4}[A-Z]\b", "validated",
     _pan, "The value has the grammar of a Permanent Account Number of a person."),
    ("gov.in.aadhaar", r"\b[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}\b", "key+value",
     _aadhaar, "Twelve digits with a valid Verhoeff check digit, in a text that speaks of Aadhaar or KYC."),
    ("gov.in.gstin", r"\b[0-3,9][0-9][A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]\b", "validated",
     _gstin, "The value is a GSTIN with a valid check character."),
    ("fin.bank.iban", r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b", "validated",
     _iban, "The value is an IBAN: length of its country, modulus 97."),
    ("fin.card.pan", r"\b[2-6][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{2,4}\b", "validated",
     _card, "The value is a card number: issuer range, Luhn check digit, in groups, in a text that speaks of cards."),
    ("fin.upi.vpa", r"[A-Za-z0-9._-]{2,64}@[A-Za-z][A-Za-z0-9]{1,40}\b", "validated",
     _vpa, "The value is a UPI address at a known payment handle."),
    ("id.mac", r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b", "validated",
     _mac, "The value is a hardware address."),
    ("id.push", r"\b[A-Za-z0-9_-]{6,64}:APA91[A-Za-z0-9_-]{16,}|Expo(?:nent)?PushToken\[[A-Za-z0-9_-]{10,64}\]",
     "validated", _sure, "The value is a push token in the form of Firebase Cloud Messaging or Expo."),
    ("auth.jwt", r"\beyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}", "validated",
     _jwt, "The value is a JSON Web Token with a claim about a person."),
)  # fmt: skip
"""(data type, RE2 pattern, evidence, check of data and span, reasoning): linear in time on any input."""


AROUND = 200
"""Bytes on either side of a match that its check may look at."""


class ByPattern:
    """Finds values by grammar and checksum: one pass tells which patterns occur, a second where."""

    def __init__(self) -> None:
        options = re2.Options()
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        self._patterns: list[tuple[str, Any, Evidence, Check, str]] = []
        rows = [*PATTERNS]
        rows += [(kind, text, level, _in_text(check), why) for kind, level, text, check, why in texts.TEXT_PATTERNS]
        for data_type, pattern, evidence, check, reasoning in rows:
            self._set.Add(pattern)
            self._patterns.append((data_type, re2.compile(pattern, options), evidence, check, reasoning))
        self._set.Compile()
        self._namesakes = Namesakes()

    def find(self, joined: Joined) -> list[tuple[int, Finding]]:
        """(position of the field, finding) of every value that proves itself; one a field and data type."""
        present = self._set.Match(joined.data)
        if not present:
            return []
        found: list[tuple[int, Finding]] = []
        for which in sorted(present):
            data_type, pattern, evidence, check, reasoning = self._patterns[which]
            value = 1 if pattern.groups else 0
            last = -1
            for match in pattern.finditer(joined.data):
                first, stop = match.span(value)
                position, offset = joined.locate(first)
                if position == last:
                    continue
                # Offsets are bytes; Latin-1 keeps one character a byte. A check sees its surroundings, not the whole
                # value, which may be long and full of matches.
                start = min(offset, AROUND)
                text = joined.data[first - start : min(stop + AROUND, joined.end_of(position))].decode("latin-1")
                field = joined.fields[position]
                if check(text, start, start + stop - first) and not (value and is_of_a_thing(field)):
                    last = position
                    found.append(
                        (
                            position,
                            Finding(
                                field=field, data_type=data_type, evidence=evidence,
                                value=joined.data[first:stop].decode("utf-8", "replace"), reasoning=reasoning,
                            ),
                        )
                    )  # fmt: skip
        addresses = [finding.value for _, finding in found if finding.data_type == "person.email"]
        return found + self._namesakes.find(joined, addresses) if addresses else found


def _in_text(check: texts.Check) -> Check:
    """A check of the value and of what stands around it, for text that was read as Latin-1."""

    def checked(data: str, start: int, end: int) -> bool:
        parts = data[start:end], data[:start], data[end:]
        return check(*(part.encode("latin-1").decode("utf-8", "replace") for part in parts))

    return checked
