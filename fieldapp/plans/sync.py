"""How plans travel and who may write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.engine import RowMapping

from fieldapp.core.access import Actor
from fieldapp.core.audiences import of_district, of_unit
from fieldapp.core.clock import local_date
from fieldapp.core.ids import readable_id
from fieldapp.plans import queries, rules, services
from fieldapp.plans.models import ShiftPlan
from fieldapp.plans.schemas import ShiftPlanSchema
from fieldapp.sync.collection import Change, Collection, Refused, Row
from fieldapp.sync.kept import TRAVELLING

TIME_AND_PLACE = ("district", "date", "starts_at", "ends_at")


class ShiftPlans(Collection):
    """Plans of a team: written by its own, read as time and place by who coordinates walks in the district."""

    name = "shift_plans"
    table = ShiftPlan.__table__
    schema = ShiftPlanSchema
    fixed = frozenset({"team_id"})
    merge_groups = (frozenset({"date", "starts_at", "ends_at"}),)
    planned = frozenset({"starts_at", "ends_at"})

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """The coming weeks'."""
        return queries.plans_on_phone(actor, now)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Whatever the grants let through."""
        return queries.visible_plans(actor)

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """One's own team's."""
        if not services.may_plan(actor, team_id=row["team_id"], district=row["district"]):
            raise Refused("not_allowed", {"team_id": ["not_allowed"]} if op == "create" else {})

    def check(self, change: Change) -> Row:
        """Judge a plan; one that moves to another district must be the actor's there too."""
        if change.op == "delete":
            return {}
        self.admit(change.actor, change.op, change.after, change.parents)
        errors = rules.plan_faults(change.after, local_date(change.after["starts_at"]))
        if errors:
            raise Refused("invalid", errors)
        return {}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """The team."""
        return readable_id(row.get("team_id"))

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the plan, or its time and place alone (access.md)."""
        whole = {**super().present(row, actor), "date": row["date"].isoformat()}
        if queries.sees_whole(actor, row["team_id"]):
            return whole
        return {name: whole[name] for name in (*TIME_AND_PLACE, *TRAVELLING)} | {"created_by": None}

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """The team, and who coordinates walks in the district."""
        return of_unit(row["team_id"]), of_district(row["district"])


COLLECTIONS = (ShiftPlans(),)
