"""Reads of what a map is to show, filtered by who asks as every read of places is (access.md). Writes nothing."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.ordering import swedish_order
from fieldapp.places.models import School, Site
from fieldapp.places.queries import readable_register, readable_sites
from fieldapp.places.records import school_record, site_record
from fieldapp.places.rules import survivor

Record = dict[str, Any]


def sites_to_show(session: Session, actor: Actor, district: str | None = None) -> list[Record]:
    """Return the sites the actor may read that stand – none is merged into another – by name."""
    query = select(Site.__table__).where(~Site.deleted, Site.merged_into_id.is_(None), readable_sites(actor))
    if district is not None:
        query = query.where(Site.district == district)
    found = [site_record(row, actor) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda site: (swedish_order(site["name"]), site["id"]))


def visited_of(session: Session, sites: Sequence[Record], visited: Collection[str]) -> frozenset[str]:
    """Return which of the sites somebody was at, of those whose reader may know when: by the sites they have become."""
    merged = select(Site.id, Site.merged_into_id).where(Site.merged_into_id.is_not(None))
    into = {row.id: row.merged_into_id for row in session.execute(merged)}
    stand = {survivor(one, into) for one in visited}
    return frozenset(site["id"] for site in sites if site["id"] in stand and "last_visited_on" in site)


def schools_to_show(session: Session, actor: Actor, district: str | None = None) -> list[Record]:
    """Return the schools that are active, by name."""
    query = select(School.__table__).where(~School.deleted, School.status == "active", readable_register(actor))
    if district is not None:
        query = query.where(School.district == district)
    found = [school_record(row, actor) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda school: (swedish_order(school["name"]), school["school_unit_code"]))


def places_by_key(
    session: Session, actor: Actor, sites: Collection[str], schools: Collection[str]
) -> dict[str, Record]:
    """Return those of some sites and schools that the actor may read, by id and school unit code.

    Schools without a position are not among them.
    """
    found: dict[str, Record] = {}
    if sites:
        query = select(Site.__table__).where(Site.id.in_(sites), ~Site.deleted, readable_sites(actor))
        found |= {row["id"]: site_record(row, actor) for row in session.execute(query).mappings()}
    if schools:
        named = select(School.__table__).where(School.school_unit_code.in_(schools), ~School.deleted)
        known = named.where(readable_register(actor), ~or_(School.lat.is_(None), School.lon.is_(None)))
        rows = session.execute(known).mappings()
        found |= {row["school_unit_code"]: school_record(row, actor) for row in rows}
    return found
