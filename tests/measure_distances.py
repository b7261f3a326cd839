"""Computes `analyzer/data/geo/distances.csv.xz`, the least distance between any two countries, from a map of the world.

    python -m tests.measure_distances countries-10m.json

The map is `countries-10m.json` of the npm package world-atlas 2.0.2, which holds Natural Earth (public domain).
Each figure is a lower bound: rounded down, and less `MARGIN`.
"""

import json
import lzma
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzer.attribute.distance import FILE, STEP
from analyzer.knowledge import DATA

MARGIN = 100.0
"""Kilometres taken off: for islets that the map leaves out, borders that are disputed, and `GRID`."""
GRID = 0.001
"""Points of the borders are joined where they are nearer than this, in radii of the Earth: 6.4 km."""
RADIUS = 6357.0
"""Of the Earth in km, the least, at the poles: distances are never overstated."""

# ISO 3166-1 alpha-2 and numeric, the latter of which the map has.
ISO = """
    AD020 AE784 AF004 AG028 AI660 AL008 AM051 AO024 AQ010 AR032 AS016 AT040 AU036 AW533 AX248 AZ031 BA070 BB052
    BD050 BE056 BF854 BG100 BH048 BI108 BJ204 BL652 BM060 BN096 BO068 BQ535 BR076 BS044 BT064 BV074 BW072 BY112
    BZ084 CA124 CC166 CD180 CF140 CG178 CH756 CI384 CK184 CL152 CM120 CN156 CO170 CR188 CU192 CV132 CW531 CX162
    CY196 CZ203 DE276 DJ262 DK208 DM212 DO214 DZ012 EC218 EE233 EG818 EH732 ER232 ES724 ET231 FI246 FJ242 FK238
    FM583 FO234 FR250 GA266 GB826 GD308 GE268 GF254 GG831 GH288 GI292 GL304 GM270 GN324 GP312 GQ226 GR300 GS239
    GT320 GU316 GW624 GY328 HK344 HM334 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IM833 IN356 IO086 IQ368 IR364
    IS352 IT380 JE832 JM388 JO400 JP392 KE404 KG417 KH116 KI296 KM174 KN659 KP408 KR410 KW414 KY136 KZ398 LA418
    LB422 LC662 LI438 LK144 LR430 LS426 LT440 LU442 LV428 LY434 MA504 MC492 MD498 ME499 MF663 MG450 MH584 MK807
    ML466 MM104 MN496 MO446 MP580 MQ474 MR478 MS500 MT470 MU480 MV462 MW454 MX484 MY458 MZ508 NA516 NC540 NE562
    NF574 NG566 NI558 NL528 NO578 NP524 NR520 NU570 NZ554 OM512 PA591 PE604 PF258 PG598 PH608 PK586 PL616 PM666
    PN612 PR630 PS275 PT620 PW585 PY600 QA634 RE638 RO642 RS688 RU643 RW646 SA682 SB090 SC690 SD729 SE752 SG702
    SH654 SI705 SJ744 SK703 SL694 SM674 SN686 SO706 SR740 SS728 ST678 SV222 SX534 SY760 SZ748 TC796 TD148 TF260
    TG768 TH764 TJ762 TK772 TL626 TM795 TN788 TO776 TR792 TT780 TV798 TW158 TZ834 UA804 UG800 UM581 US840 UY858
    UZ860 VA336 VC670 VE862 VG092 VI850 VN704 VU548 WF876 WS882 YE887 YT175 ZA710 ZM894 ZW716
"""
PARTS = {"FR": "GF GP MQ RE YT", "NO": "BV SJ", "NL": "BQ", "NZ": "TK", "AU": "CC CX"}
"""Territories with a code of their own that the map draws as a part of another country: as near as any part of that."""
UNNUMBERED = {
    "Kosovo": ("RS", "XK"),
    "N. Cyprus": ("CY",),
    "Cyprus U.N. Buffer Zone": ("CY",),
    "Akrotiri": ("CY", "GB"),
    "Dhekelia": ("CY", "GB"),
    "Somaliland": ("SO",),
    "USNB Guantanamo Bay": ("CU", "US"),
    "Baikonur": ("KZ", "RU"),
    "Siachen Glacier": ("IN", "PK"),
    "Indian Ocean Ter.": ("AU", "CC", "CX"),
    "Coral Sea Is.": ("AU",),
    "Clipperton I.": ("FR",),
}
ALSO = {"EH": ("MA",)}
"""Land that another country's addresses are registered for too."""
CRIMEA = (32.4, 36.7, 44.3, 46.3)
"""West, east, south, north: drawn as Russian, while databases say UA or RU."""

Points = npt.NDArray[np.float32]


def lands(atlas: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Longitude and latitude of points on the outlines of each country, no two neighbours further apart than 10 km."""
    (dx, dy), (x0, y0) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * dx + x0, y * dy + y0))
        arcs.append(list(dense(line)))
    codes = {entry[2:]: entry[:2] for entry in ISO.split()}
    found: dict[str, list[tuple[float, float]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = codes.get(shape.get("id", ""))
        names = UNNUMBERED.get(shape["properties"]["name"], ()) if code is None else (code, *ALSO.get(code, ()))
        points = [point for number in numbers(shape["arcs"]) for point in arcs[number if number >= 0 else ~number]]
        for name in names:
            found.setdefault(name, []).extend(points)
    for code, parts in PARTS.items():
        for part in parts.split():
            if code in found:
                found[part] = found.get(part, []) + found[code]
    west, east, south, north = CRIMEA
    crimea = [(x, y) for x, y in found.get("RU", ()) if west <= x <= east and south <= y <= north]
    if crimea:
        found.setdefault("UA", []).extend(crimea)
    return found


def numbers(arcs: Any) -> Iterator[int]:
    """The numbers in lists of any depth."""
    for item in arcs:
        if isinstance(item, int):
            yield item
        else:
            yield from numbers(item)


def dense(line: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The points of a line, with more of them on its long stretches."""
    for (x, y), (to_x, to_y) in pairwise(line):
        pieces = 1 + int(111.2 * math.hypot(to_x - x, to_y - y) / 10)
        for piece in range(pieces):
            yield x + (to_x - x) * piece / pieces, y + (to_y - y) * piece / pieces
    yield line[-1]


def on_sphere(points: list[tuple[float, float]]) -> Points:
    """Points as directions from the Earth's centre, those that share a cell of the grid once."""
    longitude, latitude = np.radians(np.array(points)).T
    flat = np.cos(latitude)
    vectors = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)
    _, first = np.unique(np.round(vectors / GRID).astype(np.int32), axis=0, return_index=True)
    kept: Points = vectors[first].astype(np.float32)
    return kept


def measure(atlas: dict[str, Any]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Country codes in order, and the distances between them in units of `STEP`, rounded down."""
    found = {code: on_sphere(points) for code, points in sorted(lands(atlas).items())}
    codes = list(found)
    everything = np.concatenate(list(found.values())).T
    begins = np.cumsum([0, *(len(points) for points in found.values())])[:-1]
    nearest = np.empty((len(codes), len(codes)))
    for row, points in enumerate(found.values()):
        cosine = np.full(everything.shape[1], -1, np.float32)
        for start in range(0, len(points), 256):
            np.maximum(cosine, (points[start : start + 256] @ everything).max(axis=0), out=cosine)
        nearest[row] = np.arccos(np.clip(np.maximum.reduceat(cosine, begins), -1, 1)) * RADIUS
    nearest = np.minimum(nearest, nearest.T)
    return codes, np.maximum(0, (nearest - MARGIN) // STEP).astype(np.int32)


def main() -> None:
    """Write the table: a line of the codes, then for each country its distances to those up to itself."""
    codes, distances = measure(json.loads(Path(sys.argv[1]).read_bytes()))
    lines = [",".join(codes)]
    lines += [",".join(map(str, row[: number + 1])) for number, row in enumerate(distances.tolist())]
    packed = lzma.compress("\n".join([*lines, ""]).encode("ascii"), preset=9 | lzma.PRESET_EXTREME)
    (DATA / "geo" / FILE).write_bytes(packed)
    print(f"{len(codes)} countries, {len(packed)} bytes")


if __name__ == "__main__":
    main()
