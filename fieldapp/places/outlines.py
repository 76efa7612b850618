"""The districts' outlines as they are stored: schematic ones of the product, or official ones once imported."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson
import shapely
from shapely import STRtree
from shapely.geometry import Point
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from fieldapp.core.geodesy import in_metres, read_geometry, to_plane
from fieldapp.places.models import District

MARGIN_M = 1000.0  # a place this close outside all outlines still belongs to the nearest one
EDGE_M = 50.0  # how far outside official outlines a position still belongs to the city: quays, bridges, rounding


class Outlines:
    """Which district a position lies in; `official` where every outline is the city's own."""

    def __init__(self, rows: Iterable[tuple[str, Mapping[str, Any], bool]]) -> None:
        self._codes: list[str] = []
        self.official = True
        areas = []
        for code, outline, schematic in rows:
            self._codes.append(code)
            areas.append(in_metres(read_geometry(outline)))
            self.official = self.official and not schematic
        self.official = self.official and bool(areas)
        self._tree = STRtree(areas)

    def at(self, lat: float, lon: float, margin_m: float | None = None) -> str | None:
        """Return the code of the district there, or nearest within the margin; None farther away.

        By default 50 m of official outlines, a kilometre of schematic ones.
        """
        here = Point(to_plane(lat, lon))
        if not here.is_valid:
            return None
        margin = margin_m if margin_m is not None else EDGE_M if self.official else MARGIN_M
        found = self._tree.query_nearest(here, max_distance=margin, all_matches=False)
        return self._codes[int(found[0])] if len(found) else None

    def of_geometry(self, geometry: Mapping[str, Any]) -> str | None:
        """Return the district of a point, or of a point inside an area, at most a kilometre outside the city."""
        middle = shapely.point_on_surface(read_geometry(geometry))
        return self.at(middle.y, middle.x, MARGIN_M)


def outlines(session: Session) -> Outlines:
    """Return the outlines as they are stored now: read each time, built anew only when they are others."""
    query = select(District.code, cast(District.geometry, Text), District.schematic).where(~District.deleted)
    return _built(tuple((*row,) for row in session.execute(query.order_by(District.code))))


@lru_cache(maxsize=4)
def _built(rows: tuple[tuple[str, str, bool], ...]) -> Outlines:
    return Outlines((code, orjson.loads(stored), schematic) for code, stored, schematic in rows)
