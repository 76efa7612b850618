"""Conflicts as a collection: both values travel to whose they are and to the lead, and one of them chooses (PU5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.engine import RowMapping

from fieldapp.core.access import Actor
from fieldapp.core.schema import MESSAGES, StrictSchema
from fieldapp.sync.collection import Change, Collection, Refused, Row
from fieldapp.sync.kept import TRAVELLING, own_or_led
from fieldapp.sync.models import ConflictPerson, ConflictRow

CHOICES = ("server", "sent", "other")
MOST_FIELDS = 60


class Resolution(fields.Field[dict[str, Any]]):
    """A choice for each field: `{field: {"choice": server|sent|other, "value"}}`, `value` with *other* only.

    The values are judged as those of the record they are written to.
    """

    default_error_messages = {**MESSAGES, "too_many": "too_many_items", "choice": "unknown_code"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("type")
        if len(value) > MOST_FIELDS:
            raise self.make_error("too_many")
        for item in value.values():
            if not isinstance(item, dict) or item.keys() - {"choice", "value"}:
                raise self.make_error("invalid")
            if item.get("choice") not in CHOICES:
                raise self.make_error("choice")
            if item["choice"] == "other" and "value" not in item:
                raise self.make_error("required")
        return value


class ConflictSchema(StrictSchema):
    """What a client may say of a conflict."""

    resolution = Resolution(required=True)


class Conflicts(Collection):
    """Values that met, kept whole."""

    name = "conflicts"
    table = ConflictRow.__table__
    schema = ConflictSchema

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Those whose values met, and the unit's lead (S08)."""
        return self.knowable(actor)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Those whose values met, and the unit's lead."""
        met = select(ConflictPerson.conflict_id).where(ConflictPerson.user_id == actor.user_id)
        return or_(own_or_led(ConflictRow, actor), ConflictRow.id.in_(met))

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """Resolved once; who sees it may choose."""
        if op != "update":
            raise Refused("not_allowed")
        if row["state"] != "open":
            raise Refused("already_resolved")

    def check(self, change: Change) -> Row:
        """Let the conflict be resolved; `resolving.py` writes what was chosen."""
        return {"state": "resolved"}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """The unit the conflict belongs to."""
        unit = row.get("unit_id")
        return unit if isinstance(unit, str) else None

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the conflict with both values, whose they are and when."""
        names = (
            "mutation_id", "collection", "record_id", "op", "server", "server_by", "server_at", "sent", "author_id",
            "state", "resolution",
        )  # fmt: skip
        return {**{name: row[name] for name in (*names, *TRAVELLING)}, "made_at": row["created_at"]}
