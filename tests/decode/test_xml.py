"""XML and property lists."""

import plistlib

from tests.decode.sending import leaf, place, sent, values


def test_elements_and_attributes() -> None:
    body = b'<?xml version="1.0"?><u:user xmlns:u="urn:x" city="Nagpur">'
    body += b"<u:email> ishaan@post.example </u:email><a><b>7</b></a></u:user>"
    decoded = sent(body, "text/xml")
    assert place(decoded, "ishaan@post.example") == ("body", "u:user.u:email", ("xml",))
    assert leaf(decoded, "ishaan@post.example").key == "email"
    assert place(decoded, "Nagpur")[1] == "u:user.@city"
    assert leaf(decoded, "7").path == "u:user.a.b"


def test_property_list() -> None:
    body = plistlib.dumps({"Email": "ishaan@post.example", "Age": 36, "Nested": {"City": "Nagpur"}})
    decoded = sent(body)
    assert leaf(decoded, "ishaan@post.example").key == "Email"
    assert leaf(decoded, "36").key == "Age"
    assert leaf(decoded, "Nagpur").key == "City"


def test_json_in_an_element() -> None:
    decoded = sent(b'<r><payload><![CDATA[{"email":"ishaan@post.example"}]]></payload></r>')
    assert place(decoded, "ishaan@post.example") == ("body", "r.payload.email", ("xml", "json"))


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert all("aaaaaaaaaaaa" not in value for value in values(sent(bomb)))


def test_no_file_is_read() -> None:
    decoded = sent(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x><y>seen</y>&a;</x>')
    assert all(field.decoding != ("xml",) or field.value == "seen" for field in decoded.fields)


def test_broken_xml_keeps_its_beginning() -> None:
    decoded = sent(b"<user><email>ishaan@post.example</email><name>Isha")
    assert leaf(decoded, "ishaan@post.example").path == "user.email"
    assert "broken-xml" in decoded.notes


def test_too_many_levels_end_with_a_note() -> None:
    decoded = sent(b"<r><email>ishaan@post.example</email>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</r>")
    assert leaf(decoded, "ishaan@post.example").path == "r.email"
    assert "broken-xml" in decoded.notes


def test_xml_in_a_value() -> None:
    decoded = sent(b'{"soap":"<e><email>ishaan@post.example</email></e>"}')
    assert place(decoded, "ishaan@post.example") == ("body", "soap.e.email", ("json", "xml"))
