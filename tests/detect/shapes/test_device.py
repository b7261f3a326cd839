"""Devices, installations and networks, against published and made-up vectors."""

import pytest

from analyzer.detect.shapes.table import SHAPES
from tests.detect.fields import each

YES = {
    "analytics_cookie": ["GA1.2.1234567890.1700000000", "fb.1.1700000000000.1234567890"],
    "cell": ["404-68-20417-120450321", "404:68:20417"],
    "fid": ["cX8kq2LmT0aPz4YbR7wNd1"],
    "gsf": ["3a1f9c52e07b4d6a", "4183920017263549812"],
    "hex16": ["a1c39f5e7d0b4826", "1c39f5e7d0b4826"],
    "iccid": ["8991101200003204514", "89911012000032045146"],
    "imei": ["354178036859789", "35-417803-685978-9", "3541780368597812"],
    "imsi": ["404685505601234"],
    "ip_private": ["10.0.2.15", "192.168.1.7", "fd00::1"],
    "ip_public": ["49.36.12.7", "2405:201:1::1"],
    "mac": ["d0:50:99:84:a2:a0", "D0-50-99-84-A2-A0"],
    "meid": ["A1000049D4FE8B", "270113177609606898"],
    "owned_device": ["Ishaan's iPhone", "Meera’s iPad", "iPhone von Lukas"],
    "package": ["com.bank.example", "com.a.b,org.c.d,net.e.f"],
    "ssid": ["Kulkarni Home", "TP-Link_4F2C", '"Cafe 5G"'],
    "uuid": ["3f9a1c52-7b0e-4c6d-9e21-8a5d4b7c6f10", "3f9a1c527b0e4c6d9e218a5d4b7c6f10"],
}
NO = {
    "analytics_cookie": ["GA", "1.2.3"],
    "cell": ["4.12.0.1183", "12-34"],
    "fid": ["gX8kq2LmT0aPz4YbR7wNd1", "cX8kq2"],
    "gsf": ["0000000000000000", "12345"],
    "hex16": ["9774d56d682e549c", "0000000000000000", "a1c39f5e", "a1c39f5e7d0b48267"],
    "iccid": ["8891101200003204514"],
    "imei": ["354178036859788", "000000000000000", "35417803"],
    "imsi": ["104685505601234"],
    "ip_private": ["127.0.0.1", "0.0.0.0", "49.36.12.7", "10.0.2.15:8443", "203.0.113.7"],
    "ip_public": ["10.0.2.15", "1.1.1.1", "3.0.1.2", "999.1.1.1", "4.12.0"],
    "mac": [
        "02:00:00:00:00:00",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "d0:50-99:84:a2:a0",
        "d0:50:99",
        "01:00:5e:00:00:fb",
    ],
    "meid": ["00000049D4FE8B", "AAAAAAAAAAAAAA"],
    "owned_device": ["Galaxy S24", "SM-F946B", "What’s new"],
    "package": ["settings", "com.a.b,org.c.d", "a b.c d"],
    "ssid": [
        "<unknown ssid>",
        "A_mrp5cpjfkd72x04",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "12345",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    "uuid": ["00000000-0000-0000-0000-000000000000", "3f9a1c52"],
}


@pytest.mark.parametrize(("name", "value"), each(YES))
def test_yes(name: str, value: str) -> None:
    assert SHAPES[name](value)


@pytest.mark.parametrize(("name", "value"), each(NO))
def test_no(name: str, value: str) -> None:
    assert not SHAPES[name](value)
