"""Reads of the evening's record, each filtered by what the grants let through (access.md)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, utc_now
from fieldapp.outreach.models import Observation, Shift, ShiftParticipant, Visit, WrongCode
from fieldapp.outreach.rules import LONGEST_SHIFT, WRONG_CODES_WINDOW
from fieldapp.places.services import Lately

STAFF_ROLES = ("field_worker", "team_lead")
TEAM_WINDOW = timedelta(days=14)
SAFETY_WINDOW = timedelta(hours=24)
PHONE_WINDOW = timedelta(days=60)
LATELY = timedelta(days=28)
AHEAD = timedelta(hours=48)


def own_shifts(actor: Actor) -> ColumnElement[bool]:
    """Shifts one created or took part in."""
    joined = select(ShiftParticipant.shift_id).where(ShiftParticipant.user_id == actor.user_id)
    return or_(Shift.created_by == actor.user_id, Shift.id.in_(joined))


def team_shifts(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Shifts of one's own team over the last 14 days."""
    return and_(Shift.team_id.in_(actor.teams(*STAFF_ROLES)), Shift.started_at >= now - TEAM_WINDOW)


def led_shifts(actor: Actor) -> ColumnElement[bool]:
    """Shifts of the teams one leads."""
    return Shift.team_id.in_(actor.teams("team_lead"))


def under_way(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Shifts that colleagues can join: drafts that have not ended. One forgotten open is none."""
    open_drafts = (Shift.status == "draft", Shift.ended_at.is_(None), Shift.deleted.is_(False))
    return *open_drafts, Shift.started_at > now - LONGEST_SHIFT


def wrong_codes(session: Session, user_id: str, now: datetime) -> list[datetime]:
    """Return when a person lately gave a code that led to no shift."""
    query = select(WrongCode.at).where(WrongCode.user_id == user_id, WrongCode.at > now - WRONG_CODES_WINDOW)
    return list(session.scalars(query))


def shifts_on_phone(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the shifts a phone holds (PL6): own ones of 60 days, unapproved own ones of any age, the team's of 14."""
    if not actor.has_role(*STAFF_ROLES):
        return own_shifts(actor)
    recent = or_(Shift.started_at >= now - PHONE_WINDOW, Shift.status != "approved")
    return or_(and_(own_shifts(actor), recent), team_shifts(actor, now))


def visible_shifts(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the shifts an actor may know of at all."""
    conditions = [own_shifts(actor)]
    if actor.has_role("field_worker"):
        conditions.append(team_shifts(actor, now))
    if actor.has_role("team_lead"):
        conditions.append(led_shifts(actor))
        conditions.append(_reached_districts(actor))
    if actor.has_role("analyst"):
        held = actor.districts("analyst")
        approved = Shift.status == "approved"
        conditions.append(approved if held is None else and_(approved, Shift.district.in_(held)))
    return or_(*conditions)


def _reached_districts(actor: Actor) -> ColumnElement[bool]:
    """Shifts that belong to, or made a visit in, a district one leads in."""
    held = actor.districts("team_lead")
    if held is None:
        return Shift.id.is_not(None)
    if not held:
        return false()
    visited = aliased(Visit)
    in_district = exists().where(
        visited.shift_id == Shift.id,
        visited.district.in_(held),
        visited.deleted.is_(False),
        visited.outcome != "not_visited",
    )
    return or_(Shift.district.in_(held), in_district)


def of_shifts(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the ids of shifts under a condition, to filter what hangs on them."""
    return select(Shift.id).where(condition)


def of_visits(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the ids of visits on shifts under a condition."""
    return select(Visit.id).where(Visit.shift_id.in_(of_shifts(condition)))


def shifts_of_visits(session: Session, visit_ids: Collection[str]) -> set[str]:
    """Return the shifts that visits belong to."""
    return set(session.scalars(select(Visit.shift_id).where(Visit.id.in_(visit_ids))))


def sent_in(session: Session, shift_ids: Collection[str]) -> set[str]:
    """Return those of the shifts that are no draft any more."""
    return set(session.scalars(select(Shift.id).where(Shift.id.in_(shift_ids), Shift.status != "draft")))


def content_versions(session: Session, shift_ids: Collection[str]) -> dict[str, int]:
    """Return the highest place in the server's order of each shift's tree, as `tree_of` finds it for one."""
    queries = (
        select(Shift.id, Shift.seq).where(Shift.id.in_(shift_ids)),
        select(Visit.shift_id, func.max(Visit.seq)).where(Visit.shift_id.in_(shift_ids)).group_by(Visit.shift_id),
        select(Visit.shift_id, func.max(Observation.seq))
        .join(Observation, Observation.visit_id == Visit.id)
        .where(Visit.shift_id.in_(shift_ids))
        .group_by(Visit.shift_id),
    )
    found: dict[str, int] = {}
    for query in queries:
        for shift_id, seq in session.execute(query):
            found[shift_id] = max(seq, found.get(shift_id, 0))
    return found


def tree_of(session: Session, shift_id: str) -> dict[str, int]:
    """Return the place in the server's order of a shift and of all that hangs on it, by id, tombstones included."""
    visits = select(Visit.id).where(Visit.shift_id == shift_id)
    queries = (
        select(Shift.id, Shift.seq).where(Shift.id == shift_id),
        select(Visit.id, Visit.seq).where(Visit.shift_id == shift_id),
        select(Observation.id, Observation.seq).where(Observation.visit_id.in_(visits)),
    )
    return {row.id: row.seq for query in queries for row in session.execute(query)}


def living(session: Session, shift_id: str) -> dict[str, str]:
    """Return the collection of a shift and of each record that hangs on it and is not removed, by id."""
    visits = select(Visit.id).where(Visit.shift_id == shift_id, Visit.deleted.is_(False))
    of_visits = and_(Observation.visit_id.in_(visits), Observation.deleted.is_(False))
    return {
        shift_id: "shifts",
        **dict.fromkeys(session.scalars(visits), "visits"),
        **dict.fromkeys(session.scalars(select(Observation.id).where(of_visits)), "observations"),
    }


def missed_for_safety(session: Session, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return the visits not made for safety, decided or received in the last day, on passes of the teams one leads.

    Newest first, each with its pass's participants. What a phone without coverage sends later is as new to the leader.
    """
    led, since = actor.teams("team_lead"), now - SAFETY_WINDOW
    if not led:
        return []
    query = (
        select(Visit.__table__, Shift.participant_ids, Shift.district.label("shift_district"), Shift.team_id)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Shift.team_id.in_(led),
            Shift.started_at >= now - TEAM_WINDOW,
            Shift.deleted.is_(False),
            Visit.deleted.is_(False),
            Visit.outcome == "not_visited",
            Visit.not_visited_reason == "safety",
            or_(Visit.arrived_at >= since, Visit.received_at >= since),
        )
        .order_by(Visit.arrived_at.desc(), Visit.id)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def co_participants(actor: Actor) -> Select[Any]:
    """Return the ids of everybody one was on a shift with."""
    mine, theirs = aliased(ShiftParticipant), aliased(ShiftParticipant)
    return select(theirs.user_id).join(mine, mine.shift_id == theirs.shift_id).where(mine.user_id == actor.user_id)


def last_visits(session: Session, site_ids: Sequence[str]) -> dict[str, date | None]:
    """Return the date of the newest visit of each site, by any unit; a place not visited does not count."""
    newest = _newest_visits(session, site_ids)
    return {site_id: local_date(at) if (at := newest.get(site_id)) else None for site_id in site_ids}


def visits_lately(session: Session, site_ids: Sequence[str]) -> dict[str, Lately]:
    """Return how often each site was visited, by any unit, in the four weeks up to its last visit."""
    since = {site_id: at - LATELY for site_id, at in _newest_visits(session, site_ids).items()}
    if not since:
        return {}
    query = select(Visit.site_id, Visit.arrived_at, Visit.outcome).where(
        *_paid_to(site_ids), Visit.arrived_at > min(since.values())
    )
    rows = [row for row in session.execute(query) if row.arrived_at > since[row.site_id]]
    visits = Counter(row.site_id for row in rows)
    noted = Counter(row.site_id for row in rows if row.outcome == "observed")
    return {site_id: Lately(visits[site_id], noted[site_id]) for site_id in since}


def _newest_visits(session: Session, site_ids: Sequence[str]) -> dict[str, datetime]:
    query = select(Visit.site_id, func.max(Visit.arrived_at).label("at")).where(*_paid_to(site_ids))
    return {row.site_id: row.at for row in session.execute(query.group_by(Visit.site_id))}


def _paid_to(site_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """Visits that were made. One that a wrong clock dates far ahead is not the newest (PU15)."""
    made = (Visit.outcome != "not_visited", Visit.deleted.is_(False))
    return Visit.site_id.in_(site_ids), Visit.arrived_at <= utc_now() + AHEAD, *made


def visits_28d(session: Session, site_ids: Sequence[str]) -> dict[str, int]:
    """Return how many visits each site had in the last 28 days, by all units, without contents."""
    query = select(Visit.site_id, func.count()).where(*_paid_to(site_ids), Visit.arrived_at >= utc_now() - LATELY)
    return {str(row[0]): row[1] for row in session.execute(query.group_by(Visit.site_id))}
