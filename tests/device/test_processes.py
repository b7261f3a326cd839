from hypothesis import given
from hypothesis import strategies as st

from analyzer.device.processes import namespaces, parentage, seeing
from tests.device.android import android
from tests.device.direct import direct


def test_parents_and_names() -> None:
    system = android(34)
    found = parentage(direct(system))
    assert found["1200"] == ("310", "com.example.shop")
    assert found["1300"] == ("311", "com.example.notes with spaces")
    assert len(found) == len(system.processes)


@given(st.binary())
def test_any_list_of_processes_is_read(said: bytes) -> None:
    system = android(34)
    system.overrides["ps *"] = (0, said, b"")
    for process, (parent, name) in parentage(direct(system)).items():
        assert int(process) >= 0
        assert int(parent) >= 0
        assert name


def test_each_namespace_is_named_by_one_process() -> None:
    system = android(34)
    system.user = "root"
    assert set(namespaces(direct(system), map(str, system.processes))) == {"1", "310", "311", "1200"}
    assert len(set(namespaces(direct(system), map(str, system.processes)).values())) == 4


def test_without_root_each_process_counts_as_one() -> None:
    assert namespaces(direct(android(34)), ("1", "310")) == {"1": "1", "310": "310"}
    assert namespaces(direct(android(34)), ()) == {}


def test_a_process_that_ended_meanwhile_is_passed_over() -> None:
    system = android(34)
    system.user = "root"
    assert set(namespaces(direct(system), ("310", "9999"))) == {"310"}


def test_answers_about_processes_that_were_not_asked_for_are_passed_over() -> None:
    system = android(34)
    system.user = "root"
    system.overrides["stat *"] = (0, b"1 /proc/1/ns/mnt\n2 /proc/310/ns/mnt; reboot\n-3 /proc/310/ns/mnt\n", b"")
    system.overrides["grep *"] = (0, b"/proc/7/mounts\n/proc/310/mounts\n/etc/passwd\n", b"")
    assert namespaces(direct(system), ("310",)) == {}
    assert seeing(direct(system), "apptells", ("310",)) == ("310",)
