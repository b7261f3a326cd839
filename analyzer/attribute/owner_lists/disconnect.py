"""Disconnect's tracking protection lists: `services.json` by category, `entities.json` by company."""

from collections.abc import Mapping

from analyzer.attribute.owner_lists.listed import OwnerList, Rows, elements, members, name_of

NAME = "Disconnect"
LICENCE = "CC BY-NC-SA 4.0: not for commercial use"

# The most telling first: a domain may stand in several.
_CATEGORIES = {
    "Advertising": "advertising",
    "Analytics": "analytics",
    "Social": "social",
    "Anti-fraud": "anti-fraud",
    "ConsentManagers": "consent",
    "Email": "engagement",
    "EmailAggressive": "engagement",
    "Content": "content",
}


def read_disconnect(data: object) -> OwnerList | None:
    """The services or the entities; None for another list.

    Of a service its name is known, of an entity too; neither list says where a company has its seat.
    """
    rows = Rows(NAME)
    categories, entities = members(members(data).get("categories")), _entities(data)
    if categories and all(isinstance(services, list) for services in categories.values()):
        for name in dict.fromkeys((*_CATEGORIES, *categories)):
            _add_services(rows, categories.get(name), _CATEGORIES.get(name, "other"))
    elif entities:
        for name, entity in entities.items():
            for member in ("properties", "resources"):
                for domain in elements(members(entity).get(member)):
                    rows.add(domain, name, name)
    else:
        return None
    return rows.owner_list(name_of(members(data).get("license")) or LICENCE)


def _entities(data: object) -> Mapping[str, object]:
    """Entities by name; until 2021 they were the whole file."""
    entities = members(members(data).get("entities", data))
    return entities if any("resources" in members(entity) for entity in entities.values()) else {}


def _add_services(rows: Rows, services: object, category: str) -> None:
    for service in elements(services):
        for name, sites in members(service).items():
            # Beside its sites a service has marks such as "performance": "true".
            for domains in members(sites).values():
                for domain in elements(domains):
                    rows.add(domain, name, name, category)
