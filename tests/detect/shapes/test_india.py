"""Indian numbers, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
    "aadhaar": ["234123412346", "2341 2341 2346", "2341-2341-2346"],
    "aadhaar_masked": ["XXXX XXXX 2346", "xxxxxxxx2346", "****-****-2346"],
    "aadhaar_vid": ["2341234123412341"],
    "abha": ["91-1234-5678-9012", "91123456789012"],
    "abha_address": ["ishaan@abdm", "ishaan.k@sbx"],
    "epic": ["WKH1186253"],
    "gstin": ["27AAPFU0939F1ZV"],
    "ifsc": ["SBIN0000001"],
    "licence_in": ["MH31 20110012345", "MH-31-2011-0012345", "DL0420110149646"],
    "pan_in": ["ACUPA7085R", "abcpk1234l"],
    "passport_in": ["K1234561", "L8987634"],
    "uan": ["100123456789"],
    "vehicle_in": ["MH 31 AB 1234", "MH31AB1234", "22BH1234AA"],
    "vpa": ["9876543210@ybl", "ishaan.k@okdemobank"],
}
NO = {
    "aadhaar": ["234123412347", "134123412346", "23412341234", "222222222222", "2341234123461"],
    "aadhaar_masked": ["XXXX 2346", "masked"],
    "aadhaar_vid": ["2341234123412342", "4111111111111111"],
    "abha": ["9112345678901"],
    "abha_address": ["ishaan@post", "x@abdm.example"],
    "epic": ["WKH118625", "wkh1186253"],
    "gstin": ["27AAPFU0939F1ZA", "00AAPFU0939F1ZV"],
    "ifsc": ["SBIN1000001"],
    "licence_in": ["XX31 20110012345", "MH31 2011"],
    "pan_in": ["ABCDE1234F", "ABCPK0000L", "ABCPK123L"],
    "passport_in": ["Q1234561", "K0234561", "K123456", "K12345610"],
    "uan": ["200123456789", "10012345678"],
    "vehicle_in": ["XX 31 AB 1234", "MH31"],
    "vpa": ["ishaan@post.example", "pkg@1.2.3", "@ybl"],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
