"""The URL of a request from its parts: by the name that the client asked for, where the proxy knows an address only."""

import re

_AUTHORITY = re.compile(r"([^:\[\]/?#@\s]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")
_DEFAULT = {"http": 80, "https": 443}


def request_url(scheme: str, host: str, port: int, path: str, host_header: str) -> str:
    """`host` and `port` are where the request was sent, `host_header` is its Host header or `:authority`, or empty.

    What is no authority is left aside (RFC 9110, 7.2: a name and perhaps a port).
    """
    named = _AUTHORITY.fullmatch(host_header)
    if named is not None:
        host, port = named[1], int(named[2] or _DEFAULT.get(scheme, 443))
    elif ":" in host:
        host = f"[{host}]"
    at = "" if _DEFAULT.get(scheme) == port else f":{port}"
    return f"{scheme}://{host}{at}{'' if path == '*' else path}"
