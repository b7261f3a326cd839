"""What parts of a postal address look like."""

import re

_POSTAL = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{3})[^@{}<>=]{8,200}", re.S)
_HOUSE = re.compile(r"(?:[A-Za-z]{1,4}[-/ #]?)?\d{1,5}(?:[-/ ]?[A-Za-z]|[-/ ]\d{1,4})?")
_TOWN = re.compile(r"[^\W\d_][^\W\d_'’. -]*(?:[ '’.-]{1,2}[^\W\d_]+){0,4}")
_POSTCODE = re.compile(
    r"[1-9]\d{2} ?\d{3}|\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"  # India; United States, Germany; Britain
    r"|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-?\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}"
    r"|〒? ?\d{3}-\d{4}|[A-Z]\d[\dW] ?[A-Z\d]{4}|[A-Z]{1,2}-\d{4,5}"  # Japan; Ireland; Europe with its country
)
# The words that streets are called by, where they stand before the name, after it, or as its end.
_BEFORE = (
    r"rua|avenida|av\.?|travessa|alameda|calle|carrera|via|viale|corso|piazza|rue|avenue|boulevard|chemin|place|ul\."
    r"|ulica|jalan|jl\.?"
)
_AFTER = (
    r"street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|court|crescent|terrace|close|way"
    r"|highway|parkway|marg|salai|colony|layout|gali|sokak|caddesi|straat|laan|gatan?|vägen|gade|vej|katu"
)
_ENDING = r"stra(?:ß|ss)e|str\.|allee|gasse|platz|damm|ufer|straat|laan|gracht|gatan|vägen|gade|vej|katu|tie"
_STREET = re.compile(
    rf"(?:{_BEFORE}) [^\W\d_].{{1,60}}|.{{1,60}} (?:{_AFTER})|[^\W\d_][\w .-]{{1,40}}(?:{_ENDING})", re.I
)
_KANA = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_EAST_ASIAN_TOWN = re.compile(rf"[{_KANA}]{{1,10}}")
_EAST_ASIAN_STREET = re.compile(rf"[{_KANA}]{{1,20}} ?[\d０-９]{{1,4}}[\d０-９{_KANA}-]{{0,20}}(?: \S.{{0,40}})?")
# Words that stand where a town's name could, and are none.
_NOT_TOWNS = frozenset(
    """
        view screen home page app application login logout search cart checkout profile user event test demo default
        unknown none null true false new old name first last full email phone mobile address city town state country
        district region province locality suburb village pincode zip street area location select choose enter your
        other any all required string text field label type value number clear cloudy rain sunny haze mist fog snow
        web android ios stadt ort ville ciudad cidade plaats citta strasse rue straat loading active inactive
    """.split()
)
_REGION_CODES = frozenset(
    """
        AP AR AS BR CG GA GJ HR HP JH KA KL MP MH MN ML MZ NL OD OR PB RJ SK TN TS TG TR UP UK UT WB DL JK LA PY CH
        AL AK AZ CA CO CT DE FL HI ID IL IA KS KY ME MD MA MI MS MO MT NE NV NH NJ NM NY NC ND OH PA RI SC SD TX VT
        VA WA WV WI WY
    """.split()
)


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split("|"))


_REGIONS = (
    _names(
        """andhra pradesh | arunachal pradesh | assam | bihar | chhattisgarh | goa | gujarat | haryana |
        himachal pradesh | jharkhand | karnataka | kerala | madhya pradesh | maharashtra | manipur |
        meghalaya | mizoram | nagaland | odisha | punjab | rajasthan | sikkim | tamil nadu | telangana |
        tripura | uttar pradesh | uttarakhand | west bengal | delhi | jammu and kashmir | ladakh |
        puducherry | chandigarh | orissa | new delhi"""
    )
    | _names(
        """alabama | alaska | arizona | arkansas | california | colorado | connecticut | delaware | florida |
        georgia | hawaii | idaho | illinois | indiana | iowa | kansas | kentucky | louisiana | maine |
        maryland | massachusetts | michigan | minnesota | mississippi | missouri | montana | nebraska |
        nevada | new hampshire | new jersey | new mexico | new york | north carolina | north dakota | ohio |
        oklahoma | oregon | pennsylvania | rhode island | south carolina | south dakota | tennessee | texas |
        utah | vermont | virginia | washington | west virginia | wisconsin | wyoming"""
    )
    | _names(
        """baden-württemberg | bayern | bavaria | berlin | brandenburg | bremen | hamburg | hessen | niedersachsen |
        mecklenburg-vorpommern | nordrhein-westfalen | rheinland-pfalz | saarland | sachsen | sachsen-anhalt |
        schleswig-holstein | thüringen | île-de-france | ile-de-france | bretagne | normandie | occitanie |
        nouvelle-aquitaine | grand est | hauts-de-france | pays de la loire | andalucía | andalucia | aragón |
        cataluña | catalunya | galicia | murcia | navarra | lombardia | lazio | toscana | sicilia | piemonte |
        veneto | campania | england | scotland | wales | northern ireland | noord-holland | zuid-holland |
        utrecht | gelderland | ontario | quebec | british columbia | alberta | manitoba | nova scotia |
        new south wales | victoria | queensland | tasmania | south australia | western australia | são paulo"""
    )
)


def postal_address(value: str) -> bool:
    """Free text with a number and words, as a street address has, or a block of a Japanese or Korean quarter."""
    if not value.isascii() and _EAST_ASIAN_STREET.fullmatch(value) is not None:
        return True
    return (
        _POSTAL.fullmatch(value) is not None and " " in value.strip() and not value.startswith(("http", "Mozilla", "/"))
    )


def street(value: str) -> bool:
    """The name of a street without a number: a word for a street before the name, after it, or as its end."""
    return len(value) <= 80 and _STREET.fullmatch(value) is not None


def house_number(value: str) -> bool:
    """The number of a house or a flat: `214`, `B-204`, `17/3`."""
    return _HOUSE.fullmatch(value) is not None


def place_name(value: str) -> bool:
    """Capitalised words that a town or region could have, or signs of Chinese, Japanese or Korean writing."""
    if not value.isascii() and _EAST_ASIAN_TOWN.fullmatch(value) is not None:
        return True
    if not 2 < len(value) <= 40 or not value[0].isupper() or _TOWN.fullmatch(value) is None:
        return False
    return not _NOT_TOWNS.issuperset(value.lower().split())


def region_name(value: str) -> bool:
    """A state of India or the United States, or a large region of Europe, Canada or Australia."""
    return value.lower() in _REGIONS


def region_code(value: str) -> bool:
    """The two letters of a state of India or the United States, with its country or without."""
    return value.removeprefix("IN-").removeprefix("US-") in _REGION_CODES


def country(value: str) -> bool:
    """A country code of two or three letters, or a country's name."""
    return re.fullmatch(r"[A-Z]{2,3}|[a-z]{2}|[A-Z][a-z]{2,}(?: [A-Z][a-z]+){0,3}", value) is not None


def postcode(value: str) -> bool:
    """A postcode of India, the United States, Britain, Canada, Brazil, Japan, or most countries of Europe."""
    return _POSTCODE.fullmatch(value) is not None


def postcode_4(value: str) -> bool:
    """Four digits, as Austria, Switzerland, Belgium, Denmark, Norway, Australia and South Africa have."""
    return re.fullmatch(r"\d{4}", value) is not None
