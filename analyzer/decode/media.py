"""Pictures, sound, films, documents: what they are, and what a picture says of itself. Their content stays closed."""

import hashlib

from msgspec import Struct

from analyzer.decode import exif
from analyzer.decode.walk import Place, Walk

SMALL = 100
"""Bytes under which a picture shows nothing: the transparent pixels of web pages."""

FILE = "data:"
"""How the leaf begins that stands for a file."""


class Media(Struct, frozen=True):
    """A kind of file."""

    name: str
    """As a reader would call it: `JPEG image`."""
    type: str
    """Its media type (IANA)."""


# By what stands at which offset.
_KINDS: tuple[tuple[int, bytes, Media], ...] = (
    (0, b"\xff\xd8\xff", Media("JPEG image", "image/jpeg")),
    (0, b"\x89PNG\r\n", Media("PNG image", "image/png")),
    (0, b"GIF8", Media("GIF image", "image/gif")),
    (8, b"WEBPVP8", Media("WebP image", "image/webp")),
    (8, b"WAVEfmt ", Media("WAVE audio", "audio/wav")),
    (4, b"ftyphei", Media("HEIC image", "image/heic")),
    (4, b"ftypmif1", Media("HEIF image", "image/heif")),
    (4, b"ftypavif", Media("AVIF image", "image/avif")),
    (4, b"ftypM4A", Media("MPEG-4 audio", "audio/mp4")),
    (4, b"ftyp", Media("MPEG-4 video", "video/mp4")),
    (0, b"OggS", Media("Ogg media", "audio/ogg")),
    (0, b"ID3", Media("MP3 audio", "audio/mpeg")),
    (0, b"#!AMR", Media("AMR audio", "audio/amr")),
    (0, b"\x1aE\xdf\xa3", Media("Matroska video", "video/x-matroska")),
    (0, b"%PDF-", Media("PDF document", "application/pdf")),
    (0, b"PK\x03\x04", Media("ZIP archive", "application/zip")),
    (0, b"RIFF", Media("RIFF media", "application/octet-stream")),
)


def kind_of(data: bytes) -> Media | None:
    """The kind of file that bytes start as."""
    return next((media for start, magic, media in _KINDS if data.startswith(magic, start)), None)


def read(walk: Walk, at: Place, data: bytes, media: Media) -> None:
    """Record a leaf that stands for the file, as a `data:` URL with its size and hash in place of the data.

    So the name of a field can say what the picture is, and whoever has the file can prove that it is this one. The
    metadata of a picture follows, below the same place.
    """
    if len(data) >= SMALL:
        walk.leaf(at, f"{FILE}{media.type};bytes={len(data)};sha256={hashlib.sha256(data).hexdigest()}")
    if media.type.startswith("image/"):
        exif.read(walk, at, data)
