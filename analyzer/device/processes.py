"""The processes of a device, and which of them share what they see of its folders."""

from collections.abc import Iterable

from analyzer.device.phone import Phone

_MOST = 5000


def parentage(phone: Phone) -> dict[str, tuple[str, str]]:
    """Of each process id the parent's, and its name."""
    found = {}
    for line in phone.read("ps", "-A", "-o", "PID,PPID,NAME").splitlines()[: _MOST + 1]:
        words = line.split(maxsplit=2)
        if len(words) == 3 and _is_id(words[0]) and _is_id(words[1]):
            found[words[0]] = (words[1], words[2].strip())
    return found


def namespaces(phone: Phone, processes: Iterable[str]) -> dict[str, str]:
    """One process for each mount namespace, and the namespace's number.

    Without root those of others cannot be told: then each process counts as one, under its own id.
    """
    files = {f"/proc/{process}/ns/mnt": process for process in processes}
    if not files:
        return {}
    numbers = {}
    for line in phone.answer("stat", "-L", "-c", "%i %n", *files).out.splitlines():
        number, _, name = line.strip().partition(" ")
        if number.isascii() and number.isdecimal() and name in files:
            numbers[files[name]] = number
    if not numbers and not phone.is_root():
        return {process: process for process in files.values()}
    first: dict[str, str] = {}
    for process in files.values():
        if process in numbers:
            first.setdefault(numbers[process], process)
    return {process: number for number, process in first.items()}


def seeing(phone: Phone, source: str, processes: Iterable[str]) -> tuple[str, ...]:
    """Those of the processes that see a mount of that source."""
    files = {f"/proc/{process}/mounts": process for process in processes}
    found = phone.answer("grep", "-ls", f"^{source} ", *files).out.split()
    return tuple(files[name] for name in found if name in files)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 11
