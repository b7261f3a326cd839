"""Hostile capture files through the whole program: what nobody recorded, what was mutated, what is large."""

import json
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer.capture.frame import MAGIC, MARK, MAX_RECORD, framed
from analyzer.capture.record import (
    Body,
    Ended,
    Lookup,
    Lost,
    Marked,
    Message,
    Prepared,
    Record,
    Refused,
    Request,
    Response,
    Server,
    Shown,
    Started,
    Stream,
    encode,
)
from analyzer.cli import cli
from analyzer.model import AppBuild, Device
from fixtures.hostile.make_hostile import EMAIL, MARKUP, SEEDS
from tests.bench.measure import run
from tests.hostile.test_hostile import ADDRESS_SPACE, HANG, PEAK

START, END = Started(time=1.0, tool="apptells 0, mitmproxy 0"), Ended(time=9.0)
ESCAPES = "\x1b]0;pwned\x07\x1b[2J\u202e\r\n"
MOST = (1 << 40) - 1


def request(index: int, **members: Any) -> Request:
    usual: dict[str, Any] = {
        "index": index, "flow": "f", "started": 1772526600.0 + index, "ended": 1772526600.5, "method": b"POST",
        "scheme": b"https", "host": "api.kirana-hostile.example", "port": 443, "path": b"/v1",
        "headers": ((b"Content-Type", b"application/json"),), "server": Server(ip="198.51.100.7"),
        "body": Body(kept=json.dumps({"email": EMAIL}).encode(), size=50, sha256=bytes(32)),
    }  # fmt: skip
    return Request(**usual | members)


def file(*records: Record) -> bytes:
    return MAGIC + b"".join(framed(map(encode, records)))


def session(*records: Record) -> bytes:
    return file(START, *records, END)


def texts(text: str) -> bytes:
    """One that says this text wherever it can."""
    raw = text.encode()
    build = AppBuild(id=text, version=text, apk_sha256=(text,), signer_sha256=(text,), permissions=(text,))
    server = Server(ip=text, sni=text, tls_version=text, alpn=raw)
    return file(
        Started(time=1.0, tool=text, modes=(text,), app=text),
        Prepared(time=1.0, app=build, device=Device(model=text, os=text, build=text)),
        Marked(time=1.0, name=text),
        request(0, flow=text, method=raw, scheme=raw, host=text, authority=raw, path=raw, version=raw,
                headers=((raw, raw), (b"Host", raw), (b"Cookie", b"m=" + EMAIL.encode() + raw)), server=server,
                client=text, error=text, response=Response(index=0, headers=((b"Set-Cookie", raw),), error=text)),
        request(1, headers=((b"Content-Type", b"application/json"), (b"Host", raw))),
        Stream(index=2, flow=text, protocol=text, started=1.0, host=text, port=1, sent=Body(kept=raw, size=9),
               received=1, server=server, error=text),
        Lookup(index=3, time=1.0, name=text, answered=True, aliases=(text,), addresses=(text,)),
        *[Refused(time=1.0, kind=kind, host=text, address=text, reason=text, alpn=(raw,))
          for kind in ("suspected pinning", "suspected pinning", "refused by client", "raw")],
        Lost(time=1.0, since=1.0, count=1, reason=text),
        END,
    )  # fmt: skip


def numbers() -> bytes:
    """One whose numbers are the largest that there are, again and again."""
    body = Body(kept=EMAIL.encode(), size=MOST, sha256=b"\xff" * 32)
    server = Server(ip="255.255.255.255", port=MOST, connect_ms=1e308, tls_ms=1e308)
    return session(
        *[Lost(time=1e11, since=0.0, count=MOST, reason="") for _ in range(3)],
        *[request(MOST - 9 + number, started=time, port=MOST, body=body, server=server,
                  response=Response(index=0, status=MOST, started=1e11, ended=0.0))
          for number, time in enumerate((0.0, 1e11, 5e-324))],
        *[Stream(index=MOST - 3, part=part, flow="s", protocol="udp", started=1e11, host="s.example", port=MOST,
                 sent=body, sent_at=0.0, received=MOST) for part in (0, 5, MOST, MOST)],
        *[Message(index=MOST - 9, flow="", time=1e11, position=MOST, from_client=True, body=body) for _ in range(3)],
        Marked(time=1e11, name="late"), Marked(time=0.0, name="early"),
        Ended(time=1e11, open=MOST, errors=MOST), Ended(time=0.0, open=MOST, errors=MOST),
    )  # fmt: skip


def chaos(seed: int) -> bytes:
    """An ordinary session with bytes flipped, blocks zeroed, cut out, doubled and swapped."""
    rng = random.Random(seed)
    data = bytearray(ORDINARY)
    for _ in range(rng.randint(1, 12)):
        start = rng.randrange(len(MAGIC), len(data))
        end = min(len(data), start + rng.choice((1, 1, 4, 30, 400)))
        piece = bytes(data[start:end])
        other = rng.randrange(len(MAGIC), len(data))
        change = rng.randrange(5)
        data[start:end] = [rng.randbytes(len(piece)), bytes(len(piece)), b"", piece * 2, data[other : other + 50]][
            change
        ]
    return bytes(data)


ORDINARY = session(
    Shown(sha256=bytes(32), der=b"none"), *[request(number) for number in range(4)],
    Marked(time=1772526602.0, name="x"),
    request(4, response=Response(index=4, status=101, started=1.0, ended=1.0)),
    Message(index=4, flow="f", time=1772526610.0, position=0, from_client=True, body=Body(kept=b'{"a":1}', size=7)),
    Stream(index=5, flow="s", protocol="tcp", started=1.0, host="s.example", port=1, sent=Body(kept=b"x"), received=1),
    Refused(time=1.0, kind="refused by client", host="bank.example"),
    Lookup(index=6, time=1.0, name="a.example", answered=True, addresses=("192.0.2.1",)),
)  # fmt: skip


def analyze(data: bytes, folder: Path, *words: str) -> Result:
    """`apptells analyze` in this process; it has to end with a report or a sentence."""
    capture, seeds = folder / "s.apptells", folder / "seeds.yaml"
    capture.write_bytes(data)
    seeds.write_text(SEEDS)
    result = CliRunner().invoke(cli, ["analyze", str(capture), "--seeds", str(seeds), *words], catch_exceptions=False)
    assert result.exit_code in (0, 2), result.output
    assert result.exit_code == 0 or result.output.strip().endswith(".")
    assert "\x1b]0" not in result.output
    assert "\x1b[2J" not in result.output
    return result


@pytest.mark.parametrize("text", [ESCAPES, *MARKUP, "", "\0", "x" * 300], ids=range(len(MARKUP) + 4))
def test_texts(text: str, tmp_path: Path) -> None:
    assert analyze(texts(text), tmp_path, "--output", str(tmp_path / "out")).exit_code == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>window.pwned" not in page
    assert "<img src=x" not in page
    assert "\x1b" not in page
    assert EMAIL not in page


def test_numbers(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert analyze(numbers(), tmp_path, "--format", "json", "--output", str(report)).exit_code == 0
    found = json.loads(report.read_bytes())
    assert "person.email" in {each["seed"] for each in found["transmissions"]}
    assert analyze(numbers(), tmp_path, "--output", str(tmp_path / "out")).exit_code == 0


@pytest.mark.parametrize("seed", range(12))
def test_mutated_files(seed: int, tmp_path: Path) -> None:
    analyze(chaos(seed), tmp_path, "--format", "json", "--output", str(tmp_path / "report.json"))


def claims(length: int, count: int) -> bytes:
    return struct.pack("<4sII", MARK, length, 0) * count


def silent(number: int) -> Refused:
    return Refused(time=1.0, kind="suspected pinning", host=f"{number}.example")


def unfinished(number: int) -> Request:
    return request(number, path=b"/" + b"a" * 3_000, headers=((b"a", b"b" * 3_000),), body=Body())


FILES: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("marks", lambda: file(START, request(0)) + MARK * 2_500_000),
    ("lengths-of-4-gb", lambda: file(START, request(0)) + claims(0xFFFFFFFF, 800_000)),
    ("lengths-of-64-mb", lambda: file(START, request(0)) + claims(MAX_RECORD, 800_000)),
    ("lengths-of-1-mb", lambda: file(START, request(0)) + claims(1 << 20, 800_000)),
    ("lengths-of-1", lambda: file(START, request(0)) + claims(1, 800_000)),
    ("one-record-of-64-mb", lambda: file(START, request(0), request(1, body=Body(kept=bytes((64 << 20) - 1_000))))),
    ("200000-phases", lambda: file(START, request(0), *[Marked(time=1.0, name="a b")] * 200_000)),
    ("200000-silent", lambda: file(START, request(0), *map(silent, range(200_000)))),
    ("12000-unfinished", lambda: file(START, request(0), *map(unfinished, range(1, 12_000)))),
    ("20000-headers", lambda: file(START, request(0), request(1, headers=((b"a", b"b"),) * 20_000))),
)  # fmt: skip


@pytest.mark.parametrize(("name", "content"), FILES, ids=[name for name, _ in FILES])
def test_large_files(name: str, content: Callable[[], bytes], tmp_path: Path) -> None:
    capture, seeds, report = (tmp_path / each for each in ("s.apptells", "seeds.yaml", "report.json"))
    capture.write_bytes(content())
    seeds.write_text(SEEDS)
    command = [sys.executable, "-m", "analyzer", "analyze", str(capture), "--seeds", str(seeds)]
    command += ["--format", "json", "--output", str(report)]
    used = run(command, address_space=ADDRESS_SPACE, seconds=HANG, stderr=tmp_path / "stderr.txt")
    assert used.code == 0, (tmp_path / "stderr.txt").read_text()[-2_000:]
    assert used.peak < PEAK
    found = json.loads(report.read_bytes())
    assert "person.email" in {each["seed"] for each in found["transmissions"]}
