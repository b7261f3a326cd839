"""gRPC frames: one, several, compressed, with trailers."""

import gzip

import pytest

from analyzer.decode.grpc import frames
from tests.decode.sending import leaf, member, place, sent

MESSAGE = member(1, member(2, "ishaan@post.example"))


def frame(message: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(message).to_bytes(4) + message


def test_one_frame() -> None:
    assert place(sent(frame(MESSAGE), "application/grpc"), "ishaan@post.example") == (
        "body",
        "1.2",
        ("grpc", "protobuf"),
    )


def test_undeclared() -> None:
    assert place(sent(frame(MESSAGE)), "ishaan@post.example")[2] == ("grpc", "protobuf")


def test_a_compressed_frame() -> None:
    decoded = sent(frame(gzip.compress(MESSAGE), 1), "application/grpc+proto")
    assert place(decoded, "ishaan@post.example")[2] == ("grpc", "gzip", "protobuf")


def test_several_frames_and_trailers() -> None:
    body = frame(MESSAGE) + frame(member(4, "Nagpur")) + frame(b"grpc-status: 0\r\n", 128)
    decoded = sent(body, "application/grpc-web+proto")
    assert leaf(decoded, "ishaan@post.example").path == "[0].1.2"
    assert leaf(decoded, "Nagpur").path == "[1].4"
    assert any("grpc-status" in field.value for field in decoded.fields)


def test_json_frames() -> None:
    decoded = sent(frame(b'{"email":"ishaan@post.example"}'), "application/grpc+json")
    assert place(decoded, "ishaan@post.example") == ("body", "email", ("grpc", "json"))


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x00\x00\x00", frame(b"abc")[:-1], frame(b"abc") + b"x", b"\x07\x00\x00\x00\x00"]
)
def test_what_is_no_run_of_frames(data: bytes) -> None:
    assert frames(data) is None


def test_empty_frames_are_frames() -> None:
    assert frames(frame(b"") + frame(b"x", 1)) == [(0, b""), (1, b"x")]
