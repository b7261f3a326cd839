"""Each assertion on what an app sends: one that holds, one that does not, and what the failure says."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzer.capture.frame import MAGIC, framed
from analyzer.capture.record import Lost, Record, Refused, Request, Started, encode
from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Options
from analyzer.testing.recorder import Recorder
from analyzer.testing.traffic import Traffic
from tests.testing.stage import APP, EMAIL, OWN, SEEDS, TRACKER, Stage, runs_here, send, stage

KNOWLEDGE = Knowledge()
LOCAL = EMAIL.partition("@")[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Traffic, Stage]]:
    """A session of an app: it tells its maker before the consent screen, and a tracker after it."""
    folder = tmp_path_factory.mktemp("traffic")
    seeds = folder / "seeds.yaml"
    seeds.write_text(SEEDS)
    with stage(folder) as servers:
        words = ("--listen-host", "127.0.0.1", "--listen-port", "0", *servers.words)
        recorder = Recorder(folder / "a.apptells", servers.authority, words)
        address, port = recorder.start()
        try:
            traffic = Traffic(recorder, address, port, KNOWLEDGE, Options(app=APP, seeds=seeds), quiet=0.0)
            to = (traffic.proxy_url, traffic.ca_certificate)
            traffic.phase("launch")
            send(*to, f"https://{OWN}:{servers.secure}/login", f'{{"contact": "{EMAIL}"}}')
            traffic.phase("accepted")
            send(*to, f"https://{TRACKER}:{servers.secure}/a1", f'{{"profile": {{"Email": "{EMAIL}"}}}}')
            yield traffic, servers
        finally:
            recorder.stop()


@pytest.fixture
def traffic(running: tuple[Traffic, Stage]) -> Traffic:
    return running[0]


class Still:
    """In the place of a recorder: a file that is complete."""

    def __init__(self, folder: Path, *records: Record) -> None:
        self.file, self.authority = folder / "still.apptells", folder / "ca.pem"
        started = Started(time=1.0, tool="a test")
        self.file.write_bytes(MAGIC + b"".join(framed(map(encode, (started, *records)))))

    def settle(self) -> int:
        return 0


def still(folder: Path, *records: Record, app: str | None = APP) -> Traffic:
    return Traffic(Still(folder, *records), "127.0.0.1", 1, KNOWLEDGE, Options(app=app), quiet=0.0)  # type: ignore[arg-type]


def request(index: int = 0, scheme: bytes = b"http", host: str = OWN, **facts: object) -> Request:
    told = {"path": b"/?email=ann%40post.example"} | facts
    return Request(index=index, flow=f"f{index}", started=2.0, method=b"GET", scheme=scheme, host=host, port=80, **told)  # type: ignore[arg-type]


def failure(assertion: Callable[[], None]) -> str:
    """What a failed assertion says; it holds no value."""
    with pytest.raises(AssertionError) as caught:
        assertion()
    text = str(caught.value)
    assert LOCAL not in text
    return text


# ---------------------------------------------------------------- sent, not sent


@runs_here
def test_what_was_sent_is_sent(traffic: Traffic) -> None:
    traffic.assert_sent("person.email", to="CleverTap")
    traffic.assert_sent("person.email", to=OWN, before="after-accept", evidence="seed")
    traffic.assert_sent("person", during="after-accept")
    assert {one.host for one in traffic.transmissions if one.data_type == "person.email"} == {OWN, TRACKER}
    assert [phase.name for phase in traffic.report().capture.phases] == ["launch", "after-accept"]


@runs_here
def test_what_was_not_sent_is_not(traffic: Traffic) -> None:
    traffic.assert_not_sent("person.phone")
    traffic.assert_not_sent("person.email", to="third parties", before="after-accept")
    traffic.assert_not_sent("person.email", to="Meta")
    traffic.assert_not_sent("person.email", to=OWN, during="after-accept")


@runs_here
def test_the_failure_names_data_host_owner_phase_and_request(traffic: Traffic) -> None:
    said = failure(lambda: traffic.assert_not_sent("person.email", to="third parties"))
    assert said.startswith("person.email to third parties was sent, once:\n")
    for part in ("Email address (person.email) → in.wzrkt.com", "CleverTap", "third party", "phase after-accept"):
        assert part in said
    assert "request 1 · body profile.Email · r…e · evidence: seed" in said
    assert OWN not in said
    said = failure(lambda: traffic.assert_not_sent("person.email", before="accepted"))
    assert said.startswith("person.email before after-accept was sent, once:\n")
    assert "first party · phase launch · request 0" in said


@runs_here
def test_the_failure_says_what_was_sent_instead(traffic: Traffic) -> None:
    said = failure(lambda: traffic.assert_sent("person.email", to="Meta"))
    assert said.startswith("person.email to Meta was not sent. What was sent of it:\n")
    assert OWN in said
    assert "was not sent. Requests recorded: 2." in failure(lambda: traffic.assert_sent("person.phone"))


@runs_here
def test_a_phase_that_never_was_says_nothing(traffic: Traffic) -> None:
    said = failure(lambda: traffic.assert_not_sent("person.phone", during="logged-in"))
    assert said == "No phase logged-in was marked, so nothing can be said of it; marked: after-accept, launch."
    with pytest.raises(ApptellsError):
        traffic.phase("not a phase!")


def test_a_recipient_that_nobody_knows_says_nothing(tmp_path: Path) -> None:
    traffic = still(tmp_path, request())
    for name in ("CleverTap", "Meta", "meta.example", "third parties", "first party"):
        traffic.assert_not_sent("person.phone", to=name)
    for slip in ("CleverTapp", "3rd parties", "Clev Tap"):
        with pytest.raises(ApptellsError, match="No owner or product is known"):
            traffic.assert_not_sent("person.phone", to=slip)


# ---------------------------------------------------------------- recipients


@runs_here
def test_only_these_recipients(traffic: Traffic) -> None:
    traffic.assert_only_recipients("CleverTap", "kirana.com")
    traffic.assert_only_recipients("first party", "wzrkt.com", of="person.email")
    traffic.assert_only_recipients(of="person.phone")


@runs_here
def test_others_than_these_recipients(traffic: Traffic) -> None:
    said = failure(lambda: traffic.assert_only_recipients("kirana.com"))
    assert said.startswith("The app contacted others than kirana.com:\n  in.wzrkt.com · WizRocket")
    said = failure(lambda: traffic.assert_only_recipients("CleverTap", of="person.email"))
    assert said.startswith(
        "person.email was sent to others than CleverTap:\n  Email address (person.email) → api.kirana"
    )
    assert "phase launch · request 0" in said
    with pytest.raises(ApptellsError, match="no name"):
        traffic.assert_only_recipients("")


def test_a_host_that_could_not_be_read_is_a_recipient(tmp_path: Path) -> None:
    pinned = Refused(time=2.0, kind="refused by client", host="graph.facebook.com", reason="unknown ca")
    traffic = still(tmp_path, request(), pinned)
    traffic.assert_only_recipients("kirana.com", "Meta")
    said = failure(lambda: traffic.assert_only_recipients("kirana.com"))
    assert "graph.facebook.com · Meta Platforms, Inc." in said
    assert "not read" in said


# ---------------------------------------------------------------- clear text


@runs_here
def test_nothing_in_clear_text(traffic: Traffic) -> None:
    traffic.assert_nothing_in_clear_text()


def test_something_in_clear_text(tmp_path: Path) -> None:
    traffic = still(tmp_path, request(), request(1, b"https", path=b"/?phone=9876543210"))
    said = failure(traffic.assert_nothing_in_clear_text)
    assert said.startswith("Sent in clear text, once:\n  Email address (person.email) → api.kirana.com")
    assert said.endswith("not encrypted")
    assert "ann@" not in said
    traffic.assert_nothing_in_clear_text("person.phone")
    failure(lambda: traffic.assert_nothing_in_clear_text("person.email"))


def test_what_no_decoder_opens_is_not_clean_in_clear_text(tmp_path: Path) -> None:
    from analyzer.capture.record import Body

    blob = bytes(range(200, 256)) * 20
    secret = {"path": b"/", "method": b"POST", "body": Body(kept=blob, size=len(blob))}
    headers = ((b"Content-Type", b"application/octet-stream"),)
    told = {"index": 0, "flow": "f", "started": 2.0, "host": OWN, "port": 80, "headers": headers} | secret
    plain, safe = (Request(scheme=scheme, **told) for scheme in (b"http", b"https"))  # type: ignore[arg-type]
    said = failure(still(tmp_path, plain).assert_nothing_in_clear_text)
    assert "bytes that no decoder could open → api.kirana.com · request 0" in said
    still(tmp_path, safe).assert_nothing_in_clear_text()


# ---------------------------------------------------------------- enough was seen


@runs_here
def test_something_was_seen(traffic: Traffic) -> None:
    traffic.assert_seen()
    traffic.assert_seen(2)
    traffic.assert_seen(1, to="CleverTap")
    assert "Requests recorded: 2, expected at least 3" in failure(lambda: traffic.assert_seen(3))
    assert "Requests recorded to Meta: 0" in failure(lambda: traffic.assert_seen(to="Meta"))


@pytest.mark.parametrize(
    "assertion",
    [
        lambda traffic: traffic.assert_seen(),
        lambda traffic: traffic.assert_not_sent("person.email"),
        lambda traffic: traffic.assert_only_recipients("kirana.com", "Meta"),
        lambda traffic: traffic.assert_nothing_in_clear_text(),
    ],
)
def test_an_empty_capture_is_not_clean(tmp_path: Path, assertion: Callable[[Traffic], None]) -> None:
    refused = Refused(time=2.0, kind="refused by client", host="graph.facebook.com", reason="unknown ca")
    said = failure(lambda: assertion(still(tmp_path, refused)))
    assert said.startswith("Requests recorded: 0, expected at least 1. Does the app use the proxy http://127.0.0.1:1, ")
    assert "1 connection could not be read:\n  graph.facebook.com · refused by client · once" in said


@pytest.mark.parametrize(
    "assertion",
    [
        lambda traffic: traffic.assert_not_sent("person.phone"),
        lambda traffic: traffic.assert_only_recipients("kirana.com"),
        lambda traffic: traffic.assert_nothing_in_clear_text("person.phone"),
    ],
)
def test_a_capture_that_lacks_something_is_not_clean(tmp_path: Path, assertion: Callable[[Traffic], None]) -> None:
    lost = Lost(time=3.0, since=2.0, count=7, reason="the disk was full")
    assertion(still(tmp_path, request()))
    said = failure(lambda: assertion(still(tmp_path, request(), lost)))
    assert said.startswith("Not everything was recorded and analysed, so nothing can be said:")


def test_a_request_that_cannot_be_analysed_is_not_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("analyzer.pipeline.Detection.find", fail)
    said = failure(lambda: still(tmp_path, request()).assert_not_sent("person.phone"))
    assert said.startswith(
        "Not everything was recorded and analysed, so nothing can be said: A request could not be analysed"
    )


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    hostile = "a\x1b[31m\u202e.kirana.com"
    said = failure(lambda: still(tmp_path, request(host=hostile)).assert_not_sent("person"))
    said += failure(lambda: still(tmp_path, request(host=hostile)).assert_only_recipients("Meta"))
    assert all(character.isprintable() for character in said.replace("\n", ""))


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    many = [request(index, host=f"h{index}.kirana.com") for index in range(30)]
    said = failure(lambda: still(tmp_path, *many).assert_not_sent("person.email"))
    assert said.startswith("person.email was sent, 30 times:")
    assert said.endswith("\n  … and 10 more")


# ---------------------------------------------------------------- time


class Busy(Still):
    """A recorder to which something new comes as long as there is something to come."""

    def __init__(self, folder: Path, news: int) -> None:
        super().__init__(folder, request())
        self.news, self.asked = news, 0

    def settle(self) -> int:
        self.asked += 1
        return min(self.asked, self.news)


@pytest.mark.parametrize(("news", "seconds"), [(6, 60.0), (1 << 30, 0.5)])
def test_it_waits_until_nothing_new_comes(tmp_path: Path, news: int, seconds: float) -> None:
    busy = Busy(tmp_path, news)
    traffic = Traffic(busy, "127.0.0.1", 1, KNOWLEDGE, Options(), quiet=0.2)  # type: ignore[arg-type]
    traffic.wait(seconds)
    assert busy.asked >= min(news, 4)


@runs_here
def test_what_is_still_to_come_can_be_waited_for(running: tuple[Traffic, Stage]) -> None:
    import threading

    traffic, servers = running
    body = '{"contact": "late.comer@post.example", "phone": "+919876501234"}'
    url = f"https://{OWN}:{servers.secure}/later"

    def later() -> None:
        time.sleep(0.5)
        send(traffic.proxy_url, traffic.ca_certificate, url, body)

    sender = threading.Thread(target=later)
    sender.start()
    traffic.assert_sent("person.phone", seconds=60)
    sender.join()
