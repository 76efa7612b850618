"""Reads of plans and special days, filtered by grant (access.md)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds, utc_now
from fieldapp.core.holidays import public_holidays
from fieldapp.outreach.models import Shift
from fieldapp.plans.models import ShiftPlan, SpecialDay
from fieldapp.plans.rules import State, states_of

TEAM_ROLES = ("field_worker", "team_lead")
BEHIND, AHEAD = timedelta(days=2), timedelta(days=60)
Row = dict[str, Any]


def visible_plans(actor: Actor) -> ColumnElement[bool]:
    """Own team's plans; the district's for who coordinates walks there; all for an analyst."""
    if actor.has_role("analyst"):
        return true()
    own = ShiftPlan.team_id.in_(actor.teams(*TEAM_ROLES))
    if not actor.has_role("walk_coordinator"):
        return own
    held = actor.districts("walk_coordinator")
    return or_(own, true() if held is None else ShiftPlan.district.in_(held))


def plans_on_phone(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the plans a phone holds: two days back, 60 ahead (PL6); an analyst reads at a desk."""
    if not actor.has_role(*TEAM_ROLES, "walk_coordinator"):
        return false()
    today = local_date(now)
    return and_(visible_plans(actor), ShiftPlan.date >= today - BEHIND, ShiftPlan.date <= today + AHEAD)


def sees_whole(actor: Actor, team_id: str) -> bool:
    """Say whether the actor sees more of a plan than time and place."""
    return actor.has_role("analyst") or team_id in actor.teams(*TEAM_ROLES)


def plans(session: Session, actor: Actor, first: date, last: date, team_id: str | None = None) -> list[Row]:
    """Return the plans of a period that the actor may read, in order, with how each stands (`state`)."""
    table: Any = ShiftPlan.__table__
    query = select(table).where(visible_plans(actor), ~ShiftPlan.deleted, ShiftPlan.date.between(first, last))
    if team_id is not None:
        query = query.where(ShiftPlan.team_id == team_id)
    found = [dict(row) for row in session.execute(query.order_by(ShiftPlan.starts_at, ShiftPlan.id)).mappings()]
    states = plan_states(session, found, utc_now())
    return [{**plan, "state": states[plan["id"]]} for plan in found]


def plan_states(session: Session, found: Iterable[Row], now: datetime) -> dict[str, State]:
    """Return how plans stand, by id (figures.md, *Missing shift*)."""
    listed = list(found)
    if not listed:
        return {}
    local_now = now.astimezone(STOCKHOLM)
    since, until = local_day_bounds(min(plan["date"] for plan in listed), max(plan["date"] for plan in listed))
    query = (
        select(Shift.id, Shift.plan_id, Shift.team_id, Shift.started_at, Shift.status)
        .where(
            Shift.deleted.is_(False),
            or_(
                and_(
                    Shift.team_id.in_({plan["team_id"] for plan in listed}),
                    Shift.started_at >= since,
                    Shift.started_at < until,
                ),
                Shift.plan_id.in_({plan["id"] for plan in listed}),
            ),
        )
        .order_by(Shift.started_at, Shift.id)
    )
    shifts = [{**row, "date": local_date(row["started_at"])} for row in session.execute(query).mappings()]
    years = {plan["date"].year + more for plan in listed for more in (0, 1)}
    return states_of(listed, shifts, local_now, public_holidays(years))


def missing_plans(session: Session, team_ids: Collection[str], first: date, last: date, now: datetime) -> list[Row]:
    """Return the plans of teams in a period that no shift has answered in time, in order (figures.md)."""
    table: Any = ShiftPlan.__table__
    query = select(table).where(
        ShiftPlan.team_id.in_(team_ids), ~ShiftPlan.deleted, ShiftPlan.date.between(first, last)
    )
    found = [dict(row) for row in session.execute(query.order_by(ShiftPlan.starts_at, ShiftPlan.id)).mappings()]
    states = plan_states(session, found, now)
    return [plan for plan in found if states[plan["id"]] == "missing"]


def plans_without_shift(
    session: Session, district: str | None, first: date, last: date, now: datetime, *, team_id: str | None = None
) -> int:
    """Count the plans of a period that no shift has answered in time (figures.md), in a district or the city.

    `team_id`: of one team alone.
    """
    table: Any = ShiftPlan.__table__
    named = exists().where(  # most are answered by name: these need not be read
        Shift.plan_id == ShiftPlan.id, Shift.team_id == ShiftPlan.team_id, Shift.deleted.is_(False)
    )
    query = select(table).where(~ShiftPlan.deleted, ShiftPlan.date.between(first, last), ~named)
    if district is not None:
        query = query.where(ShiftPlan.district == district)
    if team_id is not None:
        query = query.where(ShiftPlan.team_id == team_id)
    found = [dict(row) for row in session.execute(query).mappings()]
    return sum(state == "missing" for state in plan_states(session, found, now).values())


def special_days(session: Session, first: date, last: date) -> dict[date, list[Row]]:
    """Return the special days of a period by date, each as `{code, name}`."""
    query = select(SpecialDay.date, SpecialDay.code, SpecialDay.name).where(SpecialDay.date.between(first, last))
    found: dict[date, list[Row]] = {}
    for row in session.execute(query.order_by(SpecialDay.date, SpecialDay.code)):
        found.setdefault(row.date, []).append({"code": row.code, "name": row.name})
    return found
