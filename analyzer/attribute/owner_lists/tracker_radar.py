"""DuckDuckGo's Tracker Radar: its entity and domain files, its maps, and the block lists made of it."""

from collections.abc import Callable
from hashlib import sha256
from os import fsencode
from pathlib import Path

import msgspec
from msgspec import structs

from analyzer.attribute.owner_lists.listed import OwnerList, Rows, category_of, elements, members
from analyzer.errors import KnowledgeError

NAME = "DuckDuckGo Tracker Radar"
LICENCE = "CC BY-NC-SA 4.0: not for commercial use"
MAX_FILES = 200_000
"""Of a folder; the published one holds some 60,000 entities."""
MAX_BYTES = 4 << 20
"""Of one file in a folder."""

# The most telling first: a domain may have several.
_CATEGORIES = {
    "Session Replay": "session-replay",
    "Online Payment": "payment",
    "Consent Management Platform": "consent",
    "Support Chat Widget": "support",
    "Federated Login": "identity",
    "SSO": "identity",
    "Social Network": "social",
    "Social - Share": "social",
    "Social - Comment": "social",
    "Tag Manager": "tag-manager",
    "Ad Motivated Tracking": "advertising",
    "Advertising": "advertising",
    "Action Pixels": "advertising",
    "Audience Measurement": "measurement",
    "Third-Party Analytics Marketing": "analytics",
    "Analytics": "analytics",
    "Ad Fraud": "anti-fraud",
    "Fraud Prevention": "anti-fraud",
    "Embedded Content": "content",
    "CDN": "cdn",
}


def read_tracker_radar(data: object) -> OwnerList | None:
    """The domains of an entity, a domain, a map of either, or a block list (`tds.json`); None for another list."""
    rows = Rows(NAME)
    found = any(form(data, rows) for form in (_entity, _domain, _block_list, _map))
    return rows.owner_list(LICENCE) if found else None


def read_folder(path: Path) -> OwnerList:
    """All entity or domain files of a folder (`entities/`, `domains/US/`); of the whole repository, the entities.

    Raises KnowledgeError for a folder without any.
    """
    rows, found, digest = Rows(NAME), False, sha256()
    inside = path / "entities"
    listed = (inside if inside.is_dir() else path).rglob("*.json")
    for file in sorted(file for file in listed if file.is_file())[:MAX_FILES]:
        try:
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES)
            name = fsencode(file.relative_to(path).as_posix())
            digest.update(b"%s  %s\n" % (sha256(content).hexdigest().encode(), name))
            data: object = msgspec.json.decode(content)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            rows.passed_over += 1
            continue
        if _entity(data, rows) or _domain(data, rows):
            found = True
        else:
            rows.passed_over += 1
    if not found:
        raise KnowledgeError(f"{path}: no entity of DuckDuckGo Tracker Radar in this folder: give its entities folder")
    return structs.replace(rows.owner_list(LICENCE), content_sha256=digest.hexdigest())


def _entity(data: object, rows: Rows) -> bool:
    """`entities/Example, Inc..json`."""
    entity = members(data)
    if not isinstance(entity.get("name"), str) or not isinstance(entity.get("properties"), list):
        return False
    _add_entity(rows, entity["name"], entity)
    return True


def _domain(data: object, rows: Rows) -> bool:
    """`domains/US/tracker.example.json`; a domain without an owner is passed over."""
    domain = members(data)
    if not isinstance(domain.get("domain"), str) or "owner" not in domain:
        return False
    _add_tracker(rows, domain["domain"], domain)
    return True


def _block_list(data: object, rows: Rows) -> bool:
    """`tds.json`, `android-tds.json`: trackers with categories, then all other domains of their owners."""
    trackers = members(members(data).get("trackers"))
    if not any("owner" in members(tracker) for tracker in trackers.values()):
        return False
    for domain, tracker in trackers.items():
        _add_tracker(rows, domain, members(tracker))
    entities = members(members(data).get("entities"))
    for name, entity in entities.items():
        _add_entity(rows, name, entity)
    for domain, owner in members(members(data).get("domains")).items():
        display = members(entities.get(owner)).get("displayName") if isinstance(owner, str) else None
        rows.add(domain, display or owner, owner)
    return True


def _map(data: object, rows: Rows) -> bool:
    """`entity_map.json` and `domain_map.json`."""
    entries = {key: members(value) for key, value in members(data).items()}
    forms: dict[str, Callable[[str], None]] = {
        "entityName": lambda key: rows.add(key, entries[key].get("displayName"), entries[key]["entityName"]),
        "displayName": lambda key: _add_entity(rows, key, entries[key]),
    }
    for mark, add in forms.items():
        marked = [key for key, entry in entries.items() if mark in entry]
        if marked:
            for key in marked:
                add(key)
            return True
    return False


def _add_entity(rows: Rows, name: object, entity: object) -> None:
    for member in ("properties", "domains"):
        for domain in elements(members(entity).get(member)):
            rows.add(domain, members(entity).get("displayName") or name, name)


def _add_tracker(rows: Rows, domain: object, tracker: object) -> None:
    owner = members(members(tracker).get("owner"))
    category = category_of(members(tracker).get("categories"), _CATEGORIES)
    rows.add(domain, owner.get("displayName"), owner.get("name"), category)
