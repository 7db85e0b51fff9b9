"""A sketch map of the city's counties: shapes for a template to draw, from the boundaries in data/geo (no basis for delimitation)."""

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.settings import DATA

WIDTH = 460
_BOUNDARIES = DATA / "geo" / "luan_counties_wgs84_simplified.geojson"
_ZONE, _WITHIN = "LA-KFQ", "341502"
"""The development zone has no boundary of its own: it is drawn as a dot in the district around it."""


@dataclass(frozen=True)
class Shape:
    """A county: an SVG path (empty for a dot) and where its label stands, in a drawing `WIDTH` wide."""

    code: str
    path: str
    x: float
    y: float


@cache
def county_shapes() -> tuple[list[Shape], int]:
    """The counties and the height of the drawing. Longitudes are drawn as long as they are at the city's latitude."""
    rings = {each["properties"]["adcode"]: _rings(each["geometry"]) for each in _features()}
    points = [point for parts in rings.values() for ring in parts for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A degree of longitude is shorter than one of latitude: without this the city would look a sixth too wide.
    across = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * across)

    def placed(point: list[float]) -> tuple[float, float]:
        return (point[0] - west) * across * scale, (north - point[1]) * scale

    shapes = [_shape(code, [[placed(point) for point in ring] for ring in parts]) for code, parts in rings.items()]
    around = next(shape for shape in shapes if shape.code == _WITHIN)
    # The zone has no boundary of its own in the data; its mark stands beside that of the district around it.
    shapes.append(Shape(_ZONE, "", around.x + 8, around.y - 62))
    return shapes, math.ceil((north - south) * scale)


def _features() -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(_BOUNDARIES.read_text(encoding="utf-8"))["features"]
    return features


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """The outer rings; the counties have no holes."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [polygon[0] for polygon in polygons]


def _shape(code: str, rings: list[list[tuple[float, float]]]) -> Shape:
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
    x, y = _middle(max(rings, key=len))
    return Shape(code, path, round(x, 1), round(y, 1))


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The centre of gravity of a ring."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (3 * area), y / (3 * area)
