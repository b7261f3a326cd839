"""Recognises consent strings among the fields of requests, and says in words what they say."""

import hashlib

from msgspec import Struct

from analyzer.declared.gpp import SECTIONS, Gpp, UsNational, decode_gpp, section_ids
from analyzer.declared.tcf import TcfConsent, decode_tcf
from analyzer.declared.us_privacy import UsPrivacy, decode_us_privacy

_TCF = frozenset(
    "iabtcf_tcstring gdpr_consent gdprconsent gdpr_consent_string euconsent-v2 euconsent_v2 tcstring tc_string tcf "
    "consent consent_string consentstring iabconsent_consentstring addtl_tcstring gdpr_string tcfconsent".split()
)
_GPP = frozenset("gpp gpp_string gppstring iabgpp_hdr_gppstring iabgpp_string".split())
_GPP_SECTIONS = frozenset("gpp_sid gppsid iabgpp_gppsid".split())
_US_PRIVACY = frozenset("us_privacy usprivacy us-privacy iabusprivacy_string usp usp_string ccpa ccpa_string".split())
NAMES = _TCF | _GPP | _GPP_SECTIONS | _US_PRIVACY
"""Names, in lower case, of fields that may hold a consent string."""


class ConsentString(Struct, frozen=True, kw_only=True):
    """A consent string that was transmitted, decoded."""

    framework: str
    """`TCF 2`, `GPP`, `GPP sections` or `US Privacy`."""
    sha256: str
    """Of the string."""
    date: str | None
    """When it was last set, YYYY-MM-DD, where it says so."""
    says: str
    """In words, without a full stop at its end."""
    refuses: bool | None
    """True where no purpose was consented to or the sale of data was opted out of; None where it does not say."""
    tcf: TcfConsent | None = None
    gpp: Gpp | None = None
    us_privacy: UsPrivacy | None = None


def consent_in(name: str, value: str) -> ConsentString | None:
    """The consent string in a field of this name; None where there is none. Never raises."""
    name = name.lower() if len(name) < 40 else ""
    if name not in NAMES:
        return None
    if name in _TCF and (tcf := decode_tcf(value)):
        return _made("TCF 2", value, _tcf_words(tcf), tcf.updated, _tcf_refuses(tcf), tcf=tcf)
    if name in _US_PRIVACY and (us := decode_us_privacy(value)):
        return _made("US Privacy", value, _us_words(us), None, us.opted_out, us_privacy=us)
    if name in _GPP and (gpp := decode_gpp(value)):
        date = gpp.tcf.updated if gpp.tcf else None
        return _made("GPP", value, _gpp_words(gpp), date, _gpp_refuses(gpp), gpp=gpp)
    if name in _GPP_SECTIONS and (ids := section_ids(value)):
        return _made("GPP sections", value, f"the sections that apply are {_sections(ids)}", None, None)
    return None


def _made(
    framework: str,
    text: str,
    says: str,
    date: str | None,
    refuses: bool | None,
    *,
    tcf: TcfConsent | None = None,
    gpp: Gpp | None = None,
    us_privacy: UsPrivacy | None = None,
) -> ConsentString:
    return ConsentString(
        framework=framework, sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), date=date,
        says=says, refuses=refuses, tcf=tcf, gpp=gpp, us_privacy=us_privacy,
    )  # fmt: skip


def _tcf_refuses(tcf: TcfConsent) -> bool:
    return not tcf.purposes and not tcf.vendors


def _tcf_words(tcf: TcfConsent) -> str:
    purposes = f"consent to {_purposes(tcf.purposes)}" if tcf.purposes else "consent to no purpose"
    interest = f"legitimate interest for {_purposes(tcf.legitimate_interest)}" if tcf.legitimate_interest else ""
    vendors = f"{_companies(tcf.vendors)} with consent"
    if tcf.vendors_legitimate_interest:
        vendors += f", {_companies(tcf.vendors_legitimate_interest)} with legitimate interest"
    made = f"set on {tcf.updated} by consent platform {tcf.cmp}"
    return "; ".join(part for part in (purposes, interest, vendors, made) if part)


def _companies(count: int) -> str:
    return "1 company" if count == 1 else f"{count} companies"


def _purposes(numbers: tuple[int, ...]) -> str:
    return f"purpose{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _us_words(us: UsPrivacy) -> str:
    if us.notice is us.opted_out is us.agreement is None:
        return "it does not apply"
    notice = {True: "notice was given", False: "no notice was given", None: "notice does not apply"}[us.notice]
    return f"{notice}; {_out(us.opted_out, 'the sale of data')}"


def _out(answer: bool | None, of: str) -> str:
    words = {True: "opted out of", False: "not opted out of", None: "nothing said of opting out of"}
    return f"{words[answer]} {of}"


def _gpp_words(gpp: Gpp) -> str:
    parts = [f"sections {_sections(gpp.sections)}" if gpp.sections else "no section"]
    if gpp.tcf:
        parts.append(_tcf_words(gpp.tcf))
    if gpp.us_privacy:
        parts.append(_us_words(gpp.us_privacy))
    if gpp.national:
        parts += [
            _out(gpp.national.sale, "sale"),
            _out(gpp.national.sharing, "sharing"),
            _out(gpp.national.targeted_advertising, "targeted advertising"),
        ]
    return "; ".join(parts)


def _gpp_refuses(gpp: Gpp) -> bool | None:
    """True where any section refuses, False where one speaks and none refuses."""
    said = [
        _tcf_refuses(gpp.tcf) if gpp.tcf else None,
        gpp.us_privacy.opted_out if gpp.us_privacy else None,
        *(_opt_outs(gpp.national) if gpp.national else ()),
    ]
    return any(said) if any(answer is not None for answer in said) else None


def _opt_outs(national: UsNational) -> tuple[bool | None, ...]:
    return national.sale, national.sharing, national.targeted_advertising


def _sections(ids: tuple[int, ...]) -> str:
    return ", ".join(SECTIONS.get(number, f"number {number}") for number in ids)
