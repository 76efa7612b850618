"""Reads the plain rows of a period: one statement a table, Core rows, nothing lazy (a year is 300,000 rows)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts.models import Team
from fieldapp.briefings.models import Briefing, BriefingDistrict
from fieldapp.core.access import Actor
from fieldapp.core.clock import STOCKHOLM, local_date, local_day_bounds
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.rules import LONGEST_SHIFT
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.queries import readable_sites, year_basis
from fieldapp.places.rules import IN_FORCE
from fieldapp.plans.queries import special_days
from fieldapp.summaries.periods import DAY, MOVES_DAYS, Period, SpecialDay
from fieldapp.summaries.rows import Material, ObservationRow, ShiftRow, SiteRow, VisitRow, kind_of_place
from fieldapp.summaries.versions import Versions, last_visits_open_again, versions_open_again


@dataclass(frozen=True)
class Wanted:
    """Which records: a period, a district or the city (None), shifts of every status or only the approved.

    `team`: of one team alone, as if there were no other. `shift_ids`: of these shifts alone; whose hours overlap with
    theirs is still known from all.
    """

    period: Period
    district: str | None
    approved_only: bool
    team: str | None = None
    shift_ids: frozenset[str] | None = None

    def is_folded(self, shift: ShiftRow) -> bool:
        """Say whether a shift that began in the period or the day before is one to fold."""
        return self.period.first <= shift.day and (self.shift_ids is None or shift.id in self.shift_ids)


class TeamFacts(NamedTuple):
    """A team: what it is called, and the district it works in, None being the whole city."""

    id: str
    name: str
    district: str | None


def material(session: Session, wanted: Wanted, *, mapping_year: int | None) -> Material:
    """Return all rows that the figures rest on, all of one moment: a shift opened meanwhile is in them once."""
    with one_view():
        return _material(session, wanted, mapping_year)


def _material(session: Session, wanted: Wanted, mapping_year: int | None) -> Material:
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    again = _open_again(session, wanted)
    shifts = [*_shifts(session, wanted, start - LONGEST_SHIFT, end), *again.shifts]
    folded = [shift for shift in shifts if wanted.is_folded(shift)]
    return Material(
        shifts=folded,
        others=[shift for shift in shifts if not wanted.is_folded(shift)],
        visits=[*_visits(session, wanted), *again.visits],
        observations=[*_observations(session, wanted), *again.observations],
        sites=sites(session, wanted, mapping_year, last_visits(session, wanted)),
        joint_briefings=joint_briefings(session, wanted, [again.briefings.get(one.id) for one in folded]),
    )


def approved_rows(session: Session, first: date, last: date) -> Material:
    """Return the approved rows of days, of the whole city, and what of the day before reaches into them (`daily`)."""
    wanted = Wanted(Period(first, last), None, approved_only=True)
    start, end = local_day_bounds(first, last)
    again = _open_again(session, wanted)
    shifts = [*_shifts(session, wanted, start - LONGEST_SHIFT, end), *again.shifts]
    others = [shift for shift in shifts if shift.day < first and shift.ended_at and shift.ended_at > start]
    reaching = frozenset(shift.id for shift in others if shift.version is None)
    before = replace(wanted, period=Period(first - 2 * DAY, first - DAY), shift_ids=reaching)
    return Material(
        shifts=[shift for shift in shifts if first <= shift.day],
        others=others,
        visits=[*_visits(session, wanted), *(_visits(session, before) if reaching else ()), *again.visits],
        observations=[*_observations(session, wanted), *again.observations],
        sites=(),
        joint_briefings=0,
    )


def _open_again(session: Session, wanted: Wanted) -> Versions:
    if not wanted.approved_only:
        return Versions()
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    return versions_open_again(session, start - LONGEST_SHIFT, end, district=wanted.district, team=wanted.team)


def in_scope(wanted: Wanted) -> ColumnElement[bool]:
    """Return the condition on `shifts` that a shift belongs to what is wanted, or made a visit there."""
    return and_(_asked_for(wanted), true() if wanted.district is None else _of_district(wanted.district))


def _asked_for(wanted: Wanted) -> ColumnElement[bool]:
    """Return the condition on `shifts` of all that is wanted but the district."""
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    conditions = [Shift.deleted.is_(False), Shift.started_at >= start, Shift.started_at < end]
    if wanted.approved_only:
        conditions.append(Shift.status == "approved")
    if wanted.team is not None:
        conditions.append(Shift.team_id == wanted.team)
    if wanted.shift_ids is not None:
        conditions.append(Shift.id.in_(wanted.shift_ids))
    return and_(*conditions)


def _of_district(district: str) -> ColumnElement[bool]:
    visited = aliased(Visit)
    there = exists().where(  # asked of each shift of the period: of all visits ever it would be a list of years
        visited.shift_id == Shift.id,
        visited.district == district,
        visited.deleted.is_(False),
        visited.outcome != "not_visited",
    )
    return or_(Shift.district == district, there)


def readable_names(session: Session, actor: Actor) -> dict[str, str]:
    """Return the names of the sites the actor may read, by id."""
    rows = session.execute(select(Site.id, Site.name).where(~Site.deleted, readable_sites(actor)))
    return {row.id: row.name for row in rows}


def all_names(session: Session) -> dict[str, str]:
    """Return the names of all sites there are, by id: for what is kept, and filtered when it is read."""
    return {row.id: row.name for row in session.execute(select(Site.id, Site.name).where(~Site.deleted))}


def teams(session: Session) -> list[TeamFacts]:
    """Return the teams there are, by name."""
    query = select(Team.id, Team.name, Team.district).where(Team.deleted.is_(False)).order_by(Team.name)
    return [TeamFacts(*row) for row in session.execute(query)]


def special_days_around(session: Session, period: Period) -> list[SpecialDay]:
    """Return the special days of a period, and those that may be the same a year before it."""
    first = period.year_ago().first - timedelta(days=2 * MOVES_DAYS)  # a lov may have begun before the period
    return _special_days(session, Period(first, period.last))


def special_days_passed(session: Session, today: date) -> list[SpecialDay]:
    """Return the special days of the year up to yesterday."""
    return _special_days(session, Period(today - timedelta(days=365), today - timedelta(days=1)))


def _special_days(session: Session, period: Period) -> list[SpecialDay]:
    found = special_days(session, period.first, period.last)
    return [SpecialDay(day, one["code"], one["name"]) for day, some in found.items() for one in some]


def mapping_basis(session: Session, year: int | None, on: date) -> dict[str, Any]:
    """Return the mapping year the figures rest on and the settings nearness was decided with.

    Without `year`: the newest decided by the date, else the oldest. Raises `Invalid` for a year without a mapping.
    """
    years = select(SiteMapping.year).limit(1)
    newest = years.order_by(SiteMapping.year.desc())
    if year is not None:
        found = session.scalar(newest.where(SiteMapping.year == year))
        if found is None:
            raise Invalid(fields={"mapping_year": ["unknown_year"]})
    else:
        found = session.scalar(newest.where(SiteMapping.decided_on <= on))
        found = found if found is not None else session.scalar(years.order_by(SiteMapping.year))
    if found is None:
        return {"mapping_year": None, "radius_m": None, "school_forms": [], "register_date": None}
    return {"mapping_year": found, **year_basis(session, found)}


def _shifts(session: Session, wanted: Wanted, start: datetime, end: datetime) -> list[ShiftRow]:
    """All the city's shifts: whose hours overlap is known only from all of them. A team's own are whole."""
    query = select(
        Shift.id, Shift.district, Shift.assignment, Shift.status, Shift.started_at, Shift.ended_at,
        Shift.participant_ids, Shift.other_participants, Shift.arena_minutes, Shift.mumin, Shift.incidents,
        Shift.team_id,
    ).where(Shift.deleted.is_(False), Shift.started_at >= start, Shift.started_at < end)  # fmt: skip
    if wanted.approved_only:
        query = query.where(Shift.status == "approved")
    if wanted.team is not None:
        query = query.where(Shift.team_id == wanted.team)
    rows = session.execute(query)
    return [ShiftRow._make((*row[:-1], local_date(row.started_at), row.team_id, None)) for row in rows]


def _visits(session: Session, wanted: Wanted) -> list[VisitRow]:
    """All visits of the shifts in scope, as their hours need them, and what other shifts did not visit there."""
    there = true() if wanted.district is None else or_(_of_district(wanted.district), Visit.district == wanted.district)
    query = (
        select(
            Visit.id, Visit.shift_id, func.coalesce(Visit.district, Shift.district), Visit.site_id, Visit.arrived_at,
            Visit.left_at, Visit.outcome, Visit.not_visited_reason, *_as_text(Visit.together_with, Visit.actions),
            Visit.school_unit_code, Visit.place.is_not(None), Visit.neighbourhood,
        )
        .join(Shift, Shift.id == Visit.shift_id)
        .where(Visit.deleted.is_(False), _asked_for(wanted), there)
    )  # fmt: skip
    found = []
    for row in session.execute(query):
        arrived = row.arrived_at.astimezone(STOCKHOLM)
        lists = (parsed(row[8]), parsed(row[9]))
        kind = kind_of_place(row.site_id, *row[10:])
        found.append(VisitRow._make((*row[:8], *lists, arrived.isoweekday(), arrived.hour, kind)))
    return found


def _observations(session: Session, wanted: Wanted) -> list[ObservationRow]:
    query = (
        select(
            Observation.visit_id,
            *_as_text(Observation.topics, Observation.conditions),
            Observation.people_basis,
            *_as_text(Observation.counts, Observation.referrals),
            Observation.moved_from,
            Observation.moved_to,
        )
        .join(Visit, Visit.id == Observation.visit_id)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(Observation.deleted.is_(False), Visit.deleted.is_(False), in_scope(wanted))
    )  # fmt: skip
    if wanted.district is not None:
        query = query.where(func.coalesce(Visit.district, Shift.district) == wanted.district)
    return [
        ObservationRow(visit, parsed(topics), parsed(conditions), basis, parsed(counts), parsed(referrals), *moved)
        for visit, topics, conditions, basis, counts, referrals, *moved in session.execute(query)
    ]


def _as_text(*columns: Any) -> list[Any]:
    """Read JSON as it is stored: most lists of an evening repeat, and parsing each anew is half the time of a year."""
    return [cast(column, Text) for column in columns]


@lru_cache(maxsize=16_384)
def parsed(stored: str) -> list[Any]:
    """Parse a list; the same text gives the same list, which nobody may change."""
    found: list[Any] = orjson.loads(stored)
    return found


def sites(session: Session, wanted: Wanted, year: int | None, last: Mapping[str, date]) -> list[SiteRow]:
    """Return the sites there are now, as of a mapping year. `last`: the day of each one's newest visit, by its id."""
    query = (
        select(Site.id, Site.name, Site.district, SiteMapping.status, SiteMapping.school_near)
        .outerjoin(SiteMapping, and_(SiteMapping.site_id == Site.id, SiteMapping.year == year))
        .where(~Site.deleted)
    )
    if wanted.district is not None:
        query = query.where(Site.district == wanted.district)
    return [
        SiteRow(row.id, row.name, row.district, row.status in IN_FORCE, row.school_near or "no", last.get(row.id))
        for row in session.execute(query)
    ]


def last_visits(session: Session, wanted: Wanted) -> dict[str, date]:
    """Return the day of each site's newest visit up to the period's end, by any unit: that of its shift."""
    _, end = local_day_bounds(wanted.period.first, wanted.period.last)
    query = (
        select(Visit.site_id, func.max(Shift.started_at).label("newest"))
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.site_id.is_not(None),
            Visit.outcome != "not_visited",
            Visit.deleted.is_(False),
            Shift.deleted.is_(False),
            Shift.started_at < end,
        )
        .group_by(Visit.site_id)
    )
    if wanted.approved_only:
        query = query.where(Shift.status == "approved")
    last = {str(row.site_id): local_date(row.newest) for row in session.execute(query)}
    if wanted.approved_only:
        for site_id, day in last_visits_open_again(session, end).items():
            last[site_id] = max(day, last.get(site_id, day))
    return last


def joint_briefings(session: Session, wanted: Wanted, named_in_versions: Iterable[str | None]) -> int:
    """Count joint briefings of the period; of a team or of some shifts, those that these name, or their versions."""
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    query = select(func.count(Briefing.id)).where(
        Briefing.deleted.is_(False), Briefing.joint.is_(True), Briefing.held_at >= start, Briefing.held_at < end
    )
    if wanted.district is not None:
        of_district = exists().where(
            BriefingDistrict.briefing_id == Briefing.id, BriefingDistrict.district == wanted.district
        )
        query = query.where(of_district)
    if wanted.team is not None or wanted.shift_ids is not None:
        named = Briefing.id.in_(select(Shift.briefing_id).where(in_scope(wanted)))
        query = query.where(or_(named, Briefing.id.in_({key for key in named_in_versions if key})))
    return session.execute(query).scalar_one()
