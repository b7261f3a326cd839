import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.capture.record import Prepared
from analyzer.device.memory_store import MemoryStore
from analyzer.device.proxy import Proxy
from analyzer.device.root import Root
from analyzer.device.state import Journal, Journals, prepared, state_folder
from analyzer.device.system_store import SystemStore
from analyzer.device.tunnel import Tunnel
from analyzer.device.user_store import Handover, UserStore
from analyzer.errors import ApptellsError
from analyzer.model import AppBuild, Device

FULL = Journal(
    serial="192.0.2.4:5555",
    time=1_795_000_000.5,
    port=8080,
    device=Device(model="Example Phone 7", os="Android 14"),
    app=AppBuild(id="com.example.shop", apk_sha256=("ab" * 32,)),
    steps=(
        Root(mappings=(("tcp:1", "tcp:2"),)),
        MemoryStore(name="0a1b2c3d.0", stores=("/system/etc/security/cacerts",)),
        SystemStore(name="0a1b2c3d.0", read_only=("/",)),
        Handover(name="apptells-0a1b2c3d.crt"),
        UserStore(name="apptells-0a1b2c3d.crt"),
        Tunnel(port=8080, before="tcp:9090"),
        Proxy(port=8080, before={"http_proxy": None, "global_http_proxy_host": ""}),
    ),
)


def test_what_is_written_is_read(journals: Journals) -> None:
    journals.begin(FULL)
    assert journals.read(FULL.serial) == FULL
    assert journals.serials() == (FULL.serial,)
    journals.write(replace(FULL, steps=()))
    assert journals.read(FULL.serial) == replace(FULL, steps=())
    assert [path.name for path in journals.folder.iterdir()] == ["device-192.0.2.4%3A5555.json"]
    journals.remove(FULL.serial)
    assert journals.read(FULL.serial) is None
    assert journals.serials() == ()


def test_only_the_user_may_read_it(journals: Journals) -> None:
    before = os.umask(0)
    try:
        journals.begin(FULL)
        journals.write(FULL)
    finally:
        os.umask(before)
    assert stat.S_IMODE(journals.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(journals.path(FULL.serial).stat().st_mode) == 0o600


def test_a_device_has_one_journal(journals: Journals) -> None:
    journals.begin(FULL)
    with pytest.raises(ApptellsError, match="prepared already"):
        journals.begin(replace(FULL, port=1))
    assert journals.read(FULL.serial) == FULL
    assert len(list(journals.folder.iterdir())) == 1


def test_no_serial_leaves_the_folder(journals: Journals) -> None:
    serials = ("a/../../b", "..", "a:b", "ü")
    assert {journals.path(serial).parent for serial in serials} == {journals.folder}
    for serial in serials:
        journals.begin(replace(FULL, serial=serial))
    assert sorted(journals.serials()) == sorted(serials)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b'{"serial": 1}', b'{"steps": [{"type": "reboot"}]}', b"\xff"], ids=len
)
def test_a_damaged_journal_is_said_and_never_overwritten(content: bytes, journals: Journals) -> None:
    journals.folder.mkdir(parents=True)
    path = journals.path("emulator-5554")
    path.write_bytes(content)
    with pytest.raises(ApptellsError, match="put its proxy setting back by hand"):
        journals.read("emulator-5554")
    with pytest.raises(ApptellsError, match="prepared already"):
        journals.begin(replace(FULL, serial="emulator-5554"))
    assert path.read_bytes() == content


def test_a_journal_of_a_newer_apptells_or_of_another_device_is_left_alone(journals: Journals) -> None:
    journals.begin(replace(FULL, form=2))
    with pytest.raises(ApptellsError, match="newer apptells, or renamed"):
        journals.read(FULL.serial)
    journals.path(FULL.serial).rename(journals.path("another"))
    with pytest.raises(ApptellsError, match="newer apptells, or renamed"):
        journals.read("another")


def test_what_was_prepared_last(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path)}
    assert prepared(environment=environment) is None
    journals = Journals(state_folder(environment))
    journals.begin(FULL)
    journals.begin(replace(FULL, serial="newer", time=FULL.time + 1, app=None))
    (journals.folder / "device-damaged.json").write_text("{")
    assert prepared(environment=environment) == Prepared(time=FULL.time + 1, device=FULL.device)
    assert prepared(FULL.serial, environment) == Prepared(time=FULL.time, app=FULL.app, device=FULL.device)
    assert prepared("damaged", environment) is None
    assert prepared("none", environment) is None


def test_where_the_state_is_kept(tmp_path: Path) -> None:
    assert state_folder({"XDG_STATE_HOME": "/a", "HOME": "/b"}) == Path("/a/apptells")
    assert state_folder({"XDG_STATE_HOME": "relative", "HOME": "/b"}) == Path("/b/.local/state/apptells")
    with pytest.raises(ApptellsError, match="XDG_STATE_HOME"):
        state_folder({"HOME": "relative"})
    assert prepared(environment={}) is None
