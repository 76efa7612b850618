"""Reads of the register for the office: sites that fit a search, one site whole. Filtered by who asks (access.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.core.geodesy import in_metres, is_area, read_geometry, to_plane
from fieldapp.core.ordering import swedish_order
from fieldapp.places.history import SAFETY_FIELDS, history_of
from fieldapp.places.mapped_years import MAPPED
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.names import plain
from fieldapp.places.queries import names_of, readable_whole
from fieldapp.places.records import FULL_READERS, SAFETY_READERS
from fieldapp.places.register import FIELDS, may_edit
from fieldapp.places.rules import IN_FORCE

PAGE = 50
HISTORY_FIELDS = (*FIELDS, "year", *MAPPED, *SAFETY_FIELDS, "places")
LISTED = (
    Site.id, Site.name, Site.public_label, Site.district, Site.kind, Site.is_listed, Site.is_public, Site.mappings,
    Site.school_near, Site.merged_into_id, Site.last_visited_on,
)  # fmt: skip
Row = dict[str, Any]


def find_sites(
    session: Session,
    actor: Actor,
    *,
    words: str | None = None,
    district: str | None = None,
    kind: str | None = None,
    year: int | None = None,
    listed: str | None = None,
    school_near: str | None = None,
    after: str | None = None,
) -> tuple[list[Row], str | None, int]:
    """Return a page of the sites that fit, by name, the id the next page begins after, and how many fit in all.

    `words` stand in name or public label, whatever case and accents. With `year` only sites with a mapping in it are
    found, and `listed`, `school_near` and `status` are those of that year; without, those of each one's latest.
    """
    query = select(*LISTED).where(~Site.deleted, readable_whole(actor))
    near: Any = Site.school_near
    in_force: Any = Site.is_listed.is_(True)
    if year is not None:
        near, in_force = SiteMapping.school_near, SiteMapping.status.in_(IN_FORCE)
        of_year = (SiteMapping.school_near.label("near_then"), SiteMapping.status.label("status_then"))
        query = query.join(SiteMapping, SiteMapping.site_id == Site.id).where(SiteMapping.year == year)
        query = query.add_columns(*of_year)
    for column, asked in ((Site.district, district), (Site.kind, kind), (near, school_near)):
        if asked is not None:
            query = query.where(column == asked)
    if listed is not None:
        query = query.where(in_force if listed == "yes" else ~in_force)
    sought = [plain(word) for word in (words or "").split() if plain(word)]
    # Folded and ordered here: SQLite knows no upper case beyond ASCII, and a register is hundreds of rows.
    found = [_listed(row) for row in session.execute(query).mappings()]
    found = [row for row in found if all(word in plain(f"{row['name']} {row['public_label']}") for word in sought)]
    found.sort(key=_order)
    count = len(found)
    known = select(Site.name, Site.id).where(Site.id == after, ~Site.deleted, readable_whole(actor))
    begun = session.execute(known).mappings().one_or_none()
    if begun is not None:
        found = [row for row in found if _order(row) > _order(begun)]
    return found[:PAGE], found[PAGE - 1]["id"] if len(found) > PAGE else None, count


def site_whole(session: Session, actor: Actor, site_id: str, now: datetime) -> Row:
    """Return a site as its page shows it, with `mappings` newest first, `where` and `history`. Raises `NotFound`.

    Who may not know how safe it is finds `safety_level` None; who reads listed sites alone no history.
    """
    table: Any = Site.__table__
    query = select(table).where(Site.id == site_id, ~Site.deleted, readable_whole(actor))
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound
    site = dict(row)
    if not actor.has_role(*SAFETY_READERS):
        site |= {"safety_level": None, "safety_reason": None, "safety_review_on": None}
    history = history_of(session, actor, site_id, now)
    named = {entry["related_site_id"] for entry in site["mappings"]} | {site["merged_into_id"]}
    named |= {said.get("related_site_id") for one in history for said in (one["before"], one["after"])}
    names = names_of(session, actor, {one for one in named if one})
    became = select(Site.id, Site.name).where(Site.merged_into_id == site_id, ~Site.deleted, readable_whole(actor))
    return {
        **site,
        "mappings": _mappings(session, site, names),
        "merged_into": names.get(site["merged_into_id"]),
        "merged_here": sorted(map(dict, session.execute(became).mappings()), key=_order),
        "where": whereabouts(site["geometry"]),
        "may_edit": may_edit(actor, site["district"]),
        "is_worked_with": actor.has_role(*FULL_READERS),
        "history": history,
        "names": names,
        "fields": HISTORY_FIELDS,
    }


def whereabouts(geometry: Mapping[str, Any]) -> Row:
    """Return how to tell where a geometry lies: `lat, lon` of it or its middle, `north, east` in SWEREF 99 18 00.

    Of an area also `corners` and `square_m`, of a point both None.
    """
    shape = read_geometry(geometry)
    middle = shapely.point_on_surface(shape)
    east, north = to_plane(middle.y, middle.x)
    area = is_area(shape)
    return {
        "lat": round(middle.y, 6),
        "lon": round(middle.x, 6),
        "north": round(north),
        "east": round(east),
        "corners": int(shapely.get_num_coordinates(shape)) - _rings(shape) if area else None,
        "square_m": round(in_metres(shape).area) if area else None,
    }


def _rings(shape: Any) -> int:
    """Count the rings: each says its first corner twice."""
    return sum(1 + len(part.interiors) for part in shapely.get_parts(shape))


def _mappings(session: Session, site: Row, names: Mapping[str, str]) -> list[Row]:
    table: Any = SiteMapping.__table__
    stored = select(table).where(table.c.site_id == site["id"]).order_by(table.c.year.desc())
    return [{**row, "related": names.get(row["related_site_id"])} for row in session.execute(stored).mappings()]


def _listed(row: Any) -> Row:
    latest = row["mappings"][-1] if row["mappings"] else {}
    return {
        **row,
        "status": row.get("status_then", latest.get("status")),
        "year": None if "status_then" in row else latest.get("year"),
        "school_near": row.get("near_then", row["school_near"]),
    }


def _order(row: Any) -> tuple[str, str]:
    return swedish_order(row["name"]), row["id"]
