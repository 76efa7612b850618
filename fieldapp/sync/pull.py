"""The newest state of what changed after a cursor, in server order (PL1–PL3, PL5)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, select, union_all
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.audiences import audiences_of
from fieldapp.sync.collection import Collection, Registry, Row
from fieldapp.sync.models import Gone
from fieldapp.sync.sequence import current_epoch, current_seq

GONE = "(gone)"


@dataclass(frozen=True)
class Page:
    """One page of changes and where to go on.

    `held`: up to where in the order the device had everything when it asked; None where its copy begins anew.
    """

    epoch: str
    reset: bool
    changes: list[Row]
    cursor: str
    more: bool
    held: int | None = None


def pull(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    epoch: str | None,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> Page:
    """Return the next page for an actor.

    Starts anew with `reset` when the database was restored, or when what the actor may see has changed (PL3, PL5).
    """
    here = current_epoch(session)
    scope = scope_of(actor)
    after = _read_cursor(cursor)
    is_stale = cursor is not None and (
        after is None or after.scope != scope or after.epoch != here[:8] or after.seq > current_seq(session)
    )
    reset = is_stale or (epoch is not None and epoch != here)
    held = after.seq if after and not reset else None
    if reset or after is None:
        after = _Cursor(here[:8], scope, 0, current_seq(session))
    rows, more = _changed(session, registry, actor, after, limit, now)
    cursor_now = replace(after, seq=rows[-1][0] if rows else after.seq)
    return Page(here, reset, [change for _, change in rows], _write_cursor(cursor_now), more, held)


def scope_of(actor: Actor) -> str:
    """Return a fingerprint of what the actor's grants let through; another one means another copy (PL3)."""
    return hashlib.sha256(repr((actor.user_id, actor.reach)).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Plan:
    """The statements of one actor's pulls: which numbers come next, and the rows of each collection between two."""

    next_numbers: Select[Any]
    rows: dict[str, Select[Any]]
    gone: Select[Any]


@lru_cache(maxsize=512)
def _plan(registry: Registry, actor: Actor, now: datetime) -> _Plan:
    """Build the statements once for all with the same grants; building them costs more than running them."""
    gone = _gone(registry, actor, now)
    branches, rows = [select(_newest(Gone.seq, GONE, gone).subquery())], {}
    for collection in registry:
        table, condition = collection.table, collection.readable(actor, now)
        branches.append(select(_newest(table.c.seq, collection.name, condition).subquery()))
        between = table.c.seq.between(bindparam("first"), bindparam("last"))
        rows[collection.name] = select(*collection.travelling).where(between, condition)
    union = union_all(*branches).subquery()
    numbers = select(union.c.seq, union.c.collection).order_by(union.c.seq).limit(bindparam("size"))
    between = Gone.seq.between(bindparam("first"), bindparam("last"))
    return _Plan(numbers, rows, select(Gone.__table__).where(between, gone))


def _newest(seq: Any, name: str, condition: ColumnElement[bool]) -> Select[Any]:
    numbered = select(seq.label("seq"), literal(name).label("collection"))
    return numbered.where(seq > bindparam("after"), condition).order_by(seq).limit(bindparam("size"))


def _gone(registry: Registry, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """PL3: what the actor had when this copy began, or after, and may not have now."""
    still_there = [
        and_(Gone.collection == item.name, Gone.record_id.in_(select(item.table.c.id).where(item.readable(actor, now))))
        for item in registry
        if item.can_leave
    ]
    audiences = Gone.audience.in_(sorted(audiences_of(actor)))
    return and_(audiences, Gone.seq > bindparam("since"), *(~there for there in still_there))


def _changed(
    session: Session, registry: Registry, actor: Actor, after: "_Cursor", limit: int, now: datetime
) -> tuple[list[tuple[int, Row]], bool]:
    """Find the next numbers over all collections first, then read only the rows they belong to."""
    hour = now.replace(minute=0, second=0, microsecond=0)  # PL6's windows are weeks; an hour more changes nothing
    plan = _plan(registry, replace(actor, session_id="", device_id=None), hour)
    since = {"since": after.since}
    found = session.execute(plan.next_numbers, {"after": after.seq, "size": limit + 1} | since).all()
    page, more = found[:limit], len(found) > limit
    spans: dict[str, tuple[int, int]] = {}
    for seq, name in page:
        spans[name] = (spans[name][0] if name in spans else seq, seq)
    rows: list[tuple[int, Row]] = []
    for collection in registry:
        if collection.name in spans:
            first, last = spans[collection.name]
            read = session.execute(plan.rows[collection.name], {"first": first, "last": last}).mappings()
            rows += [(row["seq"], _change(collection, row, actor)) for row in read]
    if GONE in spans:
        first, last = spans[GONE]
        read = session.execute(plan.gone, {"first": first, "last": last} | since).mappings()
        rows += [(row["seq"], _tombstone(row["collection"], row, row["reason"])) for row in read]
    rows.sort(key=lambda item: item[0])
    return rows, more


def _change(collection: Collection, row: RowMapping, actor: Actor) -> Row:
    if row["deleted"]:
        return _tombstone(collection.name, row, "deleted", row["id"])
    return {
        "collection": collection.name,
        "record_id": row["id"],
        "version": row["version"],
        "deleted": False,
        "reason": None,
        "record": collection.present(row, actor),
    }


def _tombstone(name: str, row: RowMapping, reason: str, record_id: str | None = None) -> Row:
    """Return a removal, without content (PL4)."""
    return {
        "collection": name,
        "record_id": record_id or row["record_id"],
        "version": row["version"],
        "deleted": True,
        "reason": reason,
        "record": None,
    }


@dataclass(frozen=True)
class _Cursor:
    """A position in the order of changes. `since`: the position at which this copy was begun."""

    epoch: str
    scope: str
    seq: int
    since: int


def _write_cursor(cursor: _Cursor) -> str:
    text = f"{cursor.epoch}.{cursor.scope}.{cursor.seq}.{cursor.since}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> _Cursor | None:
    if not text:
        return None
    try:
        epoch, scope, *numbers = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
        seq, since = (max(0, int(number)) for number in numbers)
        return _Cursor(epoch, scope, seq, since)
    except (ValueError, binascii.Error):
        return None
