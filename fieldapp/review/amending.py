"""What came after the approval: taken in, one by one or all of a pass at once, as the pass's next version (PU11).

Flush, never commit.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.schema import says_something
from fieldapp.outreach.approved import keep_version
from fieldapp.outreach.kept import late_on, shift_of_record
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import tree_of, visible_shifts
from fieldapp.review.services import may_review
from fieldapp.sync.collection import Registry
from fieldapp.sync.fates import decline, take_in
from fieldapp.sync.models import Waiting

TAKE_IN = "take_in"
Row = dict[str, Any]


def settle_late(
    session: Session, registry: Registry, *, actor: Actor, late_id: str, action: str, reason: str, now: datetime
) -> Row:
    """Take in what came late, with what hangs on it, or leave it out; either says why. Raises as `review_shift`."""
    amended: dict[str, None] = {}

    def may(row: Row) -> bool:
        shift = shift_of_record(session, row)
        if shift is None or not may_review(session, actor, shift):
            return False
        if not says_something(reason):
            raise Invalid(fields={"reason": ["required"]})
        if is_approved(session, shift["id"]):
            amended[shift["id"]] = None
        return True

    if action != TAKE_IN:
        return decline(session, actor=actor, late_id=late_id, reason=reason, now=now, may=may)
    settled = take_in(session, registry, actor=actor, late_id=late_id, now=now, may=may)
    if settled["state"] == "applied":
        for shift_id in amended:
            amend(session, actor, shift_id, reason, now)
    return settled


def take_all_in(
    session: Session, registry: Registry, *, actor: Actor, shift_id: str, reason: str, now: datetime
) -> Row:
    """Take in all that came late for a pass, as one version. What can't be is refused or waits, as by itself.

    Returns `{id, applied, rejected, waiting, content_version}`, the first three as numbers. Raises `NotFound`,
    `NotAllowed` as `review_shift`, `Invalid` without a reason, `Conflict` where nothing came late.
    """
    table: Any = Shift.__table__
    known = (Shift.id == shift_id, Shift.deleted.is_(False), visible_shifts(actor, now))
    shift = session.execute(select(table).where(*known).with_for_update(of=table)).mappings().one_or_none()
    if shift is None:
        raise NotFound
    if not may_review(session, actor, shift):
        raise NotAllowed
    if not says_something(reason):
        raise Invalid(fields={"reason": ["required"]})
    ids = [row["id"] for row in late_on(session, shift, tree_of(session, shift_id))]
    if not ids:
        raise Conflict("already_resolved")
    for late_id in ids:
        if _state_of(session, late_id) == "waiting":  # else it came along with what it hangs on
            take_in(session, registry, actor=actor, late_id=late_id, now=now, may=lambda row: True)
    states = [_state_of(session, late_id) for late_id in ids]
    if "applied" in states and shift["status"] == "approved":
        amend(session, actor, shift_id, reason, now)
    stands_at = max(tree_of(session, shift_id).values())
    return {
        "id": shift_id,
        **{state: states.count(state) for state in ("applied", "rejected", "waiting")},
        "content_version": stands_at,
    }


def _state_of(session: Session, late_id: str) -> str:
    state: str = session.execute(select(Waiting.state).where(Waiting.id == late_id)).scalar_one()
    return state


def is_approved(session: Session, shift_id: str) -> bool:
    """Say whether a pass is approved, and let nobody open it again before this transaction ends."""
    status = session.execute(select(Shift.status).where(Shift.id == shift_id).with_for_update()).scalar_one()
    return bool(status == "approved")


def amend(session: Session, actor: Actor, shift_id: str, reason: str, now: datetime) -> None:
    """Keep an approved pass as it stands by now as its next version."""
    stands_at = max(tree_of(session, shift_id).values())
    keep_version(session, shift_id=shift_id, by=actor.user_id, reason=reason, content_version=stands_at, now=now)
