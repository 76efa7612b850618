"""What is not in effect as collections: it travels down to its author and the unit's lead (PU9, PU11, PU12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.engine import RowMapping

from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.schema import Code, StrictSchema, Text
from fieldapp.sync.collection import Change, Collection, Refused, Row
from fieldapp.sync.models import SERVER_COLUMNS, ConflictRow, KeptMutation, Rejection, Waiting

OPEN, HANDED_OVER, DISCARDED = "open", "handed_over", "discarded"
AUTHOR_MAY_SET = {
    OPEN: (HANDED_OVER, DISCARDED),
    HANDED_OVER: (OPEN, DISCARDED),
    DISCARDED: (OPEN,),  # undo
}
TRAVELLING = tuple(name for name in SERVER_COLUMNS if name not in ("seq", "deleted"))


def own_or_led(model: type[KeptMutation | ConflictRow], actor: Actor) -> ColumnElement[bool]:
    """Return what an author sent, and what belongs to a unit one leads."""
    return or_(model.author_id == actor.user_id, model.unit_id.in_(actor.led_units))


class RejectionSchema(StrictSchema):
    """What a client may say of a rejection."""

    state = Code((OPEN, HANDED_OVER, DISCARDED))
    reason = Text(limit=2000)


class Rejections(Collection):
    """Refused mutations, kept whole."""

    name = "rejections"
    table = Rejection.__table__
    schema = RejectionSchema

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """The author's own, and the unit's for its lead."""
        return self.knowable(actor)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """The author's own, and the unit's for its lead."""
        return own_or_led(Rejection, actor)

    def admit(self, actor: Actor, op: str, row: Mapping[str, object], parents: Sequence[Mapping[str, object]]) -> None:
        """Only the author, only what is still open to decide."""
        if op != "update" or row["author_id"] != actor.user_id:
            raise Refused("not_allowed")
        if row["state"] not in AUTHOR_MAY_SET:
            raise Refused("already_resolved")

    def check(self, change: Change) -> Row:
        """Let the author hand over, discard, and undo."""
        if change.op != "update" or change.before is None:
            raise Refused("not_allowed")
        state = change.before["state"]
        if "state" in change.changed and change.after["state"] not in AUTHOR_MAY_SET[state]:
            raise Refused("not_allowed")
        return {}

    def unit_of(self, row: Mapping[str, object], parents: Sequence[Mapping[str, object]]) -> str | None:
        """The unit the rejection belongs to."""
        unit = row.get("unit_id")
        return unit if isinstance(unit, str) else None

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the rejection with its reason in words."""
        names = ("mutation_id", "collection", "record_id", "op", "fields", "slug", "author_id", "state", "reason")
        return {
            **{name: row[name] for name in (*names, *TRAVELLING)},
            "message": text(f"refusal.{row['slug']}"),
            "field_errors": {
                path: [text(f"field.{key}") for key in keys] for path, keys in (row["field_errors"] or {}).items()
            },
        }


class _Waiting(Collection):
    """Mutations that wait; read-only: parents or a leader settle them."""

    kind: str
    table = Waiting.__table__

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """The author's own, and the unit's for its lead."""
        return self.knowable(actor)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """The author's own, and the unit's for its lead."""
        return and_(Waiting.kind == self.kind, own_or_led(Waiting, actor))

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the mutation and what has become of it."""
        names = ("mutation_id", "collection", "record_id", "op", "fields", "author_id", "state", "made_at")
        return {**{name: row[name] for name in (*names, *TRAVELLING)}, "since": row["received_at"]}


class HeldMutations(_Waiting):
    """Waiting for their parent (PU9)."""

    name = "held"
    kind = "held"


class LateMutations(_Waiting):
    """Arrived for what is approved (PU11)."""

    name = "late"
    kind = "late"
