"""Reads of reinforcements, filtered by grant: who asked, who answers, and the teams chosen (decisions.md)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team
from fieldapp.accounts.queries import names_of_teams
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.errors import NotFound
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import visible_shifts
from fieldapp.reinforcements.models import Reinforcement, ReinforcementTeam
from fieldapp.reinforcements.rules import belongs, state_now

TEAM_ROLES = ("field_worker", "team_lead")
MOST_PAST = 100
Row = dict[str, Any]


def leads_the_city(actor: Actor) -> bool:
    """Say whether the actor leads a unit of the whole city: a grant without a district."""
    return actor.districts("team_lead") is None


def led_districts(actor: Actor) -> frozenset[str]:
    """Return the districts whose lead the actor is by name; all of the city is none of them."""
    return frozenset(grant.district for grant in actor.grants if grant.role == "team_lead" and grant.district)


def visible_reinforcements(actor: Actor) -> ColumnElement[bool]:
    """Those one's district asked for, those of one's teams; all for a lead of the whole city."""
    if leads_the_city(actor):
        return true()
    own_teams = select(ReinforcementTeam.reinforcement_id).where(
        ReinforcementTeam.team_id.in_(actor.teams(*TEAM_ROLES))
    )
    return or_(Reinforcement.requested_by.in_(led_districts(actor)), Reinforcement.id.in_(own_teams))


def reinforcements(session: Session, actor: Actor, now: datetime) -> tuple[list[Row], list[Row]]:
    """Return those to come, soonest first, and the last ones past, newest first, as the actor may read them."""
    table: Any = Reinforcement.__table__
    known = select(table).where(visible_reinforcements(actor))
    to_come = known.where(Reinforcement.ends_at >= now).order_by(Reinforcement.starts_at, Reinforcement.id)
    past = known.where(Reinforcement.ends_at < now).order_by(Reinforcement.starts_at.desc(), Reinforcement.id.desc())
    coming, gone = _rows(session, to_come), _rows(session, past.limit(MOST_PAST))
    whole = _with_shifts(session, [*coming, *gone])
    return whole[: len(coming)], whole[len(coming) :]


def reinforcement(session: Session, actor: Actor, reinforcement_id: str) -> Row:
    """Return one, with its teams, its shifts and how it stands. Raises `NotFound`."""
    table: Any = Reinforcement.__table__
    known = select(table).where(Reinforcement.id == reinforcement_id, visible_reinforcements(actor))
    found = _rows(session, known)
    if not found:
        raise NotFound
    return _with_shifts(session, found)[0]


def readable_shifts(session: Session, actor: Actor, found: Row, now: datetime) -> frozenset[str]:
    """Return those of a reinforcement's shifts that the actor may open."""
    ids = [shift["id"] for shift in found["shifts"]]
    return frozenset(session.scalars(select(Shift.id).where(Shift.id.in_(ids), visible_shifts(actor, now))))


def city_teams(session: Session) -> dict[str, str]:
    """Return the names, by id, of the teams that work in the whole city."""
    query = select(Team.id, Team.name).where(Team.deleted.is_(False), Team.district.is_(None)).order_by(Team.name)
    return {row.id: row.name for row in session.execute(query)}


def busy_teams(session: Session, found: Mapping[str, Any]) -> frozenset[str]:
    """Return the teams that work another accepted reinforcement for the same asker on the same date."""
    query = select(ReinforcementTeam.team_id).join(
        Reinforcement, Reinforcement.id == ReinforcementTeam.reinforcement_id
    )
    same = (Reinforcement.date == found["date"], Reinforcement.requested_by == found["requested_by"])
    other = (Reinforcement.id != found["id"], Reinforcement.state == "accepted")
    return frozenset(session.scalars(query.where(*same, *other)))


def shifts_by_reinforcement(
    session: Session, found: Sequence[Row], teams: Mapping[str, Sequence[str]]
) -> dict[str, list[Row]]:
    """Return the shifts of each, by its id, in the order they began. `teams` are those chosen, by the same id."""
    listed = [one for one in found if teams.get(one["id"])]
    if not listed:
        return {}
    windows = {one["date"]: local_day_bounds(one["date"], one["date"]) for one in listed}
    columns = (
        Shift.id,
        Shift.team_id,
        Shift.assignment,
        Shift.requested_by,
        Shift.started_at,
        Shift.ended_at,
        Shift.status,
    )
    query = (
        select(*columns)
        .where(
            Shift.deleted.is_(False),
            Shift.assignment == "reinforcement",
            Shift.team_id.in_({team for one in listed for team in teams[one["id"]]}),
            or_(*(and_(Shift.started_at >= start, Shift.started_at < end) for start, end in windows.values())),
        )
        .order_by(Shift.started_at, Shift.id)
    )
    shifts = [{**row, "date": local_date(row["started_at"])} for row in _rows(session, query)]
    return {one["id"]: [shift for shift in shifts if belongs(shift, one, teams[one["id"]])] for one in listed}


def _with_shifts(session: Session, found: Sequence[Row]) -> list[Row]:
    teams = _teams_of(session, [one["id"] for one in found])
    names = names_of_teams(session, {team for some in teams.values() for team in some})
    shifts = shifts_by_reinforcement(session, found, teams)
    return [
        {
            **one,
            "state": state_now(one["state"], shifts.get(one["id"], []), teams.get(one["id"], [])),
            "stored_state": one["state"],
            "team_ids": teams.get(one["id"], []),
            "teams": sorted(names[team] for team in teams.get(one["id"], [])),
            "shifts": [{**shift, "team": names[shift["team_id"]]} for shift in shifts.get(one["id"], [])],
        }
        for one in found
    ]


def _teams_of(session: Session, ids: Iterable[str]) -> dict[str, list[str]]:
    query = select(ReinforcementTeam).where(ReinforcementTeam.reinforcement_id.in_(list(ids)))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in session.scalars(query.order_by(ReinforcementTeam.team_id)):
        found[row.reinforcement_id].append(row.team_id)
    return dict(found)


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Row]:
    return [dict(row) for row in session.execute(query).mappings()]
