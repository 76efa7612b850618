"""How walk groups and walks travel and who may write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.audiences import of_district
from fieldapp.places.queries import SiteFacts
from fieldapp.sync.collection import Change, Collection, Refused, Row
from fieldapp.walks import queries, rules, services
from fieldapp.walks.models import Walk, WalkGroup
from fieldapp.walks.schemas import WalkGroupSchema, WalkSchema


class OfDistrict(Collection):
    """What a district's walks are made of: written by its leads and those who coordinate walks there."""

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """One's own district's."""
        if not services.may_write(actor, row["district"]):
            raise Refused("not_allowed", {"district": ["not_allowed"]} if op == "create" else {})

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """The district."""
        return (of_district(row["district"]),)


class WalkGroups(OfDistrict):
    """Groups that walk."""

    name = "walk_groups"
    table = WalkGroup.__table__
    schema = WalkGroupSchema
    fixed = frozenset({"district"})

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """The district's."""
        return queries.groups_on_phone(actor)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Whatever the grants let through."""
        return queries.visible_groups(actor)

    def check(self, change: Change) -> Row:
        """The schema has said it all."""
        return {}


class Walks(OfDistrict):
    """Evenings that groups walk."""

    name = "walks"
    table = Walk.__table__
    schema = WalkSchema
    parent = ("walk_groups", "group_id")
    fixed = frozenset({"district", "group_id"})
    planned = frozenset({"planned_start", "planned_end"})
    merge_groups = (frozenset({"planned_start", "planned_end"}), frozenset({"status", "planned_walkers"}))

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """The district's of two weeks back and 60 days ahead."""
        return queries.walks_on_phone(actor, now)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Whatever the grants let through."""
        return queries.visible_walks(actor)

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> Mapping[str, SiteFacts]:
        """The places named."""
        return services.place_facts(session, records)

    def check(self, change: Change) -> Row:
        """Judge a walk; its places only where they are changed, for one may stop being public later."""
        if change.op == "delete":
            return {}
        errors = rules.walk_faults(change.after)
        if change.parents and change.parents[0]["district"] != change.after["district"]:
            errors["district"] = ["not_the_groups_district"]
        if change.before is None or "site_ids" in change.changed:
            errors |= services.place_faults(change.facts, change.after["site_ids"])
        if errors:
            raise Refused("invalid", errors)
        return {}


COLLECTIONS = (WalkGroups(), Walks())
