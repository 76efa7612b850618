"""Writes of the register by people: a new site, a change, a place in a mapping year. Each keeps history and audit.

The counter is taken before a site is read: two who write at once come one after the other, and the second reads what
the first wrote. Flush, never commit.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.places import facts
from fieldapp.places.history import note_change
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.names import plain, says_scene
from fieldapp.places.near import basis_now, judge_again, nearness_index
from fieldapp.places.outlines import outlines
from fieldapp.places.queries import mapping_years, readable_sites
from fieldapp.places.records import EDITORS, REGISTER_EDITORS
from fieldapp.places.rules import IN_FORCE, LISTED_KIND, NearnessRule, mapping_faults, priority_faults
from fieldapp.places.services import add_mapping, create_site
from fieldapp.sync.sequence import take_seqs

FIELDS = (
    "name", "public_label", "district", "kind", "is_public", "geometry", "coordinate_uncertainty_m",
    "geometry_valid_from", "priorities",
)  # fmt: skip
MAPPED = ("status", "related_site_id", "source", "reported_by", "decided_on")
Values = Mapping[str, Any]


def may_edit(actor: Actor, district: str) -> bool:
    """Say whether the sites of a district are the actor's to write (access.md)."""
    return actor.covers(district, *EDITORS)


def may_open_year(actor: Actor) -> bool:
    """Say whether the actor may be the first to map a site in a year: all the city's figures follow its newest one."""
    return actor.districts(*REGISTER_EDITORS) is None


def add_site(
    session: Session, *, actor: Actor, values: Values, reason: str | None, rule: NearnessRule, now: datetime,
    key: str | None = None,
) -> str:  # fmt: skip
    """Make a site and return its id; the same `key` again by the same person makes no second one.

    `values` are of `FIELDS`, the geometry sound and in WGS 84. Without a district it is that of where the site lies,
    without a public label *Plats i …*. Raises `Invalid`, `NotAllowed` where the district is not the actor's, and
    `Conflict` for a key that is something else's.
    """
    take_seqs(session, 1)  # whoever sends the same key at the same moment comes after
    if key is not None and (there := session.get(Site, key)) is not None:
        if there.created_by != actor.user_id or there.deleted or not may_edit(actor, there.district):
            raise Conflict
        return key
    given = {"kind": "other", "is_public": False, "coordinate_uncertainty_m": 0, "priorities": [], **values}
    given["district"] = given.get("district") or outlines(session).of_geometry(given["geometry"])
    if given["district"] is None:
        raise Invalid(fields={"district": ["required"]})
    today = local_date(now)
    given["geometry_valid_from"] = given.get("geometry_valid_from") or today
    if not given.get("public_label"):
        names = {district.code: district.name for district in facts.districts()}
        given["public_label"] = f"Plats i {names.get(given['district'], '')}"
    _check(given, today)
    if not may_edit(actor, given["district"]):
        raise NotAllowed
    _refuse_same_name(session, given["name"], given["district"])
    site = create_site(session, **given, rule=rule, created_by=actor.user_id, site_id=key)
    note_change(session, site=site, actor=actor, kind="created", before={}, after=given, reason=reason, now=now)
    audit.record(session, action="site.created", actor_id=actor.user_id, subject=site.id, district=site.district)
    return site.id


def change_site(
    session: Session, *, actor: Actor, site_id: str, version: int, values: Values, reason: str | None,
    rule: NearnessRule, now: datetime,
) -> int:  # fmt: skip
    """Change those of `FIELDS` that are given and are others than before; return the version then.

    A site that moves is judged anew. Raises `NotFound` also for a site of another's district, `Invalid`, and `Conflict`
    where it has changed after the version that was read.
    """
    seq = take_seqs(session, 1)[0]
    site = own_site(session, actor, site_id, version)
    today = local_date(now)
    new = {name: value for name, value in values.items() if getattr(site, name) != value}
    if "geometry" in new and new.get("geometry_valid_from") is None:
        new["geometry_valid_from"] = values.get("geometry_valid_from") or today
    if not new:
        return site.version
    _check(new, today)
    if "district" in new and not may_edit(actor, new["district"]):
        raise Invalid(fields={"district": ["not_your_district"]})
    if "name" in new or "district" in new:
        _refuse_same_name(session, new.get("name", site.name), new.get("district", site.district), site_id)
    before = {name: getattr(site, name) for name in new}
    for name, value in new.items():
        setattr(site, name, value)
    if new.keys() & {"geometry", "coordinate_uncertainty_m"}:
        judge_again(session, site, rule=rule, today=today)
    site.version, site.seq = site.version + 1, seq
    note_change(session, site=site, actor=actor, kind="changed", before=before, after=new, reason=reason, now=now)
    session.flush()
    audit.record(session, action="site.changed", actor_id=actor.user_id, subject=site_id, fields=sorted(new))
    return site.version


def map_site(
    session: Session, *, actor: Actor, site_id: str, version: int | None, year: int, values: Values,
    reason: str | None, rule: NearnessRule, now: datetime, is_correction: bool = False,
) -> None:  # fmt: skip
    """Give a site its place in the mapping of a year, or correct it; a site that is merged points to its heir.

    `values` are of `MAPPED`. The site itself follows its latest year: in force or not, near a school, merged or not; in
    force in any year it is an open drug scene.
    A year in which no site has a place is opened by those who write the whole city's register (`may_open_year`). Raises
    as `change_site`, and `Conflict` for a year that the site has already, `NotFound` for one to correct that it
    has not.
    """
    take_seqs(session, 1)
    site = own_site(session, actor, site_id, version)
    related = values["related_site_id"]
    into = select(Site.id, Site.merged_into_id).where(Site.merged_into_id.is_not(None), Site.id != site_id)
    merged = {row.id: row.merged_into_id for row in session.execute(into)}
    faults = mapping_faults(site_id, year, values["status"], related, values["decided_on"], local_date(now), merged)
    if not (is_correction or may_open_year(actor)) and year not in mapping_years(session):
        faults.setdefault("year", ["year_not_open"])
    known = select(Site.id).where(Site.id == related, ~Site.deleted, readable_sites(actor))
    if related is not None and not faults and session.scalar(known) is None:
        faults["related_site_id"] = ["unknown_id"]
    if faults:
        raise Invalid(fields=faults)
    before: dict[str, Any] = {}
    if is_correction:
        before = _correct(session, site, year, values, rule)
        if not before:
            return
    else:
        add_mapping(session, site_id=site_id, year=year, **values, rule=rule)
    if site.mappings[-1]["year"] == year:
        site.merged_into_id = related if values["status"] == "merged" else None
    after = {"year": year, **values}
    if values["status"] in IN_FORCE and site.kind != LISTED_KIND:
        before, after = before | {"kind": site.kind}, after | {"kind": LISTED_KIND}
        site.kind = LISTED_KIND
    kind = "mapping_corrected" if is_correction else "mapped"
    note_change(session, site=site, actor=actor, kind=kind, before=before, after=after, reason=reason, now=now)
    session.flush()
    action = f"site.{kind}"
    audit.record(session, action=action, actor_id=actor.user_id, subject=site_id, year=year, status=values["status"])


def own_site(session: Session, actor: Actor, site_id: str, version: int | None = None) -> Site:
    """Return a site that the actor may write, as it stands now. Raises `NotFound`, and `Conflict` for another version.

    One of a district that is another's is refused like one that does not exist.
    """
    query = select(Site).where(Site.id == site_id, ~Site.deleted, readable_sites(actor))
    site = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if site is None or not may_edit(actor, site.district):
        raise NotFound
    if version is not None and site.version != version:
        raise Conflict
    return site


def years_to_map(session: Session, actor: Actor, site: Values) -> list[int] | None:
    """Return the years that the actor may still map a site in, newest first; None where any will do."""
    if may_open_year(actor):
        return None
    return sorted(set(mapping_years(session)) - {one["year"] for one in site["mappings"]}, reverse=True)


def mapping_of(site: Values, year: int) -> dict[str, Any]:
    """Return a site's mapping of a year, of those its page shows. Raises `NotFound`."""
    found = [dict(one) for one in site["mappings"] if one["year"] == year]
    if not found:
        raise NotFound
    return found[0]


def _refuse_same_name(session: Session, name: str, district: str, site_id: str | None = None) -> None:
    """Refuse a name that another site of the district has: a file that names it could mean either."""
    others = select(Site.name).where(Site.district == district, ~Site.deleted)
    if site_id is not None:
        others = others.where(Site.id != site_id)
    if plain(name) in {plain(other) for other in session.scalars(others)}:
        raise Invalid(fields={"name": ["name_taken"]})


def _check(values: Values, today: date) -> None:
    faults = priority_faults(values.get("priorities", ()))
    if "district" in values and values["district"] not in facts.district_codes():
        faults["district"] = ["unknown_code"]
    if "public_label" in values and says_scene(values["public_label"]):
        faults["public_label"] = ["label_says_scene"]
    valid_from = values.get("geometry_valid_from")
    if valid_from is not None and valid_from > today:
        faults["geometry_valid_from"] = ["in_the_future"]
    if faults:
        raise Invalid(fields=faults)


def _correct(session: Session, site: Site, year: int, values: Values, rule: NearnessRule) -> dict[str, Any]:
    """Write a year's mapping anew, judged on its new date; return it as it was, empty where it is the same."""
    stored = session.scalars(
        select(SiteMapping).where(SiteMapping.site_id == site.id, SiteMapping.year == year)
    ).one_or_none()
    if stored is None:
        raise NotFound
    before = {"year": year, **{name: getattr(stored, name) for name in MAPPED}}
    if before == {"year": year, **values}:
        return {}
    for name in MAPPED:
        setattr(stored, name, values[name])
    is_latest = site.mappings[-1]["year"] == year
    if is_latest or values["decided_on"] != before["decided_on"]:
        index = nearness_index(session, rule)
        near = index.nearness(site.geometry, site.coordinate_uncertainty_m, on=values["decided_on"])
        stored.school_near, stored.schools = near.answer, near.schools
        for name, value in basis_now(session, rule).items():
            setattr(stored, name, value)
        if is_latest:
            site.school_near, site.schools = near.answer, near.schools
            site.is_listed = values["status"] in IN_FORCE
    said = {**values, "year": year, "decided_on": values["decided_on"].isoformat()}
    site.mappings = [said if entry["year"] == year else entry for entry in site.mappings]
    site.version, site.seq = site.version + 1, take_seqs(session, 1)[0]
    return before
