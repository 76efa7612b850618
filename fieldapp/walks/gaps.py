"""Evenings at school-near places with neither plan, shift nor walk (definition: docs/decisions.md). Writes nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.outreach.models import Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.places.records import FULL_READERS
from fieldapp.plans.models import ShiftPlan
from fieldapp.plans.queries import plan_states, special_days
from fieldapp.walks import rules
from fieldapp.walks.models import Walk
from fieldapp.walks.queries import MAX_LIMIT, READERS, Row

MOST_DAYS = 62


def gaps(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    district: str | None = None,
    first: date,
    last: date,
    limit: int = 100,
    after: rules.Cell | None = None,
) -> tuple[list[Row], rules.Cell | None]:
    """Return a page of the evenings at school-near places that nothing covers, and the one the next begins after.

    Items `date, site_id, public_label, special_days`, of places the actor may read, by date and id; `after`: the last
    one of the page before. Definition: docs/decisions.md. Raises `NotFound` for a district that does not exist or is
    not the actor's to know, `Invalid` for a period that ends before it begins or is longer than 62 days.
    """
    if district is not None and (district not in district_codes() or not actor.covers(district, *READERS)):
        raise NotFound
    if last < first:
        raise Invalid(fields={"to": ["ended_before_started"]})
    if (last - first).days >= MOST_DAYS:
        raise Invalid(fields={"to": ["period_too_long"]})
    if not actor.has_role(*FULL_READERS):
        # Who coordinates walks plans ahead: which past evening was covered would tell when a unit was at a place.
        first = max(first, local_date(now))
    begin = first if after is None else max(first, after[1])
    if begin > last:
        return [], None
    places = _near_places(session, actor, district)
    covered = _covered(session, places, begin, last, now)
    labels = {place["id"]: place["public_label"] for place in places}
    special = special_days(session, begin, last)
    size = max(1, min(limit, MAX_LIMIT))
    days = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    page: list[rules.Cell] = []
    for site_id, day in rules.gaps(days, places, covered):
        if after is not None and (day, site_id) <= (after[1], after[0]):
            continue
        page.append((site_id, day))
        if len(page) > size:
            break
    items = [
        {
            "date": day.isoformat(),
            "site_id": site_id,
            "public_label": labels[site_id],
            "special_days": special.get(day, []),
        }
        for site_id, day in page[:size]
    ]
    return items, page[size - 1] if len(page) > size else None


def _near_places(session: Session, actor: Actor, district: str | None) -> list[Row]:
    """Read no more of a place than a volunteer may know."""
    query = select(Site.id, Site.district, Site.public_label).where(
        ~Site.deleted, Site.merged_into_id.is_(None), Site.school_near.in_(("yes", "uncertain")), readable_sites(actor)
    )
    held = actor.districts(*READERS) if district is None else frozenset({district})
    if held is not None:
        query = query.where(Site.district.in_(held))
    return [dict(row) for row in session.execute(query).mappings()]


def _covered(session: Session, places: Sequence[Row], first: date, last: date, now: datetime) -> rules.Covered:
    codes, ids = {place["district"] for place in places}, {place["id"] for place in places}
    start, end = local_day_bounds(first, last)
    whole, single = set(), set()
    table: Any = ShiftPlan.__table__
    planned = select(table).where(~ShiftPlan.deleted, ShiftPlan.date.between(first, last), table.c.district.in_(codes))
    found = [dict(row) for row in session.execute(planned).mappings()]
    states = plan_states(session, found, now)
    whole |= {(plan["date"], plan["district"]) for plan in found if states[plan["id"]] != "missing"}
    began = (Shift.deleted.is_(False), Shift.started_at >= start, Shift.started_at < end)
    unplanned = select(Shift.started_at, Shift.district).where(
        *began, Shift.plan_id.is_(None), Shift.district.in_(codes)
    )
    whole |= {(local_date(row.started_at), row.district) for row in session.execute(unplanned)}
    visited = (
        select(Shift.started_at, Visit.site_id)
        .join(Visit, Visit.shift_id == Shift.id)
        .where(*began, Visit.deleted.is_(False), Visit.outcome != "not_visited", Visit.site_id.in_(ids))
    )
    single |= {(local_date(row.started_at), row.site_id) for row in session.execute(visited)}
    walking = select(Walk.planned_start, Walk.site_ids).where(
        ~Walk.deleted, Walk.status != "cancelled", Walk.planned_start >= start, Walk.planned_start < end
    )
    for row in session.execute(walking):
        single |= {(local_date(row.planned_start), site_id) for site_id in row.site_ids}
    return rules.Covered(whole, single)
