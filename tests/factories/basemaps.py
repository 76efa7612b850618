"""A small invented basemap: land, a lake, a park, roads and houses in Farsta, in the Protomaps schema."""

import gzip
from collections.abc import Iterator
from io import BytesIO
from math import asinh, floor, pi, radians, tan
from typing import Any

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.affinity import affine_transform
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

ZOOMS = range(8, 13)
BOUNDS = (17.95, 59.18, 18.25, 59.31)
CREDIT = '<a href="https://demo.example/copyright">&copy; Demo kartdata</a>'
Feature = tuple[str, dict[str, Any], BaseGeometry]
DEGREE = 10**7
EXTENT = 4096


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return a position where the world is one wide and high, north up."""
    return (lon + 180) / 360, (1 + asinh(tan(radians(lat))) / pi) / 2


def _at(*spots: tuple[float, float]) -> list[tuple[float, float]]:
    return [_mercator(*spot) for spot in spots]


def invented() -> list[Feature]:
    """What there is in the demo's Farsta that never was: layer, attributes, shape."""
    west, south, east, north = BOUNDS
    houses = [
        Point(_mercator(18.07 + 0.004 * n, 59.24 + 0.003 * (n % 3))).buffer(1e-6, cap_style="square") for n in range(12)
    ]
    streets = [[(18.02, 59.22 + 0.005 * n), (18.16, 59.225 + 0.005 * n)] for n in range(10)]
    return [
        ("earth", {"kind": "earth"}, box(*_mercator(west, south), *_mercator(east, north))),
        ("landuse", {"kind": "park"}, box(*_mercator(18.1, 59.21), *_mercator(18.15, 59.235))),
        ("water", {"kind": "lake"}, Point(_mercator(18.05, 59.225)).buffer(4e-5)),
        ("roads", {"kind": "highway"}, LineString(_at((17.96, 59.19), (18.09, 59.247), (18.24, 59.3)))),
        ("roads", {"kind": "major_road"}, LineString(_at((18.09, 59.19), (18.08, 59.3)))),
        *(("roads", {"kind": "minor_road"}, LineString(_at(*street))) for street in streets),
        *(("buildings", {"kind": "building"}, house) for house in houses),
    ]


def _tiles(features: list[Feature]) -> Iterator[tuple[int, bytes]]:
    (left, bottom), (right, top) = _mercator(*BOUNDS[:2]), _mercator(*BOUNDS[2:])
    for zoom in ZOOMS:
        side = 1 / 2**zoom
        for x in range(floor(left / side), floor(right / side) + 1):
            for y in range(floor(bottom / side), floor(top / side) + 1):
                tile = box(x * side, y * side, (x + 1) * side, (y + 1) * side)
                layers: dict[str, list[Any]] = {}
                for layer, properties, shape in features:
                    if not (part := shape.intersection(tile.buffer(side / 64))).is_empty:
                        inside = affine_transform(part, (EXTENT / side, 0, 0, EXTENT / side, -x * EXTENT, -y * EXTENT))
                        layers.setdefault(layer, []).append({"geometry": inside, "properties": properties})
                encoded = mapbox_vector_tile.encode(
                    [{"name": name, "features": found} for name, found in layers.items()]
                )
                yield zxy_to_tileid(zoom, x, 2**zoom - 1 - y), gzip.compress(encoded, mtime=0)


def a_basemap(
    *,
    header: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    padding: int = 0,
) -> bytes:
    """Return a PMTiles file; `header` and `metadata` say otherwise than a good one, `padding` makes it larger."""
    west, south, east, north = (round(degrees * DEGREE) for degrees in BOUNDS)
    written = BytesIO()
    writer = Writer(written)
    for key, tile in sorted(_tiles(invented())):
        writer.write_tile(key, tile)
    if padding:
        writer.write_tile(zxy_to_tileid(max(ZOOMS), 0, 0), bytes(padding))
    layers = [
        {"id": name, "fields": {"kind": "String"}} for name in ("earth", "landuse", "water", "roads", "buildings")
    ]
    writer.finalize(
        {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            **(header or {}),
        },
        {"name": "Demo", "vector_layers": layers, "attribution": CREDIT, **(metadata or {})},
    )
    return written.getvalue()
