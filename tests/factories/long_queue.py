"""A long queue, written past the engine in bulk: passes sent in, an hour between each, and their marks."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import insert, text

from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.outreach.models import Shift, ShiftParticipant
from fieldapp.review.models import ReviewMark
from fieldapp.sync.sequence import take_seqs


def fill_queue(app: Flask, user_id: str, team_id: str, count: int) -> list[str]:
    """Fill the queue with quiet passes; return their ids, oldest first."""
    first = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=count + 72)
    begins = [first + timedelta(hours=number) for number in range(count)]
    keys = [new_id() for _ in begins]
    with app.app_context():
        with write_transaction():
            session = db.session()
            shifts = [
                {
                    "id": key, "version": 2, "seq": seq, "deleted": False, "created_by": user_id, "created_at": at,
                    "received_at": at, "flags": [], "team_id": team_id, "district": "farsta", "kind": "evening",
                    "assignment": "core", "started_at": at, "ended_at": at + timedelta(hours=5),
                    "participant_ids": [user_id], "arena_minutes": {"outdoor": 200}, "status": "submitted",
                }
                for key, at, seq in zip(keys, begins, take_seqs(session, count), strict=True)
            ]  # fmt: skip
            marks = [
                {
                    "shift_id": key, "team_id": team_id, "district": "farsta", "status": "submitted",
                    "started_at": at, "looks_closer": False, "reasons": [],
                }
                for key, at in zip(keys, begins, strict=True)
            ]  # fmt: skip
            session.execute(insert(Shift), shifts)
            session.execute(insert(ShiftParticipant), [{"shift_id": key, "user_id": user_id} for key in keys])
            session.execute(insert(ReviewMark), marks)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        db.session.remove()
    return keys
