"""Where a site lies, as a person writes it: two numbers, or GeoJSON pasted. Pure.

Both are recognised by where they land, in WGS 84, SWEREF 99 TM or SWEREF 99 18 00; outside Stockholm county is refused.
Faults are keys of the catalogue below `field.`.
"""

import json
from typing import Any

from fieldapp.places.importers import values
from fieldapp.places.importers.features import DEPTHS, sound_geometry
from fieldapp.places.importers.positions import Pair, position
from fieldapp.places.importers.shape import BadValue

LONGEST_PASTED = 60_000  # characters: some 2,500 corners
AREAS = ("Polygon", "MultiPolygon")
FAULTS = {
    "outside_county": "position_outside_county",
    "axes_swapped": "position_axes_swapped",
    "wrong_type": "geometry_wrong_type",
    "crosses_itself": "geometry_crosses_itself",
    "open_ring": "geometry_open_ring",
    "too_few_positions": "geometry_too_few_positions",
    "too_many_vertices": "geometry_too_large",
}


class BadGeometry(ValueError):
    """A geometry that can't be used; `key` says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def geometry_of(given: Any, types: tuple[str, ...] = tuple(DEPTHS)) -> dict[str, Any]:
    """Return a GeoJSON geometry sound and in WGS 84. Raises `BadGeometry`."""
    try:
        return sound_geometry(given, types)
    except BadValue as error:
        raise BadGeometry(FAULTS.get(error.reason, "bad_geometry")) from error


def pasted_area(text: str) -> dict[str, Any]:
    """Return the area of a pasted geometry, feature or collection of one feature. Raises `BadGeometry`."""
    if len(text) > LONGEST_PASTED:
        raise BadGeometry("geometry_too_large")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadGeometry("geometry_not_json") from error
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise BadGeometry("geometry_one_feature")
        found = features[0]
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return geometry_of(found, AREAS)


def typed_point(north: str | None, east: str | None) -> dict[str, Any] | None:
    """Return the point of two typed numbers, None where neither is given. Raises `BadGeometry`."""
    try:
        found, _ = position([Pair(values.number(north, "north"), values.number(east, "east"))])
    except BadValue as error:
        key = "not_a_number" if error.reason == "not_a_number" else f"position_{error.reason}"
        raise BadGeometry(key) from error
    return {"type": "Point", "coordinates": [found[1], found[0]]} if found else None
