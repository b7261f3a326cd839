"""What values of the special categories look like: closed vocabularies, for their keys have everyday meanings too.

The words are collected by hand from what forms and profiles offer; the categories are those of GDPR Art. 9 and of the
Indian SPDI rules.
"""

import re


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.replace("\n", "|").split("|") if word.strip())


_BLOOD = re.compile(
    r"(?:A|B|AB|O|0)[12]?\s?(?:[+-]|[-_]?(?:pos|neg|plus|minus)(?:itive|ative)?|\s(?:pos|neg)(?:itive|ative))", re.I
)
_RELIGIONS = _vocabulary(
    """hindu|hinduism|sanatan dharma|muslim|islam|islamic|sunni|shia|shi'a|ahmadiyya|christian|christianity
    catholic|roman catholic|protestant|orthodox|evangelical|anglican|baptist|methodist|lutheran|pentecostal
    mormon|lds|jehovah's witness|sikh|sikhism|buddhist|buddhism|jain|jainism|parsi|parsee|zoroastrian
    zoroastrianism|jewish|judaism|jew|bahai|baha'i|atheist|atheism|agnostic|agnosticism|spiritual|pagan|wiccan
    taoist|taoism|shinto|confucian|animist|sarna|lingayat|no religion|not religious|secular humanist|humanist
    katholisch|evangelisch|rk|ev|konfessionslos|muslimisch|islamisch|jüdisch|catholique|musulman|musulmane|juif
    juive|católico|católica|cristiano|cristiana|musulmán|judío|ateo|cattolico|ebreo|हिन्दू|मुस्लिम"""
)
_CASTES = _vocabulary(
    """sc|st|obc|obc-ncl|obc_ncl|obc ncl|obc-cl|ews|sebc|nt|vjnt|sbc|bc|bc-a|bc-b|bc-c|bc-d|bc-e|mbc|dnt|nt-b|nt-c
    nt-d|general|open|gen|ur|unreserved|scheduled caste|scheduled tribe|other backward class|backward class
    forward caste|dalit|adivasi|brahmin|kshatriya|vaishya|shudra|maratha|kunbi|yadav|jat|rajput|baniya|kayastha
    khatri|lingayat|vokkaliga|reddy|kamma|kapu|nair|ezhava|thiyya|iyer|iyengar|nadar|thevar|vanniyar|mudaliar
    chettiar|patel|patidar|kurmi|koli|gujjar|mali|teli|dhobi|chamar|jatav|mahar|valmiki|pasi|bhil|gond|santhal
    santal|munda|oraon|meena|nai|lohar|kumhar|sonar|agarwal|saraswat|deshastha|chitpavan|kokanastha|gounder
    padmashali|madiga|mala|namasudra"""
)
_ETHNICITIES = _vocabulary(
    """asian|south asian|east asian|southeast asian|indian|pakistani|bangladeshi|chinese|japanese|korean|filipino
    vietnamese|black|african|african american|african-american|black african|black caribbean|caribbean|white
    white british|white irish|white other|caucasian|european|hispanic|latino|latina|latinx|hispanic or latino
    native american|american indian|alaska native|indigenous|aboriginal|first nations|métis|inuit|maori
    pacific islander|native hawaiian|arab|middle eastern|north african|mena|jewish|ashkenazi|sephardi|kurdish
    persian|turkish|romani|roma|sinti|gypsy|irish traveller|mixed|mixed race|multiracial|biracial
    two or more races|han|uyghur|tamil|sinhalese"""
)
_ORIENTATIONS = _vocabulary(
    """straight|heterosexual|gay|lesbian|bisexual|bi|asexual|ace|pansexual|pan|queer|homosexual|demisexual
    questioning|bicurious|bi-curious|fluid|heterosexuell|homosexuell|schwul|lesbisch|bisexuell|hétérosexuel
    homosexuel|bisexuel|heterosexuale|omosessuale|hetero|lgbt|lgbtq|lgbtq+|mlm|wlw"""
)
_GENDER_IDENTITIES = _vocabulary(
    """he/him|she/her|they/them|he/they|she/they|he|she|they|ze/zir|xe/xem|any pronouns|him|her|them|he/him/his
    she/her/hers|they/them/theirs|er/ihm|sie/ihr|il|elle|iel|él|ella|elle/elles|trans|transgender|trans man
    trans woman|transman|transwoman|transmasculine|transfeminine|cis|cisgender|cis man|cis woman|nonbinary
    non-binary|non binary|enby|genderqueer|genderfluid|gender fluid|agender|bigender|intersex|two-spirit
    two spirit|hijra|kinnar|third gender|man|woman|male|female"""
)
_PARTIES = _vocabulary(
    """bjp|bharatiya janata party|inc|congress|indian national congress|aap|aam aadmi party|tmc|aitc
    trinamool congress|cpi|cpim|cpi(m)|cpi-m|samajwadi party|bsp|bahujan samaj party|ncp|dmk|aiadmk|shiv sena
    shivsena|mns|ysrcp|tdp|brs|trs|rjd|jdu|jd(u)|jds|jd(s)|bjd|ljp|shiromani akali dal|jmm|aimim|nota|democrat
    democratic|democratic party|democrats|republican|republican party|republicans|gop|libertarian|green party
    independent|labour|labour party|conservative|conservatives|tory|tories|liberal democrat|liberal democrats
    lib dem|snp|plaid cymru|reform uk|sinn féin|dup|cdu|csu|cdu/csu|spd|fdp|afd|die linke|bündnis 90/die grünen
    die grünen|bsw|övp|spö|fpö|psoe|partido popular|podemos|sumar|vox|renaissance|les républicains
    rassemblement national|la france insoumise|parti socialiste|lfi|lega|fratelli d'italia|forza italia
    partito democratico|movimento 5 stelle|pvv|vvd|d66|pvda|groenlinks|pis|likud|ldp|pt|psdb|morena|pri"""
)
_LEANINGS = _vocabulary(
    """left|right|far left|far-left|far right|far-right|centre|center|centre-left|centre-right|center-left
    center-right|left-wing|right-wing|left wing|right wing|liberal|very liberal|conservative|very conservative
    moderate|progressive|socialist|communist|libertarian|apolitical|centrist|nationalist|anarchist|undecided"""
)
_ILLNESS = re.compile(
    r"\b(?:diabet\w*|asthma\w*|cancer|carcinoma|tumou?r|hypertensi\w+|migraine|depress(?:ion|ed|ive)|anxiety|thyroid"
    r"|covid\w*|fever|cough|flu|influenza|hiv|aids|tubercul\w+|malaria|dengue|typhoid|epilep\w+|pregnan\w+|infection"
    r"|insomnia|obes\w+|hepatitis|stroke|heart (?:disease|attack|failure)|kidney|dementia|alzheimer\w*|parkinson\w*"
    r"|autis\w+|adhd|bipolar|ptsd|ocd|schizo\w+|eczema|psoriasis|allerg\w+|cramps|headache|nausea|fatigue|bloating"
    r"|vomiting|diarrh\w+|dizz\w+|pain|rash|bleeding|menstrua\w*|menopaus\w+|pcos|pcod|endometri\w+|infertil\w+"
    r"|miscarriage|herpes|chlamydia|gonorrh\w+|syphilis|sti|std|addiction|alcoholi\w+|copd|ulcer|fracture|sciatica"
    r"|an(?:a)?emia|leuk(?:a)?emia|sinus|jaundice|cholera|chickenpox|measles|lupus|sclerosis|cataract|glaucoma|gout"
    r"|\w{3,20}(?:itis|aemia|algia|pathy|plegia|phrenia|rrhoea|penia|uria|ectomy)|krebs|fieber|grippe|diabète|fièvre"
    r"|cáncer|fiebre|gripe|embarazo|schwanger\w*)\b"
    r"|^[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}$",  # a code of the ICD-10
    re.I,
)
_MEDICINE = re.compile(
    r"\b\d{1,4} ?(?:mg|mcg|µg|ml|iu|units?|tablets?|capsules?|pills?|puffs?|drops?)\b"
    r"|\b\w{3,20}(?:cillin|mycin|prazole|statin|sartan|olol|azepam|oxetine|formin|dipine|cycline|floxacin|profen)\b"
    r"|\b(?:insulin|aspirin|paracetamol|acetaminophen|sertraline|lithium|levothyroxine|prednisone|warfarin|albuterol"
    r"|salbutamol|contracepti\w+|birth control|antidepressant\w*|antibiotic\w*|chemotherapy|dialysis|methadone)\b",
    re.I,
)
_GENOTYPE = re.compile(r"[ACGT-]{2}|[ACGT]/[ACGT]|[ACGTN]{12,4000}|rs\d{3,10}|[A-Z]\d?[a-z]?\d{0,3}[a-z]?\d?[a-z]?")
_COMPONENT = re.compile(r"-?\d{1,3}\.\d{3,20}(?:[eE]-?\d{1,2})?")
_BLOB = re.compile(r"(?:data:[\w/+.-]{3,40};base64,)?[A-Za-z0-9+/_=-]{40,}")
_FLAG = frozenset("true false yes no y n 1 0".split())


def blood_group(value: str) -> bool:
    """A blood group."""
    return len(value) < 20 and _BLOOD.fullmatch(value.strip()) is not None


def illness(value: str) -> bool:
    """A text that names an illness, a symptom or a state of the body, or a code of the ICD-10."""
    return len(value) <= 500 and _ILLNESS.search(value) is not None


def medicine(value: str) -> bool:
    """A text that names a medicine, or a dose."""
    return len(value) <= 500 and _MEDICINE.search(value) is not None


def religion(value: str) -> bool:
    """A religion or its members."""
    return value.lower().strip() in _RELIGIONS


def caste(value: str) -> bool:
    """A caste, tribe, or category of the Indian reservation system."""
    return value.lower().strip() in _CASTES


def ethnicity(value: str) -> bool:
    """An ethnic group as forms offer it."""
    return value.lower().strip() in _ETHNICITIES


def orientation(value: str) -> bool:
    """A sexual orientation."""
    return value.lower().strip() in _ORIENTATIONS


def sought_gender(value: str) -> bool:
    """The gender of the partner that a person looks for."""
    return value.lower() in ("men", "women", "male", "female", "man", "woman", "both", "everyone", "m", "f")


def gender_identity(value: str) -> bool:
    """Pronouns, or a gender identity."""
    return value.lower().strip() in _GENDER_IDENTITIES


def party(value: str) -> bool:
    """A political party of India, the United States or Europe."""
    return value.lower().strip() in _PARTIES


def leaning(value: str) -> bool:
    """A political view, from left to right."""
    return value.lower().strip() in _LEANINGS or party(value)


def genotype(value: str) -> bool:
    """Bases of DNA, the number of a variant (`rs53576`), or a haplogroup."""
    return _GENOTYPE.fullmatch(value) is not None and any(char.isupper() or char.isdigit() for char in value)


def component(value: str) -> bool:
    """One number of a vector, as face and voice embeddings have."""
    return _COMPONENT.fullmatch(value) is not None


def blob(value: str) -> bool:
    """Forty characters or more of base64 or hex."""
    return _BLOB.fullmatch(value) is not None


def flag(value: str) -> bool:
    """Yes or no."""
    return value.lower() in _FLAG


def flag_set(value: str) -> bool:
    """Yes."""
    return value.lower() in ("true", "yes", "y", "1")
