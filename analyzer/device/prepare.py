"""Prepares a device for a capture: every step is in the journal before it is begun."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from analyzer.device.app import Installed, installed, start
from analyzer.device.phone import Phone
from analyzer.device.plan import Wish, plan
from analyzer.device.run import lines, run
from analyzer.device.state import Journal, Journals, already_prepared
from analyzer.errors import ApptellsError


def prepare(phone: Phone, wish: Wish, journals: Journals) -> Iterator[str]:
    """Do the steps; a line of text for each as it begins, and for what else is to be known.

    Raises ApptellsError where the device is prepared already, or a step fails: what was done until then is in the
    journal, and `release` undoes it.
    """
    if journals.read(phone.serial):
        raise already_prepared(phone.serial)
    steps = plan(phone, wish)
    app = installed(phone, wish.app) if wish.app else None
    journal = Journal(
        serial=phone.serial,
        time=time.time(),
        port=wish.port,
        device=phone.described(),
        app=app.build if app else None,
    )
    yield from _facts(journal, app)
    journals.begin(journal)
    with tempfile.TemporaryDirectory() as folder:
        certificate = _file(wish, Path(folder))
        for step in steps:
            journal = replace(journal, steps=(*journal.steps, step))
            journals.write(journal)
            yield f"{step.says()} ..."
            try:
                run(phone, step.do(phone, certificate))
            except ApptellsError as error:
                raise ApptellsError(
                    f"{error}\n`apptells device release` puts back what was changed until here."
                ) from error
    if app and wish.start:
        yield f"start {app.build.id}, which is stopped first where it runs ..."
        run(phone, start(phone, app.build.id))
    yield from _by_hand(journal, app)


def rehearse(phone: Phone, wish: Wish) -> Iterator[str]:
    """The commands that `prepare` would run; nothing is changed, and nothing written down."""
    certificate = Path("apptells-ca.crt")  # is made only where it is needed
    for step in plan(phone, wish):
        yield f"# {step.says()}"
        yield from lines(phone, step.do(phone, certificate))
    if wish.app and wish.start:
        yield f"# start {wish.app}"
        yield from lines(phone, start(phone, wish.app))


def _file(wish: Wish, folder: Path) -> Path:
    path = folder / "apptells-ca.crt"
    path.write_bytes(wish.authority.pem)
    path.chmod(0o600)
    return path


def _facts(journal: Journal, app: Installed | None) -> Iterator[str]:
    if journal.device:
        yield f"device: {journal.device.model}, {journal.device.os}, {journal.device.build}"
    if app:
        version = f"{app.build.version or 'version unknown'} ({app.build.version_code or '?'})"
        yield f"app: {app.build.id} {version}, {len(app.build.permissions)} permissions granted"
        yield from (f"APK SHA-256: {checksum}" for checksum in app.build.apk_sha256)
        yield from (f"signer SHA-256: {checksum} ({app.signer_from})" for checksum in app.build.signer_sha256)
        yield from app.notes


def _by_hand(journal: Journal, app: Installed | None) -> Iterator[str]:
    hints = [hint for step in journal.steps if (hint := step.by_hand())]
    yield from hints
    if hints and app and (app.target_api is None or app.target_api >= 24):
        yield f"{app.build.id} trusts certificates of the user only if it says so itself: it may refuse to be read."
