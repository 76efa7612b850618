"""What the evening's record adds to the office's map: places outside the register, and where somebody was today.

Where is told place by place, by all units as on a site's page: visits count no persons. A pin stands there as
`new_places` shows it, in a pass that is sent in and that the reader may read.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.outreach import new_places
from fieldapp.outreach.approved import newest_while_open
from fieldapp.outreach.models import Shift, Visit
from fieldapp.outreach.rules import LONGEST_SHIFT
from fieldapp.places.on_map import FromField
from fieldapp.places.records import FULL_READERS, reads_mappings

Row = dict[str, Any]


def field_on_map(session: Session, actor: Actor, now: datetime, district: str | None = None) -> FromField:
    """Return what the actor may know of; where units were, of approved passes alone where viewing is all they do."""
    query = new_places.undecided(new_places.readable_pins(actor, now)).order_by(Visit.arrived_at.desc(), Visit.id)
    if district is not None:
        query = query.where(Visit.district == district)
    rows = session.execute(query.limit(new_places.MOST + 1)).mappings().all()
    sites, schools = _visited_today(session, actor, now)
    pins = _pins([dict(row) for row in rows[: new_places.MOST]], now)
    return FromField(pins, new_places.MOST if len(rows) > new_places.MOST else None, sites, schools)


def _pins(rows: list[Row], now: datetime) -> list[Row]:
    """Return each place once, as its newest visit noted it."""
    found: dict[tuple[float, float, str], Row] = {}
    for row in rows:
        place, on = row["place"], local_date(row["arrived_at"])
        key = place["lat"], place["lon"], place["label"]
        is_today = on == local_date(now)
        found.setdefault(key, {"id": row["id"], **place, "district": row["district"], "on": on, "is_today": is_today})
    return list(found.values())


def _visited_today(session: Session, actor: Actor, now: datetime) -> tuple[frozenset[str], frozenset[str]]:
    if not reads_mappings(actor):
        return frozenset(), frozenset()
    today = local_date(now)
    begins, ends = local_day_bounds(today, today)
    query = (
        select(Visit.site_id, Visit.school_unit_code)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.arrived_at >= begins, Visit.arrived_at < ends, Visit.outcome != "not_visited", ~Visit.deleted,
            ~Shift.deleted,
        )
    )  # fmt: skip
    if actor.has_role(*FULL_READERS):
        found = [(row.site_id, row.school_unit_code) for row in session.execute(query)]
    else:
        approved = session.execute(query.where(Shift.status == "approved"))
        found = [(row.site_id, row.school_unit_code) for row in approved]
        for _number, content in newest_while_open(session, ends, start=begins - LONGEST_SHIFT):
            found += [
                (visit["site_id"], visit["school_unit_code"])
                for visit in content["visits"]
                if visit["outcome"] != "not_visited" and begins <= datetime.fromisoformat(visit["arrived_at"]) < ends
            ]
    sites, schools = ({pair[at] for pair in found if pair[at]} for at in (0, 1))
    return frozenset(sites), frozenset(schools)
