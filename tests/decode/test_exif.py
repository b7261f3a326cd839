"""The metadata of pictures: place, camera and owner, and that no broken one does harm."""

import struct
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.decode import exif
from analyzer.decode.branch import Branches
from analyzer.decode.walk import Place, Walk
from fixtures.captures.pictures import jpeg, photo, png

AT = Place("body", "avatar", "avatar", ("multipart",), 1)
TEXTS = {"Make": "Pixel", "Model": "Pixel 8", "Artist": "Asha Kulkarni", "DateTimeOriginal": "2018:03:23 10:15:00"}


def leaves(data: bytes) -> dict[str, str]:
    """The values that stand in a picture, by name."""
    walk = Walk(lambda *_: False, lambda *_: False, set(), Branches())
    found = exif.read(walk, AT, data)
    assert found == bool(walk.fields)
    assert all(field.path == f"avatar.{field.key}" for field in walk.fields)
    assert all(field.decoding == ("multipart", "exif") for field in walk.fields)
    return {field.key: field.value for field in walk.fields}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("latitude", "longitude"), [(21.145800, 79.088155), (-33.868800, -151.209300), (0, 180)])
def test_place_and_camera(order: str, latitude: float, longitude: float) -> None:
    more = {"CameraOwnerName": "Asha", "BodySerialNumber": "R58M12"}
    found = leaves(photo(latitude, longitude, order, **TEXTS, **more))
    assert float(found.pop("GPSLatitude")) == pytest.approx(latitude, abs=1e-6)
    assert float(found.pop("GPSLongitude")) == pytest.approx(longitude, abs=1e-6)
    assert found == TEXTS | more


def test_pictures_that_say_nothing() -> None:
    assert leaves(jpeg()) == leaves(png(1, 2, 3)) == leaves(b"") == {}


@pytest.mark.parametrize("before", [b"\x89PNG\r\n\x1a\n\0\0\1\0eXIf", b"RIFF\0\0\0\0WEBPEXIF\1\2\3\4"])
def test_containers(before: bytes) -> None:
    tiff = photo(1, 2, **TEXTS).partition(b"Exif\0\0")[2]
    assert leaves(before + tiff)["Model"] == "Pixel 8"


def test_texts_that_are_none() -> None:
    assert "Artist" not in leaves(photo(1, 2, Artist="\x1b[31m"))
    assert leaves(photo(1, 2, Artist="Asha\0hidden"))["Artist"] == "Asha"


@pytest.mark.parametrize(("order", "kind"), [("<", "utf-16-le"), (">", "utf-16-be")])
@pytest.mark.parametrize("comment", ["Zoë in Nagpur", "ऋषि"])
def test_comments_in_any_alphabet(order: str, kind: str, comment: str) -> None:
    def table(tag: int, sort: int, count: int, value: int) -> bytes:
        return struct.pack(order + "HHHII", 1, tag, sort, count, value)

    text = b"UNICODE\0" + comment.encode(kind)
    tiff = struct.pack(order + "I", 8) + table(0x8769, 4, 1, 22) + table(0x9286, 7, len(text), 36) + text
    assert leaves(b"\xff\xd8\xffExif\0\0" + (b"II*\0" if order == "<" else b"MM\0*") + tiff) == {"UserComment": comment}


def test_a_place_that_is_nowhere() -> None:
    assert "GPSLatitude" not in leaves(photo(99, 10))


@settings(max_examples=300)
@given(st.integers(0, 1 << 32), st.integers(1, 40), st.sampled_from("<>"))
def test_damage_is_survived(seed: int, count: int, order: str) -> None:
    random, data = Random(seed), bytearray(photo(21.1458, 79.0882, order, **TEXTS))
    start = data.index(b"Exif") + 6
    for _ in range(count):
        data[random.randrange(start, start + 300)] = random.choice((0, 1, 2, 5, 8, 255, random.randrange(256)))
    leaves(bytes(data))
    leaves(bytes(data[: random.randrange(len(data))]))


def test_tables_that_point_to_themselves_end() -> None:
    tiff = b"II*\0" + (8).to_bytes(4, "little") + (2).to_bytes(2, "little")
    for tag in (0x8769, 0x8825):
        tiff += tag.to_bytes(2, "little") + (4).to_bytes(2, "little") + (1).to_bytes(4, "little")
        tiff += (8).to_bytes(4, "little")
    assert leaves(b"\xff\xd8\xffExif\0\0" + tiff) == {}
