"""What the figures of a period may still lack: shifts not sent in, open conflicts, records not received (CL13)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team
from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds
from fieldapp.core.holidays import public_holidays
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.plans.queries import plans_without_shift
from fieldapp.plans.rules import is_overdue
from fieldapp.summaries.queries import Wanted, in_scope
from fieldapp.summaries.versions import versions_open_again
from fieldapp.sync.models import ConflictRow, Rejection

NOT_RECEIVED = ("open", "handed_over")


def completeness(session: Session, wanted: Wanted, now: datetime) -> dict[str, int]:
    """Count the shifts of a period by status, and what is still open about them, whatever the status asked for.

    `shifts_open_again` counts the shifts that are not approved as they stand, and have an approved version of the
    period: that one is in the approved figures.
    """
    everything = replace(wanted, approved_only=False)
    shifts = session.execute(select(Shift.status, Shift.started_at).where(in_scope(everything))).all()
    local_now = now.astimezone(STOCKHOLM)
    statuses = [row.status for row in shifts]
    drafts = [local_date(row.started_at) for row in shifts if row.status == "draft"]
    holidays = public_holidays({day.year + more for day in drafts for more in (0, 1)})
    not_submitted = sum(is_overdue(day, local_now, holidays) for day in drafts)
    period = wanted.period
    return {
        **{f"shifts_{status}": statuses.count(status) for status in ("approved", "submitted", "returned", "draft")},
        "shifts_open_again": _open_again(session, wanted),
        "shifts_missing": not_submitted
        + plans_without_shift(session, wanted.district, period.first, period.last, now, team_id=wanted.team),
        "conflicts_open": _conflicts_open(session, everything),
        "rejections_open": _rejections_open(session, everything),
    }


def _open_again(session: Session, wanted: Wanted) -> int:
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    again = versions_open_again(session, start, end, district=wanted.district, team=wanted.team)
    there = {
        visit.shift_id for visit in again.visits if visit.district == wanted.district and visit.outcome != "not_visited"
    }
    return sum(wanted.district in (None, shift.district) or shift.id in there for shift in again.shifts)


def _conflicts_open(session: Session, wanted: Wanted) -> int:
    shifts = select(Shift.id).where(in_scope(wanted))
    visits = select(Visit.id).where(Visit.shift_id.in_(shifts))
    observations = select(Observation.id).where(Observation.visit_id.in_(visits))
    of_collection = {"shifts": shifts, "visits": visits, "observations": observations}
    hangs_on = [
        and_(ConflictRow.collection == name, ConflictRow.record_id.in_(ids)) for name, ids in of_collection.items()
    ]
    query = select(func.count(ConflictRow.id)).where(ConflictRow.state == "open", ~ConflictRow.deleted, or_(*hangs_on))
    return session.execute(query).scalar_one()


def _rejections_open(session: Session, wanted: Wanted) -> int:
    """Count what could not be received: by the shift it hangs on, else by its own date and district or its unit's."""
    query = select(
        Rejection.record_id, Rejection.fields, Rejection.made_at, Rejection.received_at, Rejection.unit_id
    ).where(Rejection.state.in_(NOT_RECEIVED), ~Rejection.deleted)
    found = session.execute(query).all()
    if not found:
        return 0
    names = [_named(row.record_id, row.fields) for row in found]
    known = _shifts_of(session, {name for some in names for name in some}, None)
    here = _shifts_of(session, set(known), wanted)
    teams = {row.id: row.district for row in session.execute(select(Team.id, Team.district))}
    count = 0
    for row, some in zip(found, names, strict=True):
        if some & known:
            count += bool(some & here)
        else:
            day = _day_of(row.fields) or local_date(row.made_at or row.received_at)
            given = row.fields.get("district") if isinstance(row.fields, Mapping) else None
            district = given or teams.get(row.unit_id)
            is_in_period = wanted.period.first <= day <= wanted.period.last
            is_of_team = wanted.team in (None, row.unit_id)
            count += is_in_period and is_of_team and wanted.district in (None, district)
    return count


def _named(record_id: str | None, fields: Any) -> set[str]:
    parents = [fields.get(key) for key in ("shift_id", "visit_id")] if isinstance(fields, Mapping) else []
    return {name for name in (record_id, *parents) if isinstance(name, str)}


def _shifts_of(session: Session, ids: Iterable[str], wanted: Wanted | None) -> set[str]:
    """Return those of the ids that are a shift, a visit or an observation – on a shift in scope, when one is given."""
    listed = list(ids)
    shifts = select(Shift.id) if wanted is None else select(Shift.id).where(in_scope(wanted))
    visits = select(Visit.id).where(Visit.shift_id.in_(shifts))
    queries = (
        shifts.where(Shift.id.in_(listed)),
        visits.where(Visit.id.in_(listed)),
        select(Observation.id).where(Observation.id.in_(listed), Observation.visit_id.in_(visits)),
    )
    return {str(found) for query in queries for found in session.scalars(query)}


def _day_of(fields: Any) -> date | None:
    started = fields.get("started_at") if isinstance(fields, Mapping) else None
    try:
        return local_date(datetime.fromisoformat(started)) if isinstance(started, str) else None
    except (ValueError, OverflowError):
        return None
