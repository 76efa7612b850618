"""How briefings travel and who may write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from fieldapp.briefings import queries, rules, services
from fieldapp.briefings.models import Briefing
from fieldapp.briefings.schemas import BriefingSchema
from fieldapp.core.access import Actor
from fieldapp.sync.collection import Change, Collection, Refused, Row, Written


class Briefings(Collection):
    """Briefings."""

    name = "briefings"
    can_leave = True
    table = Briefing.__table__
    disposable = True
    verbatim = True
    schema = BriefingSchema

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Those of the districts, current ones."""
        return queries.briefings_on_phone(actor, now)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Those of the districts."""
        return queries.visible_briefings(actor)

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> services.BriefingFacts:
        """The sites and teams named."""
        return services.briefing_facts(session, records)

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """One's own districts' to write, then one's own, or the district's for its lead."""
        if op == "create":
            if not services.may_write(actor, row["districts"]):
                raise Refused("not_allowed", {"districts": ["not_allowed"]})
        elif not services.may_change(actor, row):
            raise Refused("not_allowed")

    def check(self, change: Change) -> Row:
        """Judge a briefing."""
        if change.op == "delete":
            return {}
        if (
            change.before
            and "districts" in change.changed
            and not services.may_write(change.actor, change.after["districts"])
        ):
            raise Refused("not_allowed", {"districts": ["not_allowed"]})
        errors = rules.briefing_faults(change.after)
        if change.before is None or "priorities" in change.changed:
            errors |= services.priority_errors(change.facts, change.after["priorities"])
        if errors:
            raise Refused("invalid", errors)
        if change.before is None:
            return {"changed_at": None}
        return {"changed_at": change.made_at} if change.changed else {}

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the briefing with the moment of its last edit: phones mark it *ändrad*."""
        return {**super().present(row, actor), "changed_at": row["changed_at"]}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """A briefing belongs to no one team."""
        return None

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Its districts, and its author."""
        return services.audiences_of_briefing(row)

    def disposed(self, session: Session, record_ids: Sequence[str]) -> None:
        """The mirrored districts."""
        services.clear_districts(session, record_ids)

    def written(self, session: Session, rows: Sequence[Written]) -> None:
        """Mirror the districts."""
        services.set_districts(session, rows)


COLLECTIONS = (Briefings(),)
