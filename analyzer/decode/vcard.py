"""vCard: the contacts of an address book, or oneself, as phones and mail programs hand them on (RFC 6350, RFC 2426)."""

import quopri
import re
from collections.abc import Iterator

from analyzer.decode.limits import MAX_FIELDS
from analyzer.decode.walk import PartFull, Place, Walk

_FOLD = re.compile(r"\r?\n[ \t]")
_QUOTED_FOLD = re.compile(r"=\r?\n")
_LINE = re.compile(r"(?:[\w-]{1,40}\.)?([A-Za-z-]{1,40})((?:;[^:\r\n]{0,400})?):(.*)")
_SEMICOLON = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_PARTS = {
    "N": ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix"),
    "ADR": ("po_box", "address_line2", "street", "city", "region", "postal_code", "country"),
}
"""Names of the parts of structured values, in the order of RFC 6350, 6.2.2 and 6.3.1."""
_NAMES = {"FN": "full_name", "TEL": "telephone", "BDAY": "birthday", "ORG": "organization", "GEO": "coordinates"}
"""What property names of few letters stand for; the others say it."""
_TECHNICAL = frozenset(("BEGIN", "END", "VERSION", "PRODID", "REV"))


def is_vcard(text: str) -> bool:
    """Whether a text begins as one."""
    return text[:11].upper() == "BEGIN:VCARD"


def read(walk: Walk, at: Place, text: str) -> None:
    """Record the properties of one card or more, each card by its position."""
    inner, position = at.inside("vcard"), -1
    for count, (name, parameters, value) in enumerate(_properties(text)):
        if count == MAX_FIELDS:
            raise PartFull
        if name == "BEGIN":
            position += 1
        if name in _TECHNICAL:
            continue
        here = inner.item(position)
        if "QUOTED-PRINTABLE" in parameters.upper():
            value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
        if name in _PARTS:
            for key, part in zip(_PARTS[name], _SEMICOLON.split(value), strict=False):
                walk.text(here.at(f"{name}.{key}", key), _plain(part))
        else:
            walk.text(here.at(name, _NAMES.get(name, name.lower())), _plain(value.removeprefix("tel:")))


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    """Name in capitals, parameters and value of each line, folded lines put together."""
    whole = _FOLD.sub("", text)
    if "QUOTED-PRINTABLE" in whole.upper():  # vCard 2.1 folds these in a way of their own
        whole = _QUOTED_FOLD.sub("", whole)
    for line in whole.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            yield match[1].upper(), match[2], match[3]


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
