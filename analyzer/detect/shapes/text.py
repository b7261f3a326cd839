"""What a sentence says of a person: whom it greets, whose mailbox it names, the streets and labelled values in it."""

import re
from collections.abc import Callable

from analyzer.detect.shapes.person import birth_date, name_word, person_name, phone, role
from analyzer.detect.shapes.place import place_name, postcode
from analyzer.model import Evidence

Check = Callable[[str, str, str], bool]
"""Whether a match is what it looks like: the value, what stands before it, what stands after it."""
Row = tuple[str, Evidence, str, Check, str]

# Whom texts greet that are nobody, and what stands before a name that is not meant.
_NOBODY = frozenset(
    """
        there world everyone everybody all team customer sir madam user friend friends folks guys valued guest member
        again welt zusammen mundo monde google siri alexa amigo amiga client kunde kundin cliente subscriber colleague
        colleagues hiring manager reader partner students parents you ladies gentlemen damen herren todos tous mr mrs
        ms miss dr prof herr frau production
    """.split()
)
_OF_ONESELF = re.compile(r"@|phone|mobile|\bmy\b|\bI\b|\b[Ii]ch\b|\bje\b|\bme\b")
_BUSINESS = re.compile(
    r"store|shop|restaurant|office|branch|hotel|warehouse|outlet|clinic|hospital|headquarter|showroom|venue|cafe|mall"
    r"|filiale|tienda|loja|magasin|negozio|winkel|near(?:est|by)",
    re.I,
)
_NO_STREET = frozenset("google open click add view best easy fast only more top step steps days hours".split())


def _greeted(value: str, before: str, after: str) -> bool:
    words = value.split()
    is_name = name_word(value) if len(words) == 1 else person_name(value)
    return is_name and _NOBODY.isdisjoint(word.lower() for word in words)


def _mailbox(value: str, before: str, after: str) -> bool:
    return person_name(value) and not role(after.partition("<")[2].partition("@")[0])


def _named(value: str, before: str, after: str) -> bool:
    return person_name(value) and _OF_ONESELF.search(before + " " + after) is not None


def _dialled(value: str, before: str, after: str) -> bool:
    is_date = re.match(r"(?:19|20)\d\d[-.]?[01]\d", value) is not None
    long_enough = 9 <= sum(char.isdigit() for char in value) <= 14
    return long_enough and not is_date and phone(value) and not after[:1].isalnum()


def _born(value: str, before: str, after: str) -> bool:
    return birth_date(value)


def _postcode(value: str, before: str, after: str) -> bool:
    return postcode(value)


def _town(value: str, before: str, after: str) -> bool:
    return place_name(value) and _BUSINESS.search(before[-40:]) is None


def _street(value: str, before: str, after: str) -> bool:
    if re.search(r"\b(?:19|20)\d\d\b", value):
        return False  # `1991-1998, Thomas G. Lane` holds rights, and lives elsewhere
    near = before[-60:] + " " + after[:30]
    return _BUSINESS.search(near) is None and _NO_STREET.isdisjoint(value.lower().split())


# Wider than letters, so that the automaton stays small; the checks ask for names.
_UPPER, _LETTER = r"[A-Z\x{c0}-\x{10ffff}]", r"[A-Za-z'\x{c0}-\x{10ffff}-]"
_NAME = rf"{_UPPER}{_LETTER}+"
_FULL = rf"{_NAME}(?: [A-Z]\.)?(?: {_NAME})+"
_QUOTES = r"""["'\\]{0,3}"""
_IS = rf"{_QUOTES} ?(?:[:=]| is)? ?{_QUOTES}"
"""Between a label and its value: `dob=`, `"dob": "`, `dob is `, `dob `."""
_GREETING = (
    r"(?m)(?:^|[>\"'.!] ?)(?:Hi|Hello|Hey|Dear|Hallo|Liebe|Lieber|Hola|Olá|Bonjour|Salut|Ciao|Caro|Cara|Querido|Querida"
    r"|Estimado|Estimada|Namaste|Hej|Merhaba) "
)
_I_AM = (
    r"(?:[Mm]y name is|[Tt]his is|I am|[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Jj]e m'appelle|[Mm]e llamo"
    r"|(?:[a-z]_?)?[Nn]ame[\"'\\]{0,3} ?[:=] ?[\"'\\]{1,3})"
)
_DIAL = (
    r"(?i)\b(?:call|phone|mobile|t[eé]l|telephone|whatsapp|contact|cell|handy|telefon|telefone|celular|reach|my number)"
    r"(?: me)?(?: (?:no|number|nummer|on|at|under))?[.#]?"
)
_BIRTH = (
    r"(?i)\b(?:dob|d\.o\.b\.|birth[ _-]?da(?:te|y)|date[ _]of[ _]birth|born on|geburtsdatum|geboren am"
    r"|fecha de nacimiento|data de nascimento|date de naissance)"
)
_NUMBER = r"[0-9]{1,5}[A-Za-z]?(?:[/-][0-9]{1,4}[A-Za-z]?)?"
_ROADS = r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Boulevard|Blvd|Marg|Nagar|Salai|Crescent|Terrace)"
_STRASSEN = r"(?:stra(?:ß|ss)e|str\.|allee|gasse|platz|damm|ufer|straat|laan|gracht)"
_RUES = r"(?:rue|avenue|boulevard|bd|chemin|allée|impasse|quai|route) (?:de la |de l['’]|des? |du |d['’]|la |le |les )?"
_A_STREET = "The text holds the name of a street and a number."

TEXT_PATTERNS: tuple[Row, ...] = (
    ("person.name.given", "key+value", rf"{_GREETING}({_NAME})(?:[,!.:;<]|$)", _greeted,
     "The text greets someone by this name."),
    ("person.name.full", "key+value", rf"{_GREETING}({_FULL})(?:[,!.:;<]|$)", _greeted,
     "The text greets someone by this name."),
    ("person.name.full", "key+value", rf"({_FULL})\"? ?<[A-Za-z0-9._%+-]{{1,64}}@", _mailbox,
     "The name stands before a person's e-mail address in angle brackets."),
    ("person.name.full", "key+value", rf"{_I_AM} ?({_FULL})", _named,
     "The text calls this a name, and says more of a person."),
    ("person.phone", "key+value", rf"{_DIAL}{_IS}(\+?[(0-9][0-9() .-]+[0-9])", _dialled,
     "The text calls this a telephone number, and it has the shape of one."),
    ("person.dob", "key+value", rf"{_BIRTH}{_IS}([0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}})", _born,
     "The text calls this a date of birth, and it is a date long ago."),
    ("person.address.postcode", "key+value",
     rf"(?i)\b(?:zip|zip_?code|post(?:al)?[ _]?code|pin_?code|plz|cep){_QUOTES} ?(?:[:=]| is) ?{_QUOTES}"
     r"([A-Z0-9][A-Z0-9 -]+[A-Z0-9])\b", _postcode, "The text calls this a postcode, and it has the shape of one."),
    ("person.address.city", "key+value",
     rf"\b(?:city|town|ville|ciudad|cidade){_QUOTES} ?[:= ] ?{_QUOTES}([A-Z][a-z]+(?:[ -][A-Z][a-z]+)*)", _town,
     "The text calls this a town."),
    ("person.address.postal", "validated", rf"\b({_NUMBER},? (?:{_UPPER}[A-Za-z.'-]+ )+{_ROADS})\b", _street,
     _A_STREET),
    ("person.address.postal", "validated", rf"\b({_UPPER}{_LETTER}+{_STRASSEN} [0-9]{{1,4}} ?[a-z]?)\b", _street,
     _A_STREET),
    ("person.address.postal", "validated",
     rf"\b([0-9]{{1,4}}(?: ?bis| ?ter)?,? {_RUES}{_NAME}(?:[ -]{_NAME})*)", _street, _A_STREET),
    ("person.address.postal", "validated",
     rf"\b((?:Rua|Avenida|Av\.|Calle|Via|Viale|Rue|Praça|Plaza) (?:{_LETTER}+,? )+[0-9]{{1,5}})\b", _street,
     _A_STREET),
)  # fmt: skip
"""(data type, evidence, RE2 pattern whose group is the value, check, reasoning)."""
