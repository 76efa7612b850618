"""The city's districts as facts: read from package data, needed before any database is there."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Neighbourhood:
    """A stadsdel with a centre point (WGS 84) and the police area it lies in."""

    name: str
    police_area: str
    lat: float
    lon: float


@dataclass(frozen=True)
class DistrictFacts:
    """A stadsdelsområde as it is since 2023-07-01."""

    code: str
    name: str
    police_areas: tuple[str, ...]
    neighbourhoods: tuple[Neighbourhood, ...]


@cache
def districts() -> tuple[DistrictFacts, ...]:
    """Return the eleven districts in the order the city lists them."""
    return tuple(
        DistrictFacts(
            code=row["code"],
            name=row["name"],
            police_areas=tuple(row["police_areas"]),
            neighbourhoods=tuple(Neighbourhood(**place) for place in row["neighbourhoods"]),
        )
        for row in _read("districts.json")["districts"]
    )


def district_names() -> dict[str, str]:
    """Return the names of the districts by code, in the order of `districts`."""
    return {district.code: district.name for district in districts()}


@cache
def outlines() -> dict[str, dict[str, Any]]:
    """Return district code → GeoJSON geometry of its schematic outline."""
    return {feature["properties"]["code"]: feature["geometry"] for feature in _read("outlines.geojson")["features"]}


@cache
def district_codes() -> frozenset[str]:
    """Return the codes of all districts."""
    return frozenset(district.code for district in districts())


@cache
def neighbourhood_districts() -> dict[str, str]:
    """Return neighbourhood name → district code. Names are unique in the city."""
    return {place.name: district.code for district in districts() for place in district.neighbourhoods}


def _read(name: str) -> Any:
    return json.loads((files(__name__) / name).read_text(encoding="utf-8"))
