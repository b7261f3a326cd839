"""Ghostery's tracker database (`trackerdb.json`): patterns with their domains, categories and organisations."""

from collections.abc import Mapping

from analyzer.attribute.owner_lists.countries import country_code
from analyzer.attribute.owner_lists.listed import OwnerList, Rows, category_of, elements, members

NAME = "Ghostery tracker database"
LICENCE = "CC BY-NC-SA 4.0: not for commercial use"

_CATEGORIES = {
    "advertising": "advertising",
    "pornvertising": "advertising",
    "site_analytics": "analytics",
    "consent": "consent",
    "customer_interaction": "support",
    "email": "engagement",
    "audio_video_player": "media",
    "social_media": "social",
    "comments": "social",
    "telemetry": "performance",
    "cdn": "cdn",
    "hosting": "hosting",
    "essential": "utility",
    "extensions": "utility",
    "utilities": "utility",
}


def read_ghostery(data: object, codes: Mapping[str, str]) -> OwnerList | None:
    """The domains of all patterns; None for another list. A pattern known by parts of URLs only is passed over."""
    patterns, organisations = members(members(data).get("patterns")), members(members(data).get("organizations"))
    if not patterns or "organizations" not in members(data):
        return None
    rows = Rows(NAME)
    for pattern in map(members, patterns.values()):
        key = pattern.get("organization")
        organisation = members(organisations.get(key)) if isinstance(key, str) else {}
        category = category_of(pattern.get("category"), _CATEGORIES)
        country = country_code(organisation.get("country"), codes)
        for domain in elements(pattern.get("domains")) or [None]:
            rows.add(domain, pattern.get("name"), organisation.get("name"), category, country)
    return rows.owner_list(LICENCE)
