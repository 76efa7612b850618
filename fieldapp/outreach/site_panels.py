"""What the evening's record adds to a site's page: how many visits a month, by all units, and no contents.

Visits may leave the team place by place (figures.md, *Protected figures*): they count no persons.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.database import one_view
from fieldapp.core.panels import Panel
from fieldapp.outreach.approved import newest_while_open
from fieldapp.outreach.models import Shift, Visit
from fieldapp.outreach.new_places import places_of
from fieldapp.places.on_map import new_place_mark
from fieldapp.places.records import FULL_READERS

MONTHS = 13


def visits_panel(session: Session, actor: Actor, site: Mapping[str, Any], now: datetime) -> Panel:
    """Show the visits of the last thirteen months; of approved passes alone to who does not work with places."""
    approved_only = not actor.has_role(*FULL_READERS)
    with one_view():  # a pass that is opened meanwhile counts once
        months = visits_by_month(session, site["id"], local_date(now), approved_only=approved_only)
    return Panel("outreach/site_visits.html", {"months": months, "approved_only": approved_only})


def visits_by_month(
    session: Session, site_id: str, today: date, *, approved_only: bool = False
) -> list[tuple[date, int]]:
    """Return (first day, visits) of the month of a day and the twelve before it, newest first.

    A visit belongs to the month in which its pass began (figures.md, *Date*), and counts when it was made. Of approved
    passes one that is open again counts as it was approved.
    """
    firsts = [_month_before(today, back) for back in range(MONTHS)]
    begins, ends = local_day_bounds(firsts[-1], today)
    query = (
        select(Shift.started_at)
        .join(Visit, Visit.shift_id == Shift.id)
        .where(
            Visit.site_id == site_id,
            Visit.outcome != "not_visited",
            Visit.deleted.is_(False),
            Shift.deleted.is_(False),
            Shift.started_at >= begins,
        )
    )
    if approved_only:
        query = query.where(Shift.status == "approved")
    counted = Counter(local_date(started).replace(day=1) for started in session.scalars(query))
    if approved_only:
        for _number, content in newest_while_open(session, ends, start=begins):
            month = local_date(datetime.fromisoformat(content["shift"]["started_at"])).replace(day=1)
            counted[month] += sum(
                visit["site_id"] == site_id and visit["outcome"] != "not_visited" for visit in content["visits"]
            )
    return [(first, counted[first]) for first in firsts]


def _month_before(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def new_places_panel(session: Session, actor: Actor, site: Mapping[str, Any], now: datetime) -> Panel | None:
    """Show the new places linked to the site: those whose visits the reader may read, and of the others how many."""
    places, count = places_of(session, actor, now, site["id"])
    if not count:
        return None
    marks = [new_place_mark(one["place"], href=f"#new-{one['id']}") for one in places]
    return Panel("outreach/site_new_places.html", {"places": places, "count": count}, marks)
