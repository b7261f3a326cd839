"""multipart bodies: fields, file parts, and what is inside them."""

import gzip

from tests.decode.sending import leaf, place, sent, values

TYPE = "multipart/form-data; boundary=xyZ"


def part(head: str, body: bytes) -> bytes:
    return b"--xyZ\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n"


def test_fields_and_files() -> None:
    body = (
        part('Content-Disposition: form-data; name="user[email]"', b"ishaan@post.example")
        + part("Content-Disposition: form-data; name=phone", b"+919812345670")
        + part(
            'Content-Disposition: form-data; name="meta"; filename="ishaan.json"\r\nContent-Type: application/json',
            b'{"city":"Nagpur"}',
        )
        + part('Content-Disposition: form-data; name="log"; filename="l.gz"', gzip.compress(b"name=Ishaan&x=1"))
        + b"--xyZ--\r\n"
    )
    decoded = sent(body, TYPE)
    assert place(decoded, "ishaan@post.example") == ("body", "user[email]", ("multipart",))
    assert place(decoded, "+919812345670") == ("body", "phone", ("multipart",))
    assert place(decoded, "Nagpur") == ("body", "meta.city", ("multipart", "json"))
    assert place(decoded, "Ishaan") == ("body", "log.name", ("multipart", "gzip", "urlencoded"))
    assert leaf(decoded, "ishaan.json").path == "meta.filename"


def test_a_picture_is_undecoded_and_its_neighbours_are_read() -> None:
    picture = b"\xff\xd8\xff" + bytes(range(256)) * 4
    body = part('Content-Disposition: form-data; name="pic"; filename="me.jpg"\r\nContent-Type: image/jpeg', picture)
    body += part('Content-Disposition: form-data; name="email"', b"ishaan@post.example") + b"--xyZ--"
    decoded = sent(body, TYPE)
    assert leaf(decoded, "ishaan@post.example").key == "email"
    assert [(item.path, item.bytes, item.content_type) for item in decoded.undecoded] == [
        ("pic", len(picture), "image/jpeg")
    ]


def test_without_a_declared_boundary() -> None:
    body = part('Content-Disposition: form-data; name="email"', b"ishaan@post.example") + b"--xyZ--"
    assert place(sent(body), "ishaan@post.example")[2] == ("multipart",)


def test_a_cut_body_and_parts_without_names() -> None:
    body = (
        part("Content-Type: text/plain", b"Nagpur city")
        + b'--xyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut of'
    )
    assert values(sent(body, TYPE)) == ["Nagpur city", "cut of"]


def test_a_boundary_that_is_not_there_is_no_multipart() -> None:
    assert place(sent(b"email=ishaan%40post.example&x=1", TYPE), "ishaan@post.example")[2] == ("urlencoded",)
