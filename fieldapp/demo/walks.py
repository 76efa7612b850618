"""Invented night walks of Farsta: three groups, five weeks back and six ahead, written in a coordinator's name."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import person_of
from fieldapp.core.clock import local_date, to_wire
from fieldapp.core.ids import derived_id
from fieldapp.demo.register import site_id
from fieldapp.plans.services import local_span
from fieldapp.sync.collection import Registry
from fieldapp.sync.desk import Edit, write
from fieldapp.walks.models import Walk, WalkGroup

WEEKS_BACK, WEEKS_AHEAD = 5, 6
SEED = 20231202
GROUP_ID = "018bcfe5-6800-7003-8000-{:012x}"
PLACES = (23, 24, 26)  # public ones of Farsta
MEETING_POINTS = ("Demotorget vid klockan", "Demoskolans entré", "Demostationen, uppgång norr")
MOODS = ("calm", "calm", "lively", "uneasy")
PHONE = "08-123 456 78"
# name, kind, area, ISO weekday, how many usually come, every how many weeks
GROUPS = (
    ("Demo Föräldravandrarna", "association", "Farsta centrum", 5, 6, 1),
    ("Demo Klass 9B", "school_class", "Hökarängen", 6, 8, 2),
    ("Demo Idrottsföreningen", "association", "Farsta strand", 5, 4, 2),
)
Json = dict[str, Any]


def seed_walks(session: Session, registry: Registry, *, people: dict[str, str], now: datetime) -> int:
    """Write the groups and walks that are missing, in the coordinator's name; return how many. Safe to repeat.

    `people` holds user ids by the name before the @. Flush, never commit.
    """
    present = set(session.scalars(select(WalkGroup.id))) | set(session.scalars(select(Walk.id)))
    actor = person_of(session, people["nattvandring"]).at(now)
    edits = [edit for edit in _edits(local_date(now)) if edit.record_id not in present]
    if edits:
        write(session, registry, actor=actor, edits=edits, now=now)
    return len(edits)


def _edits(today: date) -> Iterator[Edit]:
    for number, (name, kind, area, weekday, expected, step) in enumerate(GROUPS, start=1):
        group_id = GROUP_ID.format(number)
        usual = {"usual_weekday": weekday, "expected": expected}
        yield Edit("walk_groups", group_id, "create", _in_farsta(name=name, kind=kind, area=area, **usual))
        monday = today - timedelta(days=today.weekday())
        for week in range(-WEEKS_BACK, WEEKS_AHEAD):
            day = monday + timedelta(weeks=week, days=weekday - 1)
            if (day.isocalendar().week + number) % step == 0:
                walk_id = derived_id(group_id, day.isoformat())
                yield Edit("walks", walk_id, "create", _walk(group_id, day, today, number, expected))


def _walk(group_id: str, day: date, today: date, number: int, expected: int) -> Json:
    dice = random.Random(f"{SEED}-{day.isoformat()}-{number}")  # noqa: S311 - invented data, the same each time
    start, end = local_span(day, time(20, 30), time(0, 30))
    coming = dice.choice((0, 1, 2, expected - 1, expected, expected + 1))
    walk = _in_farsta(
        group_id=group_id,
        planned_start=to_wire(start),
        planned_end=to_wire(end),
        meeting_point=MEETING_POINTS[number - 1],
        site_ids=[site_id(place) for place in dice.sample(PLACES, 2)],
        planned_walkers=coming,
        vests_lent=coming,
        status="ready" if coming > 1 else "planned",
        duty_phone=PHONE,
    )
    if dice.random() < 0.12:
        return {**walk, "status": "cancelled"}
    if day >= today:
        return walk
    note = "Demo: lugnt vid torget, lampan vid gångtunneln är trasig." if dice.random() < 0.4 else ""
    came = max(1, coming + dice.choice((-1, 0, 0, 1)))
    return {**walk, "status": "done", "actual_walkers": came, "mood": dice.choice(MOODS), "log_note": note}


def _in_farsta(**fields: Any) -> Json:
    return {"district": "farsta", **fields}
