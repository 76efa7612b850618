"""Which contents of which pass a leader has opened. Flush, never commit."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.database import take_turn
from fieldapp.core.errors import NotFound
from fieldapp.outreach.models import Shift
from fieldapp.review.models import ReviewRead


def note_read(session: Session, actor: Actor, shift_id: str, content_version: int, now: datetime) -> None:
    """Note that the actor has opened a pass with these contents; what was opened before is forgotten.

    Raises `NotFound` for a pass that was disposed of since it was read.
    """
    take_turn(session, f"review read:{actor.user_id}:{shift_id}")
    stands = select(Shift.id).where(Shift.id == shift_id).with_for_update(read=True, key_share=True)
    if session.scalar(stands) is None:
        raise NotFound
    known = (ReviewRead.user_id == actor.user_id, ReviewRead.shift_id == shift_id)
    session.execute(delete(ReviewRead).where(*known))
    row = {"user_id": actor.user_id, "shift_id": shift_id, "content_version": content_version, "at": now}
    session.execute(insert(ReviewRead), [row])


def reads_at(session: Session, actor: Actor, shift_ids: Collection[str]) -> dict[str, int]:
    """Return, by pass, the contents that the actor opened last."""
    query = select(ReviewRead.shift_id, ReviewRead.content_version)
    mine = query.where(ReviewRead.user_id == actor.user_id, ReviewRead.shift_id.in_(shift_ids))
    return {row.shift_id: row.content_version for row in session.execute(mine)}
