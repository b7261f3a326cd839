"""Files inside requests: what they are, what stands for them among the leaves, and that their content stays closed."""

import base64
import hashlib
import json

import pytest

from analyzer.decode.media import kind_of
from fixtures.captures.pictures import jpeg, photo, png
from tests.decode.sending import leaf, place, sent

TYPE = "multipart/form-data; boundary=xyZ"


def upload(name: str, data: bytes, kind: str) -> bytes:
    head = f'--xyZ\r\nContent-Disposition: form-data; name="{name}"; filename="a"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + data + b"\r\n--xyZ--\r\n"


def stand_in(data: bytes, kind: str) -> str:
    return f"data:{kind};bytes={len(data)};sha256={hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP image"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "WAVE audio"),
        (b"RIFF\x24\0\0\0AVI LIST", "RIFF media"),
        (b"\0\0\0\x18ftypheic", "HEIC image"),
        (b"\0\0\0\x18ftypisom", "MPEG-4 video"),
        (b"%PDF-1.7", "PDF document"),
    ],
)
def test_kinds(start: bytes, name: str) -> None:
    media = kind_of(start)
    assert media is not None
    assert media.name == name


@pytest.mark.parametrize("data", [b"", b"plain", b"\xff\xd8", b"0000WEBPVP"])
def test_what_is_none(data: bytes) -> None:
    assert kind_of(data) is None


@pytest.mark.parametrize(("data", "kind"), [(jpeg(), "image/jpeg"), (png(1, 2, 3) + bytes(9), "image/png")])
def test_an_uploaded_picture_is_a_leaf_and_stays_closed(data: bytes, kind: str) -> None:
    decoded = sent(upload("avatar", data, kind), TYPE)
    assert place(decoded, stand_in(data, kind)) == ("body", "avatar", ("multipart",))
    assert [(each.path, each.bytes, each.content_type) for each in decoded.undecoded] == [("avatar", len(data), kind)]


def test_a_picture_as_the_whole_body() -> None:
    assert place(sent(jpeg(), "image/jpeg"), stand_in(jpeg(), "image/jpeg")) == ("body", "", ())


@pytest.mark.parametrize("before", ["", "data:image/jpeg;base64,"])
def test_a_picture_in_json(before: str) -> None:
    body = json.dumps({"user": {"photo": before + base64.b64encode(jpeg()).decode()}}).encode()
    chain = ("json", "base64")
    assert place(sent(body, "application/json"), stand_in(jpeg(), "image/jpeg")) == ("body", "user.photo", chain)


def test_its_metadata_stands_below_it() -> None:
    decoded = sent(upload("photo", photo(21.1458, 79.0882, Model="Pixel 8"), "image/jpeg"), TYPE)
    assert place(decoded, "21.145800") == ("body", "photo.GPSLatitude", ("multipart", "exif"))
    assert leaf(decoded, "Pixel 8").path == "photo.Model"


def test_a_pixel_of_a_page_shows_nothing() -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    decoded = sent(json.dumps({"image": pixel}).encode(), "application/json")
    assert not decoded.undecoded
    assert not any("image" in each.value for each in decoded.fields)
