"""Writes of plans: a weekly pattern becomes plans, one plan is changed or taken away. Flush, never commit."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import STOCKHOLM, to_wire
from fieldapp.core.database import take_turn
from fieldapp.core.errors import NotAllowed, NotFound
from fieldapp.plans.models import ShiftPlan
from fieldapp.plans.queries import visible_plans
from fieldapp.plans.rules import WeeklyPattern, dates_of
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.desk import Edit, create, write

WRITERS = ("field_worker", "team_lead")


def may_plan(actor: Actor, *, team_id: str, district: str) -> bool:
    """Say whether a plan of the team in the district is the actor's to write: a grant must carry both."""
    return any(
        grant.role in WRITERS and grant.team_id == team_id and grant.district in (None, district)
        for grant in actor.grants
    )


def plan_weekly(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    pattern: WeeklyPattern,
    plan: Mapping[str, Any],
    now: datetime,
) -> tuple[int, int]:
    """Make the plans a weekly pattern means, all or none; return how many were made and how many stood.

    `plan`: `team_id, district, kind, planned_people`. Local times stay as they are over the change of the clock.
    Raises as `desk.write`.
    """
    if not may_plan(actor, team_id=plan["team_id"], district=plan["district"]):
        raise NotAllowed  # before anything is said of what stands
    take_turn(session, f"plans:{plan['team_id']}")
    days = dates_of(pattern)
    spans = {day: local_span(day, pattern.starts, pattern.ends) for day in days}
    standing = set(
        session.scalars(
            select(ShiftPlan.starts_at).where(
                ShiftPlan.team_id == plan["team_id"], ~ShiftPlan.deleted, ShiftPlan.date.in_(days)
            )
        )
    )
    new = [day for day in days if spans[day][0] not in standing]
    edits = [create("shift_plans", {**plan, **_times(day, *spans[day])}) for day in new]
    if edits:
        write(session, registry, actor=actor, edits=edits, now=now)
    return len(new), len(days) - len(new)


def change_plan(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    plan_id: str,
    version: int,
    starts: time,
    ends: time,
    planned_people: int,
    now: datetime,
) -> Row:
    """Change when one plan begins and ends, and how many are planned. Raises as `desk.write`."""
    day = _plan(session, actor, plan_id)["date"]
    times = _times(day, *local_span(day, starts, ends))
    fields = {"starts_at": times["starts_at"], "ends_at": times["ends_at"], "planned_people": planned_people}
    [row] = write(
        session, registry, actor=actor, edits=[Edit("shift_plans", plan_id, "update", fields, version)], now=now
    )
    return row


def take_away(session: Session, registry: Registry, *, actor: Actor, plan_id: str, version: int, now: datetime) -> None:
    """Take one plan away: an exception of its week. Raises as `desk.write`."""
    write(session, registry, actor=actor, edits=[Edit("shift_plans", plan_id, "delete", {}, version)], now=now)


def local_span(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Return when a pass of a date begins and ends; an end that is not after the start lies on the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, STOCKHOLM), datetime.combine(last, ends, STOCKHOLM)


def _times(day: date, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"date": day.isoformat(), "starts_at": to_wire(starts_at), "ends_at": to_wire(ends_at)}


def _plan(session: Session, actor: Actor, plan_id: str) -> Mapping[Any, Any]:
    table: Any = ShiftPlan.__table__
    known = select(table).where(table.c.id == plan_id, ~ShiftPlan.deleted, visible_plans(actor))
    found = session.execute(known).mappings().one_or_none()
    if found is None:
        raise NotFound
    return found
