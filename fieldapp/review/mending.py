"""A leader mends an obvious slip in what others wrote: a visible edit with its reason, and its authors are told.

Flush, never commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import to_wire
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.schema import Moment, StrictSchema, says_something
from fieldapp.outreach.approved import keep_version, newest_at
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.queries import living, tree_of, visible_shifts
from fieldapp.outreach.schemas import ObservationSchema, ShiftSchema, VisitSchema
from fieldapp.review.services import comment_on, may_review
from fieldapp.review.words import FREE_TEXTS, grouped
from fieldapp.sync import desk
from fieldapp.sync.collection import Registry
from fieldapp.sync.models import ConflictRow, History
from fieldapp.sync.sequence import take_seqs

MENDABLE_IN = ("submitted", "approved")
# Who was there and what is being followed up are not slips of the pen; what hangs on what never changes.
NOT_MENDED = frozenset({
    "team_id", "district", "shift_id", "visit_id", "status", "participant_ids", "open_items", "plan_id", "briefing_id",
    "entered_afterwards", "time_precision",
})  # fmt: skip
SCHEMAS: dict[str, StrictSchema] = {
    "shifts": ShiftSchema(), "visits": VisitSchema(), "observations": ObservationSchema(),
}  # fmt: skip
MENDABLE = {name: frozenset(schema.fields) - NOT_MENDED for name, schema in SCHEMAS.items()}
WORDS = FREE_TEXTS | {"place"}  # a place outside the register has a label
AHEAD = timedelta(days=1)  # nothing that was seen lies further ahead
TABLES: dict[str, Any] = {"shifts": Shift.__table__, "visits": Visit.__table__, "observations": Observation.__table__}
Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A record of a pass that may be mended: which it is, how it stands, and its pass."""

    collection: str
    row: Row
    shift: Row


def line_to_mend(session: Session, actor: Actor, shift_id: str, record_id: str, now: datetime) -> Line:
    """Return a record of a pass that the actor may mend.

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
    return Line(collection, _row(session, collection, record_id), dict(shift))


def as_read(session: Session, line: Line, version: int) -> Row:
    """Return a record as it stood at a version: what a page showed of it. As it stands where that is not known."""
    query = select(History.version, History.changed).where(
        History.record_id == line.row["id"], History.collection == line.collection
    )
    known = {row.version: row.changed for row in session.execute(query)}
    if not set(range(1, line.row["version"] + 1)) <= known.keys():
        return line.row
    then: Row = {}
    for number in range(1, min(version, line.row["version"]) + 1):
        then |= known[number]
    fields = SCHEMAS[line.collection].fields
    return line.row | {
        name: datetime.fromisoformat(value) if isinstance(fields[name], Moment) and value else value
        for name, value in then.items()
        if name in fields
    }


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
    line = line_to_mend(session, actor, shift_id, record_id, now)
    collection, before = line.collection, line.row
    if not says_something(reason):
        raise Invalid(fields={"reason": ["required"]})
    if not fields.keys() <= MENDABLE[collection]:  # not named: what was sent as a name may be anything
        raise Invalid(fields={"fields": ["unknown_field"]})
    if version > before["version"]:
        raise Conflict  # nobody has read it
    is_approved = line.shift["status"] == "approved"
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
    ahead = {name for name in mended if isinstance(after[name], datetime) and after[name] > now + AHEAD}
    if ahead:
        raise Invalid(fields={f"fields.{name}": ["out_of_range"] for name in sorted(ahead)})
    _let_conflicts_forget(session, actor, collection, after, [name for name in mended if name in WORDS], now)
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


def _let_conflicts_forget(
    session: Session, actor: Actor, collection: str, after: Row, words: Sequence[str], now: datetime
) -> None:
    """Let open conflicts show what free words say by now: what was struck must not travel on as the saved value."""
    if not words:
        return
    table: Any = ConflictRow.__table__
    of_it = (table.c.collection == collection, table.c.record_id == after["id"], table.c.state == "open")
    for row in session.execute(select(table).where(*of_it).with_for_update()).mappings().all():
        struck = row["server"].keys() & set(words)
        if struck:
            [seq] = take_seqs(session, 1)
            session.execute(
                update(table)
                .where(table.c.id == row["id"])
                .values(
                    server={**row["server"], **{name: after[name] for name in struck}},
                    server_version=after["version"],
                    server_by=actor.user_id,
                    server_at=now,
                    version=row["version"] + 1,
                    seq=seq,
                )
            )


def _row(session: Session, collection: str, record_id: str) -> Row:
    table: Table = TABLES[collection]
    return dict(session.execute(select(table).where(table.c.id == record_id)).mappings().one())


def _as_told(group: list[str], before: Row) -> Row:
    """Return what fields said, as it travels. Words that were taken away are not said again."""
    return as_it_travels({name: before[name] for name in group if name not in WORDS})


def as_it_travels(row: Row) -> Row:
    """Return a record's values with times as they are sent."""
    return {name: to_wire(value) if isinstance(value, datetime) else value for name, value in row.items()}
