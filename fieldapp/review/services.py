"""Writes of review: a leader's decision on a shift, with what it says. Flush, never commit."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.core.ports import port
from fieldapp.core.schema import says_something
from fieldapp.outreach.approved import keep_version, newest_at
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.queries import living, tree_of, visible_shifts
from fieldapp.outreach.schemas import ObservationSchema, ShiftSchema, VisitSchema
from fieldapp.outreach.shift_reads import changes_since
from fieldapp.review.marks import mark
from fieldapp.review.models import Review, ReviewComment, ReviewDelivery
from fieldapp.review.rules import REOPEN, comment_faults, due_faults, is_own, needs_words, status_after
from fieldapp.sync.models import History
from fieldapp.sync.sequence import take_seqs

FIELDS = {
    "shifts": frozenset(ShiftSchema().fields),
    "visits": frozenset(VisitSchema().fields),
    "observations": frozenset(ObservationSchema().fields),
}
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
    due_on: date | None = None,
    now: datetime,
) -> Row:
    """Approve, return or reopen a shift, against the contents that were read (PU10). Approved, it is kept as a version.

    Returns `{id, status, version, content_version}`. Raises `NotFound`; `NotAllowed` for others than the team's lead
    and for a shift one created or took part in; `Invalid`; `Conflict` when the status does not allow it, or the
    contents moved: then with `content_version` and `changes`, what has changed since (`changes_since`).
    """
    known = (Shift.id == shift_id, Shift.deleted.is_(False), visible_shifts(actor, now))
    table: Any = Shift.__table__
    shift = session.execute(select(table).where(*known).with_for_update(of=table)).mappings().one_or_none()
    if shift is None:
        raise NotFound
    if not may_review(session, actor, shift):
        raise NotAllowed
    _check_words(decision, comment, field_comments)
    tree = tree_of(session, shift_id)
    stands_at = max(tree.values())
    if content_version != stands_at:
        changes = changes_since(session, actor, now, list(tree), content_version)
        raise Conflict(more={"content_version": stands_at, "changes": changes})
    status = status_after(shift["status"], decision)
    if status is None:
        raise Conflict("wrong_status")
    faults = due_faults(decision, due_on, local_date(now))
    faults |= comment_faults(field_comments, living(session, shift_id), FIELDS)
    if faults:
        raise Invalid(fields=faults)
    if decision == REOPEN and newest_at(session, shift_id) != stands_at:  # amended since, or approved before versions
        keep_version(session, shift_id=shift_id, by=actor.user_id, reason="", content_version=stands_at, now=now)
    seq = _set_status(session, actor, shift, status, now)
    said = {"decision": decision, "content_version": content_version, "reason": comment, "due_on": due_on}
    review_id = _keep_review(session, actor, shift_id, said, now)
    comments = [{"record_id": None, "field": None, "text": comment}] if comment else []
    comment_on(session, actor, shift_id, [*comments, *field_comments], now, review_id=review_id, due_on=due_on)
    if status == "approved":
        keep_version(session, shift_id=shift_id, by=actor.user_id, reason=comment, content_version=seq, now=now)
    mark(session, [shift_id])
    audit.record(
        session,
        action=f"shift.{decision}",
        actor_id=actor.user_id,
        subject=shift_id,
        content_version=content_version,
        comments=len(comments) + len(field_comments),
    )
    return {"id": shift_id, "status": status, "version": shift["version"] + 1, "content_version": seq}


def may_review(session: Session, actor: Actor, shift: Mapping[Any, Any]) -> bool:
    """Say whether the shift is the actor's to review: the team's lead, and neither its author nor ever on it."""
    return bool(reviewable(session, actor, [shift]))


def reviewable(session: Session, actor: Actor, shifts: Sequence[Mapping[Any, Any]]) -> set[str]:
    """Return, by their ids, those of some shifts that are the actor's to review."""
    led = actor.teams("team_lead")
    theirs = {row["id"] for row in shifts if row["team_id"] in led and not is_own(row, actor.user_id)}
    return theirs - _took_part_in(session, actor, theirs)


def _took_part_in(session: Session, actor: Actor, shift_ids: Collection[str]) -> set[str]:
    """Return those of the shifts that somebody wrote a line of, or was on before they were taken off."""
    if not shift_ids:
        return set()
    of_them = Visit.shift_id.in_(shift_ids)
    noted = select(Visit.shift_id).join(Observation, Observation.visit_id == Visit.id)
    found = set(session.scalars(select(Visit.shift_id).where(of_them, Visit.created_by == actor.user_id)))
    found |= set(session.scalars(noted.where(of_them, Observation.created_by == actor.user_id)))
    changes = select(History.record_id, History.changed).where(
        History.record_id.in_(shift_ids), History.collection == "shifts"
    )
    return found | {
        row.record_id for row in session.execute(changes) if actor.user_id in (row.changed.get("participant_ids") or ())
    }


def forget_reviews(session: Session, shift_ids: Sequence[str]) -> None:
    """Clear the decisions on shifts that are disposed of, and whom they reached; their comments are records that go."""
    decided = select(Review.id).where(Review.shift_id.in_(shift_ids))
    session.execute(delete(ReviewDelivery).where(ReviewDelivery.review_id.in_(decided)))
    session.execute(delete(Review).where(Review.shift_id.in_(shift_ids)))


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
    if needs_words(decision) and not says_something(comment) and not field_comments:
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
        "seq": seq,
    }
    session.execute(insert(History), [history])
    port("count_again")(session, [shift["id"]])
    return seq


def _keep_review(session: Session, actor: Actor, shift_id: str, said: Row, now: datetime) -> str:
    row = {"id": new_id(), "shift_id": shift_id, "by": actor.user_id, "at": now, **said}
    session.execute(insert(Review), [row])
    return str(row["id"])


def comment_on(
    session: Session,
    actor: Actor,
    shift_id: str,
    comments: Sequence[Mapping[str, Any]],
    now: datetime,
    **of_round: Any,
) -> None:
    """Let words on a shift travel to its phones: `record_id`, `field`, `text`, and `before` where it was mended."""
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
            **of_round,
            **comment,
        }
        for comment, seq in zip(comments, take_seqs(session, len(comments)), strict=True)
    ]
    session.execute(insert(ReviewComment), rows)
