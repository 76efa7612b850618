"""Outlines of districts from GeoJSON: of the districts themselves, or of all their stadsdelar, put together. Pure."""

from typing import Any

from fieldapp.core.geodesy import read_geometry, write_geometry
from fieldapp.places import facts
from fieldapp.places.importers.features import Feature, read_features, unite
from fieldapp.places.importers.shape import FileRefused, Line, Read
from fieldapp.places.names import plain

AREAS = ("Polygon", "MultiPolygon")
SUFFIXES = ("stadsdelsomrade", "stadsdelsforvaltning", "stadsdelsnamnd")


def read_districts(content: bytes) -> Read:
    """Return rows `{row, name, code, geometry}`, one a district. Raises `FileRefused`.

    One refused feature refuses the file: an outline that lacks a part would move places to another district.
    """
    read = Read("districts", strict=True, whole=True)
    features = read_features(content, AREAS, read)
    districts = {plain(district.name): district.code for district in facts.districts()}
    neighbourhoods = {plain(name): code for name, code in facts.neighbourhood_districts().items()}
    # Four stadsdelar are called as their district: what the file holds is what most of its names say.
    called = [plain(feature.name) for feature in features]
    if sum(name in neighbourhoods for name in called) <= sum(_district(one, districts) is not None for one in features):
        _whole_districts(features, districts, read)
    else:
        _put_together(features, neighbourhoods, read)
    if read.refused:
        raise FileRefused(*sorted(read.refused, key=lambda line: line.row))
    return read


def _district(feature: Feature, known: dict[str, str]) -> str | None:
    if feature.properties.get("code") in known.values():
        return str(feature.properties["code"])
    called = plain(feature.name)
    for suffix in SUFFIXES:
        called = called.removesuffix(suffix)
    return known.get(called) or known.get(called.removesuffix("s"))


def _whole_districts(features: list[Feature], known: dict[str, str], read: Read) -> None:
    seen: set[str] = set()
    for feature in features:
        code = _district(feature, known)
        if code is None:
            read.refuse(feature.row, feature.name, "unknown_district")
        elif code in seen:
            read.refuse(feature.row, feature.name, "repeated")
        else:
            seen.add(code)
            _note_other_parts(feature, code, read)
            read.rows.append({"row": feature.row, "name": feature.name, "code": code, "geometry": feature.geometry})


def _put_together(features: list[Feature], known: dict[str, str], read: Read) -> None:
    parts: dict[str, dict[str, Feature]] = {}
    for feature in features:
        called = plain(feature.name)
        code = known.get(called)
        if code is None:
            read.refuse(feature.row, feature.name, "unknown_neighbourhood")
        elif called in parts.setdefault(code, {}):
            read.refuse(feature.row, feature.name, "repeated")
        else:
            parts[code][called] = feature
    for code, of_district in parts.items():
        first = min(of_district.values(), key=lambda feature: feature.row)
        name = next(district.name for district in facts.districts() if district.code == code)
        lacking = {called for called, of in known.items() if of == code} - of_district.keys()
        if lacking:
            read.refuse(first.row, name, "neighbourhoods_lacking", str(len(lacking)))
            continue
        named = [of_district[called] for called in sorted(of_district)]
        outline = unite([read_geometry(feature.geometry) for feature in named])
        read.notes.append(Line(first.row, name, "parts_united", str(len(named))))
        read.rows.append({"row": first.row, "name": name, "code": code, "geometry": write_geometry(outline)})


def _note_other_parts(feature: Feature, code: str, read: Read) -> None:
    """Say so where a file's stadsdelar are others than those the product knows; the product's stay."""
    given: Any = feature.properties.get("stadsdelar")
    known = {plain(name) for name, of in facts.neighbourhood_districts().items() if of == code}
    if isinstance(given, list) and {plain(str(name)) for name in given} != known:
        read.notes.append(Line(feature.row, feature.name, "other_neighbourhoods"))
