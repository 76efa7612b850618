"""Before and after a date at a site, beside places to compare with and places where the problem may have moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.places.models import Site
from fieldapp.places.queries import known_site_ids
from fieldapp.summaries import rights
from fieldapp.summaries.areas import ROLES, Area, shape_areas
from fieldapp.summaries.completeness import completeness
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rules import SiteTally

Json = dict[str, Any]


class Place(NamedTuple):
    """A site that can be asked for."""

    id: str
    name: str
    district: str


@dataclass(frozen=True)
class Asked:
    """What an analyst asks: ids of sites by role of `ROLES`, the first day that is after, and how many weeks."""

    sites: Mapping[str, Sequence[str]]
    on: date
    weeks: int
    topic: str
    status: str

    @property
    def before(self) -> Period:
        """The weeks up to the date."""
        return Period(self.on - timedelta(weeks=self.weeks), self.on - timedelta(days=1))

    @property
    def after(self) -> Period:
        """The weeks from the date."""
        return Period(self.on, self.on + timedelta(weeks=self.weeks, days=-1))

    def wanted(self, period: Period) -> Wanted:
        """Return the records that figures of a period rest on: the whole city's."""
        return Wanted(period, None, self.status == "approved")


def before_after(session: Session, actor: Actor, asked: Asked, *, now: datetime) -> Json:
    """Return visits with the topic in each area before and after, and how the changes differ.

    For analysts of the whole city. Raises `NotFound` for others, `Invalid` for sites that are not in the register,
    were merged into another or stand in two areas, and for weeks that have not passed.
    """
    if not rights.analyses(actor, None):
        raise NotFound
    faults = _faults(session, asked, local_date(now))
    if faults:
        raise Invalid(fields=faults)
    with one_view():
        before, after = _tallies(session, asked, asked.before), _tallies(session, asked, asked.after)
        both = asked.wanted(Period(asked.before.first, asked.after.last))
        complete = completeness(session, both, now)
    areas = {
        role: Area.of([(before[site], after[site]) for site in ids], asked.topic)
        for role in ROLES
        if (ids := asked.sites[role])
    }
    return {
        "on": asked.on.isoformat(),
        "before": _dates(asked.before),
        "after": _dates(asked.after),
        "topic": asked.topic,
        "status": asked.status,
        "complete": complete,
        **shape_areas(areas),
    }


def places(session: Session) -> list[Place]:
    """Return the sites there are, by name, but those that were merged into another."""
    query = select(Site.id, Site.name, Site.district).where(~Site.deleted, Site.merged_into_id.is_(None))
    found = [Place(*row) for row in session.execute(query)]
    return sorted(found, key=lambda place: (swedish_order(place.name), place.id))


def _tallies(session: Session, asked: Asked, period: Period) -> dict[str, SiteTally]:
    return figures_of(session, asked.wanted(period), None).sites


def _dates(period: Period) -> Json:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _faults(session: Session, asked: Asked, today: date) -> dict[str, list[str]]:
    """Judge the sites and the weeks. Path → message keys."""
    faults: dict[str, list[str]] = {}
    if asked.after.last >= today:
        faults["on"] = ["weeks_not_over"]
    if asked.sites["displacement_control"] and not asked.sites["displacement"]:
        faults["displacement_control"] = ["only_with_displacement"]
    known = known_site_ids(session, {site for ids in asked.sites.values() for site in ids})
    taken: set[str] = set()
    for role in ROLES:
        for site in asked.sites[role]:
            if site not in known:
                faults[role] = ["unknown_site"]
            elif known[site].merged_into:
                faults[role] = ["merged_site"]
            elif site in taken:
                faults[role] = ["repeated"]
        taken.update(asked.sites[role])
    return faults
