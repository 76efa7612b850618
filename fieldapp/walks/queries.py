"""Reads of night walks, filtered by grant (access.md). Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.errors import Invalid
from fieldapp.places.facts import district_codes
from fieldapp.walks import rules
from fieldapp.walks.models import CalendarFeed, Walk, WalkGroup
from fieldapp.walks.tokens import token_hash

READERS = ("field_worker", "team_lead", "walk_coordinator", "analyst")
ON_PHONE = ("field_worker", "team_lead", "walk_coordinator")  # an analyst reads at a desk
WRITERS = ("team_lead", "walk_coordinator")
BEHIND, AHEAD = timedelta(days=14), timedelta(days=60)
FAR_PAST, FAR_FUTURE = date(2000, 1, 1), date(2199, 12, 31)
MAX_LIMIT = 1000
Row = dict[str, Any]


def visible_groups(actor: Actor) -> ColumnElement[bool]:
    """Groups of the districts the grants reach."""
    return _reached(actor, READERS, WalkGroup.district)


def groups_on_phone(actor: Actor) -> ColumnElement[bool]:
    """Return the groups a phone holds: the district's."""
    return _reached(actor, ON_PHONE, WalkGroup.district)


def writable_groups(actor: Actor) -> ColumnElement[bool]:
    """Groups of the districts in which the actor writes them."""
    return _reached(actor, WRITERS, WalkGroup.district)


def visible_walks(actor: Actor) -> ColumnElement[bool]:
    """Walks of the districts the grants reach."""
    return _reached(actor, READERS, Walk.district)


def walks_on_phone(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the walks a phone holds: the district's from 14 days back to 60 ahead."""
    today = local_date(now)
    start, end = local_day_bounds(today - BEHIND, today + AHEAD)
    return and_(_reached(actor, ON_PHONE, Walk.district), Walk.planned_start >= start, Walk.planned_start < end)


def _reached(actor: Actor, roles: Sequence[str], district: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    held = actor.districts(*roles)
    if held is None:
        return true()
    return district.in_(held) if held else false()


def walks(
    session: Session,
    actor: Actor,
    *,
    district: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 100,
    after: str | None = None,
) -> tuple[list[Any], str | None]:
    """Return a page of the walks the actor may read, as rows by their start, and the id the next one begins after.

    Raises `Invalid` for a district that does not exist and for an `after` that is not the actor's to know.
    """
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    table: Any = Walk.__table__
    start, end = local_day_bounds(first or FAR_PAST, last or FAR_FUTURE)
    conditions = [~Walk.deleted, visible_walks(actor), Walk.planned_start >= start, Walk.planned_start < end]
    if district is not None:
        conditions.append(Walk.district == district)
    if after is not None:
        conditions.append(_later_than(session, actor, after))
    size = max(1, min(limit, MAX_LIMIT))
    query = select(table).where(*conditions).order_by(table.c.planned_start, table.c.id).limit(size + 1)
    rows = list(session.execute(query).mappings())
    return rows[:size], rows[size - 1]["id"] if len(rows) > size else None


def _later_than(session: Session, actor: Actor, walk_id: str) -> ColumnElement[bool]:
    known = select(Walk.planned_start).where(Walk.id == walk_id, visible_walks(actor))
    start = session.execute(known).scalar_one_or_none()
    if start is None:
        raise Invalid(fields={"after": ["unknown_id"]})
    return or_(Walk.planned_start > start, and_(Walk.planned_start == start, Walk.id > walk_id))


def feed_owner(session: Session, token: str) -> str | None:
    """Return whose a calendar feed is; None for a token unknown or revoked."""
    query = select(CalendarFeed.user_id).where(
        CalendarFeed.token_hash == token_hash(token), CalendarFeed.revoked_at.is_(None)
    )
    return session.execute(query).scalar_one_or_none()


def walks_for_calendar(session: Session, actor: Actor, first: date, last: date) -> list[Any]:
    """Return what a calendar may say of the walks of a period: `id, version, group, meeting_point, status,
    planned_start, planned_end`."""
    start, end = local_day_bounds(first, last)
    query = (
        select(
            Walk.id,
            Walk.version,
            WalkGroup.name.label("group"),
            Walk.meeting_point,
            Walk.status,
            Walk.planned_start,
            Walk.planned_end,
        )
        .join(WalkGroup, WalkGroup.id == Walk.group_id)
        .where(~Walk.deleted, visible_walks(actor), Walk.planned_start >= start, Walk.planned_start < end)
        .order_by(Walk.planned_start, Walk.id)
    )
    return list(session.execute(query))


def walk_figures(session: Session, district: str | None, first: date, last: date) -> dict[str, int]:
    """Count the walks of a period by the local date they begin, in a district or the city: for summaries.

    `planned`: all that were not cancelled; `done`; `walkers`: who came to those, as told (volunteers, not protected).
    """
    start, end = local_day_bounds(first, last)
    query = (
        select(Walk.status, func.count(), func.sum(Walk.actual_walkers))
        .where(~Walk.deleted, Walk.status != "cancelled", Walk.planned_start >= start, Walk.planned_start < end)
        .group_by(Walk.status)
    )
    if district is not None:
        query = query.where(Walk.district == district)
    found = {status: (count, walkers or 0) for status, count, walkers in session.execute(query)}
    done, walkers = found.get("done", (0, 0))
    return {"planned": sum(count for count, _ in found.values()), "done": done, "walkers": walkers}


def walks_at_sites(session: Session, ids: Iterable[str], first: date, last: date) -> Counter[str]:
    """Count the walks done in a period that were to pass each of some sites: for summaries."""
    start, end = local_day_bounds(first, last)
    query = select(Walk.site_ids).where(
        ~Walk.deleted, Walk.status == "done", Walk.planned_start >= start, Walk.planned_start < end
    )
    asked = frozenset(ids)
    return Counter(site_id for passed in session.scalars(query) for site_id in asked.intersection(passed))


def standing_evenings(session: Session, group_ids: Iterable[str], first: date, last: date) -> set[rules.Cell]:
    """Return the evenings on which groups have a walk, whatever its status: a cancelled one is somebody's decision."""
    start, end = local_day_bounds(first, last)
    query = select(Walk.group_id, Walk.planned_start).where(
        ~Walk.deleted, Walk.group_id.in_(list(group_ids)), Walk.planned_start >= start, Walk.planned_start < end
    )
    return {(row.group_id, local_date(row.planned_start)) for row in session.execute(query)}
