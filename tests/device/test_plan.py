from collections.abc import Sequence

import pytest

from analyzer.device.ca import Authority
from analyzer.device.memory_store import MemoryStore
from analyzer.device.plan import StoreName, Wish, chosen_store, free_name, plan
from analyzer.device.root import Root
from analyzer.device.step import Step
from analyzer.device.system_store import SystemStore
from analyzer.device.user_store import Handover, UserStore
from analyzer.errors import ApptellsError
from tests.device.android import APEX, SYSTEM, Android, File, android
from tests.device.conftest import made_certificate
from tests.device.direct import direct


def kinds(system: Android, ca: Authority, store: StoreName = "auto") -> Sequence[type[Step]]:
    """The steps that concern root and the certificate."""
    steps = plan(direct(system), Wish(authority=ca, port=8080, store=store))
    return [type(step) for step in steps][:-2]


@pytest.mark.parametrize(
    ("api", "rootable", "store", "expected"),
    [
        (30, True, "auto", [Root, SystemStore]),
        (33, True, "memory", [Root, MemoryStore]),
        (34, True, "auto", [Root, MemoryStore]),
        (30, True, "user", [Handover, UserStore]),
        (34, False, "auto", [Handover, UserStore]),
    ],
)
def test_the_store_that_suits(api: int, rootable: bool, store: StoreName, expected: object, ca: Authority) -> None:
    assert kinds(android(api, rootable=rootable), ca, store) == expected


@pytest.mark.parametrize(
    ("api", "rootable", "store", "said"),
    [
        (34, True, "system", "use --store memory"),
        (30, False, "system", "use --store user"),
        (34, False, "memory", "use --store user"),
    ],
)
def test_a_store_that_does_not_go_says_which_does(api: int, rootable: bool, store: StoreName, said: str) -> None:
    with pytest.raises(ApptellsError, match=said):
        chosen_store(direct(android(api, rootable=rootable)), store)


def test_root_that_is_there_is_not_asked_for(ca: Authority) -> None:
    system = android(34)
    system.user = "root"
    assert kinds(system, ca) == [MemoryStore]


def put(system: Android, name: str, content: bytes, folder: str = SYSTEM) -> None:
    mount, rest = system.mount("init", f"{folder}/{name}")
    mount.tree[rest] = File(content)


def test_the_next_free_name_is_taken(ca: Authority) -> None:
    system = android(30)
    put(system, f"{ca.hash}.0", made_certificate("Fictitious Proxy"))
    put(system, f"{ca.hash}.1", b"no certificate at all")
    assert free_name(direct(system), SYSTEM, ca) == f"{ca.hash}.2"
    put(system, f"{ca.hash}.2", b"text before\n" + ca.pem)
    assert free_name(direct(system), SYSTEM, ca) is None
    assert kinds(system, ca) == []


def test_names_do_not_go_on_for_ever(ca: Authority) -> None:
    system = android(30)
    for number in range(10):
        put(system, f"{ca.hash}.{number}", b"another")
    with pytest.raises(ApptellsError, match="10 other certificates"):
        plan(direct(system), Wish(authority=ca, port=8080))


def test_on_android_14_the_module_decides_what_is_trusted(ca: Authority) -> None:
    system = android(34)
    put(system, f"{ca.hash}.0", ca.pem, SYSTEM)
    assert MemoryStore in kinds(system, ca)
    put(system, f"{ca.hash}.0", ca.pem, APEX)
    assert MemoryStore not in kinds(system, ca)


def test_a_certificate_that_was_handed_over_before_stays(ca: Authority) -> None:
    system = android(34, rootable=False)
    system.write(f"/sdcard/Download/apptells-{ca.sha256[:8]}.crt", ca.pem, 0o600)
    assert kinds(system, ca) == [UserStore]
