"""Decodes strings of the Global Privacy Platform (IAB Tech Lab): their sections, and what three of them say."""

from msgspec import Struct

from analyzer.declared.bits import MAX_CHARACTERS, Bits
from analyzer.declared.tcf import TcfConsent, decode_tcf
from analyzer.declared.us_privacy import UsPrivacy, decode_us_privacy

_MAX_SECTION = 255
_STATES = "usnat usca usva usco usut usct usfl usmt usor ustx usde usia usne usnh usnj ustn usmn usmd usin usky usri"
SECTIONS = {1: "tcfeuv1", 2: "tcfeuv2", 5: "tcfcav1", 6: "uspv1"} | dict(enumerate(_STATES.split(), 7))
"""Names of the sections by number: IAB Tech Lab, "Section Information"."""


class UsNational(Struct, frozen=True, kw_only=True):
    """What the section on the United States says of opting out; None where that does not apply."""

    sale: bool | None
    sharing: bool | None
    targeted_advertising: bool | None


class Gpp(Struct, frozen=True, kw_only=True):
    """A string of the platform."""

    sections: tuple[int, ...]
    tcf: TcfConsent | None = None
    us_privacy: UsPrivacy | None = None
    national: UsNational | None = None


def decode_gpp(text: str) -> Gpp | None:
    """The string; None where the text is none."""
    if len(text) > MAX_CHARACTERS:
        return None
    header, *parts = text.split("~")
    try:
        sections = _header(Bits(header))
    except ValueError:
        return None
    if len(sections) != len(parts):
        return None
    by_id = dict(zip(sections, parts, strict=True))
    return Gpp(
        sections=sections,
        tcf=decode_tcf(by_id.get(2, "")),
        us_privacy=decode_us_privacy(by_id.get(6, "")),
        national=_national(by_id.get(7, "")),
    )


def section_ids(text: str) -> tuple[int, ...]:
    """The sections that apply (`gpp_sid`), as `2,6` or as `2_6`; nothing where the text is no such list."""
    parts = text.replace("_", ",").split(",") if len(text) <= 200 else []
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= _MAX_SECTION for part in parts):
        return ()
    return tuple(map(int, parts))


def _header(bits: Bits) -> tuple[int, ...]:
    """The numbers of the sections in their order: single ones and ranges, each counted from the one before."""
    if bits.number(6) != 3 or bits.number(6) != 1:
        raise ValueError("not the header of a string of this platform, or of another version")
    ids: list[int] = []
    for _ in range(bits.number(12)):
        is_range = bits.flag()
        first = (ids[-1] if ids else 0) + bits.fibonacci()
        last = first + bits.fibonacci() if is_range else first
        if last > _MAX_SECTION:
            raise ValueError("a section that there is not")
        ids += range(first, last + 1)
    return tuple(ids)


def _national(text: str) -> UsNational | None:
    """Section 7: a version, six notices, and the opt-outs, two bits each: does not apply, opted out, did not."""
    try:
        bits = Bits(text.partition(".")[0])
        bits.number(6)
        bits.number(6 * 2)
        answers = [{1: True, 2: False}.get(bits.number(2)) for _ in range(3)]
    except ValueError:
        return None
    return UsNational(sale=answers[0], sharing=answers[1], targeted_advertising=answers[2])
