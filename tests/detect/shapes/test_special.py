"""Special categories, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
    "blob": ["Rk1SACAyMAAAAAFiAAABAAFoAMUAxQEAAAAoNUB9AKQAAEDOAL4AAECp"],
    "blood_group": ["O+", "AB-negative", "b positive", "A-", "ABpos", "O positive", "B_POSITIVE", "0+"],
    "caste": ["OBC-NCL", "SC", "Maratha"],
    "component": ["0.12345", "-0.982"],
    "ethnicity": ["South Asian", "Latino"],
    "flag": ["true", "N", "0"],
    "flag_set": ["yes", "1"],
    "gender_identity": ["they/them", "Non-Binary"],
    "genotype": ["AG", "A/G", "rs53576", "ACGTACGTACGTACGT", "H1a"],
    "illness": ["E11.9", "fever and cough", "chronic bronchitis", "Type 2 diabetes"],
    "leaning": ["liberal", "far-right", "CDU"],
    "medicine": ["ibuprofen 200 mg", "metformin", "insulin"],
    "orientation": ["bisexual", "Straight"],
    "party": ["Green Party", "BJP", "Labour"],
    "religion": ["Hindu", "katholisch", "agnostic"],
    "sought_gender": ["women", "both"],
}
NO = {
    "blob": ["short", "a ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba ba b"],
    "blood_group": ["C+", "AB", "positive", "general"],
    "caste": ["off", "red", "0"],
    "component": ["1", "0.5", "x"],
    "ethnicity": ["condition", "5G", "orc"],
    "flag": ["maybe", "2"],
    "flag_set": ["false", "0", "on"],
    "gender_identity": ["x", "default"],
    "genotype": ["ag", "hello world", "on"],
    "illness": ["partly cloudy", "variant-3", "diagnosis", "lag", "slow network"],
    "leaning": ["neutral", "up"],
    "medicine": ["box", "500 metres", "drop"],
    "orientation": ["portrait", "landscape", "left"],
    "party": ["third", "first", "of four"],
    "religion": ["default", "false", "red"],
    "sought_gender": ["shoes", "a sofa"],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
