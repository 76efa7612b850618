"""Small invented files of places in every format the importers read."""

import json
from typing import Any

from shapely.geometry import Point, box, mapping

from fieldapp.core.geodesy import from_plane, in_degrees, in_metres, read_geometry, to_plane
from fieldapp.places import facts

HERE = (59.2438, 18.0917)  # in Farsta
FAR = (59.434915, 18.07665)  # in the county, outside the municipality


def collection(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def feature(geometry: Any, name: str = "Demo plats ny", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"namn": name, **properties}, "geometry": geometry}


def square(east_m: float = 0, north_m: float = 0, half_m: float = 40) -> dict[str, Any]:
    east, north = to_plane(*HERE)
    east, north = east + east_m, north + north_m
    return plain(in_degrees(box(east - half_m, north - half_m, east + half_m, north + half_m)))


def point(east_m: float = 0, north_m: float = 0) -> dict[str, Any]:
    east, north = to_plane(*HERE)
    lat, lon = from_plane(east + east_m, north + north_m)
    return {"type": "Point", "coordinates": [lon, lat]}


def plain(geometry: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(mapping(geometry)))
    return found


def outlines(schematic_by_m: float = 5) -> bytes:
    """The districts' outlines, a few metres other than the schematic ones, each as two parts that touch."""
    features = []
    for district in facts.districts():
        whole = in_metres(read_geometry(facts.outlines()[district.code])).buffer(schematic_by_m, join_style="mitre")
        middle = whole.centroid.x
        west, south, east, north = whole.bounds
        halves = [
            whole.intersection(box(west, south, middle, north)),
            whole.intersection(box(middle, south, east, north)),
        ]
        parts = [part for half in halves for part in getattr(half, "geoms", [half]) if part.geom_type == "Polygon"]
        coordinates = [plain(in_degrees(part))["coordinates"] for part in parts]
        features.append(feature({"type": "MultiPolygon", "coordinates": coordinates}, district.name))
    return collection(*features)


def schools_csv(*rows: tuple[Any, ...]) -> bytes:
    """Rows of code, name, lat, lon."""
    lines = ["skolenhetskod;namn;skolform;årskurser;huvudman;status;lat;lon"]
    lines += [f"{code};{name};grundskola;1,2,3;Demo huvudman;aktiv;{lat};{lon}" for code, name, lat, lon in rows]
    return "\ufeff".encode() + "\r\n".join(lines).encode()


def v2_answer(code: str = "88000001", **changes: Any) -> dict[str, Any]:
    nothing = {"coordinateSweRefN": None, "coordinateSweRefE": None, "latitude": None, "longitude": None}
    there = {"coordinateSweRefN": None, "coordinateSweRefE": None, "latitude": str(HERE[0]), "longitude": str(HERE[1])}
    attributes = {
        "displayName": "Demo skola ny",
        "status": "AKTIV",
        "headMaster": "Kanarie Rektorsdotter",
        "addresses": [
            {"type": "POSTADRESS", "geoCoordinates": nothing},
            {"type": "BESOKSADRESS", "geoCoordinates": {**there, **changes.pop("coordinates", {})}},
        ],
        "schoolUnitType": "SKOLENHET",
        "municipalityCode": "0180",
        "schoolTypes": ["GR", "FTH"],
        "schoolTypeProperties": {"gr": {"grades": ["1", "2"]}, "vux": {"schoolTypeParts": ["VUXGR"]}},
        "startdate": "2020-08-01",
        "endDate": None,
        **changes,
    }
    return {
        "meta": {"extractDate": "2026-05-08T00:06:10.19+02:00"},
        "data": {"type": "schoolunit", "schoolUnitCode": code, "attributes": attributes},
        "included": {"attributes": {"displayName": "Demo huvudman"}},
    }


def v1_answer(code: str = "88000002") -> dict[str, Any]:
    easting, northing = to_plane(*HERE, 3006)
    return {
        "SkolenhetInfo": {
            "Skolenhetskod": code,
            "Namn": "Demo skola gammal",
            "Status": "Vilande",
            "Skolenhetstyp": "Skolenhet",
            "Rektorsnamn": "Kanarie Rektorsdotter",
            "Besoksadress": {
                "GeoData": {"Koordinat_SweRef_E": str(round(easting)), "Koordinat_SweRef_N": str(round(northing))}
            },
            "Kommun": {"Kommunkod": "0180"},
            "Huvudman": {"Namn": "DEMO KOMMUN"},
            "Skolformer": [{"type": "Grundskola", "Benamning": "Grundskola", "Ak1": True, "Ak2": False}],
            "Startdatum": "2012-07-01",
        }
    }


def v4_answer(code: str = "88000003") -> dict[str, Any]:
    return {
        "code": code,
        "name": "Demo skola planerad",
        "contactInfo": {"email": "kanarie@demo.example"},
        "geographicalAreaCode": "0180",
        "wgs84_Lat": str(HERE[0]),
        "wgs84_Long": str(HERE[1]),
        "sweRef_N": None,
        "sweRef_E": None,
        "corporationName": "Demo AB",
        "typeOfSchooling": [{"code": "fsk", "schoolYears": ["0"]}, {"code": "gr", "schoolYears": ["1"]}],
    }


def broken() -> dict[str, tuple[bytes, str]]:
    """Forty broken files: what is broken → (file, the reason that is told); of two features the second is broken."""
    good = feature(point(), "Demo hel")
    lon, lat = HERE[1], HERE[0]
    bow = [[lon, lat], [lon + 0.01, lat + 0.01], [lon + 0.01, lat], [lon, lat + 0.01], [lon, lat]]
    ring = square()["coordinates"][0]
    tm = to_plane(lat, lon, 3006)
    local = to_plane(lat, lon)

    def second(geometry: Any, **more: Any) -> bytes:
        return collection(good, feature(geometry, "Demo trasig"), **more)

    def polygon(*rings: Any) -> bytes:
        return second({"type": "Polygon", "coordinates": list(rings)})

    def at(*numbers: Any) -> bytes:
        return second({"type": "Point", "coordinates": list(numbers)})

    many = [[lon + i * 1e-7, lat] for i in range(100_000)]
    nested: Any = point()
    for _ in range(30):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    return {
        "axes swapped": (at(lat, lon), "axes_swapped"),
        "axes swapped in TM": (at(tm[1], tm[0]), "axes_swapped"),
        "axes swapped in an area": (polygon([[y, x] for x, y in ring]), "axes_swapped"),
        "open ring": (polygon(ring[:-1]), "open_ring"),
        "open hole": (polygon(ring, square(half_m=10)["coordinates"][0][:-1]), "open_ring"),
        "three positions": (polygon(ring[:3]), "too_few_positions"),
        "two positions": (polygon([ring[0], ring[0]]), "too_few_positions"),
        "empty ring": (polygon([]), "no_positions"),
        "empty area": (polygon(), "no_positions"),
        "empty areas": (second({"type": "MultiPolygon", "coordinates": []}), "no_positions"),
        "bow-tie": (polygon(bow), "crosses_itself"),
        "bow-tie in a part": (
            second({"type": "MultiPolygon", "coordinates": [[square(500)["coordinates"][0]], [bow]]}),
            "crosses_itself",
        ),
        "hole outside": (polygon(ring, square(500)["coordinates"][0]), "crosses_itself"),
        "no area": (polygon([[lon, lat], [lon + 0.01, lat], [lon, lat], [lon, lat]]), "crosses_itself"),
        "NaN": (at(float("nan"), lat), "not_finite"),
        "infinity": (at(float("inf"), lat), "not_finite"),
        "a number too large": (at(10**400, lat), "not_finite"),
        "text": (at(str(lon), str(lat)), "not_coordinates"),
        "null": (at(None, None), "not_coordinates"),
        "true": (at(True, lat), "not_coordinates"),
        "one number": (at(lon), "not_coordinates"),
        "seven numbers": (at(*[lon] * 7), "not_coordinates"),
        "coordinates as text": (second({"type": "Point", "coordinates": "18,59"}), "not_coordinates"),
        "coordinates of a point in an area": (
            second({"type": "Polygon", "coordinates": [lon, lat]}),
            "not_coordinates",
        ),
        "too deep": (second({"type": "Point", "coordinates": [[[[[[lon, lat]]]]]]}), "not_coordinates"),
        "100,000 vertices": (polygon([*many, many[0]]), "too_many_vertices"),
        "another system than said": (
            second(point(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}),
            "wrong_system",
        ),
        "an unknown system": (
            second(point(), crs={"type": "name", "properties": {"name": "EPSG:2400"}}),
            "unknown_system",
        ),
        "two systems": (at(*local), "mixed_systems"),
        "RT 90": (at(1_628_000, 6_571_000), "outside_county"),
        "Göteborg": (at(11.97, 57.7), "outside_county"),
        "nowhere": (at(0, 0), "outside_county"),
        "nested collections of geometries": (second(nested), "wrong_type"),
        "a collection in a collection": (collection(good, json.loads(collection(good))), "not_a_feature"),
        "a line": (second({"type": "LineString", "coordinates": ring}), "wrong_type"),
        "no geometry": (second(None), "no_geometry"),
        "no properties": (collection(good, {"type": "Feature", "geometry": point()}), "no_properties"),
        "half a file": (second(point())[:-20], "not_json"),
        "brackets without end": (b'{"a":' + b"[" * 200_000, "not_json"),
        "no features": (collection(), "empty"),
    }


def centre(code: str) -> tuple[float, float]:
    """A position inside a district."""
    middle: Point = read_geometry(facts.outlines()[code]).representative_point()
    return middle.y, middle.x
