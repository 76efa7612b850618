"""Reads of staffing: a unit's year for who may enter it, sums for figures."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team
from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.staffing.models import Staffing
from fieldapp.staffing.rules import Posts, Tally, months_between, tally

WRITERS = ("team_lead",)
READERS = (*WRITERS, "analyst")
Row = dict[str, Any]


def units(session: Session, actor: Actor) -> list[Row]:
    """Return the units whose staffing the actor may read, as `{id, name, may_write}`, by name."""
    led, held = actor.teams(*WRITERS), actor.districts("analyst")
    query = select(Team.id, Team.name, Team.district).where(Team.deleted.is_(False)).order_by(Team.name)
    return [
        {"id": row.id, "name": row.name, "may_write": row.id in led}
        for row in session.execute(query)
        if row.id in led or held is None or row.district in held
    ]


def unit(session: Session, actor: Actor, team_id: str) -> Row:
    """Return one of the actor's units. Raises `NotFound` for any other."""
    found = next((row for row in units(session, actor) if row["id"] == team_id), None)
    if found is None:
        raise NotFound
    return found


def year(session: Session, actor: Actor, team_id: str, of_year: int) -> list[Row]:
    """Return a unit's months of a year as `{month, posts, filled, version}`; what is not entered is None, version 0.

    Posts are full-time posts, with decimals. Raises `NotFound` for a unit that is not the actor's to read.
    """
    unit(session, actor, team_id)
    months = [date(of_year, month, 1) for month in range(1, 13)]
    query = select(
        Staffing.month, Staffing.posts_hundredths, Staffing.filled_hundredths, Staffing.version
    ).where(Staffing.team_id == team_id, Staffing.month.between(months[0], months[-1]))  # fmt: skip
    entered = {row.month: row for row in session.execute(query)}
    return [_present(month, entered.get(month)) for month in months]


def staffing_figures(
    session: Session, district: str | None, first: date, last: date, *, team_id: str | None = None
) -> Tally | None:
    """Return the posts of a district's units, of all, or of one, over the whole months of a period.

    None when the period holds no whole month, or nothing is entered for any.
    """
    months = months_between(first, last)
    if not months:
        return None
    teams = select(Team.id).where(Team.deleted.is_(False))
    if team_id is not None:
        teams = teams.where(Team.id == team_id)
    elif district is not None:
        teams = teams.where(Team.district == district)
    ids = list(session.scalars(teams))
    query = select(
        Staffing.team_id, Staffing.month, Staffing.posts_hundredths, Staffing.filled_hundredths
    ).where(Staffing.team_id.in_(ids), Staffing.month.between(months[0], months[-1]))  # fmt: skip
    return tally([Posts(*row) for row in session.execute(query)], len(ids), len(months))


def _present(month: date, entered: Any) -> Row:
    return {
        "month": month.isoformat()[:7],
        "posts": entered.posts_hundredths / 100 if entered else None,
        "filled": entered.filled_hundredths / 100 if entered else None,
        "version": entered.version if entered else 0,
    }
