"""Makes captured text safe to look at: what a reader cannot see is written out."""


def visible(text: str, limit: int | None = None) -> str:
    r"""The text with every character that does not print as itself written as its escape, cut after `limit` characters.

    Control, bidirectional, zero-width and private characters, lone surrogates and all spaces but U+0020 become
    `\n`, `\x1b`, `\u202e`, `\ud800`: nothing in the result can reorder, hide or command anything, and it encodes
    as UTF-8. (`str.isprintable`: the Unicode categories Other and Separator.)
    """
    cut = 0 if limit is None or len(text) <= limit else len(text) - limit
    if cut:
        text = text[:limit]
    if not text.isprintable():
        text = "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
            for character in text
        )
    return f"{text}… ({cut:,} more characters)" if cut else text
