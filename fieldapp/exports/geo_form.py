"""GeoJSON (RFC 7946) of the sites a summary has figures of, one feature at a time. Pure.

Geometries are stored in WGS 84 by the right-hand rule; there is no `crs` member and no record id.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import geojson

Json = Mapping[str, Any]
SITE_FIGURES = (
    "visits", "frequency", "observations", "visits_with_topic", "share_with_topic", "observations_per_visit",
    "last_visit",
)  # fmt: skip


def geojson_chunks(facts: Json, sites: Iterable[Json], places: Mapping[str, Json], note: str) -> Iterator[bytes]:
    """Yield a FeatureCollection: `facts` of the period and a note as members of its own (6.1), then the features.

    `places` hold `name` and `geometry` of each site, by id.
    """
    head = _text({"type": "FeatureCollection", **facts, "note": note})[:-1]
    yield f'{head},"features":['.encode()
    separator = ""
    for row in sites:
        yield f"{separator}{_text(feature(row, places[row['site']['id']]))}".encode()
        separator = ","
    yield b"]}\n"


def feature(row: Json, place: Json) -> Any:
    """Return a site with its figures in flat properties."""
    low, high = row["interval"] or (None, None)
    rate_low, rate_high = row["observations_interval"] or (None, None)
    site = row["site"]
    return geojson.Feature(
        geometry=place["geometry"],
        properties={
            "name": place["name"],
            "district": site["district"],
            "is_listed": site["is_listed"],
            "school_near": site["school_near"],
            **{name: row[name] for name in SITE_FIGURES},
            "share_low": low,
            "share_high": high,
            "observations_per_visit_low": rate_low,
            "observations_per_visit_high": rate_high,
        },
    )


def _text(value: Any) -> str:
    return str(geojson.dumps(value, ensure_ascii=False, separators=(",", ":")))
