"""Reads when places were visited and for whom, in approved passes; one that is open again as it was approved.

Visits are no counts of persons: they may be told of a place by itself (figures.md, *Protected figures*).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds
from fieldapp.core.holidays import public_holidays
from fieldapp.outreach.approved import newest_while_open
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.new_places import standing_links
from fieldapp.plans.queries import special_days

NO_SCHOOL = "lov"


class VisitAt(NamedTuple):
    """A visit that was made. `day`: the local date its pass began; `arrived`: local time."""

    id: str
    site_id: str
    day: date
    arrived: datetime
    audience: tuple[str, ...]


def visits_at(session: Session, ids: Collection[str], first: date, last: date) -> defaultdict[str, list[VisitAt]]:
    """Return the visits at places by site, of approved passes that began from `first` to `last`, both included."""
    found: defaultdict[str, list[VisitAt]] = defaultdict(list)
    for visit in (*_as_they_stand(session, ids, first, last), *_as_approved(session, ids, first, last)):
        found[visit.site_id].append(visit)
    return found


def conditions_at(session: Session, site_id: str, first: date, last: date) -> Counter[str]:
    """Count at how many visits each physical condition was noted at a place, as `visits_at` counts visits."""
    noted: defaultdict[str, set[str]] = defaultdict(set)
    standing = [visit.id for visit in _as_they_stand(session, [site_id], first, last)]
    query = select(Observation.visit_id, Observation.conditions).where(
        Observation.visit_id.in_(standing), Observation.deleted.is_(False)
    )
    for row in session.execute(query):
        noted[row.visit_id].update(row.conditions)
    start, end = local_day_bounds(first, last)
    for _number, content in newest_while_open(session, end, start=start):
        here = {visit["id"] for visit in content["visits"] if visit["site_id"] == site_id and _is_made(visit)}
        for observation in content["observations"]:
            if observation["visit_id"] in here:
                noted[observation["visit_id"]].update(observation["conditions"])
    return Counter(code for codes in noted.values() for code in codes)


class NewPlaces(NamedTuple):
    """Visits to places outside the register. `by_district`: those of which nothing is decided, as `places`, apart by
    10 m, and `visits`; `by_site`: how many at places that were linked to a site, by its id."""

    by_district: Mapping[str, dict[str, int]]
    by_site: Mapping[str, int]


def new_places(session: Session, first: date, last: date) -> NewPlaces:
    """Count the visits to places outside the register, by what was decided of them; dismissed ones are left out."""
    linked = standing_links(session)
    waiting: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    by_site: Counter[str] = Counter()
    for visit, district, place in _to_new_places(session, first, last):
        if visit not in linked:
            waiting[district].append((place["lat"], place["lon"]))
        elif site := linked[visit]:
            by_site[site] += 1
    return NewPlaces({code: {"places": len(set(some)), "visits": len(some)} for code, some in waiting.items()}, by_site)


def _to_new_places(session: Session, first: date, last: date) -> Iterator[tuple[str, str, Mapping[str, float]]]:
    """Yield id, district and place of each visit to a place outside the register."""
    start, end = local_day_bounds(first, last)
    query = (
        select(Visit.id, func.coalesce(Visit.district, Shift.district).label("district"), Visit.place)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.place.is_not(None),
            Visit.outcome != "not_visited",
            Visit.deleted.is_(False),
            Shift.deleted.is_(False),
            Shift.status == "approved",
            Shift.started_at >= start,
            Shift.started_at < end,
        )
    )
    for row in session.execute(query):
        yield row.id, row.district, row.place
    for _number, content in newest_while_open(session, end, start=start):
        for visit in content["visits"]:
            if visit["place"] and _is_made(visit):
                yield visit["id"], visit["district"] or content["shift"]["district"], visit["place"]


def days_without_school(session: Session, first: date, last: date) -> frozenset[date]:
    """Return the days of lov and the public holidays from `first` to `last` and the day after; weekends are not in it.

    A pass that began on the last day may visit on the next.
    """
    after = last + timedelta(days=1)
    lov = (
        day
        for day, some in special_days(session, first, after).items()
        if any(one["code"] == NO_SCHOOL for one in some)
    )
    return frozenset(lov) | public_holidays(range(first.year, after.year + 1))


def _as_they_stand(session: Session, ids: Collection[str], first: date, last: date) -> Iterator[VisitAt]:
    start, end = local_day_bounds(first, last)
    query = (
        select(Visit.id, Visit.site_id, Shift.started_at, Visit.arrived_at, Visit.audience)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.site_id.in_(list(ids)),
            Visit.outcome != "not_visited",
            Visit.deleted.is_(False),
            Shift.deleted.is_(False),
            Shift.status == "approved",
            Shift.started_at >= start,
            Shift.started_at < end,
        )
    )
    for row in session.execute(query):
        yield _visit(row.id, row.site_id, row.started_at, row.arrived_at, row.audience)


def _as_approved(session: Session, ids: Collection[str], first: date, last: date) -> Iterator[VisitAt]:
    start, end = local_day_bounds(first, last)
    for _number, content in newest_while_open(session, end, start=start):
        started_at = datetime.fromisoformat(content["shift"]["started_at"])
        for row in content["visits"]:
            if row["site_id"] in ids and _is_made(row):
                yield _of_version(row, started_at)


def _is_made(row: Mapping[str, Any]) -> bool:
    return bool(row["outcome"] != "not_visited")


def _of_version(row: Mapping[str, Any], started_at: datetime) -> VisitAt:
    return _visit(row["id"], row["site_id"], started_at, datetime.fromisoformat(row["arrived_at"]), row["audience"])


def _visit(key: str, site_id: str, started_at: datetime, arrived_at: datetime, audience: list[str]) -> VisitAt:
    return VisitAt(key, site_id, local_date(started_at), arrived_at.astimezone(STOCKHOLM), tuple(audience))
