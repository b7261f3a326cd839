"""Numbers that other countries give to people: one valid number each, and the same with another check digit."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.detect.shapes.national import NATIONAL
from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

VALID = {
    "at_vnr": "1237010180",
    "au_tfn": "123456782",
    "be_nn": "85073003328",
    "bg_egn": "7523169263",
    "br_cpf": "39053344705",
    "ca_sin": "123456782",
    "ch_ssn": "7569217076985",
    "cl_rut": "125319092",
    "cn_ric": "360426199101010071",
    "cz_rc": "7103192745",
    "de_idnr": "36574261809",
    "dk_cpr": "2110625629",
    "ec_ci": "1714307103",
    "ee_ik": "36805280109",
    "es_dni": "54362315K",
    "es_nie": "X2482300W",
    "fi_hetu": "131052-308T",
    "fr_nir": "295109912611193",
    "gb_nhs": "9434765870",
    "gr_amka": "01013099997",
    "hr_oib": "33392005961",
    "id_nik": "3171011708450001",
    "ie_pps": "6433435F",
    "il_idnr": "039337423",
    "is_kennitala": "4504013150",
    "it_codicefiscale": "RCCMNL83S18D969H",
    "kr_rrn": "9710139019902",
    "lt_asmens": "33309240064",
    "mx_curp": "BOXW310820HNERXN09",
    "my_nric": "770305021234",
    "nl_bsn": "111222333",
    "no_fodselsnummer": "15108695088",
    "pk_cnic": "4220103976408",
    "pl_pesel": "44051401359",
    "pt_cc": "000000000ZZ4",
    "pt_nif": "501964843",
    "ro_cnp": "1630615123457",
    "se_personnummer": "8803200016",
    "si_emso": "0101006500006",
    "th_pin": "1234545678781",
    "tr_tckimlik": "17291716060",
    "us_itin": "912903457",
    "za_idnr": "7503305044089",
}
WITHOUT_CHECK = {"dk_cpr", "my_nric", "pk_cnic", "us_itin", "id_nik", "mx_curp"}
"""Numbers with dates, areas or genders to check, and no check digit."""


def other(value: str) -> str:
    """The value with another last character but one, which is a digit in all of them but `cc`."""
    place = 3 if value.endswith("ZZ4") else -2
    return value[:place] + str((int(value[place]) + 1) % 10) + value[place:][1:]


YES = {name: [value] for name, value in VALID.items()} | {
    "de_id_card": ["L01X00T471"],
    "document": ["MH27A1234567", "D1234567", "A123456780"],
    "gb_nino": ["AB123456C", "AB 12 34 56 C"],
    "passport_foreign": ["C01X00T47", "AB1234567"],
    "ssn": ["536-90-4399", "536904399"],
}
CHECKED = {name: value for name, value in VALID.items() if name not in WITHOUT_CHECK}
NO = {name: [value[:-3], "x" * len(value), other(value)] for name, value in CHECKED.items()} | {
    "my_nric": ["779905021234", "7703"],
    "pk_cnic": ["0220103976408", "422"],
    "us_itin": ["812903457", "912"],
    "dk_cpr": ["9910625629", "2113625629"],
    "id_nik": ["3171017708450001", "3171"],
    "mx_curp": ["BOXW319920HNERXN09", "BOXW"],
    "de_id_card": ["L01X00T472", "L01X00T47"],
    "document": ["license", "ABCDEFGH", "111111"],
    "gb_nino": ["BG123456C", "AB123456E"],
    "passport_foreign": ["K1234561", "passport", "ABCDEFG"],
    "ssn": ["000-90-4399", "666-90-4399", "936-90-4399", "536-00-4399", "536-90-0000"],
}


def test_every_national_number_has_a_vector() -> None:
    assert set(VALID) == set(NATIONAL)


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)


def test_modules_of_countries_are_imported_when_a_value_asks_for_them() -> None:
    program = (
        "import sys, analyzer.detect.shapes.table as s; before = set(sys.modules); s.SHAPES['nl_bsn']('111222333');"
    )
    program += "print('stdnum.nl.bsn' in before, 'stdnum.nl.bsn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "True"], done.stderr


@settings(max_examples=400)
@given(st.sampled_from(sorted(NATIONAL)), st.text("0123456789ABXZ -", min_size=5, max_size=20))
def test_what_stdnum_stumbles_over_is_no_number(name: str, value: str) -> None:
    assert SHAPES[name](value) in (True, False)
