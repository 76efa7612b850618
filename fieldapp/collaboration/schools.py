"""Reads of the school's part in the work with a place, and of which schools are to be told of what. Writes nothing.

Of the districts that field workers, leads and analysts read; a viewer reads none of it, as nothing here is approved.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from fieldapp.collaboration import informing, queries, rules
from fieldapp.collaboration.models import SchoolPart
from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.places.models import School, Site, SiteMapping
from fieldapp.places.queries import check_year, mapping_years, readable_sites

READERS = queries.OF_DISTRICT
Row = dict[str, Any]
Key = tuple[str, str]  # site id, school unit code
Event = tuple[str, Mapping[str, Any], str]  # site id, school, what it is to know


def parts_of_site(session: Session, actor: Actor, site_id: str, year: int) -> list[Row]:
    """Return each school of a place with what is said of its part in a year, nearest first.

    Schools are those within the radius in the mapping the year rests on, in the one before it or now, and those of
    which anything is said. Raises `NotFound` for a site that is not the actor's to know, or not in their district.
    """
    site = queries.site(session, actor, site_id)
    if not actor.covers(site["district"], *READERS):
        raise NotFound
    check_year(year)
    return [{**row, "site": site} for row in _schools_of(session, [site_id], year)[site_id]]


def parts_of_year(
    session: Session, actor: Actor, year: int, ids: Collection[str], *, district: str | None = None
) -> list[Row]:
    """Return each school of some places, and of all of which anything is said in the year, with its `site`.

    In the order of district and name, each place's nearest first; of the districts that the actor reads it of, and of
    `district` alone where one is asked for.
    """
    of_year = select(SchoolPart.site_id).where(SchoolPart.year == year)
    query = select(Site.id, Site.name, Site.district).where(
        ~Site.deleted, readable_sites(actor), queries.in_district(actor), or_(Site.id.in_(ids), Site.id.in_(of_year))
    )
    if district is not None:
        query = query.where(Site.district == district)
    rows = session.execute(query).mappings()
    sites = sorted(rows, key=lambda one: (one["district"], swedish_order(one["name"]), one["id"]))
    found = _schools_of(session, [site["id"] for site in sites], year)
    return [{**row, "site": dict(site)} for site in sites for row in found[site["id"]]]


def newest_year(session: Session, site_id: str, today: date) -> int:
    """Return the newest year that was mapped or of which anything is said at a place, of those with a page."""
    said = session.scalars(select(SchoolPart.year).where(SchoolPart.site_id == site_id).distinct())
    known = (year for year in (*mapping_years(session), *said) if not rules.year_faults(year, today))
    return max(known, default=today.year)


def part_of_school(session: Session, actor: Actor, site_id: str, year: int, code: str) -> Row:
    """Return what is said of one school's part; version 0 where nothing is. Raises `NotFound`."""
    found = next((row for row in parts_of_site(session, actor, site_id, year) if row["school_unit_code"] == code), None)
    if found is None:
        raise NotFound
    return found


def to_inform(session: Session, actor: Actor, year: int | None = None, *, district: str | None = None) -> Row:
    """Return what schools are still to be told of, in the districts the actor writes in.

    `year`: a mapping year, by default the newest. `items`: `{site_id, site_name, district, school_unit_code,
    school_name, distance_m, event}`; `years`: `{year, waiting}` of every mapping with one before it, newest first.
    Raises `NotFound` for a year without a mapping and for a district that is not the actor's to write in.
    """
    written = queries.districts_written(actor)
    if district is not None and district not in written:
        raise NotFound
    mapped = mapping_years(session)
    asked = year if year is not None else (mapped[-1] if mapped else None)
    if asked is not None and asked not in mapped:
        raise NotFound
    there = written if district is None else {district}
    waiting = {now: _waiting(session, before, now, there) for before, now in zip(mapped, mapped[1:], strict=False)}
    return {
        "year": asked,
        "items": _named(session, waiting.get(asked, []) if asked is not None else []),
        "years": [{"year": one, "waiting": len(waiting[one])} for one in sorted(waiting, reverse=True)],
    }


def told_of_mapping(session: Session, site_id: str, year: int) -> bool:
    """Say whether a school was told of what a place's mapping of a year says, or that was set aside.

    What it says is otherwise than the mapping before, and the one after is otherwise than it. A school is told in the
    year that is worked, which rests on a mapping of another (`rules.nearest_year`).
    """
    mapped = mapping_years(session)
    concerned = {year, *[one for one in mapped if one > year][:1]}
    query = select(SchoolPart.year).where(
        SchoolPart.site_id == site_id,
        or_(SchoolPart.informed_of.in_(informing.EVENTS), SchoolPart.set_aside_of.in_(informing.EVENTS)),
    )
    return any(rules.nearest_year(mapped, told) in concerned for told in session.scalars(query.distinct()))


def number_to_inform(session: Session, actor: Actor) -> int:
    """Count what schools are to be told of in the newest mapping, in the districts the actor writes in."""
    mapped = mapping_years(session)
    if len(mapped) < 2 or not actor.has_role(*queries.WRITERS):
        return 0
    return len(_waiting(session, mapped[-2], mapped[-1], queries.districts_written(actor)))


def _waiting(session: Session, before: int, now: int, districts: Iterable[str]) -> list[Event]:
    """Return what of a mapping nobody was told of yet, without names: the leader's queue counts it on every page."""
    there = and_(~Site.deleted, Site.merged_into_id.is_(None), Site.district.in_(list(districts)))
    found = list(informing.events(_mappings(session, before, there), _mappings(session, now, there)))
    said = _parts(session, now, {site_id for site_id, *_ in found})
    parts: dict[Key, Row] = {(row["site_id"], row["school_unit_code"]): row for row in said}
    at_work = _names(session, {school["school_unit_code"] for _, school, _ in found})
    return [
        (site_id, school, event)
        for site_id, school, event in found
        if school["school_unit_code"] in at_work
        and not informing.is_settled(parts.get((site_id, school["school_unit_code"])), event)
    ]


def _named(session: Session, waiting: list[Event]) -> list[Row]:
    query = select(Site.id, Site.name, Site.district).where(Site.id.in_({site_id for site_id, *_ in waiting}))
    sites = {row.id: row for row in session.execute(query)}
    items = [
        {
            "site_id": site_id,
            "site_name": sites[site_id].name,
            "district": sites[site_id].district,
            "school_unit_code": school["school_unit_code"],
            "school_name": school["name"],
            "distance_m": school["distance_m"],
            "event": event,
        }
        for site_id, school, event in waiting
    ]

    def by_place(one: Row) -> tuple[str, str, str, float]:
        return one["district"], swedish_order(one["site_name"]), one["site_id"], one["distance_m"]

    return sorted(items, key=by_place)


def _schools_of(session: Session, ids: Collection[str], year: int) -> dict[str, list[Row]]:
    """Return the schools of each of some places with what is said of their part in a year, nearest first."""
    said: dict[str, dict[str, Row]] = {}
    for row in _parts(session, year, ids):
        said.setdefault(row["site_id"], {})[row["school_unit_code"]] = row
    near, before = (_mappings(session, one, Site.id.in_(ids)) for one in _nearest(session, year))
    current = {row.id: row.schools for row in session.execute(select(Site.id, Site.schools).where(Site.id.in_(ids)))}
    names = _names(session, {code for parts in said.values() for code in parts})
    found = {}
    for site_id in ids:
        there = informing.by_code(near.get(site_id, {}).get("schools", ()))
        earlier = informing.by_code(before.get(site_id, {}).get("schools", ()))
        known = {**earlier, **informing.by_code(current.get(site_id) or []), **there}
        parts = said.get(site_id, {})
        rows = [
            {
                "school_unit_code": code,
                "name": known[code]["name"] if code in known else names.get(code, code),
                "distance_m": known[code]["distance_m"] if code in known else None,
                "is_near": code in there,
                **_said(parts.get(code)),
                "site_id": site_id,
                "year": year,
            }
            for code in known.keys() | parts.keys()
        ]
        found[site_id] = sorted(rows, key=_nearest_first)
    return found


def _nearest_first(row: Row) -> tuple[bool, int, str]:
    return row["distance_m"] is None, row["distance_m"] or 0, row["school_unit_code"]


def _nearest(session: Session, year: int) -> tuple[int | None, int | None]:
    """Return the mapping year that a year rests on, and the one before it."""
    now = queries.mapping_year(session, year)
    earlier = [one for one in mapping_years(session) if now is not None and one < now]
    return now, earlier[-1] if earlier else None


def _mappings(session: Session, year: int | None, of_sites: ColumnElement[bool]) -> dict[str, Row]:
    """Return `status, schools` in the mapping of a year by site, of the sites that a condition holds for."""
    query = (
        select(SiteMapping.site_id, SiteMapping.status, SiteMapping.schools)
        .join(Site, Site.id == SiteMapping.site_id)
        .where(SiteMapping.year == year, of_sites)
    )
    return {row["site_id"]: dict(row) for row in session.execute(query).mappings()}


def _parts(session: Session, year: int, ids: Iterable[str]) -> list[Row]:
    query = select(SchoolPart.__table__).where(SchoolPart.year == year, SchoolPart.site_id.in_(list(ids)))
    return [dict(row) for row in session.execute(query).mappings()]


def _names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of those of the codes that are schools at work: others have nobody to tell."""
    query = select(School.school_unit_code, School.name).where(
        School.school_unit_code.in_(list(codes)), ~School.deleted, School.status == "active"
    )
    return {row.school_unit_code: row.name for row in session.execute(query)}


def _said(row: Row | None) -> Row:
    if row is None:
        return {**informing.NOTHING_SAID, "version": 0}
    return {name: row[name] for name in (*informing.PART, "version")}
