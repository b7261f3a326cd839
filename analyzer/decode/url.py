"""URLs: path segments, query, fragment; the request's own and those inside values."""

from analyzer.decode import form
from analyzer.decode.walk import NOTHING_MORE, Place, Walk

WORTH_A_LEAF = 16
"""Characters of a path segment that may be an identifier of its own; shorter plain ones are found in the whole URL."""


def split(url: str) -> tuple[str, str, str, str]:
    """(host, path, query, fragment) of a URL, never raising; the host in lower case without port and user."""
    _, found, rest = url.partition("://")
    if not found:
        rest = url
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    authority = authority.rpartition("@")[2].lower()
    host = authority.partition("]")[0] + "]" if authority.startswith("[") else authority.partition(":")[0]
    return host, slash + path, query, fragment


def read(walk: Walk, at: Place, value: str) -> None:
    """Record what a URL inside a value carries: query, fragment, and segments of the path that say more than words."""
    _, path, query, fragment = split(value)
    inner = at.inside("url")
    for position, segment in enumerate(path[1:].split("/")):
        if len(segment) >= WORTH_A_LEAF or not NOTHING_MORE(segment):
            walk.text(inner.at(f"path.{position}", ""), form.unquote(segment, plus=False))
    if query:
        form.read(walk, inner.at("query"), query)
    if len(fragment) >= 5:
        if form.looks_like_form(fragment):
            form.read(walk, inner.at("fragment"), fragment)
        else:
            walk.text(inner.at("fragment"), form.unquote(fragment, plus=False))
