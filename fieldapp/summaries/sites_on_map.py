"""A summary's places as a map draws them: which were visited, and where people seem to have moved. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from fieldapp.places.on_map import picture, site_mark

Json = dict[str, Any]


def places_of(summary: Json) -> set[str]:
    """Return the ids of the sites that a summary has a row of."""
    moved = {row[end] for row in summary["movements"] for end in ("from", "to")}
    return {site["id"] for site, _ in _rows(summary)} | moved - {None}


def picture_of_summary(summary: Json, known: Mapping[str, Json], radius_m: int) -> Json:
    """Return what is drawn of a summary: as much of each site as its row says, at those the reader may know.

    `known` holds the sites by id, with their geometry as it is now. Only those that moves speak of besides have no row.
    """
    rows = {site["id"]: (site, visited) for site, visited in _rows(summary)}
    marks = [
        site_mark(known[one] | {"name": site["name"]}, look="listed" if site["is_listed"] else "other", visited=visited)
        for one, (site, visited) in rows.items()
        if one in known
    ]
    marks += [site_mark(known[one], look="other") for one in sorted(places_of(summary) - rows.keys()) if one in known]
    return picture(marks, [(row["from"], row["to"]) for row in summary["movements"]], radius_m)


def _rows(summary: Json) -> Iterator[tuple[Json, bool]]:
    for row in summary["coverage"]["not_visited_sites"]:
        yield row["site"], False
    for row in summary["sites"]:
        yield row["site"], row["visits"] > 0
