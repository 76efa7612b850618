"""Writes of a site's mapping years by people: one more, one corrected, one taken away. Each keeps history and audit.

As of the register: the counter is taken before the site is read. Flush, never commit.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ports import port
from fieldapp.places.history import kind_before_mapping, note_change
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.near import basis_now, judge_again, nearness_index, note_nearness
from fieldapp.places.queries import check_year, mapping_years, readable_sites
from fieldapp.places.records import REGISTER_EDITORS
from fieldapp.places.register import Values, own_site
from fieldapp.places.rules import IN_FORCE, LISTED_KIND, NearnessRule, mapping_faults, standing, survivor
from fieldapp.places.services import add_mapping
from fieldapp.sync.sequence import take_seqs

MAPPED = ("status", "related_site_id", "source", "reported_by", "decided_on")


def may_open_year(actor: Actor) -> bool:
    """Say whether the actor may be the first to map a site in a year: all the city's figures follow its newest one."""
    return actor.districts(*REGISTER_EDITORS) is None


def map_site(
    session: Session, *, actor: Actor, site_id: str, version: int | None, year: int, values: Values,
    reason: str | None, rule: NearnessRule, now: datetime, is_correction: bool = False,
) -> None:  # fmt: skip
    """Give a site its place in the mapping of a year, or correct it; a site that is merged points to its heir.

    `values` are of `MAPPED`. The site itself follows its latest year: in force or not, near a school, merged or not; in
    force in any year it is an open drug scene. A year in which no site has a place is opened by those who write the
    whole city's register (`may_open_year`). Raises as `register.change_site`, and `Conflict` for a year that the site
    has already, `NotFound` for one to correct that it has not.
    """
    take_seqs(session, 1)
    site = own_site(session, actor, site_id, version)
    related = values["related_site_id"]
    merged, today = _merged(session, site_id), local_date(now)
    faults = mapping_faults(site_id, year, values["status"], related, values["decided_on"], today, merged)
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


def unmap_site(
    session: Session, *, actor: Actor, site_id: str, version: int, year: int, reason: str, rule: NearnessRule,
    now: datetime,
) -> None:  # fmt: skip
    """Take away a mapping year that was added by mistake; the site follows the latest that is left.

    Without a year in force it is again of the kind that such a year ended, unless somebody said another since.

    Raises as `register.change_site`, `NotFound` for a year that the site has not, and `Invalid` at `year` where a
    school was told of it, where the latest that is left would end a merge where it began, or where no site would have
    the year any more and the actor opens none (`may_open_year`).
    """
    seq = take_seqs(session, 1)[0]
    site = own_site(session, actor, site_id, version)
    stored = _stored_mapping(session, site_id, year)
    if port("told_of_mapping")(session, site_id, year):
        raise Invalid(fields={"year": ["school_was_told"]})
    was_latest = site.mappings[-1]["year"] == year
    site.mappings = [entry for entry in site.mappings if entry["year"] != year]
    before = {"year": year, **{name: getattr(stored, name) for name in MAPPED}}
    session.delete(stored)
    session.flush()
    if not (may_open_year(actor) or year in mapping_years(session)):
        raise Invalid(fields={"year": ["year_would_close"]})
    if was_latest:
        now_stands = standing(site.mappings)
        into = now_stands["merged_into_id"]
        if into is not None and survivor(into, _merged(session, site_id)) == site_id:
            raise Invalid(fields={"year": ["year_before_merges"]})
        site.merged_into_id, site.is_listed = into, now_stands["is_listed"]
        judge_again(session, site, rule=rule, today=local_date(now))
    site.version, site.seq = site.version + 1, seq
    after: dict[str, Any] = dict.fromkeys(before)
    if site.kind == LISTED_KIND and not any(one["status"] in IN_FORCE for one in site.mappings):
        earlier = kind_before_mapping(session, site_id)
        if earlier is not None:
            before, after = before | {"kind": site.kind}, after | {"kind": earlier}
            site.kind = earlier
    kind = "mapping_removed"
    note_change(session, site=site, actor=actor, kind=kind, before=before, after=after, reason=reason, now=now)
    session.flush()
    audit.record(session, action="site.mapping_removed", actor_id=actor.user_id, subject=site_id, year=year)


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


def _merged(session: Session, site_id: str) -> dict[str, str]:
    """Return which of the other sites are merged into which."""
    into = select(Site.id, Site.merged_into_id).where(Site.merged_into_id.is_not(None), Site.id != site_id)
    return {row.id: row.merged_into_id for row in session.execute(into)}


def _stored_mapping(session: Session, site_id: str, year: int) -> SiteMapping:
    check_year(year)
    query = select(SiteMapping).where(SiteMapping.site_id == site_id, SiteMapping.year == year)
    stored = session.scalars(query).one_or_none()
    if stored is None:
        raise NotFound
    return stored


def _correct(session: Session, site: Site, year: int, values: Values, rule: NearnessRule) -> dict[str, Any]:
    """Write a year's mapping anew, judged on its new date; return it as it was, empty where it is the same."""
    stored = _stored_mapping(session, site.id, year)
    before = {"year": year, **{name: getattr(stored, name) for name in MAPPED}}
    if before == {"year": year, **values}:
        return {}
    for name in MAPPED:
        setattr(stored, name, values[name])
    is_latest = site.mappings[-1]["year"] == year
    if is_latest or values["decided_on"] != before["decided_on"]:
        index = nearness_index(session, rule)
        near = index.nearness(site.geometry, site.coordinate_uncertainty_m, on=values["decided_on"])
        note_nearness(stored, near, basis_now(session, rule))
        if is_latest:
            site.school_near, site.schools = near.answer, near.schools
            site.is_listed = values["status"] in IN_FORCE
    said = {**values, "year": year, "decided_on": values["decided_on"].isoformat()}
    site.mappings = [said if entry["year"] == year else entry for entry in site.mappings]
    site.version, site.seq = site.version + 1, take_seqs(session, 1)[0]
    return before
