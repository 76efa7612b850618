"""Which district a position lies in, by the outlines the product carries.

For the moment a place is written: the answer is stored with it and never derived again, because schematic
outlines put a few places on the wrong side of a border (trap 17).
"""

from functools import cache

from shapely import STRtree
from shapely.geometry import Point

from fieldapp.core.geodesy import in_metres, read_geometry, to_plane
from fieldapp.places import facts

MARGIN_M = 1000.0  # a place this close outside all outlines still belongs to the nearest one


def district_of_point(lat: float, lon: float) -> str | None:
    """Return the code of the district the position lies in, or is at most one kilometre from; None farther away."""
    codes, tree = _outlines()
    here = Point(to_plane(lat, lon))
    if not here.is_valid:  # far outside the plane the projection answers with infinity
        return None
    found = tree.query_nearest(here, max_distance=MARGIN_M, all_matches=False)
    return codes[int(found[0])] if len(found) else None


@cache
def _outlines() -> tuple[list[str], STRtree]:
    outlines = facts.outlines()
    return list(outlines), STRtree([in_metres(read_geometry(outline)) for outline in outlines.values()])
