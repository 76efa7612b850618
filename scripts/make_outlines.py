"""Make the schematic district outlines of the product from the neighbourhoods' centre points.

Voronoi cells of the centres in SWEREF 99 18 00, clipped to their convex hull widened by one kilometre (so that
places at the city's edge fall inside) and dissolved by district. Run from the checkout:
`python scripts/make_outlines.py`.
"""

from pathlib import Path

import geojson
import shapely

from fieldapp.core.geodesy import in_degrees, to_plane, write_geometry
from fieldapp.places.facts import DistrictFacts, districts

HULL_MARGIN_M = 1000
GRID_M = 0.5  # corners shared by neighbours must stay shared when degrees are rounded
TARGET = Path(__file__).parent.parent / "fieldapp" / "places" / "facts" / "outlines.geojson"


def outline_features() -> list[geojson.Feature]:
    """Return one feature a district: its outline, code and name, marked schematic."""
    owners = [(district, place) for district in districts() for place in district.neighbourhoods]
    centres = shapely.MultiPoint([to_plane(place.lat, place.lon) for _, place in owners])
    hull = centres.convex_hull.buffer(HULL_MARGIN_M)
    cells = shapely.voronoi_polygons(centres, extend_to=hull, ordered=True).geoms
    clipped = [shapely.set_precision(cell.intersection(hull), GRID_M) for cell in cells]
    return [
        feature(district, [cell for (owner, _), cell in zip(owners, clipped, strict=True) if owner is district])
        for district in districts()
    ]


def feature(district: DistrictFacts, cells: list[shapely.Polygon]) -> geojson.Feature:
    """Dissolve the cells of a district and write them as WGS 84."""
    outline = in_degrees(shapely.coverage_union_all(cells))
    properties = {"code": district.code, "name": district.name, "schematic": True}
    return geojson.Feature(id=district.code, geometry=write_geometry(outline), properties=properties)


def main() -> None:
    """Write the file."""
    collection = geojson.FeatureCollection(outline_features())
    lines = ",\n".join(geojson.dumps(entry, ensure_ascii=False) for entry in collection["features"])
    TARGET.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
