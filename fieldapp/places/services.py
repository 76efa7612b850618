"""Writes of places: check, change, take the next number in the server's order. Flush, never commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.geodesy import UnreadableGeometry, read_geometry, write_geometry
from fieldapp.core.ids import new_id
from fieldapp.places import facts
from fieldapp.places.models import District, School, Site, SiteMapping
from fieldapp.places.near import basis_now, nearness_index
from fieldapp.places.rules import IN_FORCE, NearnessIndex, NearnessRule
from fieldapp.sync.sequence import take_seqs


def nearness_rule() -> NearnessRule:
    """Return what near means in this installation (README, Settings)."""
    settings = current_app.config["SETTINGS"]
    return NearnessRule(settings.school_radius_m, settings.school_forms)


def load_districts(session: Session) -> int:
    """Store the districts of the product's facts that are missing; return how many were."""
    present = set(session.execute(select(District.code)).scalars())
    missing = [district for district in facts.districts() if district.code not in present]
    if not missing:
        return 0
    for district, seq in zip(missing, take_seqs(session, len(missing)), strict=True):
        session.add(
            District(
                code=district.code,
                name=district.name,
                neighbourhoods=[place.name for place in district.neighbourhoods],
                police_areas=list(district.police_areas),
                geometry=facts.outlines()[district.code],
                schematic=True,
                **_new_row(None, None, utc_now()),
                seq=seq,
            )
        )
    session.flush()
    return len(missing)


def create_site(
    session: Session,
    *,
    name: str,
    public_label: str,
    district: str,
    kind: str,
    geometry: Mapping[str, Any],
    coordinate_uncertainty_m: int = 0,
    geometry_valid_from: date | None = None,
    safety_level: str = "normal",
    safety_reason: str | None = None,
    safety_review_on: date | None = None,
    is_public: bool = False,
    priorities: list[dict[str, Any]] | None = None,
    merged_into_id: str | None = None,
    rule: NearnessRule,
    index: NearnessIndex | None = None,
    created_by: str | None = None,
    site_id: str | None = None,
) -> Site:
    """Create a site, near a school or not as of today; who creates many hands over one `index` of the schools.

    Raises `Invalid` for an unknown district or a bad geometry."""
    if district not in facts.district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    try:
        written = write_geometry(read_geometry(geometry))
    except UnreadableGeometry as error:
        raise Invalid(fields={"geometry": ["bad_geometry"]}) from error
    now = utc_now()
    schools = index or nearness_index(session, rule)
    near = schools.nearness(written, coordinate_uncertainty_m, on=local_date(now))
    site = Site(
        name=name,
        public_label=public_label,
        district=district,
        kind=kind,
        geometry=written,
        coordinate_uncertainty_m=coordinate_uncertainty_m,
        geometry_valid_from=geometry_valid_from,
        safety_level=safety_level,
        safety_reason=safety_reason,
        safety_review_on=safety_review_on,
        safety_set_by=created_by if safety_level != "normal" else None,
        safety_set_at=now if safety_level != "normal" else None,
        is_public=is_public,
        priorities=priorities or [],
        merged_into_id=merged_into_id,
        mappings=[],
        is_listed=False,
        school_near=near.answer,
        schools=near.schools,
        **_new_row(site_id, created_by, now),
        seq=take_seqs(session, 1)[0],
    )
    session.add(site)
    session.flush()
    return site


def create_school(
    session: Session,
    *,
    school_unit_code: str,
    name: str,
    school_forms: list[str],
    grades: list[str],
    organiser: str,
    district: str,
    lat: float | None,
    lon: float | None,
    status: str = "active",
    active_from: date | None = None,
    active_to: date | None = None,
    registered_on: date | None = None,
    school_id: str | None = None,
) -> School:
    """Create a school unit. Raises `Invalid` for an unknown district."""
    if district not in facts.district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    school = School(
        school_unit_code=school_unit_code,
        name=name,
        school_forms=school_forms,
        grades=grades,
        organiser=organiser,
        district=district,
        lat=lat,
        lon=lon,
        status=status,
        active_from=active_from,
        active_to=active_to,
        registered_on=registered_on,
        **_new_row(school_id, None, utc_now()),
        seq=take_seqs(session, 1)[0],
    )
    session.add(school)
    session.flush()
    return school


def add_mapping(
    session: Session,
    *,
    site_id: str,
    year: int,
    status: str,
    source: str,
    reported_by: str,
    decided_on: date,
    rule: NearnessRule,
    index: NearnessIndex | None = None,
    related_site_id: str | None = None,
) -> SiteMapping:
    """Record a site's place in the mapping of a year, with nearness to the schools active on `decided_on`.

    The site's own answer follows its latest mapping. Raises `NotFound`, or `Conflict` for a year it already has.
    """
    site = session.get(Site, site_id)
    if site is None or site.deleted:
        raise NotFound
    if any(mapping["year"] == year for mapping in site.mappings):
        raise Conflict
    schools = index or nearness_index(session, rule)
    near = schools.nearness(site.geometry, site.coordinate_uncertainty_m, on=decided_on)
    mapping = SiteMapping(
        id=new_id(),
        site_id=site_id,
        year=year,
        status=status,
        related_site_id=related_site_id,
        source=source,
        reported_by=reported_by,
        decided_on=decided_on,
        school_near=near.answer,
        schools=near.schools,
        **basis_now(session, rule),
    )
    session.add(mapping)
    site.mappings = sorted([*site.mappings, _copy(mapping)], key=lambda entry: int(entry["year"]))
    if site.mappings[-1]["year"] == year:
        site.school_near, site.schools, site.is_listed = near.answer, near.schools, status in IN_FORCE
    site.version += 1
    site.seq = take_seqs(session, 1)[0]
    session.flush()
    return mapping


@dataclass(frozen=True)
class Lately:
    """Visits to a site by all units in the four weeks up to the last one, and those with something noted."""

    visits: int = 0
    noted: int = 0


def note_visits(
    session: Session, last_visits: Mapping[str, date | None], lately_of: Callable[[Sequence[str]], Mapping[str, Lately]]
) -> list[str]:
    """Store the newest visit date of each site; return the ids of those it changed, which alone travel again.

    How often they were visited lately is asked for, and travels, only with a date that moves: once a day at the most.
    The version stays: a form that stands open at the desk holds nothing of it.
    """
    query = select(Site.id, Site.last_visited_on).where(Site.id.in_(list(last_visits)))
    changed = sorted(row.id for row in session.execute(query) if row.last_visited_on != last_visits[row.id])
    if not changed:
        return []
    lately = lately_of(changed)
    for site_id, seq in zip(changed, take_seqs(session, len(changed)), strict=True):
        found = asdict(lately.get(site_id) or Lately())
        values = {"last_visited_on": last_visits[site_id], "visits_lately": found, "seq": seq}
        session.execute(update(Site).where(Site.id == site_id).values(values))
    return changed


def _copy(mapping: SiteMapping) -> dict[str, Any]:
    fields = ("year", "status", "related_site_id", "source", "reported_by")
    return {field: getattr(mapping, field) for field in fields} | {"decided_on": mapping.decided_on.isoformat()}


def _new_row(row_id: str | None, created_by: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": row_id or new_id(),
        "version": 1,
        "deleted": False,
        "flags": [],
        "created_by": created_by,
        "created_at": now,
        "received_at": now,
    }
