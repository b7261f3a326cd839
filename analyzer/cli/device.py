"""`apptells device`: points a phone or emulator at the proxy over adb, and puts it back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from analyzer.cli.output import print_rows
from analyzer.errors import ApptellsError

if TYPE_CHECKING:
    from analyzer.device.adb import Adb
    from analyzer.device.ca import Authority
    from analyzer.device.plan import StoreName
    from analyzer.device.state import Journals

_DEVICE = click.option(
    "--device", metavar="SERIAL", help="The device, where several are connected (see `adb devices`)."
)
_CA = click.option(
    "--ca",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    default=Path("~/.mitmproxy/mitmproxy-ca-cert.pem"),
    show_default=True,
    help="The certificate of the proxy.",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Print each command that would run; change nothing.")


@click.group()
def device() -> None:
    """Point a phone or emulator at the proxy over adb, and put it back.

    Needs `adb`. Every change is written down before it is made, so `release` undoes it even after a crash.
    """


@device.command()
@_DEVICE
@_CA
def doctor(device: str | None, ca: Path) -> None:
    """Look at what a capture needs.

    adb, the device, root, proxy, certificate, clock, and what an earlier preparation left. Changes nothing. Ends with
    1 where something is to be done first.
    """
    from analyzer.device.doctor import doctor as checks

    wanted: Authority | ApptellsError
    try:
        wanted = _authority(ca)
    except ApptellsError as error:
        wanted = error
    found = list(checks(os.environ, _journals(), wanted, _valid(device)))
    print_rows(("check", "state", "what"), [(check.name, check.state, check.said) for check in found])
    if any(check.state == "to do" for check in found):
        raise SystemExit(1)


@device.command()
@_DEVICE
@click.option("--app", metavar="ID", help="Package of the app: its build is recorded, and it is started.")
@click.option("--no-start", is_flag=True, help="Do not start the app.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where the proxy listens.")
@_CA
@click.option(
    "--store",
    type=click.Choice(["auto", "user", "system", "memory"]),
    default="auto",
    show_default=True,
    help="Where the certificate goes; auto takes the best that the device allows.",
)
@_DRY_RUN
def prepare(
    device: str | None, app: str | None, no_start: bool, port: int, ca: Path, store: str, dry_run: bool
) -> None:
    """Set the proxy, install its certificate, record the build, start the app.

    \b
    Stores:
      user    a file on the device, which you install by hand; few apps trust it
      system  in the system of a writable emulator, Android 7 to 13
      memory  over the system's, gone after a restart; needs root
    """
    from analyzer.device.phone import choose, valid_app
    from analyzer.device.plan import Wish
    from analyzer.device.prepare import prepare as prepared
    from analyzer.device.prepare import rehearse

    wish = Wish(
        authority=_authority(ca),
        port=port,
        store=cast("StoreName", store),  # click takes no other
        app=None if app is None else valid_app(app),
        start=not no_start,
    )
    phone = choose(_adb(), device)
    with _stopped():
        for line in rehearse(phone, wish) if dry_run else prepared(phone, wish, _journals()):
            _say(line)


@device.command()
@_DEVICE
@_DRY_RUN
@click.option("--forget", is_flag=True, help="Only forget what was changed: for a device that is gone or was wiped.")
def release(device: str | None, dry_run: bool, forget: bool) -> None:
    """Put the device back as it was before `prepare`.

    What cannot be undone now is said and stays written down; call it again. Ends with 1 then.
    """
    from analyzer.device.phone import choose
    from analyzer.device.release import rehearse_release
    from analyzer.device.release import release as undone

    journals = _journals()
    serial = _prepared_serial(journals, _valid(device))
    if forget:
        journals.remove(serial)
        _say(f"{serial}: forgotten, nothing was changed on the device")
        return
    journal = journals.read(serial)
    if journal is None:
        raise ApptellsError(f"{serial} is not prepared; there is nothing to put back")
    phone = choose(_adb(), serial)
    if dry_run:
        for line in rehearse_release(phone, journal):
            _say(line)
        return
    failed = False
    with _stopped():
        for step in undone(phone, journal, journals):
            failed |= step.trouble is not None
            _say(f"could not undo: {step.step}: {step.trouble}" if step.trouble else f"undone: {step.step}")
            if step.by_hand:
                _say(step.by_hand)
    if failed:
        raise SystemExit(1)
    _say(f"{serial} is as it was before")


def _adb() -> "Adb":
    from analyzer.device.adb import Adb, find_adb

    return Adb(find_adb(os.environ))


def _authority(path: Path) -> "Authority":
    from analyzer.device.ca import authority

    return authority(path)


def _journals() -> "Journals":
    from analyzer.device.state import Journals, state_folder

    return Journals(state_folder(os.environ))


def _valid(serial: str | None) -> str | None:
    from analyzer.device.phone import valid_serial

    return None if serial is None else valid_serial(serial)


def _prepared_serial(journals: "Journals", serial: str | None) -> str:
    """The device that is meant: the one named, or the only one that is prepared."""
    serials = journals.serials() if serial is None else (serial,)
    if not serials:
        raise ApptellsError("no device is prepared; there is nothing to put back")
    if len(serials) > 1:
        raise ApptellsError(f"several devices are prepared; choose one with --device: {', '.join(serials)}")
    return serials[0]


@contextmanager
def _stopped() -> Iterator[None]:
    """Says after Ctrl-C what is left."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("apptells: stopped; `apptells device release` puts back what was changed.", err=True)
        raise SystemExit(130) from None  # 128 and the number of SIGINT, as shells count


def _say(line: str) -> None:
    from analyzer.report.visible import visible

    for each in line.split("\n"):
        click.echo(visible(each))
