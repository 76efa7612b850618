"""School-near of the sites, kept with them: recomputed when a site or a school changes, and what another radius gives.

A site's answer is that of its latest mapping, on the date that one was decided, with the schools as they are known
now; one without a mapping is judged as of today. Mappings of earlier years stay as they were decided.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.places.models import School, Site, SiteMapping
from fieldapp.places.rules import ANSWERS, Nearness, NearnessIndex, NearnessRule, SchoolFacts
from fieldapp.sync.sequence import take_seqs

STEP = 100  # sites between two words of how far it has come
Progress = Callable[[int, int], None]


def nearness_index(session: Session, rule: NearnessRule) -> NearnessIndex:
    """Return the schools that count, found by where they lie."""
    columns = (
        School.school_unit_code,
        School.name,
        School.school_forms,
        School.status,
        School.lat,
        School.lon,
        School.active_from,
        School.active_to,
    )
    rows = session.execute(select(*columns).where(~School.deleted))
    schools = (
        SchoolFacts(code, name, tuple(forms), status, lat, lon, active_from, active_to)
        for code, name, forms, status, lat, lon, active_from, active_to in rows
    )
    return NearnessIndex(schools, rule=rule)


def basis_now(session: Session, rule: NearnessRule) -> dict[str, Any]:
    """Return what an answer given now rests on, as columns of a mapping: `radius_m, school_forms, register_date`."""
    newest = session.execute(select(func.max(School.registered_on)).where(~School.deleted)).scalar()
    return {"radius_m": rule.radius_m, "school_forms": list(rule.school_forms), "register_date": newest}


def recompute(session: Session, *, rule: NearnessRule, today: date, progress: Progress = lambda done, of: None) -> int:
    """Judge every site anew, and return how many came out otherwise; these alone travel to phones again.

    The latest mapping of each says what it was judged with, whether or not its answer is another. The version stays: a
    form that stands open at the desk holds nothing of it.
    """
    session.flush()
    index, basis = nearness_index(session, rule), basis_now(session, rule)
    sites = session.scalars(select(Site).where(~Site.deleted).order_by(Site.id)).all()
    latest = _latest_mappings(session)
    changed = []
    for number, site in enumerate(sites):
        if number % STEP == 0:
            progress(number, len(sites))
        near = index.nearness(site.geometry, site.coordinate_uncertainty_m, on=_as_of(site.mappings, today))
        if (near.answer, near.schools) != (site.school_near, site.schools):
            changed.append(site)
        _write(site, latest.get(site.id), near, basis)
    progress(len(sites), len(sites))
    for site, seq in zip(changed, take_seqs(session, len(changed)) if changed else (), strict=True):
        site.seq = seq
    session.flush()
    return len(changed)


def judge_again(session: Session, site: Site, *, rule: NearnessRule, today: date) -> None:
    """Judge one site that has moved; its version and its place in the server's order are the caller's."""
    index = nearness_index(session, rule)
    near = index.nearness(site.geometry, site.coordinate_uncertainty_m, on=_as_of(site.mappings, today))
    _write(site, _latest_mappings(session, site.id).get(site.id), near, basis_now(session, rule))


def _latest_mappings(session: Session, site_id: str | None = None) -> dict[str, SiteMapping]:
    newest = select(SiteMapping.site_id, func.max(SiteMapping.year).label("year")).group_by(SiteMapping.site_id)
    if site_id is not None:
        newest = newest.where(SiteMapping.site_id == site_id)
    of = newest.subquery()
    query = select(SiteMapping).join(of, (SiteMapping.site_id == of.c.site_id) & (SiteMapping.year == of.c.year))
    return {mapping.site_id: mapping for mapping in session.scalars(query)}


def _write(site: Site, latest: SiteMapping | None, near: Nearness, basis: Mapping[str, Any]) -> None:
    site.school_near, site.schools = near.answer, near.schools
    if latest is not None:
        note_nearness(latest, near, basis)


def note_nearness(mapping: SiteMapping, near: Nearness, basis: Mapping[str, Any]) -> None:
    """Write on a mapping what was answered, and what the answer rests on (`basis_now`)."""
    mapping.school_near, mapping.schools = near.answer, near.schools
    for name, value in basis.items():
        setattr(mapping, name, value)


def effect_of_radius(session: Session, radii_m: Sequence[int], *, rule: NearnessRule, today: date) -> dict[str, Any]:
    """Return what other radii than the setting's would give: of the listed sites, and which would change.

    `{"listed", "radii": [{radius_m, yes, uncertain, no, moved: [{site_id, name, district, before, after}]}]}`;
    `before` is what the setting gives now. Writes nothing.
    """
    columns = (Site.id, Site.name, Site.district, Site.geometry, Site.coordinate_uncertainty_m, Site.mappings)
    listed = select(*columns).where(Site.is_listed, ~Site.deleted).order_by(Site.name)
    sites = session.execute(listed).all()

    def answers(radius_m: int) -> list[str]:
        index = nearness_index(session, replace(rule, radius_m=radius_m))
        return [
            index.nearness(site.geometry, site.coordinate_uncertainty_m, on=_as_of(site.mappings, today)).answer
            for site in sites
        ]

    now = answers(rule.radius_m)
    found = []
    for radius_m in radii_m:
        then = answers(radius_m)
        counted = Counter(then)
        moved = [
            {"site_id": site.id, "name": site.name, "district": site.district, "before": before, "after": after}
            for site, before, after in zip(sites, now, then, strict=True)
            if before != after
        ]
        answered: dict[str, Any] = {answer: counted[answer] for answer in ANSWERS}
        found.append({"radius_m": radius_m, **answered, "moved": moved})
    return {"listed": len(sites), "radii": found}


def _as_of(mappings: Sequence[dict[str, Any]], today: date) -> date:
    return date.fromisoformat(mappings[-1]["decided_on"]) if mappings else today
