"""Finished measures for *Läget i korthet*: at how many visits suspected dealing was noted before each, and after.

Only what was counted, without a difference: that needs places to compare with (`before_after`).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from fieldapp.collaboration.queries import done_measures
from fieldapp.core.access import Actor
from fieldapp.core.database import one_view
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rules import MAIN_TOPIC, SiteTally

MOST = 3  # what one sheet has room for
LATELY = timedelta(days=365)


class Noted(NamedTuple):
    """Visits, and at how many of them suspected dealing was noted."""

    visits: int
    noted: int


class Finished(NamedTuple):
    """A measure that was done, with as many weeks on each side of its first day."""

    kind: str
    site_name: str
    on: date
    weeks: int
    before: Noted
    after: Noted


def finished_measures(session: Session, actor: Actor, district: str | None, to: date) -> list[Finished]:
    """Return the newest measures whose weeks after were over by a day, and not for more than a year.

    Of a district or the city (None), as far as the actor may read them; figures of approved passes.
    """
    with one_view():
        over = [one for one in done_measures(session, actor, district) if _is_over(one["after"], to)]
        newest = sorted(over, key=lambda one: (one["effective_on"], one["id"]), reverse=True)[:MOST]
        return [
            Finished(
                one["kind"],
                one["site_name"],
                one["effective_on"],
                one["compare_weeks"],
                _noted(session, one["site_id"], one["baseline"]),
                _noted(session, one["site_id"], one["after"]),
            )
            for one in newest
        ]


def _is_over(after: Mapping[str, Any] | None, to: date) -> bool:
    return after is not None and to - LATELY < after["to"] <= to


def _noted(session: Session, site_id: str, dates: Mapping[str, Any]) -> Noted:
    period = Period(dates["from"], dates["to"])
    tally: SiteTally = figures_of(session, Wanted(period, None, approved_only=True), None).sites[site_id]
    return Noted(tally.visits, tally.topics[MAIN_TOPIC])
