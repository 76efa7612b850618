"""What the figures of a period may still lack: shifts not sent in, open conflicts, records not received (CL13)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team
from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds
from fieldapp.core.holidays import public_holidays
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.plans.queries import plans_without_shift
from fieldapp.plans.rules import is_overdue
from fieldapp.summaries import facts
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted, in_scope
from fieldapp.summaries.versions import versions_open_again
from fieldapp.sync.models import ConflictRow, Rejection

NOT_RECEIVED = ("open", "handed_over")
NOT_APPROVED = ("submitted", "returned", "draft")
ON_SHIFTS = ("shifts", "visits", "observations")


def completeness(session: Session, wanted: Wanted, now: datetime) -> dict[str, int]:
    """Count the shifts of a period by status, and what is still open about them, whatever the status asked for.

    `shifts_open_again` counts the shifts that are not approved as they stand, and have an approved version of the
    period: that one is in the approved figures.
    """
    everything = replace(wanted, approved_only=False)
    approved, open_again = _approved(session, wanted)
    waiting = session.execute(
        select(Shift.status, Shift.started_at).where(Shift.status.in_(NOT_APPROVED), in_scope(everything))
    ).all()
    statuses = [row.status for row in waiting]
    local_now = now.astimezone(STOCKHOLM)
    drafts = [local_date(row.started_at) for row in waiting if row.status == "draft"]
    holidays = public_holidays({day.year + more for day in drafts for more in (0, 1)})
    not_submitted = sum(is_overdue(day, local_now, holidays) for day in drafts)
    period = wanted.period
    return {
        "shifts_approved": approved,
        **{f"shifts_{status}": statuses.count(status) for status in NOT_APPROVED},
        "shifts_open_again": open_again,
        "shifts_missing": not_submitted
        + plans_without_shift(session, wanted.district, period.first, period.last, now, team_id=wanted.team),
        "conflicts_open": _conflicts_open(session, everything),
        "rejections_open": _rejections_open(session, everything),
    }


def completeness_of(
    session: Session, period: Period, districts: Collection[str] | None, now: datetime
) -> list[dict[str, Any]]:
    """Return `district` and the counts of `completeness` of approved figures: of the city (None) or of each district.

    A shift that went to two districts is counted in both, so nothing here is to be summed.
    """
    asked = [None] if districts is None or set(districts) >= set(district_codes()) else sorted(districts)
    wanted = (Wanted(period, one, approved_only=True) for one in asked)
    return [{"district": one.district, **completeness(session, one, now)} for one in wanted]


def _approved(session: Session, wanted: Wanted) -> tuple[int, int]:
    """Count the shifts that are approved as they stand, and those that are open again: kept facts know both."""
    approved_only = replace(wanted, approved_only=True)
    if facts.are_there(session, approved_only):
        shifts, open_again = facts.counted(session, approved_only)
        return shifts - open_again, open_again
    as_they_stand = session.scalar(select(func.count()).select_from(Shift).where(in_scope(approved_only)))
    return as_they_stand or 0, _open_again(session, wanted)


def _open_again(session: Session, wanted: Wanted) -> int:
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    again = versions_open_again(session, start, end, district=wanted.district, team=wanted.team)
    there = {
        visit.shift_id for visit in again.visits if visit.district == wanted.district and visit.outcome != "not_visited"
    }
    return sum(wanted.district in (None, shift.district) or shift.id in there for shift in again.shifts)


def _conflicts_open(session: Session, wanted: Wanted) -> int:
    query = select(ConflictRow.record_id).where(
        ConflictRow.state == "open", ~ConflictRow.deleted, ConflictRow.collection.in_(ON_SHIFTS)
    )
    records = list(session.scalars(query))
    shifts = _shifts_of(session, records)
    here = _in_scope(session, shifts.values(), wanted)
    return sum(shifts.get(record) in here for record in records)


def _rejections_open(session: Session, wanted: Wanted) -> int:
    """Count what could not be received: by the shift it hangs on, else by its own date and district or its unit's."""
    query = select(
        Rejection.record_id, Rejection.fields, Rejection.made_at, Rejection.received_at, Rejection.unit_id
    ).where(Rejection.state.in_(NOT_RECEIVED), ~Rejection.deleted)
    found = session.execute(query).all()
    if not found:
        return 0
    names = [_named(row.record_id, row.fields) for row in found]
    shifts = _shifts_of(session, {name for some in names for name in some})
    here = _in_scope(session, shifts.values(), wanted)
    teams = {row.id: row.district for row in session.execute(select(Team.id, Team.district))}
    count = 0
    for row, some in zip(found, names, strict=True):
        if known := {shifts[name] for name in some if name in shifts}:
            count += bool(known & here)
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


def _shifts_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Return the shift of each of the ids that is a shift, a visit or an observation: found by id, however many are."""
    listed = list(ids)
    if not listed:
        return {}
    queries = (
        select(Shift.id, Shift.id).where(Shift.id.in_(listed)),
        select(Visit.id, Visit.shift_id).where(Visit.id.in_(listed)),
        select(Observation.id, Visit.shift_id)
        .join(Visit, Visit.id == Observation.visit_id)
        .where(Observation.id.in_(listed)),
    )
    return {row[0]: row[1] for query in queries for row in session.execute(query)}


def _in_scope(session: Session, shift_ids: Iterable[str], wanted: Wanted) -> set[str]:
    listed = sorted(set(shift_ids))
    return set(session.scalars(select(Shift.id).where(Shift.id.in_(listed), in_scope(wanted)))) if listed else set()


def _day_of(fields: Any) -> date | None:
    started = fields.get("started_at") if isinstance(fields, Mapping) else None
    try:
        return local_date(datetime.fromisoformat(started)) if isinstance(started, str) else None
    except (ValueError, OverflowError):
        return None
