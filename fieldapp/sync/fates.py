"""What a leader does with what is not in effect: replay or discard a rejection (PU12), take in what came late (PU11).

Each locks the kept row first: of two who decide at once the second is told that it is settled already (S11).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, NotAllowed, NotFound
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.keeping import kept_id
from fieldapp.sync.kept import DISCARDED, own_or_led
from fieldapp.sync.models import Rejection, Waiting
from fieldapp.sync.sequence import take_seqs
from fieldapp.sync.settling import kept_ids, take_up
from fieldapp.sync.waking import Kept
from fieldapp.sync.world import OPEN_STATES

REJECTIONS: Any = Rejection.__table__
WAITING: Any = Waiting.__table__


def replay(session: Session, registry: Registry, *, actor: Actor, rejection_id: str, reason: str, now: datetime) -> Row:
    """Judge a refused mutation once more, dependents along; author, base and time stay its own (PU12).

    Returns the rejection as it stands: `replayed`, or open still, with what it was refused for this time. Raises
    `NotFound`, `NotAllowed` for others than its unit's lead, `Conflict` when settled or when it may never be replayed.
    """
    row = _open_rejection(session, actor, rejection_id)
    if row["unit_id"] not in actor.led_units:
        raise NotAllowed
    if row["slug"] == "personal_number":  # PU13: what was removed can't come back
        raise Conflict("not_replayable")
    take_up(session, registry, [Kept(REJECTIONS, {**row, "reason": reason or row["reason"]})], now, amends=False)
    row = _row(session, REJECTIONS, rejection_id)
    audit.record(
        session, action="rejection.replayed", actor_id=actor.user_id, subject=rejection_id, outcome=row["state"]
    )
    return row


def discard(session: Session, *, actor: Actor, rejection_id: str, reason: str) -> Row:
    """Put a refused mutation away for good, by its author or its unit's lead. Raises as `replay`."""
    row = _open_rejection(session, actor, rejection_id)
    _settle(session, REJECTIONS, row, state=DISCARDED, reason=reason)
    audit.record(session, action="rejection.discarded", actor_id=actor.user_id, subject=rejection_id)
    return _row(session, REJECTIONS, rejection_id)


def take_in(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    late_id: str,
    now: datetime,
    may: Callable[[Row], bool],
) -> Row:
    """Let what came late take effect as an amendment, with what hangs on it (PU11).

    Returns the row as it stands: `applied`, `rejected` with a rejection beside it, or `waiting` for a parent that is
    late as well. `may`: whether the actor may change what it belongs to. Raises as `replay`.
    """
    row = _late(session, actor, late_id, may)
    take_up(session, registry, [Kept(WAITING, row)], now, amends=True)
    row = _row(session, WAITING, late_id)
    audit.record(session, action="late.taken_in", actor_id=actor.user_id, subject=late_id, outcome=row["state"])
    return row


def decline(
    session: Session, *, actor: Actor, late_id: str, reason: str, now: datetime, may: Callable[[Row], bool]
) -> Row:
    """Leave out what came late: it is kept as a discarded rejection (PU6). Raises as `replay`."""
    row = _late(session, actor, late_id, may)
    _settle(session, WAITING, row, state="rejected")
    shared = {name: row[name] for name in REJECTIONS.columns.keys() & row.keys()}
    taken = kept_ids(session, [row["mutation_id"]])
    [seq] = take_seqs(session, 1)
    kept = {
        **shared,
        "id": kept_id(row["mutation_id"], "rejection", row["author_id"], row["content_hash"], taken),
        "version": 1,
        "seq": seq,
        "slug": "not_allowed",
        "field_errors": {},
        "state": DISCARDED,
        "reason": reason,
        "received_at": now,
    }
    session.execute(REJECTIONS.insert(), [kept])
    audit.record(session, action="late.declined", actor_id=actor.user_id, subject=late_id)
    return _row(session, WAITING, late_id)


def _open_rejection(session: Session, actor: Actor, rejection_id: str) -> Row:
    row = _locked(session, REJECTIONS, rejection_id, own_or_led(Rejection, actor))
    if row["state"] not in OPEN_STATES:
        raise Conflict("already_resolved")
    return row


def _late(session: Session, actor: Actor, late_id: str, may: Callable[[Row], bool]) -> Row:
    row = _locked(session, WAITING, late_id, own_or_led(Waiting, actor))
    if row["kind"] != "late":
        raise NotFound
    if row["unit_id"] not in actor.led_units or not may(row):
        raise NotAllowed
    if row["state"] != "waiting":
        raise Conflict("already_resolved")
    return row


def _locked(session: Session, table: Any, row_id: str, known: Any) -> Row:
    query = select(table).where(table.c.id == row_id, known).with_for_update()
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return dict(found)


def _settle(session: Session, table: Table, row: Row, **values: Any) -> None:
    [seq] = take_seqs(session, 1)
    changed = {**values, "version": row["version"] + 1, "seq": seq}
    session.execute(update(table).where(table.c.id == row["id"]).values(changed))


def _row(session: Session, table: Any, row_id: str) -> Row:
    return dict(session.execute(select(table).where(table.c.id == row_id)).mappings().one())
