"""What names, addresses for messages, dates of birth and pictures of a person look like."""

import re
import unicodedata
from datetime import UTC, datetime

_PERSON_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’][^\W\d_]+)*\.?")
_NAME_JOINTS = re.compile(r"[-'’]")
_DATE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]*(?:Z|[+-][\d:]+)?)?|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
)
_WRITTEN_DATE = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)?[ -])?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?[ -]"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,? )?(\d{4})",
    re.I,
)
_PICTURE = re.compile(r"(?:https?:)?//[^/\s]+/[^\s?#]+\.(?:jpe?g|png|webp|gif|heic|avif)(?:[?#]\S*)?", re.I)
_HTTP = re.compile(r"(?:https?:)?//[^/\s]+/\S+", re.I)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
# Local parts of addresses, or words in them, that name a function and not a person.
ROLES = frozenset(
    """
        git user test mail example team hello press jobs root abuse security privacy legal info admin help contact sales
        webmaster postmaster hostmaster noreply donotreply mailer daemon support feedback npm care customercare orders
        order billing service services notification notifications notify alert alerts newsletter news careers hr
        marketing office reservations bookings enquiries enquiry inquiries returns complaints grievance dpo compliance
        finance invoice invoices payments accounts ops devops engineering bot dependabot actions system robot nobody
        you your yourname name someone username email helpdesk desk welcome updates store shop subscriptions
        unsubscribe verify verification postbox kontakt
    """.split()
)
# In `team.rao` or `order-4411` these say nothing.
_ONLY_ALONE = frozenset(
    """
        git you your name someone username email user test mail example hello team order store shop service root office
        hr
    """.split()
)
_SURE_ROLES = ROLES - _ONLY_ALONE
# Words that event, page and product names are made of, and people's names are not.
_NOT_NAMES = frozenset(
    """
        view viewed views page screen add added cart to from click clicked button open opened close closed app
        application launch launched start started session login logout log sign signup signin up in out order
        ordered checkout payment purchase purchased product products search searched home profile updated update
        user event track identify success failed failure error test demo default unknown none null true false new
        old get set first last name full email phone mobile address city state country male female other push
        notification message campaign channel web android ios windows linux chrome safari firefox mozilla google
        apple facebook samsung galaxy pixel iphone ipad oneplus xiaomi redmi version build release debug the and of
        for with your my our free trial plan premium basic pro store shop item category list detail details
        completed complete begin step load loaded install installed enter exit feature flag experiment variant
        control group segment india america english hindi kg pack ltd inc pvt llc bank road street nagar market marg
        hdfc icici axis sbi airtel jio vodafone vi idea bsnl wifi lte privacy policy terms service main menu
        settings dashboard offer offers sale deal video audio play player song news article level game score reward
        points mumbai delhi bengaluru bangalore pune chennai kolkata hyderabad maharashtra karnataka standard time
        native web view internal server request response custom metric data import export invoice subscription
        renewal invite invited given family middle surname initials required optional string text field number varchar
        vorname nachname familienname prénom prenom nom nombre nombres apellido apellidos nome cognome sobrenome naam
        voornaam achternaam anonymous guest nobody user1 admin administrator owner manager customer member visitor
        monday tuesday wednesday thursday friday saturday sunday january february july
        september october november december shop brand model serial support helpline office
    """.split()
)
_GENDERS = frozenset(
    """
        m f male female man woman other o x nonbinary non-binary nb transgender trans divers d w weiblich männlich
        maennlich mann frau herr homme femme h hombre mujer masculino femenino feminino masculin féminin uomo donna
        maschio femmina vrouw kvinna kvinde mies nainen kobieta mężczyzna purush mahila stri boy girl
        prefer_not_to_say genderqueer genderfluid agender पुरुष महिला 男 女 男性 女性 남 여 남성 여성 남자 여자
        мужской женский laki-laki perempuan pria wanita erkek kadın homem nam nữ muž žena man férfi nő ذكر أنثى
    """.split()
)
_EAST_ASIAN_FAMILIES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설"
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文張劉陳楊趙吳孫馬羅鄭謝許鄧蕭呂蘇盧葉鍾"
)
_EAST_ASIAN_NAME = re.compile(r"[\uac00-\ud7af]{3}|[\u4e00-\u9fff]{2,3}")


_MARITAL = frozenset(
    """single|married|divorced|widowed|widow|widower|separated|engaged|unmarried|never married|in a relationship
    |committed|partnered|civil partnership|domestic partnership|cohabiting|its complicated|annulled|ledig|verheiratet
    |geschieden|verwitwet|soltero|soltera|casado|casada|divorciado|divorciada|célibataire|marié|mariée|divorcé
    |celibe|nubile|coniugato|coniugata|vivah|avivahit""".replace("\n    ", "").split("|")
)
_TITLES = frozenset("mr mrs ms miss shri smt kumari herr frau monsieur madame mme señor señora sir".split())


def email(value: str) -> bool:
    """One address, nothing else."""
    return _EMAIL.fullmatch(value) is not None


def personal_email(value: str) -> bool:
    """One address that is not of a function, such as `noreply@`."""
    return email(value) and not role(value.partition("@")[0])


def role(local: str) -> bool:
    """Whether the local part of an address names a function: `support`, `no-reply`, `kirana-support`."""
    local = local.lower()
    if local in ROLES or local.replace("-", "").replace("_", "").replace(".", "") in ROLES:
        return True
    return not _SURE_ROLES.isdisjoint(re.split(r"[._+-]", local))


def phone(value: str) -> bool:
    """7 to 15 digits with the usual separators; not a point in time and not a date."""
    if len(value) > 24 or value.count(".") > 2:
        return False
    digits = re.sub(r"[\s().+-]", "", value)
    if not digits.isdigit() or not 8 <= len(digits) <= 15:
        return False
    if value.startswith("+"):
        return not digits.startswith("0")
    if len(digits) == 10 and digits[0] == "1" and value == digits:
        return False  # seconds since 1970
    if len(digits) in (13, 14) and digits.startswith(("15", "16", "17", "18", "19", "20")):
        return False  # milliseconds since 1970, or a written date and time
    return len(set(digits)) > 2


def phone_india(value: str) -> bool:
    """An Indian mobile number with its country code or trunk zero: 0.4 % of twelve digits."""
    return re.fullmatch(r"(?:\+?91|0)[6-9]\d{9}", value) is not None


def phone_abroad(value: str) -> bool:
    """A mobile number of any country with its country code and without a plus sign, by its numbering plan."""
    if re.fullmatch(r"(?:00)?[1-9]\d{9,13}", value) is None or re.fullmatch(r"1[5-9]\d{11}", value):
        return False  # the last is milliseconds since 1970
    import phonenumbers  # only once such a value turns up: 40 ms

    try:
        number = phonenumbers.parse("+" + value.removeprefix("00"), None)
    except phonenumbers.NumberParseException:
        return False
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in mobile


def person_name(value: str) -> bool:
    """Two to four words that each start with a capital, none of them a word of event or product names.

    Or a Korean or Chinese name, written without a space: a frequent family name, then one or two signs.
    """
    if value[:1] in _EAST_ASIAN_FAMILIES and _EAST_ASIAN_NAME.fullmatch(value):
        return True
    words = value.split()
    if not 2 <= len(words) <= 4 or len(value) > 60:
        return False
    return all(_name_word(word) for word in words) and any(len(word) > 2 for word in words)


def name_word(value: str) -> bool:
    """One or two words that a given or family name could be."""
    if value in _EAST_ASIAN_FAMILIES:
        return len(value) == 1
    words = value.split()
    return 1 <= len(words) <= 2 and len(value) <= 40 and len(value) >= 2 and all(_name_word(word) for word in words)


def _name_word(word: str) -> bool:
    if not word.isascii():  # vowel signs, as in Devanagari, are marks and no letters
        word = "".join(char for char in word if not unicodedata.category(char).startswith("M"))
    if _PERSON_WORD.fullmatch(word) is None or word[0].islower():
        return False
    word = word.rstrip(".")
    if word.isupper():
        return len(word) == 1 or (len(word) > 3 and word.lower() not in _NOT_NAMES)
    parts = _NAME_JOINTS.split(word)
    return word.lower() not in _NOT_NAMES and not any(
        char.isupper() for part in parts for char in part.removeprefix("Mc").removeprefix("Mac")[1:]
    )


def handle(value: str) -> bool:
    """A user name."""
    return re.fullmatch(r"@?[\w.-]{3,40}", value) is not None and not value.isdigit()


def birth_date(value: str) -> bool:
    """A date or point in time between 1900 and five years ago, `$D_` seconds (CleverTap), or a year alone."""
    if value.startswith("$D_"):
        value = value[3:]
    match = _DATE.fullmatch(value)
    if match:
        year = int(match[1] or match[6])
        return 1900 <= year <= 2021
    match = _WRITTEN_DATE.fullmatch(value)
    if match:
        return 1900 <= int(match[1]) <= 2021
    if re.fullmatch(r"(?:19|20)\d{6}", value):
        return 1 <= int(value[4:6]) <= 12 and 1 <= int(value[6:]) <= 31 and int(value[:4]) <= 2021
    if re.fullmatch(r"19\d\d|20[01]\d", value):
        return True
    if re.fullmatch(r"-?\d{5,13}", value):
        seconds = int(value) / (1000 if len(value.lstrip("-")) > 10 else 1)
        if -2.2e9 < seconds < 1.6e9:
            return datetime.fromtimestamp(max(seconds, 0), UTC).year <= 2021
    return False


def year(value: str) -> bool:
    """A year that someone alive was born in."""
    return re.fullmatch(r"19\d\d|20[01]\d", value) is not None


def age(value: str) -> bool:
    """A whole number of years, or a range of them."""
    return re.fullmatch(r"\d{1,2}(?:\s?[-–+]\s?\d{0,2})?", value) is not None and value != "0"


def title(value: str) -> bool:
    """A form of address that tells the gender."""
    return value.lower().rstrip(".") in _TITLES


def gender(value: str) -> bool:
    """A word or letter for a gender."""
    return value.lower() in _GENDERS


def marital(value: str) -> bool:
    """Whether and how a person is tied to another."""
    return value.lower().replace("_", " ") in _MARITAL


def handle_at(value: str) -> bool:
    """A user name as messengers write it, with its @."""
    return re.fullmatch(r"@[\w.]{3,40}", value) is not None


def photo(value: str) -> bool:
    """The address of a picture, or picture data."""
    return _HTTP.fullmatch(value) is not None or value.startswith(("/9j/", "iVBORw0KGgo", "data:image/"))


def picture(value: str) -> bool:
    """The address of a file that is named as a picture."""
    return _PICTURE.fullmatch(value) is not None
