"""The planning grid of a district: evenings down, groups across. Writes nothing."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.errors import NotFound
from fieldapp.plans.queries import special_days
from fieldapp.walks.group_reads import latest_answers
from fieldapp.walks.models import Walk, WalkGroup
from fieldapp.walks.queries import READERS, Row


def grid(
    session: Session,
    actor: Actor,
    *,
    district: str,
    first: date,
    weeks: int,
    now: datetime,
    weekday: int | None = None,
) -> Row:
    """Return the planning grid of a district, a row a group as the page turns it: evenings down, groups across.

    `evenings`: `{date, special_days}` from `first` on, all of them or those of a `weekday` (Monday 0). `rows`:
    `{group, cells}`, one cell an evening: `{date, walks}`, each walk its whole row and `answer`, the latest its group
    gave (None: none yet). Groups by name. Raises `NotFound` for a district that is not the actor's to know.
    """
    if not actor.covers(district, *READERS):
        raise NotFound
    days = [first + timedelta(days=n) for n in range(7 * weeks)]
    days = [day for day in days if weekday is None or day.weekday() == weekday]
    last = first + timedelta(days=7 * weeks - 1)
    start, end = local_day_bounds(first, last)
    group_table, walk_table = WalkGroup.__table__, Walk.__table__
    groups = select(group_table).where(~WalkGroup.deleted, WalkGroup.district == district)
    walking = select(walk_table).where(
        ~Walk.deleted, Walk.district == district, Walk.planned_start >= start, Walk.planned_start < end
    )
    found = [dict(row) for row in session.execute(walking.order_by(Walk.planned_start, Walk.id)).mappings()]
    answers = latest_answers(session, [walk["id"] for walk in found], now=now)
    cells: dict[tuple[str, date], list[Row]] = {}
    for walk in found:
        cell = (walk["group_id"], local_date(walk["planned_start"]))
        cells.setdefault(cell, []).append({**walk, "answer": answers.get(walk["id"])})
    special = special_days(session, first, last)
    in_order = session.execute(groups.order_by(WalkGroup.name, WalkGroup.id)).mappings()
    return {
        "evenings": [{"date": day, "special_days": special.get(day, [])} for day in days],
        "rows": [
            {
                "group": dict(group),
                "cells": [{"date": day, "walks": cells.get((group["id"], day), [])} for day in days],
            }
            for group in in_order
        ],
    }
