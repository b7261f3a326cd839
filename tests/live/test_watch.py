"""A watch tells while a file grows what an analysis of the whole file finds."""

import threading
from pathlib import Path

import pytest

from analyzer.capture.frame import MAGIC, framed
from analyzer.capture.open import open_capture
from analyzer.capture.record import Body, Ended, Lost, Marked, Record, Refused, Request, Started, encode
from analyzer.errors import ApptellsError
from analyzer.knowledge import Knowledge
from analyzer.live.events import Event, PhaseBegan, Reached, Seen, Trouble, Unreadable
from analyzer.live.watch import Watch
from analyzer.pipeline import Options, analyze
from fixtures.captures.founding_persona import PERSONA
from tests.cli.running import SEEDS

EMAIL = str(PERSONA["person.email"])
START = 1_521_819_000.0


def request(index: int, body: bytes, host: str = "in.wzrkt.com", at: float = 0.0) -> Request:
    return Request(
        index=index,
        flow=f"flow-{index}",
        started=START + at,
        ended=START + at,
        method=b"POST",
        scheme=b"https",
        host=host,
        port=443,
        path=b"/a1",
        headers=((b"Content-Type", b"application/json"),),
        body=Body(kept=body, size=len(body)),
    )


MAIL = b'{"profile": {"Email": "%b"}}' % EMAIL.encode()
SESSION: tuple[Record, ...] = (
    Started(time=START),
    Marked(time=START + 1, name="before-consent"),
    request(0, MAIL, at=2),
    request(1, MAIL, at=3),
    Refused(time=START, kind="refused by client", host="bank.example", reason="unknown ca"),
    Refused(time=START, kind="refused by client", host="bank.example", reason="unknown ca"),
    request(2, b"{}", "api.other.example", at=4),
    Marked(time=START + 5, name="after-accept"),
    request(3, MAIL, at=6),
    Lost(time=START, since=START, count=7, reason="the disk was full"),
    Ended(time=START + 9),
)


def data(records: tuple[Record, ...]) -> bytes:
    return MAGIC + b"".join(framed(map(encode, records)))


def watched(path: Path) -> list[Event]:
    events: list[Event] = []
    Watch(path, Knowledge(), Options(seeds=SEEDS), events.append).run()
    return events


def test_everything_is_told_in_order(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION))
    events = watched(path)
    seen = [event for event in events if isinstance(event, Seen)]
    assert [event.exchange for event in seen] == [0, 1, 3]
    assert [event.flow for event in seen] == ["flow-0", "flow-1", "flow-3"]
    # The first of its kind in a phase is new; the same again is not.
    mails = [[sent.phase for sent in event.new if sent.data_type == "person.email"] for event in seen]
    assert mails == [["before-consent"], [], ["after-accept"]]
    sent = seen[0].new[0]
    assert (sent.host, sent.party, sent.telling, sent.evidence) == ("in.wzrkt.com", "third", True, "seed")
    assert "CleverTap" in str(sent.owner)
    assert [event for event in events if isinstance(event, PhaseBegan)] == [
        PhaseBegan(name="before-consent", time=START + 1),
        PhaseBegan(name="after-accept", time=START + 5),
    ]
    assert [(one.host, one.kind) for one in events if isinstance(one, Unreadable)] == [
        ("bank.example", "refused by client")
    ]
    assert any("7 records were lost" in event.message for event in events if isinstance(event, Trouble))
    last = events[-1]
    assert isinstance(last, Reached)
    assert (last.ended, last.exchanges, last.unread, last.behind) == (True, 4, 1, 0)


def test_the_report_is_that_of_a_later_analysis(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION))
    now = Watch(path, Knowledge(), Options(seeds=SEEDS), lambda event: None).run()
    with open_capture(path) as reader:
        later = analyze(reader, Knowledge(), Options(seeds=SEEDS))
    assert list(now.transmissions) == list(later.transmissions)
    for member in ("capture", "sentences", "recipients", "matrix", "unread", "notes", "destinations", "requests"):
        assert getattr(now, member) == getattr(later, member), member


def test_a_file_that_grows_is_followed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    whole = data(SESSION)
    path.write_bytes(whole[:40])
    events: list[Event] = []
    watch: list[Watch] = []

    def follow() -> None:
        watch.append(Watch(path, Knowledge(), Options(seeds=SEEDS), events.append))
        watch[0].run()

    running = threading.Thread(target=follow)
    running.start()
    with path.open("ab") as file:
        for at in range(40, len(whole), 97):
            file.write(whole[at : at + 97])
            file.flush()
    running.join(60)
    assert not running.is_alive()
    assert [event for event in events if isinstance(event, Seen)] == [
        event for event in watched(path) if isinstance(event, Seen)
    ]


def test_it_ends_when_nobody_listens(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION[:3]))
    report = Watch(path, Knowledge(), Options(), lambda event: None, lambda: False).run()
    assert report.capture.exchanges == 1
    assert "session-not-ended" in {note.what for note in report.capture.fidelity}


def test_wrong_options_are_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.apptells"
    path.write_bytes(data(SESSION))
    with pytest.raises(ApptellsError, match="seeds"):
        Watch(path, Knowledge(), Options(seeds=tmp_path / "none.yaml"), lambda event: None)
