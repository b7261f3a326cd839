"""The commands of `prepare` and `release`, run by toybox over real mount namespaces, through the real adb client."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.device.adb import Adb
from analyzer.device.ca import Authority
from analyzer.device.phone import APEX_ROOTS, ROOTS, Phone
from analyzer.device.plan import StoreName, Wish
from analyzer.device.prepare import prepare
from analyzer.device.release import release
from analyzer.device.state import Journals
from tests.device.kernel import Kernel
from tests.device.stand_in import StandIn


@pytest.fixture
def kernel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kernel]:
    if os.geteuid() != 0 or not shutil.which("toybox") or not shutil.which("unshare"):
        pytest.skip("needs root and the package toybox")
    properties = {"ro.build.version.sdk": str(request.param), "ro.debuggable": "1"}
    try:
        made = Kernel(tmp_path / "kernel", properties)
    except OSError as error:
        pytest.skip(f"no mount namespaces here: {error}")
    yield made
    made.close()


@pytest.mark.parametrize(("kernel", "store"), [(30, "system"), (30, "memory"), (34, "memory")], indirect=["kernel"])
def test_the_way_there_and_back(kernel: Kernel, store: StoreName, adb: Adb, ca: Authority, journals: Journals) -> None:
    with StandIn(kernel) as stand_in:
        serial = f"127.0.0.1:{stand_in.port}"
        adb.call("connect", serial)
        phone = Phone(adb, serial)
        before = kernel.state()
        list(prepare(phone, Wish(authority=ca, port=8080, store=store), journals))
        for process in ("sleep", "zygote64", "app"):
            for folder in phone.stores():
                names = kernel.names_in(process, folder)
                assert f"{ca.hash}.0" in names, (process, folder)
                assert len(names) == 26, (process, folder)
        journal = journals.read(serial)
        assert journal is not None
        assert [step.trouble for step in release(phone, journal, journals)] == [None] * len(journal.steps)
        assert kernel.state() == before


@pytest.mark.parametrize("kernel", [34], indirect=True)
def test_the_stand_in_has_what_the_test_rests_on(kernel: Kernel) -> None:
    """Namespaces of their own, a module folder that does not share its mounts, a system that cannot be written."""
    spaces = {
        kernel.shell(f"stat -L -c %i /proc/$(toybox pidof {name} | cut -d' ' -f1)/ns/mnt")[1]
        for name in ("zygote64", "app")
    }
    spaces.add(kernel.shell("stat -L -c %i /proc/self/ns/mnt")[1])
    assert len(spaces) == 3
    kernel.shell(f"mount -t tmpfs probe {ROOTS}; mount -t tmpfs probe {APEX_ROOTS}")
    assert kernel.names_in("app", ROOTS) == []
    assert len(kernel.names_in("app", APEX_ROOTS)) == 25
    kernel.shell(f"umount {ROOTS}; umount {APEX_ROOTS}")
    assert kernel.shell(f"touch {ROOTS}/probe")[0] != 0
