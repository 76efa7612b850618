"""A leader mends an obvious slip in what others wrote: a visible edit with its reason, and its authors are told.

Flush, never commit.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import to_wire
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.schema import says_something
from fieldapp.outreach.approved import keep_version, newest_at
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.queries import living, tree_of, visible_shifts
from fieldapp.review.services import FIELDS, comment_on, may_review
from fieldapp.review.words import FREE_TEXTS, grouped
from fieldapp.sync import desk
from fieldapp.sync.collection import Registry

MENDABLE_IN = ("submitted", "approved")
# Who was there and what is being followed up are not slips of the pen; what hangs on what never changes.
NOT_MENDED = frozenset({
    "team_id", "district", "shift_id", "visit_id", "status", "participant_ids", "open_items", "plan_id", "briefing_id",
    "entered_afterwards", "time_precision",
})  # fmt: skip
MENDABLE = {collection: fields - NOT_MENDED for collection, fields in FIELDS.items()}
TABLES: dict[str, Any] = {"shifts": Shift.__table__, "visits": Visit.__table__, "observations": Observation.__table__}
Row = dict[str, Any]


def line_to_mend(session: Session, actor: Actor, shift_id: str, record_id: str, now: datetime) -> tuple[str, Row]:
    """Return a record of a pass that the actor may mend, as `(collection, row)`.

    Raises `NotFound`; `NotAllowed` for who may not review the pass; `Conflict` while it is with those who wrote it.
    """
    known = (Shift.id == shift_id, Shift.deleted.is_(False), visible_shifts(actor, now))
    shift = session.execute(select(TABLES["shifts"]).where(*known)).mappings().one_or_none()
    collection = living(session, shift_id).get(record_id) if shift else None
    if shift is None or collection is None:
        raise NotFound
    if not may_review(session, actor, shift):
        raise NotAllowed
    if shift["status"] not in MENDABLE_IN:
        raise Conflict("wrong_status")
    return collection, _row(session, collection, record_id)


def mend(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    shift_id: str,
    record_id: str,
    version: int,
    fields: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> Row:
    """Change fields of a submitted or approved pass, or of a line of it, and say why to those who wrote it.

    `version`: the record as it was read. Of an approved pass the next version is kept. Returns `{id, version, mended,
    content_version}`, `mended` being the fields that did change. Raises as `line_to_mend`; `Invalid` without a reason,
    for fields that are not mended and for values that can't be; `Conflict` where a field has changed since.
    """
    shifts = TABLES["shifts"]
    session.execute(select(Shift.id).where(Shift.id == shift_id).with_for_update(of=shifts))
    collection, before = line_to_mend(session, actor, shift_id, record_id, now)
    if not says_something(reason):
        raise Invalid(fields={"reason": ["required"]})
    stray = fields.keys() - MENDABLE[collection]
    if stray:
        raise Invalid(fields={f"fields.{name}": ["unknown_field"] for name in sorted(stray)})
    is_approved = _row(session, "shifts", shift_id)["status"] == "approved"
    edit = desk.Edit(collection, record_id, "update", fields, version)
    if is_approved and newest_at(session, shift_id) != (stands_at := max(tree_of(session, shift_id).values())):
        # Approved before versions were kept: what was approved stays.
        keep_version(session, shift_id=shift_id, by=actor.user_id, reason="", content_version=stands_at, now=now)
    try:
        [after] = desk.write(session, registry, actor=actor, edits=[edit], now=now, mends=True, amends=is_approved)
    except Invalid as error:
        raise Invalid(error.slug, fields={f"fields.{path}": keys for path, keys in error.fields.items()}) from error
    mended = sorted(name for name in fields if after[name] != before[name])
    if not mended:
        raise Invalid(fields={"fields": ["nothing_changed"]})
    comments = [
        {"record_id": record_id, "field": group[0], "text": reason, "before": _as_told(group, before)}
        for group in grouped(mended)
    ]
    comment_on(session, actor, shift_id, comments, now)
    content_version = max(tree_of(session, shift_id).values())
    if is_approved:
        keep_version(
            session, shift_id=shift_id, by=actor.user_id, reason=reason, content_version=content_version, now=now
        )
    audit.record(
        session, action="shift.mend", actor_id=actor.user_id, subject=shift_id, record_id=record_id, fields=mended
    )
    return {"id": record_id, "version": after["version"], "mended": mended, "content_version": content_version}


def _row(session: Session, collection: str, record_id: str) -> Row:
    table: Table = TABLES[collection]
    return dict(session.execute(select(table).where(table.c.id == record_id)).mappings().one())


def _as_told(group: list[str], before: Row) -> Row:
    """Return what fields said, as it travels. Words that were taken away are not said again."""
    return as_it_travels({name: before[name] for name in group if name not in FREE_TEXTS})


def as_it_travels(row: Row) -> Row:
    """Return a record's values with times as they are sent."""
    return {name: to_wire(value) if isinstance(value, datetime) else value for name, value in row.items()}
