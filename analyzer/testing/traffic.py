"""What the app under test transmits: the object that the fixtures give, with what can be asserted of it."""

import time
from collections.abc import Sequence

from analyzer.capture.phases import phase_name
from analyzer.capture.record import Marked
from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.model import Destination, Evidence, Transmission
from analyzer.pipeline import Options
from analyzer.reported import Report
from analyzer.testing import wording
from analyzer.testing.matching import Wanted, checked_name, is_at, wanted
from analyzer.testing.names import is_known
from analyzer.testing.recorder import Recorder
from analyzer.testing.snapshot import Snapshot, take

__tracebackhide__ = True  # of pytest: a failure shows the test, not this module
QUIET = 2.0
"""Seconds without anything new after which the app is done: the recorder writes a request without answer after 1.5."""
PATIENCE = 10.0
"""Seconds after which an app that is never quiet is judged all the same."""
_PAUSE = 0.1


class Traffic:
    """Everything recorded since the fixture began. Assertions raise AssertionError, and ApptellsError for a slip.

    Those that say that something was *not* sent first wait until the app is quiet, and fail where nothing was recorded
    or where records were lost: an empty capture is no clean one.
    """

    def __init__(
        self, recorder: Recorder, address: str, port: int, knowledge: Knowledge, options: Options, quiet: float = QUIET
    ) -> None:
        """`recorder` is running; `address` is how a client on this machine reaches it."""
        self._recorder, self._knowledge, self._options, self._quiet = recorder, knowledge, options, quiet
        self.port = port
        self.proxy_url = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        self.ca_certificate = recorder.authority
        """PEM file of the certificate authority that the app has to trust."""
        self.capture_file = recorder.file
        self._snapshot: tuple[int, Snapshot] | None = None
        """The last, and the number of records that it is of."""
        self._quiet_at = float("-inf")

    def phase(self, name: str) -> None:
        """A phase of the session begins now: launch, before-consent, after-accept, ... Raises ApptellsError.

        What is sent after this comes after the mark in the file too.
        """
        self._recorder.order(Marked(time=time.time(), name=phase_name(name)))
        self._recorder.settle()

    def wait(self, seconds: float = PATIENCE) -> None:
        """Waits until nothing new has been recorded for `--apptells-quiet` seconds, at most `seconds`."""
        self._wait(seconds)

    @property
    def transmissions(self) -> list[Transmission]:
        """All so far, in the order of the capture; `report().destinations[one.destination]` is where one went."""
        return list(self._now().report.transmissions)

    def report(self) -> Report:
        """The report on everything so far, as `apptells analyze` makes it."""
        return self._now().report

    # ---------------------------------------------------------------- assertions

    def assert_seen(self, minimum: int = 1, to: str | None = None) -> None:
        """At least so many requests were recorded: the app does use the proxy, and trusts it."""
        self._assert_seen(self._now(), minimum, to)

    def assert_sent(
        self,
        data_type: str,
        *,
        to: str | None = None,
        before: str | None = None,
        during: str | None = None,
        evidence: Evidence = "key",
        seconds: float = 0.0,
    ) -> None:
        """A data type was sent; with `seconds` it may still come. For `to`, `before`, ... see `assert_not_sent`."""
        asked = self._wanted(data_type, to, before, during, evidence)
        end = time.monotonic() + seconds
        while True:
            snapshot = self._now()
            if any(True for _ in asked.select(snapshot)):
                return
            if time.monotonic() >= end:
                break
            time.sleep(_PAUSE)
        others = list(self._wanted(data_type, None, None, None, "key").select(snapshot))
        told = wording.listed(snapshot, self._knowledge.taxonomy, others)
        instead = f" What was sent of it:{told}" if others else f" Requests recorded: {snapshot.exchanges:,}."
        raise AssertionError(f"{asked} was not sent.{instead}{wording.unread(snapshot)}")

    def assert_not_sent(
        self,
        data_type: str,
        *,
        to: str | None = None,
        before: str | None = None,
        during: str | None = None,
        evidence: Evidence = "key",
    ) -> None:
        """A data type was not sent, in any form that is known.

        `data_type` may be the beginning of several: `person`. `to` is `third parties` (everyone but the first party),
        `first party`, an owner or a product (`Google`), a host, or a domain with all below it. `before` and `during`
        name phases; what was sent before the first mark is before all of them, and until a phase is marked everything
        is before it. `evidence` is the weakest that counts, of seed, documented, validated, key+value, key.
        """
        asked = self._wanted(data_type, to, before, during, evidence)
        snapshot = self._at_rest()
        self._assert_phase_is_known(asked, snapshot)
        found = list(asked.select(snapshot))
        if found:
            told = wording.listed(snapshot, self._knowledge.taxonomy, found)
            raise AssertionError(f"{asked} was sent, {wording.times(len(found))}:{told}")
        self._check_name(asked, snapshot)

    def assert_only_recipients(self, *names: str, of: str | None = None) -> None:
        """Nobody else was sent anything: each host that was contacted is one of these owners, products, domains, hosts.

        Hosts whose connections could not be read count, for something may have been sent to them. With `of`, a data
        type, only those that were seen to receive it are asked for.
        """
        allowed = [checked_name(name) for name in names]
        asked = self._wanted(of, None, None, None, "key") if of is not None else None
        snapshot = self._at_rest()
        if asked is None:
            contacted = (*snapshot.report.destinations, *snapshot.unread)
            told = wording.listed_destinations(one for one in contacted if not _is_any(one, allowed))
        else:
            sent = [one for one in asked.select(snapshot) if not _is_any(snapshot.destination(one), allowed)]
            told = wording.listed(snapshot, self._knowledge.taxonomy, sent)
        if told:
            what = f"{asked} was sent to" if asked is not None else "The app contacted"
            raise AssertionError(f"{what} others than {', '.join(allowed) or 'nobody'}:{told}")

    def assert_nothing_in_clear_text(self, data_type: str | None = None) -> None:
        """Nothing travelled outside TLS that is a data type, or that no decoder could open.

        With `data_type`, only that: without, even the version of the phone's system counts.
        """
        asked = self._wanted(data_type, None, None, None, "key") if data_type is not None else None
        snapshot = self._at_rest()
        found = asked.select(snapshot) if asked is not None else iter(snapshot.report.transmissions)
        plain = [one for one in found if not one.secure]
        unopened = list(snapshot.undecoded_in_clear_text()) if asked is None else []
        if plain or unopened:
            told = wording.listed(snapshot, self._knowledge.taxonomy, plain) + wording.listed_undecoded(unopened)
            raise AssertionError(f"Sent in clear text, {wording.times(len(plain) + len(unopened))}:{told}")

    # ---------------------------------------------------------------- what they rest on

    def _wanted(
        self, data_type: str, to: str | None, before: str | None, during: str | None, evidence: Evidence
    ) -> Wanted:
        return wanted(self._knowledge.taxonomy, data_type, to, before, during, evidence)

    def _check_name(self, asked: Wanted, snapshot: Snapshot) -> None:
        """To a recipient that nobody has heard of nothing is sent either."""
        to = asked.to
        if to and not any(is_at(one, to) for one in snapshot.report.destinations) and not is_known(to):
            raise ApptellsError(f"No owner or product is known as {to!r}: mend the name, or give a domain or a host.")

    def _wait(self, seconds: float = PATIENCE) -> int:
        """Gives the number of records then."""
        began = since = time.monotonic()
        count = self._recorder.settle()
        while (now := time.monotonic()) - since < self._quiet and now - began < seconds:
            time.sleep(_PAUSE)
            if (more := self._recorder.settle()) != count:
                count, since = more, time.monotonic()
        self._quiet_at = time.monotonic()
        return count

    def _now(self) -> Snapshot:
        """What the file shows of everything until now."""
        return self._at(self._recorder.settle())

    def _at(self, count: int) -> Snapshot:
        """Likewise, of a file with so many records; analysed again only where there is something new."""
        if self._snapshot is None or self._snapshot[0] != count:
            self._snapshot = count, take(self.capture_file, self._knowledge, self._options)
        return self._snapshot[1]

    def _at_rest(self) -> Snapshot:
        """What it shows once the app is quiet; fails where that is too little to say that something was not sent."""
        was_quiet = time.monotonic() - self._quiet_at <= self._quiet
        snapshot = self._now() if was_quiet else self._at(self._wait())
        self._assert_seen(snapshot, 1, None)
        if snapshot.incomplete is not None:
            raise AssertionError(
                f"Not everything was recorded and analysed, so nothing can be said: {snapshot.incomplete}"
            )
        return snapshot

    def _assert_seen(self, snapshot: Snapshot, minimum: int, to: str | None) -> None:
        count = snapshot.exchanges
        if to is not None:
            name = checked_name(to)
            count = sum(one.exchanges for one in snapshot.report.destinations if is_at(one, name))
        if count < minimum:
            recorded = f"Requests recorded{f' to {to}' if to else ''}: {count:,}, expected at least {minimum:,}."
            why = f"Does the app use the proxy {self.proxy_url}, and trust {self.ca_certificate}?"
            raise AssertionError(f"{recorded} {why}{wording.unread(snapshot)}")

    def _assert_phase_is_known(self, asked: Wanted, snapshot: Snapshot) -> None:
        """`during` a phase that was never marked nothing is sent, whatever the app does."""
        names = {phase.name for phase in snapshot.report.capture.phases}
        if asked.during is not None and asked.during not in names:
            marked = ", ".join(sorted(names)) or "none"
            raise AssertionError(f"No phase {asked.during} was marked, so nothing can be said of it; marked: {marked}.")


def _is_any(destination: Destination, names: Sequence[str]) -> bool:
    return any(is_at(destination, name) for name in names)
