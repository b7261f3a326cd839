"""What personas of each country are made of: places that fit together, and number ranges kept free of people.

In a pattern `#` stands for a digit, `*` for one but zero, `?` for a capital letter, `{birth:%y}` for a known fact.
"""

from collections.abc import Mapping

from msgspec import Struct

SHAPED = "valid in form only: no range is reserved, so it may be somebody's; let the app send nothing to it"


class Place(Struct, frozen=True):
    """A town, and a postcode of it."""

    city: str
    postcode: str
    region: str = ""


class Number(Struct, frozen=True):
    """A number that an authority gives."""

    data_type: str
    pattern: str
    check: str
    """Module of python-stdnum that accepts it; empty where it has no published check."""
    name: str
    """What it is called, and what is known of the range."""


class Country(Struct, frozen=True, kw_only=True):
    """How people of one country are named, reached and numbered."""

    locale: str
    """Locale of faker that names and streets come from."""
    places: tuple[Place, ...]
    phone: str
    phone_note: str = SHAPED
    house_first: bool = False
    """Whether the house number stands before the street."""
    numbers: tuple[Number, ...]
    account: str = ""
    """National part of an IBAN at a bank code that is not known to be assigned; empty where there are no IBANs."""


COUNTRIES: Mapping[str, Country] = {
    "IN": Country(
        locale="en_IN",
        places=(
            Place("Nashik", "422001", "Maharashtra"),
            Place("Mysuru", "570001", "Karnataka"),
            Place("Jaipur", "302001", "Rajasthan"),
        ),
        phone="+916#########",
        house_first=True,
        numbers=(
            Number("gov.in.aadhaar", "9999########", "verhoeff", "begins like the test numbers of UIDAI"),
            Number("gov.in.pan", "ZZ?P{initial}####?", "in_.pan", "from the end of the alphabet"),
            Number("gov.in.voter", "ZZ?#######", "in_.epic", "from the end of the alphabet"),
        ),
    ),
    "DE": Country(
        locale="de_DE",
        places=(Place("Kassel", "34117"), Place("Erfurt", "99084"), Place("Augsburg", "86150")),
        phone="+49176040690##",
        phone_note="of a range that Bundesnetzagentur lists for media productions",
        numbers=(Number("gov.other", "9##########", "de.idnr", "Steuer-ID"),),
        account="99999999##########",
    ),
    "FR": Country(
        locale="fr_FR",
        places=(Place("Dijon", "21000"), Place("Rennes", "35000"), Place("Grenoble", "38000")),
        phone="+3363998####",
        phone_note="of a range that Arcep reserves for fiction; an app that knows the numbering plan may refuse it",
        house_first=True,
        numbers=(Number("gov.other", "{sex}{birth:%y%m}75########", "fr.nir", "NIR"),),
        account="9999999999#############",
    ),
    "ES": Country(
        locale="es_ES",
        places=(Place("Zaragoza", "50001"), Place("Valladolid", "47001"), Place("Murcia", "30001")),
        phone="+346########",
        numbers=(Number("gov.other", "99######?", "es.dni", "DNI"),),
        account="99999999############",
    ),
    "IT": Country(
        locale="it_IT",
        places=(Place("Bologna", "40121"), Place("Verona", "37121"), Place("Modena", "41121")),
        phone="+39320#######",
        numbers=(Number("gov.other", "{fiscal}H501?", "it.codicefiscale", "codice fiscale, born in Rome"),),
        account="?9999999999############",
    ),
    "NL": Country(
        locale="nl_NL",
        places=(Place("Utrecht", "3511 AB"), Place("Groningen", "9711 AA"), Place("Zwolle", "8011 AB")),
        phone="+316########",
        numbers=(Number("gov.other", "9999#####", "nl.bsn", "BSN, begins like test numbers"),),
        account="ZZZZ0#########",
    ),
    "PL": Country(
        locale="pl_PL",
        places=(Place("Lublin", "20-001"), Place("Katowice", "40-001"), Place("Bydgoszcz", "85-001")),
        phone="+48512######",
        numbers=(Number("gov.other", "{birth:%y%m%d}###{odd}#", "pl.pesel", "PESEL"),),
        account="999#####################",
    ),
    "SE": Country(
        locale="sv_SE",
        places=(Place("Uppsala", "75310"), Place("Helsingborg", "25221"), Place("Kalmar", "39231")),
        phone="+467017406*#",
        phone_note="of a range that Post- och telestyrelsen reserves for fiction",
        numbers=(
            Number(
                "gov.other", "{birth:%Y%m%d}98{odd}#", "se.personnummer", "personnummer, of the range of test numbers"
            ),
        ),
        account="999#################",
    ),
    "IE": Country(
        locale="en_IE",
        places=(Place("Cork", "T12 XY99"), Place("Galway", "H91 XY99"), Place("Limerick", "V94 XY99")),
        phone="+3532091#####",
        phone_note="of a range that ComReg reserves for fiction; an app that knows the numbering plan may refuse it",
        house_first=True,
        numbers=(Number("gov.other", "9######?", "ie.pps", "PPS number"),),
        account="ZZZZ99############",
    ),
    "AT": Country(
        locale="de_AT",
        places=(Place("Graz", "8010"), Place("Linz", "4020"), Place("Salzburg", "5020")),
        phone="+43664#######",
        numbers=(Number("gov.other", "9###{birth:%d%m%y}", "at.vnr", "Versicherungsnummer"),),
        account="99999###########",
    ),
    "BE": Country(
        locale="nl_BE",
        places=(Place("Gent", "9000"), Place("Leuven", "3000"), Place("Namur", "5000")),
        phone="+3247#######",
        numbers=(Number("gov.other", "{birth:%y%m%d}##{odd}##", "be.nn", "national number"),),
        account="993#########",
    ),
    "PT": Country(
        locale="pt_PT",
        places=(Place("Braga", "4700-001"), Place("Coimbra", "3000-001"), Place("Aveiro", "3800-001")),
        phone="+35191#######",
        numbers=(Number("gov.other", "29#######", "pt.nif", "NIF"),),
        account="99999999#############",
    ),
    "GB": Country(
        locale="en_GB",
        places=(Place("York", "YO1 7EP"), Place("Leeds", "LS1 4AP"), Place("Exeter", "EX1 1GF")),
        phone="+447700900###",
        phone_note="of a range that Ofcom reserves for fiction; an app that knows the numbering plan may refuse it",
        house_first=True,
        numbers=(Number("gov.other", "999#######", "gb.nhs", "NHS number, of the range of test numbers"),),
        account="ZZZZ99############",
    ),
    "US": Country(
        locale="en_US",
        places=(
            Place("Boise", "83702", "Idaho"),
            Place("Toledo", "43604", "Ohio"),
            Place("Tucson", "85701", "Arizona"),
        ),
        phone="+152055501##",
        phone_note="of the range 555-0100 to 555-0199, which NANPA reserves for fiction",
        house_first=True,
        numbers=(Number("gov.us.ssn", "78#-##-####", "us.ssn", "of areas not given out before 2011"),),
    ),
}
"""Countries by their ISO 3166-1 alpha-2 code.

Ranges for fiction: Ofcom "Telephone numbers for drama use"; Arcep, numbering plan; Bundesnetzagentur, Mitteilung
148/2021; PTS; ComReg; NANPA 555 line numbers. The Belgian bank code is of the range for circular
cheques, which no account has (list of the National Bank, as python-stdnum ships it).
"""
