"""Teams and people as they travel: names only, of one's own teams and of those one was on a shift with (access.md)."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.engine import RowMapping

from fieldapp.accounts.models import TEAM_ROLES, GrantRow, Team, User
from fieldapp.core.access import Actor
from fieldapp.core.ports import port
from fieldapp.sync.collection import Collection, Row
from fieldapp.sync.kept import TRAVELLING


class Teams(Collection):
    """Field teams."""

    name = "teams"
    can_leave = True
    table = Team.__table__

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Own teams and those of people one was on a shift with; an administrator sees all."""
        if actor.has_role("admin"):
            return true()
        if not actor.has_role(*TEAM_ROLES):
            return false()
        of_co_participants = select(GrantRow.team_id).where(
            GrantRow.user_id.in_(port("co_participants")(actor)), GrantRow.role.in_(TEAM_ROLES)
        )
        return or_(Team.id.in_(actor.teams(*TEAM_ROLES)), Team.id.in_(of_co_participants))

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return `id, name, district`."""
        return {name: row[name] for name in ("name", "district", *TRAVELLING)}


class People(Collection):
    """Colleagues: names and teams."""

    name = "people"
    can_leave = True
    table = User.__table__

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """People of one's own teams, and those one was on a shift with; an administrator sees all."""
        if actor.has_role("admin"):
            return true()
        if not actor.has_role(*TEAM_ROLES):
            return User.id == actor.user_id
        in_team = exists().where(
            GrantRow.user_id == User.id, GrantRow.role.in_(TEAM_ROLES), GrantRow.team_id.in_(actor.teams(*TEAM_ROLES))
        )
        return or_(in_team, User.id == actor.user_id, User.id.in_(port("co_participants")(actor)))

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return `id, name, team_ids`; never the address, never the hash.

        Who is disabled has no team: the phone proposes nobody to a shift but the team's, and still knows the name.
        """
        team_ids = (row["team_ids"] or []) if row["disabled_at"] is None else []
        return {"name": row["name"], "team_ids": team_ids, **{name: row[name] for name in TRAVELLING}}
