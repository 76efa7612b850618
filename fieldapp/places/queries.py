"""Reads of places, each filtered by who asks (access.md). Writes nothing.

Also what packages above need to know of places when they judge a visit or a briefing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.places.facts import district_codes, neighbourhood_districts
from fieldapp.places.models import District, School, Site, SiteMapping
from fieldapp.places.records import FULL_READERS, READERS, reads_mappings, school_record, site_record
from fieldapp.places.rules import IN_FORCE, YEARS

__all__ = [
    "SiteFacts",
    "district_codes",
    "districts",
    "known_site_ids",
    "names_of",
    "names_to_choose",
    "mapping_summary",
    "mapping_years",
    "neighbourhood_districts",
    "readable_sites",
    "readable_whole",
    "school_districts",
    "schools",
    "site",
    "site_names",
    "sites",
    "sites_in_force",
    "year_basis",
]

MAX_LIMIT = 1000
Visits28d = Callable[[Session, Sequence[str]], dict[str, int]]
Page = dict[str, Any]


@dataclass(frozen=True)
class SiteFacts:
    """What a visit or a walk needs to know of a site."""

    district: str
    merged_into: str | None
    is_public: bool


def sites(
    session: Session,
    actor: Actor,
    *,
    visits_28d: Visits28d,
    district: str | None = None,
    year: int | None = None,
    school_near: str | None = None,
    listed: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page:
    """Return a page of sites the actor may read, ordered by id.

    With `year`: only sites with a mapping in it, `school_near`, `schools` and `listed` as of that year. Who may not
    know of mappings finds no site by them, and a year without a mapping has none. Raises `Invalid` for a district that
    does not exist.
    """
    _check_district(district)
    table = Site.__table__
    query = select(table).where(~Site.deleted)
    near: InstrumentedAttribute[str] = Site.school_near
    in_force = Site.is_listed.is_(True) if reads_mappings(actor) else false()
    if year is None:
        query = query.where(readable_sites(actor))
    else:
        near, in_force = SiteMapping.school_near, SiteMapping.status.in_(IN_FORCE)
        then = (near.label("near_then"), SiteMapping.schools.label("schools_then"), in_force.label("in_force_then"))
        query = query.join(SiteMapping, SiteMapping.site_id == Site.id).where(SiteMapping.year == year)
        query = query.add_columns(*then).where(_readable_in_year(actor))
    if district is not None:
        query = query.where(Site.district == district)
    if school_near is not None:
        query = query.where(near == school_near)
    if listed is not None:
        query = query.where(in_force if listed == "yes" else ~in_force)
    rows, following = _page(session, query, Site.id, limit, after)
    if year is not None:
        rows = [
            row | {"school_near": row["near_then"], "schools": row["schools_then"], "is_listed": row["in_force_then"]}
            for row in rows
        ]
    items = [site_record(row, actor) for row in rows]
    visits = visits_28d(session, [item["id"] for item in items])
    for item in items:
        if "last_visited_on" in item:  # who may not know when may not know how often
            item["visits_28d"] = visits.get(item["id"], 0)
    return {"items": items, "next": following}


def site(session: Session, actor: Actor, site_id: str, *, visits_28d: Visits28d) -> dict[str, Any]:
    """Return one site as `sites` gives it, with `version`, `is_public` and `geometry_valid_from`. Raises `NotFound`."""
    query = select(Site.__table__).where(Site.id == site_id, ~Site.deleted, readable_sites(actor))
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound
    kept = ("version", "is_public", "geometry_valid_from")
    counted = {"visits_28d": visits_28d(session, [site_id]).get(site_id, 0)}
    return site_record(row, actor) | {name: row[name] for name in kept} | counted


def schools(
    session: Session,
    actor: Actor,
    *,
    district: str | None = None,
    near_site: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page:
    """Return a page of school units, ordered by code; `near_site` gives those the site's nearness rests on.

    Raises `Invalid` for a district that does not exist, and for a site that does not or is not the actor's to know.
    """
    _check_district(district)
    query = select(School.__table__).where(~School.deleted)
    if district is not None:
        query = query.where(School.district == district)
    if near_site is not None:
        known = select(Site.schools).where(Site.id == near_site, ~Site.deleted, readable_sites(actor))
        found = session.execute(known).scalar_one_or_none()
        if found is None:
            raise Invalid(fields={"near_site": ["unknown_id"]})
        query = query.where(School.school_unit_code.in_([school["school_unit_code"] for school in found]))
    rows, following = _page(session, query, School.school_unit_code, limit, after)
    return {"items": [school_record(row, actor) for row in rows], "next": following}


def districts(session: Session) -> list[dict[str, Any]]:
    """Return every district with its outline, ordered by code."""
    query = select(District.__table__).where(~District.deleted).order_by(District.code)
    return [dict(row) for row in session.execute(query).mappings()]


def check_year(year: int) -> None:
    """Refuse a number of an address that can't be a year, and that no database may take. Raises `NotFound`."""
    if not YEARS[0] <= year <= YEARS[1]:
        raise NotFound


def mapping_summary(session: Session, year: int) -> dict[str, Any]:
    """Count the sites of a mapping year: for the city, by district, and what nearness was decided with.

    Nearness is counted among the sites in force that year. Raises `NotFound` for a year without a mapping.
    """
    check_year(year)
    in_force = SiteMapping.status.in_(IN_FORCE)
    counts = {
        "listed": in_force,
        "struck": SiteMapping.status == "struck",
        "school_near": and_(in_force, SiteMapping.school_near == "yes"),
        "school_near_uncertain": and_(in_force, SiteMapping.school_near == "uncertain"),
    }
    columns = [func.coalesce(func.sum(case((what, 1), else_=0)), 0).label(name) for name, what in counts.items()]
    of_year = SiteMapping.year == year
    joined = select(Site.district, *columns).join(SiteMapping, SiteMapping.site_id == Site.id)
    rows = session.execute(joined.where(of_year, ~Site.deleted).group_by(Site.district)).mappings()
    found = {row["district"]: {name: int(row[name]) for name in counts} for row in rows}
    if not found:
        raise NotFound
    none: dict[str, int] = dict.fromkeys(counts, 0)
    return {
        "year": year,
        **{name: sum(row[name] for row in found.values()) for name in counts},
        "by_district": [{"district": code, **found.get(code, none)} for code in sorted(district_codes())],
        "basis": year_basis(session, year),
    }


def year_basis(session: Session, year: int) -> dict[str, Any]:
    """Return what nearness in a mapping year was judged with: `{radius_m, school_forms, register_date}`.

    Places that a later year knows keep what they were judged with then: it is what most of the year's places say, of
    as many the newest register. There is such a year.
    """
    columns = select(SiteMapping.register_date, SiteMapping.radius_m, SiteMapping.school_forms)
    rows = session.execute(columns.where(SiteMapping.year == year))
    said = Counter((day.isoformat() if day else "", radius_m, tuple(forms)) for day, radius_m, forms in rows)
    register_date, radius_m, forms = max(said, key=lambda one: (said[one], one))
    return {"radius_m": radius_m, "school_forms": list(forms), "register_date": register_date or None}


def mapping_years(session: Session) -> list[int]:
    """Return the years there is a mapping of, in order."""
    return list(session.scalars(select(SiteMapping.year).distinct().order_by(SiteMapping.year)))


def sites_in_force(session: Session, year: int, *, districts: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Return `id, name, district, is_public, status, school_near, schools` of the sites in force in a mapping year.

    By district and name, those of some districts or of all (None). Whose to know they are is the caller's to ask.
    """
    query = (
        select(
            Site.id, Site.name, Site.district, Site.is_public, SiteMapping.status, SiteMapping.school_near,
            SiteMapping.schools,
        )
        .join(SiteMapping, SiteMapping.site_id == Site.id)
        .where(SiteMapping.year == year, SiteMapping.status.in_(IN_FORCE), ~Site.deleted)
    )  # fmt: skip
    if districts is not None:
        query = query.where(Site.district.in_(list(districts)))
    found = [dict(row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda site: (site["district"], swedish_order(site["name"]), site["id"]))


def site_names(session: Session) -> tuple[str, ...]:
    """Return the names of all sites, to tell them from names of people; nobody is shown them."""
    return tuple(session.scalars(select(Site.name).where(Site.deleted.is_(False))))


def names_to_choose(session: Session, actor: Actor, chosen: str | None = None) -> dict[str, str]:
    """Return the names, by id, of the sites the actor may read and that are not merged into another, or are chosen.

    In the order of their names.
    """
    stands = or_(Site.merged_into_id.is_(None), Site.id == chosen)
    rows = session.execute(select(Site.id, Site.name).where(~Site.deleted, stands, readable_sites(actor)))
    return {row.id: row.name for row in sorted(rows, key=lambda row: (swedish_order(row.name), row.id))}


def names_of(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """Return the names, by id, of those of the sites that the actor may know."""
    query = select(Site.id, Site.name).where(Site.id.in_(list(ids)), ~Site.deleted, readable_sites(actor))
    return {row.id: row.name for row in session.execute(query)}


def known_site_ids(session: Session, ids: Iterable[str]) -> dict[str, SiteFacts]:
    """Return what is known of those of the ids that are sites."""
    query = select(Site.id, Site.district, Site.merged_into_id, Site.is_public)
    found = session.execute(query.where(Site.id.in_(list(ids)), ~Site.deleted))
    return {row.id: SiteFacts(row.district, row.merged_into_id, row.is_public) for row in found}


def school_districts(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Return school unit code → district code for those of the codes that are in the register."""
    query = select(School.school_unit_code, School.district)
    found = session.execute(query.where(School.school_unit_code.in_(list(codes)), ~School.deleted))
    return {row.school_unit_code: row.district for row in found}


def readable_sites(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `sites` that the actor may read the row at all."""
    if actor.has_role("walk_coordinator") and not actor.has_role(*FULL_READERS):
        return Site.is_public.is_(True)
    return readable_whole(actor)


def readable_whole(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `sites` that the actor may read more of it than name and whereabouts (`site_record`)."""
    if actor.has_role(*FULL_READERS):
        return true()
    return and_(Site.is_public, Site.is_listed) if actor.has_role("viewer") else false()


def readable_register(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `districts` and `schools`: public registers, for every role."""
    return true() if actor.has_role(*READERS) else false()


def _readable_in_year(actor: Actor) -> ColumnElement[bool]:
    if actor.has_role(*FULL_READERS):
        return true()
    return and_(Site.is_public, SiteMapping.status.in_(IN_FORCE)) if actor.has_role("viewer") else false()


def _check_district(district: str | None) -> None:
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})


def _page(
    session: Session, query: Select[Any], key: Any, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    size = max(1, min(limit, MAX_LIMIT))
    if after is not None:
        query = query.where(key > after)
    rows = [dict(row) for row in session.execute(query.order_by(key).limit(size + 1)).mappings()]
    return rows[:size], rows[size - 1][key.key] if len(rows) > size else None
