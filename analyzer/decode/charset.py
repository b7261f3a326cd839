"""Bytes to text, only by character sets that are just that."""

import codecs

# A server or app chooses the charset name, and Python's codec registry also holds rot13, base64, zlib and punycode.
ALLOWED = frozenset(
    codecs.lookup(name).name
    for name in """
        utf-8 utf-8-sig us-ascii utf-16 utf-16-le utf-16-be utf-32 iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4
        iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15
        cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8-r koi8-u shift_jis euc-jp iso-2022-jp
        gbk gb2312 gb18030 big5 euc-kr cp949 cp874 tis-620
    """.split()
)


def declared_charset(content_type: str) -> str | None:
    """The charset that a Content-Type names, as Python calls it; None where it names none that is allowed."""
    _, found, rest = content_type.lower().partition("charset=")
    if not found:
        return None
    name = rest.split(";")[0].strip(" \t\"'")[:40]
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return name if name in ALLOWED else None


def to_text(data: bytes, content_type: str = "") -> str | None:
    """The text that bytes hold, or None where they are binary. Broken characters become U+FFFD.

    UTF-8 wins where it is valid: senders declare other charsets wrongly more often than valid UTF-8 is an accident.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        charset = declared_charset(content_type)
        text = data.decode(charset if charset and charset != "utf-8" else "utf-8", "replace")
        if text.count("\ufffd") * 10 > len(text):
            return None
    head = text[:2000]
    # U+FFFD and the odd NUL are tolerated; a tenth of control characters means that this is no text.
    odd = (
        sum(char < " " and char not in "\t\r\n\f" for char in head) + head.count("\ufffd")
        if not head.isprintable()
        else 0
    )
    return text if odd * 10 <= len(head) else None


def utf16_text(data: bytes) -> str | None:
    """UTF-16 without a mark, where every second byte of ASCII text is NUL, and of other Latin letters small."""
    if len(data) < 8 or len(data) % 2:
        return None
    half = len(data) // 2
    for codec, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[0::2])):
        if zeros.count(0) * 10 >= half * 9:
            return data.decode(codec, "replace")
        if zeros.count(0) * 2 >= half and max(zeros) < 3:  # a short name with letters such as Š or ł
            text = data.decode(codec, "replace")
            if all(char.isalpha() or char in " .'-" for char in text):
                return text
    return None
