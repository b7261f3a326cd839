"""Places: two numbers that their names say are degrees of latitude and longitude."""

import re
from collections.abc import Sequence

from analyzer.detect.shapes.number import latitude, longitude
from analyzer.model import Field, Finding


def degrees_of(fields: Sequence[Field], group: Sequence[tuple[int, bool]]) -> list[tuple[int, Finding]]:
    """Latitude and longitude of one object; a latitude alone counts where its key leaves no doubt."""
    lats = [position for position, is_lat in group if is_lat and latitude(fields[position].value)]
    lons = [position for position, is_lat in group if not is_lat and longitude(fields[position].value)]
    out: list[tuple[int, Finding]] = []
    for position in [*lats, *lons]:
        field = fields[position]
        decimals = len(field.value.partition(".")[2])
        paired = bool(lats and lons)
        sure = "itude" in field.key.lower() or re.search(
            r"geo|loc|gps|coord|position", f"{field.path} {field.key}", re.I
        )
        if not paired and not (sure and decimals >= 3) and decimals < 5:
            continue
        kind = "loc.precise" if decimals >= 3 else "loc.coarse"
        what = "beside its counterpart" if paired else "with five decimals or under a key of a place"
        out.append(
            (
                position,
                Finding(
                    field=field, data_type=kind, evidence="key+value", value=field.value,
                    reasoning=f"The key '{field.key[:60]}' names a coordinate and the value is one in degrees"
                    f" with {decimals} decimals, {what}.",
                ),
            )
        )  # fmt: skip
    return out


def pair_of(fields: Sequence[Field], pair: Sequence[int]) -> list[tuple[int, Finding]]:
    """Two numbers in an array that is called a place, in either order (GeoJSON puts longitude first)."""
    if len(pair) != 2 or not any(latitude(fields[position].value) for position in pair):
        return []
    if any(len(fields[position].value.partition(".")[2]) < 3 for position in pair):
        return []
    return [
        (
            position,
            Finding(
                field=fields[position], data_type="loc.precise", evidence="key+value", value=fields[position].value,
                reasoning=f"The key '{fields[position].key[:60]}' names a place and its value is a pair of degrees"
                " with three decimals or more.",
            ),
        )
        for position in pair
    ]  # fmt: skip
