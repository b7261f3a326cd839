"""JSON Web Tokens: the claims, never the signature."""

import re

import pybase64

from analyzer.decode import json_body
from analyzer.decode.walk import Place, Walk

_JWT = re.compile(r"eyJ[\w-]{5,4000}\.(eyJ?[\w-]{2,20000})\.[\w-]{0,2000}")


def read(walk: Walk, at: Place, value: str) -> bool:
    """Record the claims of a token; the token itself stays a leaf of its own."""
    match = _JWT.fullmatch(value)
    if match is None:
        return False
    try:
        claims = pybase64.b64decode(match[1] + "=" * (-len(match[1]) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return json_body.read(walk, at.inside("jwt"), claims)
