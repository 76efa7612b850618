"""The places of a pass as a map draws them: where it went, where it meant to, where people seem to have moved. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fieldapp.places.on_map import Mark, new_place_mark, picture, school_mark, site_mark

Row = Mapping[str, Any]


def places_of(visits: Iterable[Row], observations: Iterable[Row]) -> tuple[set[str], set[str]]:
    """Return the sites, and the schools by unit code, that a pass speaks of."""
    visits = list(visits)
    moved = {seen[name] for seen in observations for name in ("moved_from", "moved_to")}
    sites = {visit["site_id"] for visit in visits} | moved
    return sites - {None}, {visit["school_unit_code"] for visit in visits} - {None}


def picture_of_pass(
    visits: Sequence[Row], observations: Iterable[Row], known: Mapping[str, Row], radius_m: int
) -> dict[str, Any]:
    """Return what is drawn of a pass, each place leading to its first visit on the page.

    `known` holds those of its places that the reader may know, by id and school unit code; no other is drawn.
    """
    marks: list[Mark] = []
    places: dict[str, str] = {}
    for visit in visits:
        mark = _mark(visit, known)
        if mark:
            marks.append(mark)
            places[visit["id"]] = mark["id"]
    moves: list[tuple[str | None, str | None]] = []
    for seen in observations:
        here = places.get(seen["visit_id"])
        marks += [site_mark(known[seen[name]]) for name in ("moved_from", "moved_to") if seen[name] in known]
        moves += [(source, target) for source, target in ((seen["moved_from"], here), (here, seen["moved_to"]))]
    return picture(marks, moves, radius_m)


def _mark(visit: Row, known: Mapping[str, Row]) -> Mark | None:
    been = {"visited": visit["outcome"] != "not_visited", "href": f"#visit-{visit['id']}"}
    if visit["site_id"] in known:
        return site_mark(known[visit["site_id"]], **been)
    if visit["school_unit_code"] in known:
        return school_mark(known[visit["school_unit_code"]], **been)
    return new_place_mark(visit["place"], **been) if visit["place"] else None
