"""Exodus Privacy's list of trackers, as its API and its ETIP export give it."""

import re

from analyzer.attribute.owner_lists.listed import OwnerList, Rows, category_of, elements, members

NAME = "Exodus trackers"
LICENCE = "not stated in the file: ask Exodus Privacy"

_CATEGORIES = {
    "Crash reporting": "crash",
    "Location": "location",
    "Identification": "identifier",
    "Advertisement": "advertising",
    "Analytics": "analytics",
    "Profiling": "analytics",
}
_ESCAPED = re.compile(r"\\([.-])")


def read_exodus(data: object) -> OwnerList | None:
    """The trackers with a network signature that is a host name, or several of them; None for another list.

    Signatures are regular expressions: one that asks for more than a name is passed over, as is a tracker that is
    known by its code only. The list names products, not companies.
    """
    trackers = members(data).get("trackers")
    entries = elements(trackers) or list(members(trackers).values())
    known = [members(entry) for entry in entries if "network_signature" in members(entry)]
    if not known:
        return None
    rows = Rows(NAME)
    for entry in known:
        signature = entry["network_signature"]
        category = category_of(entry.get("categories"), _CATEGORIES)
        for alternative in signature.split("|") if isinstance(signature, str) else [""]:
            rows.add(_ESCAPED.sub(r"\1", alternative.removeprefix(".*")), entry.get("name"), None, category)
    return rows.owner_list(LICENCE)
