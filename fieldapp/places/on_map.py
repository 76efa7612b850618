"""What a map draws of places, made of records as their reader may have them. Pure; the page's own list says the same.

A mark is `{id, name, look, at: {lat, lon}, area, signs, href}`: `look` its kind and state, `signs` what else is said of
it, `area` its GeoJSON where it is one, `href` where on the page it is told of, or null.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldapp.core.geodesy import read_geometry
from fieldapp.places.rules import IN_FORCE

SIGNS = ("visited", "do_not_go", "extra_care")
Mark = dict[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FromField:
    """What the evening's record adds: pins outside the register, and sites and school units visited today, by key.

    A pin is `{id, lat, lon, label, district, on, is_today}`, by its newest visit; `cut_at`: there are more
    notes than these many, the newest.
    """

    pins: Sequence[Row]
    cut_at: int | None
    sites: frozenset[str]
    schools: frozenset[str]


def look_of(site: Row) -> str:
    """Return how a site looks: by its kind and its latest mapping, where its reader may know of it."""
    if site["kind"] != "open_drug_scene":
        return str(site["kind"])
    latest = max(site["mappings"], key=lambda mapping: int(mapping["year"]), default=None)
    if latest is None:
        return "other"
    return "listed" if latest["status"] in IN_FORCE else "struck"


def site_mark(site: Row, *, look: str | None = None, visited: bool = False, href: str | None = None) -> Mark:
    """Return the mark of a site; `look` where the page tells less of it than its record does."""
    geometry = site["geometry"]
    middle = read_geometry(geometry).centroid
    level = site.get("safety_level")
    warning = [level] if look is None and level in SIGNS else []
    return {
        "id": site["id"],
        "name": site["name"],
        "look": look or look_of(site),
        "at": {"lat": middle.y, "lon": middle.x},
        "area": None if geometry["type"] == "Point" else geometry,
        "signs": [*(["visited"] if visited else []), *warning],
        "href": href,
    }


def school_mark(school: Row, *, visited: bool = False, href: str | None = None) -> Mark:
    """Return the mark of a school that has a position."""
    return _spot(school["school_unit_code"], school["name"], "school", school, visited, href)


def new_place_mark(place: Row, *, visited: bool = False, href: str | None = None) -> Mark:
    """Return the mark of a place outside the register, `{lat, lon, label}`."""
    return _spot(f"new-{place['lat']},{place['lon']}", place["label"], "new", place, visited, href)


def picture(marks: Iterable[Mark], moves: Iterable[tuple[str | None, str | None]], radius_m: int) -> dict[str, Any]:
    """Return what is drawn: each place once, visited if it ever was, and moves between two that are drawn.

    `radius_m` is that of the zone around a chosen site.
    """
    places: dict[str, Mark] = {}
    for mark in marks:
        known = places.setdefault(mark["id"], mark)
        known["signs"] = [sign for sign in SIGNS if sign in {*known["signs"], *mark["signs"]}]
    drawn = [
        {"from": places[source]["at"], "to": places[target]["at"]}
        for source, target in dict.fromkeys(moves)
        if source in places and target in places and source != target
    ]
    return {"places": list(places.values()), "moves": drawn, "radius_m": radius_m}


def _spot(identity: str, name: str, look: str, at: Row, visited: bool, href: str | None) -> Mark:
    return {
        "id": identity,
        "name": name,
        "look": look,
        "at": {"lat": at["lat"], "lon": at["lon"]},
        "area": None,
        "signs": ["visited"] if visited else [],
        "href": href,
    }
