"""Writes of review: a leader's decision on a shift, and what only a leader may settle. Flush, never commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.outreach.kept import shift_of_record
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import tree_of, visible_shifts
from fieldapp.review.marks import mark
from fieldapp.review.models import ReviewComment
from fieldapp.review.rules import is_own, needs_words, status_after
from fieldapp.sync.collection import Registry
from fieldapp.sync.fates import decline, take_in
from fieldapp.sync.models import History
from fieldapp.sync.sequence import take_seqs

Row = dict[str, Any]


def review_shift(
    session: Session,
    *,
    actor: Actor,
    shift_id: str,
    decision: str,
    content_version: int,
    comment: str,
    field_comments: Sequence[Mapping[str, str]],
    now: datetime,
) -> Row:
    """Approve, return or reopen a shift, against the contents that were read (PU10).

    Returns `{id, status, version, content_version}`. Raises `NotFound`; `NotAllowed` for others than the team's lead
    and for a shift one created or took part in; `Conflict` when the contents moved or the status does not allow it.
    """
    known = (Shift.id == shift_id, Shift.deleted.is_(False), visible_shifts(actor, now))
    table: Any = Shift.__table__
    shift = session.execute(select(table).where(*known).with_for_update(of=table)).mappings().one_or_none()
    if shift is None:
        raise NotFound
    if not may_review(actor, shift):
        raise NotAllowed
    _check_words(decision, comment, field_comments)
    tree = tree_of(session, shift_id)
    if content_version != max(tree.values()):
        raise Conflict
    status = status_after(shift["status"], decision)
    if status is None:
        raise Conflict("wrong_status")
    stray = {item["record_id"] for item in field_comments} - tree.keys()
    if stray:
        raise Invalid(fields={"field_comments": ["unknown_id"]})
    comments = [{"record_id": None, "field": None, "text": comment}] if comment else []
    seq = _set_status(session, actor, shift, status, now)
    _comment(session, actor, shift_id, [*comments, *field_comments], now)
    mark(session, [shift_id])
    audit.record(session, action=f"shift.{decision}", actor_id=actor.user_id, subject=shift_id)
    return {"id": shift_id, "status": status, "version": shift["version"] + 1, "content_version": seq}


def may_review(actor: Actor, shift: Mapping[Any, Any]) -> bool:
    """Say whether the shift is the actor's to review: the team's lead, and neither its author nor on it."""
    return shift["team_id"] in actor.teams("team_lead") and not is_own(shift, actor.user_id)


def settle_late(
    session: Session, registry: Registry, *, actor: Actor, late_id: str, action: str, reason: str, now: datetime
) -> Row:
    """Take in what came late, as an amendment, or leave it out (PU11). Raises as `review_shift`."""

    def may(row: Row) -> bool:
        shift = shift_of_record(session, row)
        return shift is None or may_review(actor, shift)

    if action == "take_in":
        return take_in(session, registry, actor=actor, late_id=late_id, now=now, may=may)
    return decline(session, actor=actor, late_id=late_id, reason=reason, now=now, may=may)


def notes_on(session: Session, shift_id: str) -> list[tuple[str, str, int]]:
    """Return what review hung on a shift, as `(collection, id, version)`: who leaves the shift loses it (PL3)."""
    query = select(ReviewComment.id, ReviewComment.version).where(ReviewComment.shift_id == shift_id)
    return [("review_comments", row.id, row.version) for row in session.execute(query)]


def show_notes_again(session: Session, shift_ids: Sequence[str]) -> None:
    """Let what review hung on shifts travel again, because somebody new may now see it (PL3)."""
    query = select(ReviewComment.id).where(ReviewComment.shift_id.in_(shift_ids)).order_by(ReviewComment.seq)
    ids = session.scalars(query).all()
    for comment_id, seq in zip(ids, take_seqs(session, len(ids)) if ids else (), strict=True):
        session.execute(update(ReviewComment).where(ReviewComment.id == comment_id).values(seq=seq))


def _check_words(decision: str, comment: str, field_comments: Sequence[Mapping[str, str]]) -> None:
    if needs_words(decision) and not comment.strip() and not field_comments:
        raise Invalid(fields={"comment": ["required"]})


def _set_status(session: Session, actor: Actor, shift: Mapping[Any, Any], status: str, now: datetime) -> int:
    version, [seq] = shift["version"] + 1, take_seqs(session, 1)
    session.execute(update(Shift).where(Shift.id == shift["id"]).values(status=status, version=version, seq=seq))
    history = {
        "record_id": shift["id"],
        "version": version,
        "collection": "shifts",
        "device_id": None,
        "device_seq": None,
        "user_id": actor.user_id,
        "mutation_id": None,
        "op": "update",
        "made_at": now,
        "received_at": now,
        "changed": {"status": status},
        "sent": None,
    }
    session.execute(insert(History), [history])
    return seq


def _comment(
    session: Session, actor: Actor, shift_id: str, comments: Sequence[Mapping[str, str | None]], now: datetime
) -> None:
    if not comments:
        return
    rows: list[Row] = [
        {
            "id": new_id(),
            "version": 1,
            "seq": seq,
            "deleted": False,
            "created_by": actor.user_id,
            "created_at": now,
            "received_at": now,
            "flags": [],
            "shift_id": shift_id,
            **comment,
        }
        for comment, seq in zip(comments, take_seqs(session, len(comments)), strict=True)
    ]
    session.execute(insert(ReviewComment), rows)
