"""What is looked for: every form of every seed, every hash of them, and what finding it proves."""

import binascii
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.detect.seeds.base58 import base58
from analyzer.detect.seeds.canonical import COARSE, Form, canonical_forms, hash_forms, keystroke_forms
from analyzer.detect.seeds.names import is_common_word, name_parts
from analyzer.detect.seeds.runs import URLSAFE, is_in_long_run
from analyzer.detect.seeds.transforms import Salt, digests, salted_digests, short_digests

MIN_LENGTH = 5
"""Shorter values occur by chance; they count only where the key fits."""
MIN_WHOLE = 8
"""A value that is split over two parameters, or XORed, has at least so many characters."""
LOW_ENTROPY = frozenset(
    """
        person.gender person.age person.marital person.address.city person.address.region person.address.country
        person.language person.nationality dev.os net.type loc.timezone person.education fin.currency
    """.split()
)


class Known(Struct, frozen=True, gc=False):
    """What it proves to find a text."""

    data_type: str
    seed: str
    """Data type of the seed, which may be another: a given name is found by the seed for the full name."""
    form: str
    """How the seed is written; empty where as typed."""
    transform: str = "plain"
    is_part: bool = False
    """True for the first or last word of a full name."""
    salt_of: str = ""
    """Whose salt the transform uses."""


class Needles:
    """Everything to look for, sorted by how it is looked for."""

    def __init__(self, values: Mapping[str, Sequence[str]], deep: bool, salts: Sequence[Salt]) -> None:
        self.plain: dict[bytes, Known] = {}
        """Texts in lower case that prove what they are wherever they stand."""
        self.weak: dict[bytes, dict[str, Known]] = {}
        """Texts in lower case that count only as a whole value under a fitting key: data type -> proof."""
        self.digests: dict[bytes, Known] = {}
        """Digests as bytes, whatever they are written in."""
        self.base58: dict[bytes, Known] = {}
        """Texts in Base58, which cannot be opened in parts; in deep mode."""
        self.wholes: list[bytes] = []
        """Those texts of `plain` that may be split over two parameters."""
        for data_type, seed, value in _with_name_parts(values):
            typed = keystroke_forms(data_type, value) if deep else []
            normalised = hash_forms(data_type, value) + typed
            self._add_forms(data_type, seed, canonical_forms(data_type, value) + typed)
            for form in normalised:
                self._add_digests(data_type, seed, form, deep, salts)
            if deep:
                self._add_base58(data_type, seed, normalised)

    def _add_forms(self, data_type: str, seed: str, forms: Sequence[Form]) -> None:
        is_part = data_type != seed
        for form in forms:
            known = Known(_type_of(form, data_type), seed, form.name, is_part=is_part)
            weak = form.weak or len(form.text) < MIN_LENGTH or data_type in LOW_ENTROPY
            for text in _spellings(form.text):
                if weak or (is_part and is_common_word(form.text)):
                    self.weak.setdefault(text, {}).setdefault(known.data_type, known)
                elif text not in self.plain:
                    self.plain[text] = known
                    if len(form.text) >= MIN_WHOLE and not form.rare:
                        self.wholes.append(text)

    def _add_base58(self, data_type: str, seed: str, forms: Sequence[Form]) -> None:
        for form in forms:
            if len(form.text) >= MIN_WHOLE:
                text = base58(form.text.encode("utf-8", "replace")).encode()
                self.base58.setdefault(text, Known(_type_of(form, data_type), seed, form.name))

    def _add_digests(self, data_type: str, seed: str, form: Form, deep: bool, salts: Sequence[Salt]) -> None:
        name = form.name or "as typed"

        def proof(derivation: str, salt_of: str = "") -> Known:
            transform = derivation.replace("{}", name)
            return Known(_type_of(form, data_type), seed, form.name, transform, data_type != seed, salt_of)

        for derivation, digest in digests(form.text, deep):
            self._add_digest(digest, proof(derivation))
        for salt in salts:
            for derivation, digest in salted_digests(form.text, salt):
                self._add_digest(digest, proof(derivation, salt.tracker))
        if deep and data_type not in LOW_ENTROPY:
            for derivation, written in short_digests(form.text):
                self.plain.setdefault(written.encode(), proof(derivation))

    def _add_digest(self, digest: bytes, known: Known) -> None:
        if digest in self.digests:
            return
        self.digests[digest] = known
        # A few digests hold so many dashes or slashes in Base64 that no long run is seen there.
        encoded = binascii.b2a_base64(digest, newline=False).rstrip(b"=")
        if b"/" in encoded or b"+" in encoded:
            for written, text in (("base64", encoded), ("base64url", encoded.translate(URLSAFE))):
                if not is_in_long_run(text):
                    self.plain.setdefault(text.lower(), replace(known, transform=f"{known.transform}, {written}"))


def _with_name_parts(values: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """(data type, data type of the seed, value): the seeds, then the words of full names."""
    for data_type, found in values.items():
        for value in found:
            yield data_type, data_type, value
    for full in values.get("person.name.full", ()):
        for data_type, word in name_parts(full):
            yield data_type, "person.name.full", word


def _type_of(form: Form, data_type: str) -> str:
    return "loc.coarse" if form.name.endswith(COARSE) else data_type


def _spellings(text: str) -> set[bytes]:
    """A text in lower case as UTF-8; one beyond ASCII in each case and composition, for search lowers ASCII only."""
    if text.isascii():
        return {text.encode().lower()}
    cased = (text, text.lower(), text.upper(), text.title())
    return {
        unicodedata.normalize(composition, one).encode("utf-8", "replace").lower()
        for composition in ("NFC", "NFD")
        for one in cased
    }
