"""The registrable domain of a host, by the Public Suffix List that tldextract ships."""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from analyzer.errors import KnowledgeError

MAX_HOST = 253
"""Characters of the longest DNS name (RFC 1035, without the final dot)."""

SUFFIX = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A name of two labels or more, in lower case, as tables of hosts hold it."""

_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_VERSION = re.compile(r"^// VERSION: (\d{4}-\d{2}-\d{2})", re.MULTILINE)
_RULE = re.compile(r"^(?!//)\S+", re.MULTILINE)
_CACHED = 65_536


def normal_host(host: str) -> str:
    """A host as all tables hold it: lower case, without the final dot of the DNS root."""
    return host.lower().rstrip(".") if len(host) <= MAX_HOST + 1 else host


class Domains:
    """Registrable domains (eTLD+1), private suffixes off; answers are remembered, the network is never used.

    It reads the list inside tldextract and not tldextract itself, whose import loads an HTTP client and takes longer
    than all other look-ups together; the tests hold it to tldextract's own answers.
    """

    def __init__(self, suffix_list: Path | None = None) -> None:
        """`suffix_list` is a `public_suffix_list.dat`; without it, tldextract's. Raises KnowledgeError."""
        path = suffix_list or bundled_list()
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise KnowledgeError(f"{path}: not a public suffix list: reinstall tldextract") from None
        self.suffix_list_version = list_version(text) or "unknown"
        """Date of the list, YYYY-MM-DD."""
        registry, _, private = text.partition("// ===BEGIN PRIVATE DOMAINS===")
        self._registry = frozenset(_RULE.findall(registry))
        self._private = frozenset(_RULE.findall(private))
        self._remembered = lru_cache(_CACHED)(self._find)

    def registrable_domain(self, host: str) -> str:
        """`b.co.uk` for `a.b.co.uk`; the host itself for addresses, single labels, suffixes and garbage.

        Under a top-level domain that the list does not know, its prevailing rule `*` holds: two labels.
        """
        host = normal_host(host)
        return self._remembered(host) if len(host) <= MAX_HOST else host

    def registered(self, name: str, private_suffixes: bool = False) -> str | None:
        """The registrable domain, None where `name` has none; `user.github.io` is one with private suffixes on."""
        labels = normal_host(name).split(".")
        if len(name) > MAX_HOST or not _is_name(labels):
            return None
        suffix = self._suffix_labels(labels, private_suffixes)
        return ".".join(labels[-suffix - 1 :]) if len(labels) > suffix else None

    def is_shared(self, name: str) -> bool:
        """Whether anyone may have a host under this name: a public suffix, or a hosting company's, as `github.io`."""
        return self.registered(name, private_suffixes=True) is None

    def _find(self, host: str) -> str:
        labels = host.split(".")
        return ".".join(labels[-self._suffix_labels(labels) - 1 :]) if _is_name(labels) else host

    def _suffix_labels(self, labels: list[str], private: bool = False) -> int:
        """How many labels at the end are a public suffix (https://publicsuffix.org/list/, "Algorithm")."""
        names = [_unicode(label) for label in labels]
        for start in range(len(names)):
            name = ".".join(names[start:])
            parent = ".".join(["*", *names[start + 1 :]])
            for rules in (self._registry, self._private) if private else (self._registry,):
                if f"!{name}" in rules:
                    return len(names) - start - 1
                if name in rules or parent in rules:
                    return len(names) - start
        return 1


def _is_name(labels: list[str]) -> bool:
    """False for garbage and for addresses: dotted ones end in a digit, with which no top-level domain starts."""
    return not labels[-1][:1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)


def _unicode(label: str) -> str:
    """A label as the list spells it: the list holds Unicode, hosts mostly travel in Punycode."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def list_version(text: str) -> str | None:
    """The date that a public suffix list, or its beginning, states: YYYY-MM-DD."""
    version = _VERSION.search(text)
    return version.group(1) if version else None


def bundled_list() -> Path:
    """The public suffix list inside tldextract. Raises KnowledgeError."""
    package = find_spec("tldextract")
    if package is None or package.origin is None:
        raise KnowledgeError("the public suffix list is missing: install tldextract")
    return Path(package.origin).with_name(".tld_set_snapshot")
