"""Places as GeoJSON (RFC 7946): right-hand rule and WGS 84 as stored, no `crs` member."""

from collections.abc import Iterable, Mapping
from typing import Any

import geojson

DISTRICT_PROPERTIES = ("code", "name", "police_areas", "schematic")


def site_features(page: Mapping[str, Any]) -> str:
    """Write a page of sites; `next` stands beside the features as in the list (RFC 7946, 6.1)."""
    features = [
        geojson.Feature(id=item["id"], geometry=item["geometry"], properties=_without_geometry(item))
        for item in page["items"]
    ]
    return _text(geojson.FeatureCollection(features, next=page["next"]))


def district_features(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write districts with their outlines."""
    features = [
        geojson.Feature(
            id=row["code"], geometry=row["geometry"], properties={field: row[field] for field in DISTRICT_PROPERTIES}
        )
        for row in rows
    ]
    return _text(geojson.FeatureCollection(features))


def _without_geometry(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "geometry"}


def _text(collection: geojson.FeatureCollection) -> str:
    return str(geojson.dumps(collection, ensure_ascii=False, separators=(",", ":")))
