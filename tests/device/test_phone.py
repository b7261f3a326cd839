from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.device.adb import Adb, Answer
from analyzer.device.phone import attached, choose, valid_app, valid_serial
from analyzer.errors import ApptellsError
from analyzer.model import Device
from tests.device.android import android
from tests.device.direct import direct

LISTED = """List of devices attached
* daemon started successfully
emulator-5554          device product:sdk_gphone64 model:sdk_gphone64_x86_64 device:emu64xa transport_id:1
R5CT0000000            unauthorized usb:1-1 transport_id:2
192.0.2.4:5555         offline transport_id:3
0000000000000001       no permissions (missing udev rules?); see [http://developer.android.com/tools] usb:1-2
--evil                 device
adb-0123-AbCd._adb-tls-connect._tcp device

"""


class Listing(Adb):
    """An adb that lists what it is told to."""

    def __init__(self, listed: str, code: int = 0) -> None:
        super().__init__(Path("adb"))
        self._answer = Answer(code, listed, "" if code == 0 else "cannot connect to daemon")

    def call(self, *words: str, **_: object) -> Answer:
        assert words == ("devices", "-l")
        return self._answer


def test_the_list_of_devices() -> None:
    assert [(device.serial, device.state) for device in attached(Listing(LISTED))] == [
        ("emulator-5554", "device"),
        ("R5CT0000000", "unauthorized"),
        ("192.0.2.4:5555", "offline"),
        ("0000000000000001", "no permissions"),
        ("adb-0123-AbCd._adb-tls-connect._tcp", "device"),
    ]


@given(st.text())
def test_any_list_is_read(listed: str) -> None:
    for device in attached(Listing(listed)):
        assert valid_serial(device.serial)


def test_an_adb_that_fails_is_said() -> None:
    with pytest.raises(ApptellsError, match="cannot connect to daemon"):
        attached(Listing("", code=1))


@pytest.mark.parametrize(
    ("serial", "said"),
    [
        (None, r"choose one with --device: emulator-5554 \(sdk_gphone64_x86_64\), R5CT0000000 \(unauthorized\)"),
        ("R5CT0000000", "answer “Allow USB debugging"),
        ("192.0.2.4:5555", "disconnect it and connect it again"),
        ("0000000000000001", "udev"),
        ("emulator-5556", "emulator-5556 is not connected"),
        ("-s", "not a serial"),
        ("a b", "not a serial"),
    ],
)
def test_why_a_device_cannot_be_chosen(serial: str | None, said: str) -> None:
    with pytest.raises(ApptellsError, match=said):
        choose(Listing(LISTED), serial)


def test_the_one_that_is_named_is_chosen() -> None:
    assert choose(Listing(LISTED), "emulator-5554").serial == "emulator-5554"


@pytest.mark.parametrize("app", ["com.example.shop", "com.example.Shop_2", "a.b"])
def test_package_ids(app: str) -> None:
    assert valid_app(app) == app


@pytest.mark.parametrize(
    "app", ["", "shop", "com..shop", "com.shop;reboot", "-p.x", "com.example\n", "com.é", "a." * 200 + "b"]
)
def test_what_is_no_package_id(app: str) -> None:
    with pytest.raises(ApptellsError, match="not a package id"):
        valid_app(app)


def test_a_device_is_described_without_what_names_it() -> None:
    assert direct(android(34, emulator=False)).described() == Device(
        model="Example Phone 7",
        os="Android 14",
        build="example/Example_Phone_7/device:14/FICT.123/1:user/keys",
        is_emulator=False,
    )
    assert direct(android(30)).described().model == "Google sdk_gphone64_x86_64"
    assert direct(android(30)).described().is_emulator


@pytest.mark.parametrize(
    ("api", "said"), [("23", "Android 7"), ("", "no Android device"), ("３０", "no Android device")]
)
def test_too_old_or_no_android(api: str, said: str) -> None:
    system = android(30)
    system.properties["ro.build.version.sdk"] = api
    with pytest.raises(ApptellsError, match=said):
        direct(system).api()


def test_only_plain_ends_of_tunnels_are_taken_over() -> None:
    system = android(30)
    system.reverses |= {"tcp:8080": "tcp:80", "--remove-all": "tcp:1", "localabstract:x": "tcp:2"}
    assert direct(system).reverses() == (("tcp:8080", "tcp:80"), ("localabstract:x", "tcp:2"))


def test_a_setting_too_long_to_be_put_back_is_refused() -> None:
    system = android(30)
    system.settings["http_proxy"] = "x" * 2001
    with pytest.raises(ApptellsError, match="clear it first"):
        direct(system).setting("http_proxy")
