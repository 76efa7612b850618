"""What is not there: plans without a pass, passes not sent in, people not heard of since one; and places found anew.

All of the teams one leads. Writes nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds
from fieldapp.core.holidays import public_holidays
from fieldapp.outreach.models import Shift, Visit
from fieldapp.plans.queries import missing_plans
from fieldapp.plans.rules import is_overdue
from fieldapp.review.paging import Place, page
from fieldapp.review.rules import SILENCE_LOOKED_FOR, is_silent
from fieldapp.sync.models import DeviceState

WINDOW = timedelta(days=31)
MOST_TOLD = 100  # to a phone, of each; it says how many there are, and the office lists all
Json = dict[str, Any]
SHIFTS: Any = Shift.__table__
READ = [SHIFTS.c[name] for name in ("id", "team_id", "district", "status", "started_at", "ended_at", "participant_ids")]


def missing(session: Session, team_ids: Collection[str], now: datetime) -> list[Json]:
    """Return what figures.md calls missing shifts, oldest first: plans no pass answers, and drafts past their time.

    Plans of the window; a draft is begun by somebody, and is missing until it is sent in.

    Each `{kind: plan|draft, id, team_id, district, started_at, participant_ids}`.
    """
    plans = _plans(session, team_ids, now)
    names = ("id", "team_id", "district")
    found = [
        {"kind": "plan", "started_at": plan["starts_at"], "participant_ids": [], **{name: plan[name] for name in names}}
        for plan in plans
    ]
    found += [
        {"kind": "draft", **{name: row[name] for name in (*names, "started_at", "participant_ids")}}
        for row in session.execute(select(*READ).where(*_drafts(team_ids, now))).mappings()
    ]
    return sorted(found, key=lambda one: (one["started_at"], one["id"]))


def count_missing(session: Session, team_ids: Collection[str], now: datetime) -> int:
    """Return how many are missing."""
    drafts = session.scalar(select(func.count()).select_from(SHIFTS).where(*_drafts(team_ids, now))) or 0
    return len(_plans(session, team_ids, now)) + drafts


def silent(session: Session, team_ids: Collection[str], now: datetime) -> list[Json]:
    """Return who was on a pass of the last days and was not heard of since, oldest pass first.

    Each `{shift_id, team_id, started_at, status, user_id, last_sync_at}`.
    """
    recent = SHIFTS.c.started_at.between(now - SILENCE_LOOKED_FOR, now)
    query = select(*READ).where(SHIFTS.c.team_id.in_(team_ids), recent, ~SHIFTS.c.deleted)
    shifts = session.execute(query.order_by(SHIFTS.c.started_at, SHIFTS.c.id)).mappings().all()
    last = _last_heard_of(session, {person for shift in shifts for person in shift["participant_ids"]})
    return [
        {
            "shift_id": shift["id"],
            **{name: shift[name] for name in ("team_id", "started_at", "status")},
            "user_id": person,
            "last_sync_at": last.get(person),
        }
        for shift in shifts
        for person in shift["participant_ids"]
        if is_silent(shift, last.get(person), now)
    ]


def new_places(
    session: Session, team_ids: Collection[str], now: datetime, after: Place | None = None
) -> tuple[list[Json], str | None]:
    """Return the next visits at places outside the register, newest first: the district decides what becomes of them.

    And where the page after them begins.
    """
    columns = (Visit.id, Visit.shift_id, Visit.place, Visit.district, Shift.started_at, Shift.team_id)
    query = select(*columns).join(Shift, Shift.id == Visit.shift_id).where(*_new(team_ids, now))
    return page(session, query, (Shift.started_at, Visit.id), after, newest_first=True)


def count_new_places(session: Session, team_ids: Collection[str], now: datetime) -> int:
    """Return how many visits there were at places outside the register."""
    query = select(func.count()).select_from(Visit).join(Shift, Shift.id == Visit.shift_id)
    return session.scalar(query.where(*_new(team_ids, now))) or 0


def _new(team_ids: Collection[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Shift.team_id.in_(team_ids),
        Shift.started_at >= now - WINDOW,
        Shift.deleted.is_(False),
        Visit.deleted.is_(False),
        Visit.place.is_not(None),
    )


def _plans(session: Session, team_ids: Collection[str], now: datetime) -> list[Json]:
    return missing_plans(session, team_ids, local_date(now - WINDOW), local_date(now), now)


def _drafts(team_ids: Collection[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return which passes are begun and past their time: those of the last day that is overdue, and of all before."""
    local_now = now.astimezone(STOCKHOLM)
    holidays = public_holidays({local_now.year + more for more in (-1, 0, 1)})
    day = local_now.date()
    while not is_overdue(day, local_now, holidays):
        day -= timedelta(days=1)
    until = local_day_bounds(day, day)[1]
    return SHIFTS.c.team_id.in_(team_ids), SHIFTS.c.started_at < until, SHIFTS.c.status == "draft", ~SHIFTS.c.deleted


def _last_heard_of(session: Session, people: Collection[str]) -> dict[str, datetime]:
    newest = func.max(DeviceState.last_sync_at)
    query = select(DeviceState.user_id, newest.label("at")).where(DeviceState.user_id.in_(people))
    return {row.user_id: row.at for row in session.execute(query.group_by(DeviceState.user_id))}
