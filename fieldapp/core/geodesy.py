"""Positions and distances: WGS 84 in and out, metres in SWEREF 99 18 00 (EPSG:3011) in between.

Knows geometry only: no table, no setting, no word of what lies at a position.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

WGS84 = 4326
SWEREF99_18_00 = 3011  # Stockholm's own plane; distances are measured here
SWEREF99_TM = 3006
DECIMALS = 6  # of degrees: 0.11 m north, 0.06 m east at Stockholm
GLOBE = shapely.box(-180, -90, 180, 90)
AREAS = ("Polygon", "MultiPolygon")


class UnreadableGeometry(ValueError):
    """A GeoJSON geometry that is no point or valid area in WGS 84."""


def to_plane(lat: float, lon: float, epsg: int = SWEREF99_18_00) -> tuple[float, float]:
    """Return (easting, northing) in metres of a WGS 84 position."""
    easting, northing = _transformer(WGS84, epsg).transform(lon, lat)
    return easting, northing


def from_plane(easting: float, northing: float, epsg: int = SWEREF99_18_00) -> tuple[float, float]:
    """Return (lat, lon) in WGS 84 of a position in metres."""
    lon, lat = _transformer(epsg, WGS84).transform(easting, northing)
    return lat, lon


def positions_in_degrees(positions: Any, epsg: int) -> Any:
    """Return positions, an array of shape (n, 2) with east first, as WGS 84, longitude first; infinite for none."""
    if epsg == WGS84:
        return positions
    return np.column_stack(_transformer(epsg, WGS84).transform(positions[:, 0], positions[:, 1]))


def positions_in_metres(positions: Any) -> Any:
    """Return WGS 84 positions, an array of shape (n, 2) with longitude first, in SWEREF 99 18 00, metres."""
    return np.column_stack(_transformer(WGS84, SWEREF99_18_00).transform(positions[:, 0], positions[:, 1]))


def in_metres(geometry: BaseGeometry) -> BaseGeometry:
    """Return a WGS 84 geometry (x = longitude) in SWEREF 99 18 00, metres."""
    return _moved(geometry, WGS84, SWEREF99_18_00)


def in_degrees(geometry: BaseGeometry, epsg: int = SWEREF99_18_00) -> BaseGeometry:
    """Return a geometry in a system of metres as WGS 84 (x = longitude); one in WGS 84 as it is."""
    return geometry if epsg == WGS84 else _moved(geometry, epsg, WGS84)


def distance_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the shortest distance in metres between two WGS 84 geometries; 0 where they touch or overlap."""
    return float(shapely.distance(in_metres(one), in_metres(other)))


def read_geometry(geojson: Mapping[str, Any]) -> BaseGeometry:
    """Read a GeoJSON Point, Polygon or MultiPolygon. Raises `UnreadableGeometry`."""
    if geojson.get("type") not in ("Point", *AREAS):
        raise UnreadableGeometry("not a point or an area")
    try:
        geometry = shape(geojson)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, GEOSException) as error:
        raise UnreadableGeometry("not a GeoJSON geometry") from error
    if geometry.is_empty or not geometry.is_valid:
        raise UnreadableGeometry("empty, or its edge crosses itself")
    if not GLOBE.covers(geometry):
        raise UnreadableGeometry("outside the globe; longitude comes first")
    return geometry


def write_geometry(geometry: BaseGeometry) -> dict[str, Any]:
    """Write a WGS 84 geometry as RFC 7946 GeoJSON: two dimensions, six decimals, right-hand rule, no `crs`."""
    flat = shapely.force_2d(shapely.orient_polygons(geometry))
    rounded = shapely.transform(flat, lambda positions: np.round(positions, DECIMALS))
    written: dict[str, Any] = _lists(mapping(rounded))
    return written


def coarser(geometry: BaseGeometry, tolerance_m: float, smallest_m2: float) -> BaseGeometry:
    """Return a WGS 84 area at most `tolerance_m` off, for the eye alone: its small parts and holes are gone.

    The largest part stays, however small it is. Never for measuring or for judging what lies inside.
    """
    flat = in_metres(geometry).simplify(tolerance_m)
    parts = sorted(shapely.get_parts(flat), key=lambda part: float(part.area), reverse=True)
    kept = [part for part in parts[1:] if part.area >= smallest_m2]
    whole = [shapely.Polygon(part.exterior) for part in [*parts[:1], *kept] if is_area(part)]
    return in_degrees(whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole))


def is_area(geometry: BaseGeometry) -> bool:
    """Say whether distances are measured from the geometry's edge rather than from a point."""
    return geometry.geom_type in AREAS


@lru_cache(maxsize=8)
def _transformer(source: int, target: int) -> Transformer:
    # Building one takes ~50 ms; pyproj's transformers can be shared between threads since 3.1.
    return Transformer.from_crs(source, target, always_xy=True)


def _moved(geometry: BaseGeometry, source: int, target: int) -> BaseGeometry:
    transformer = _transformer(source, target)

    def move(positions: Any) -> Any:
        return np.column_stack(transformer.transform(positions[:, 0], positions[:, 1]))

    return shapely.transform(shapely.force_2d(geometry), move)


def _lists(value: Any) -> Any:
    # shapely hands out tuples; what is stored must equal what is read back.
    if isinstance(value, dict):
        return {key: _lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(inner) for inner in value]
    return value
