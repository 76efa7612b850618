"""GeoJSON (RFC 7946) feature by feature: each geometry sound and in WGS 84, or why it is not. Pure.

Parts that are valid in themselves and only touch or overlap are united (trap 16: `make_valid` would punch holes); a
part that is invalid in itself is refused. Coordinates in SWEREF 99 are recognised by where they land.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geojson
import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from fieldapp.core.geodesy import DECIMALS, SWEREF99_18_00, SWEREF99_TM, WGS84, in_degrees, write_geometry
from fieldapp.places.importers.positions import landing
from fieldapp.places.importers.shape import MAX_ROWS, BadValue, FileRefused, Line, Read

MAX_VERTICES = 50_000  # of a feature
MAX_FILE_VERTICES = 500_000
DEPTHS = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}  # how deep lists nest around a position
NAMES = ("namn", "name", "NAMN", "Namn", "title")
CRS = {"CRS84": WGS84, "4326": WGS84, "3006": SWEREF99_TM, "3011": SWEREF99_18_00}


@dataclass(frozen=True)
class Feature:
    """A sound feature: its number from 1, what it is called, its properties, its geometry in WGS 84."""

    row: int
    name: str
    properties: dict[str, Any]
    geometry: dict[str, Any]


@dataclass(frozen=True)
class _Raw:
    row: int
    name: str
    properties: dict[str, Any]
    kind: str
    coordinates: list[Any]
    epsg: int


def read_features(content: bytes, types: tuple[str, ...], read: Read) -> list[Feature]:
    """Return the features whose geometry is one of the types and sound; the others are refused in `read`.

    Raises `FileRefused` for what is no FeatureCollection, is empty or too large, or says it is in another system than
    the one it is in. All features must be in one system.
    """
    document = _document(content)
    said = _said_system(document)
    raws: list[_Raw] = []
    vertices = 0
    for row, item in enumerate(document["features"], start=1):
        called = _name(item)
        try:
            raw, count = _raw(row, called, item, types)
        except BadValue as error:
            read.refuse(row, called, error.reason, error.detail)
            continue
        vertices += count
        if vertices > MAX_FILE_VERTICES:
            raise FileRefused(Line(row, called, "too_many_vertices", str(MAX_FILE_VERTICES)))
        raws.append(raw)
    read.count += len(document["features"])
    systems = {raw.epsg for raw in raws}
    if len(systems) > 1:
        odd = min(raws, key=lambda raw: sum(other.epsg == raw.epsg for other in raws))
        raise FileRefused(Line(odd.row, odd.name, "mixed_systems"))
    if raws and said is not None and systems != {said}:
        raise FileRefused(Line(raws[0].row, raws[0].name, "wrong_system", str(said)))
    features = []
    for raw in raws:
        try:
            geometry, united = _sound(raw)
        except BadValue as error:
            read.refuse(raw.row, raw.name, error.reason, error.detail)
            continue
        if united:
            read.notes.append(Line(raw.row, raw.name, "parts_united", str(united)))
        features.append(Feature(raw.row, raw.name, raw.properties, geometry))
    return features


def sound_geometry(geometry: Any, types: tuple[str, ...]) -> dict[str, Any]:
    """Return one geometry, sound and in WGS 84, as those of a file are. Raises `BadValue`."""
    raw, _ = _raw(1, "", {"type": "Feature", "geometry": geometry, "properties": {}}, types)
    return _sound(raw)[0]


def rings_of(geometry: BaseGeometry) -> Iterator[int]:
    """Yield the number of holes of each part of an area."""
    for part in shapely.get_parts(geometry):
        yield len(part.interiors)


def unite(geometries: list[BaseGeometry]) -> BaseGeometry:
    """Return sound areas as one, on the grid that is stored, so that rounding makes no edge cross another."""
    on_grid = [shapely.set_precision(geometry, 10.0**-DECIMALS) for geometry in geometries]
    return shapely.union_all(on_grid, grid_size=10.0**-DECIMALS)


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused(Line(getattr(error, "lineno", 1), "", "not_json")) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise FileRefused(Line(1, "", "not_a_collection"))
    features = document.get("features")
    if not isinstance(features, list):
        raise FileRefused(Line(1, "", "not_a_collection"))
    if not features:
        raise FileRefused(Line(1, "", "empty"))
    if len(features) > MAX_ROWS:
        raise FileRefused(Line(MAX_ROWS + 1, "", "too_many_rows", str(MAX_ROWS)))
    return document


def _said_system(document: dict[str, Any]) -> int | None:
    """Return the system of the `crs` that older GeoJSON carries; None where there is none. Raises `FileRefused`."""
    crs = document.get("crs")
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    called = properties.get("name") if isinstance(properties, dict) else None
    known = CRS.get(called.rsplit(":", 1)[-1]) if isinstance(called, str) else None
    if known is None:
        raise FileRefused(Line(1, "", "unknown_system", str(called)[:60]))
    return known


def _name(item: Any) -> str:
    properties = item.get("properties") if isinstance(item, dict) else None
    if isinstance(properties, dict):
        for field in NAMES:
            if isinstance(properties.get(field), str):
                return str(properties[field]).strip()[:200]
    return ""


def _raw(row: int, called: str, item: Any, types: tuple[str, ...]) -> tuple[_Raw, int]:
    if not isinstance(item, dict) or item.get("type") != "Feature":
        raise BadValue("not_a_feature")
    geometry, properties = item.get("geometry"), item.get("properties")
    if not isinstance(geometry, dict):
        raise BadValue("no_geometry")
    if not isinstance(properties, dict):
        raise BadValue("no_properties")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(kind, str) or kind not in types:
        raise BadValue("wrong_type", str(kind)[:40])
    if not isinstance(coordinates, list):
        raise BadValue("not_coordinates")
    flat = np.array(list(_positions(coordinates, DEPTHS[kind])), dtype=float)
    if not len(flat):
        raise BadValue("no_positions")
    landed = landing(flat)
    if landed is None:
        raise BadValue("outside_county")
    if landed.swapped:
        raise BadValue("axes_swapped")
    return _Raw(row, called, properties, kind, coordinates, landed.epsg), len(flat)


def _positions(coordinates: Any, depth: int) -> Iterator[tuple[float, float]]:
    """Yield the positions of a geometry, each judged; at most as many as a feature may have. Raises `BadValue`."""
    waiting: list[tuple[Any, int]] = [(coordinates, depth)]
    count = 0
    while waiting:
        item, level = waiting.pop()
        if not isinstance(item, list):
            raise BadValue("not_coordinates")
        if level:
            if len(item) > MAX_VERTICES:
                raise BadValue("too_many_vertices", str(MAX_VERTICES))
            waiting += [(inner, level - 1) for inner in item]
            continue
        if not 2 <= len(item) <= 4 or not all(type(value) in (int, float) for value in item):
            raise BadValue("not_coordinates")
        if not all(abs(value) < 1e9 for value in item):  # false for what is no number at all
            raise BadValue("not_finite")
        count += 1
        if count > MAX_VERTICES:
            raise BadValue("too_many_vertices", str(MAX_VERTICES))
        yield float(item[0]), float(item[1])


def _sound(raw: _Raw) -> tuple[dict[str, Any], int]:
    """Return the geometry in WGS 84, and how many parts were united to one."""
    if raw.kind == "Point":
        return write_geometry(in_degrees(shape({"type": "Point", "coordinates": raw.coordinates[:2]}), raw.epsg)), 0
    parts = raw.coordinates if raw.kind == "MultiPolygon" else [raw.coordinates]
    if not parts:
        raise BadValue("no_positions")
    areas = [_area(part, number) for number, part in enumerate(parts, start=1)]
    united = 0
    whole = shapely.multipolygons(areas) if len(areas) > 1 else areas[0]
    if not whole.is_valid:  # each part is: they touch along edges, or overlap
        united = len(areas)
    found = unite([in_degrees(area, raw.epsg) for area in areas])
    if found.is_empty or found.geom_type not in ("Polygon", "MultiPolygon") or not found.is_valid:
        raise BadValue("no_area")
    return write_geometry(found), united


def _area(rings: list[Any], number: int) -> BaseGeometry:
    """Return one part of an area. Raises `BadValue` naming the part and what is wrong with it."""
    if not rings:
        raise BadValue("no_positions", str(number))
    if any(len(ring) < 4 for ring in rings):
        raise BadValue("too_few_positions", str(number))
    if any(ring[0] != ring[-1] for ring in rings):
        raise BadValue("open_ring", str(number))
    flat = [[position[:2] for position in ring] for ring in rings]
    if geojson.Polygon(flat).errors():
        raise BadValue("bad_geometry", str(number))
    area = shape({"type": "Polygon", "coordinates": flat})
    if not area.is_valid:
        raise BadValue("crosses_itself", f"{number}: {shapely.is_valid_reason(area)[:80]}")
    return area
