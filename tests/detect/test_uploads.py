"""Files that an app uploads: what they are is told by the name of their field, and a photo tells its place."""

import pytest

from analyzer.decode.exchange import Decoder
from analyzer.knowledge import Knowledge
from analyzer.pipeline import Detection
from fixtures.captures.pictures import jpeg, photo
from tests.decode.sending import request
from tests.decode.test_media import TYPE, upload

PICTURE = photo(21.1458, 79.0882, Model="Pixel 8", CameraOwnerName="Asha Kulkarni", BodySerialNumber="R58M12")


@pytest.fixture(scope="module")
def detection() -> Detection:
    return Detection(Knowledge(), seeds=None)


def found(detection: Detection, name: str, data: bytes) -> dict[str, str]:
    """Data types by path."""
    exchange = request(upload(name, data, "application/octet-stream"), TYPE)
    return {each.field.path: each.data_type for each in detection.find(exchange, Decoder().decode(exchange))}


@pytest.mark.parametrize(
    ("name", "data", "data_type"),
    [
        ("avatar", jpeg(), "person.photo"),
        ("image", jpeg(), "content.photo"),
        ("file", jpeg(), "content.files"),
        ("resume", b"%PDF-1.7" + bytes(200), "content.files"),
        ("video", b"\0\0\0\x18ftypisom" + bytes(200), "content.video"),
        ("voice_note", b"OggS" + bytes(200), "content.audio"),
    ],
)
def test_files_by_the_name_of_their_field(detection: Detection, name: str, data: bytes, data_type: str) -> None:
    assert found(detection, name, data) == {name: data_type}


def test_a_name_does_not_make_a_picture(detection: Detection) -> None:
    assert found(detection, "image", bytes(range(128, 256)) * 4) == {}


def test_a_photo_tells_where_and_by_whom_it_was_taken(detection: Detection) -> None:
    assert found(detection, "avatar", PICTURE) == {
        "avatar": "person.photo",
        "avatar.GPSLatitude": "loc.precise",
        "avatar.GPSLongitude": "loc.precise",
        "avatar.Model": "dev.model",
        "avatar.CameraOwnerName": "person.name.full",
        "avatar.BodySerialNumber": "id.serial",
    }
