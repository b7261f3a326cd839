"""What numbers look like that other countries' authorities give to people, checked by python-stdnum."""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from analyzer.detect.shapes.india import passport_in
from analyzer.detect.shapes.rates import RATES

NATIONAL: dict[str, str] = {
    "at_vnr": "at.vnr",
    "au_tfn": "au.tfn",
    "be_nn": "be.nn",
    "bg_egn": "bg.egn",
    "br_cpf": "br.cpf",
    "ca_sin": "ca.sin",
    "ch_ssn": "ch.ssn",
    "cl_rut": "cl.rut",
    "cn_ric": "cn.ric",
    "cz_rc": "cz.rc",
    "de_idnr": "de.idnr",
    "dk_cpr": "dk.cpr",
    "ec_ci": "ec.ci",
    "ee_ik": "ee.ik",
    "es_dni": "es.dni",
    "es_nie": "es.nie",
    "fi_hetu": "fi.hetu",
    "fr_nir": "fr.nir",
    "gb_nhs": "gb.nhs",
    "gr_amka": "gr.amka",
    "hr_oib": "hr.oib",
    "id_nik": "id.nik",
    "ie_pps": "ie.pps",
    "il_idnr": "il.idnr",
    "is_kennitala": "is_.kennitala",
    "it_codicefiscale": "it.codicefiscale",
    "kr_rrn": "kr.rrn",
    "lt_asmens": "lt.asmens",
    "mx_curp": "mx.curp",
    "my_nric": "my.nric",
    "nl_bsn": "nl.bsn",
    "no_fodselsnummer": "no.fodselsnummer",
    "pk_cnic": "pk.cnic",
    "pl_pesel": "pl.pesel",
    "pt_cc": "pt.cc",
    "pt_nif": "pt.nif",
    "ro_cnp": "ro.cnp",
    "se_personnummer": "se.personnummer",
    "si_emso": "si.emso",
    "th_pin": "th.pin",
    "tr_tckimlik": "tr.tckimlik",
    "us_itin": "us.itin",
    "za_idnr": "za.idnr",
}
"""Shape -> module of python-stdnum; `rates.py` says how such numbers are written.

Belgian, Danish, Korean, Norwegian, Swedish and South African ones hold a date of birth, and python-stdnum refuses those
of tomorrow: the one place where the day of the analysis could be seen.
"""

_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]")
_ID_CARD = re.compile(r"[CFGHJKLMNPRTVWXYZ0-9]{9}\d")


def ssn(value: str) -> bool:
    """A US Social Security number by its area rules (SSA): no 000, 666 or 9xx, no zero group, no zero serial."""
    match = re.fullmatch(r"(\d{3})-?(\d{2})-?(\d{4})", value)
    if match is None or match[1] in ("000", "666") or match[1] >= "900":
        return False
    return match[2] != "00" and match[3] != "0000" and match[0] not in ("078-05-1120", "078051120")


def gb_nino(value: str) -> bool:
    """A British National Insurance number (HMRC)."""
    return _NINO.fullmatch(value) is not None


def de_id_card(value: str) -> bool:
    """The number of a German identity card with its check digit, weights 7, 3, 1 (ICAO 9303)."""
    if _ID_CARD.fullmatch(value) is None:
        return False
    return sum(int(char, 36) * (7, 3, 1)[place % 3] for place, char in enumerate(value[:9])) % 10 == int(value[9])


def document(value: str) -> bool:
    """A number of a document: 6 to 20 letters, digits and separators, at least four of them digits."""
    if not 6 <= len(value) <= 20 or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ./-]*", value) is None:
        return False
    return sum(char.isdigit() for char in value) >= 4 and len(set(value)) > 2


def passport_foreign(value: str) -> bool:
    """Six to nine letters and digits of a passport, at least five of them digits, not of India's make."""
    plausible = re.fullmatch(r"[A-Z0-9]{6,9}", value) is not None and not passport_in(value)
    return plausible and sum(char.isdigit() for char in value) >= 5 and len(set(value)) > 2


@lru_cache(None)
def _checker(module: str) -> Callable[[str], bool]:
    is_valid: Callable[[str], bool] = import_module("stdnum." + module).is_valid
    return is_valid


def national(name: str) -> Callable[[str], bool]:
    """The shape for a row of NATIONAL; python-stdnum's module is imported when a value of its length turns up."""
    module, written = NATIONAL[name], RATES[name][0]
    shortest, longest = len(written) - 2, len(written) + 4

    def shape(value: str) -> bool:
        if not (shortest <= len(value) <= longest and value.isascii()):
            return False
        try:
            return _checker(module)(value)
        except (LookupError, TypeError, ValueError):
            return False  # some of its modules stumble over numbers that nobody has

    shape.__name__ = name
    return shape
