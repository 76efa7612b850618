"""Whom a decision has reached: *framme* when a phone of theirs holds its words, *öppnad* when they have looked.

Told by phones in passing, at any contact. Nothing is written unless something is new, and a phone's work never waits or
fails for it: what could not be noted is told again by the next contact.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.core.database import db, transacted
from fieldapp.core.errors import Unavailable
from fieldapp.outreach.models import ShiftParticipant
from fieldapp.review.models import Review, ReviewComment, ReviewDelivery, ReviewMark

log = structlog.get_logger()


def note_held(user_id: str, *, held: int | None, opened: Sequence[str], now: datetime) -> None:
    """Note what a phone of somebody's holds, and has opened, of what came back to passes they are on.

    `held`: the place in the server's order up to which the phone holds everything; None where that is not known.
    """
    arrived, looked_at = _news(db.session(), user_id, held, opened)
    if not arrived and not looked_at:
        return
    try:
        transacted(partial(_keep, user_id, held, opened, now))
    except Unavailable:
        log.info("delivery_not_noted", user_id=user_id)


def _keep(user_id: str, held: int | None, opened: Sequence[str], now: datetime) -> None:
    session = db.session()
    arrived, looked_at = _news(session, user_id, held, opened)
    for review_id in sorted(arrived | looked_at):
        row = {"review_id": review_id, "user_id": user_id, "arrived_at": now}
        try:
            with session.begin_nested():
                session.execute(insert(ReviewDelivery), [row])
        except IntegrityError:
            pass  # it has arrived before, or another phone of theirs was first
    if looked_at:
        of_theirs = (ReviewDelivery.review_id.in_(looked_at), ReviewDelivery.user_id == user_id)
        unseen = ReviewDelivery.opened_at.is_(None)
        session.execute(update(ReviewDelivery).where(*of_theirs, unseen).values(opened_at=now))


def _news(session: Session, user_id: str, held: int | None, opened: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return the ids of what has arrived, and of what was looked at, and is not known yet."""
    asked = {"user": user_id, "held": held, "opened": list(opened)}
    arrived = set(session.scalars(_ARRIVED, asked)) if held is not None else set()
    looked_at = set(session.scalars(_LOOKED_AT, asked)) if opened else set()
    return arrived, looked_at


def _theirs() -> Select[str]:
    """Decisions on passes somebody is on, with what is known of them."""
    is_known = (ReviewDelivery.review_id == Review.id) & (ReviewDelivery.user_id == bindparam("user"))
    return (
        select(Review.id)
        .join(ShiftParticipant, ShiftParticipant.shift_id == Review.shift_id)
        .outerjoin(ReviewDelivery, is_known)
        .where(ShiftParticipant.user_id == bindparam("user"))
    )


# A pass that waits has its mark: of all that somebody was ever on only those that are back are looked at.
_LAST_WORD = (
    select(func.max(ReviewComment.seq))
    .where(ReviewComment.shift_id == Review.shift_id, ReviewComment.review_id == Review.id)
    .correlate(Review)
    .scalar_subquery()
)
_ARRIVED = (
    _theirs()
    .join(ReviewMark, ReviewMark.shift_id == Review.shift_id)
    .where(ReviewMark.status == "returned", ReviewDelivery.arrived_at.is_(None), bindparam("held") >= _LAST_WORD)
)
_LOOKED_AT = _theirs().where(Review.id.in_(bindparam("opened", expanding=True)), ReviewDelivery.opened_at.is_(None))
