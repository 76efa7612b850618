"""Marks of the passes that wait for a leader: what the queue is sorted by, kept beside the passes.

A mark follows from its pass and what hangs on it, and is made anew in the transaction that changes any of them; the
counter that every such transaction holds (PL2) keeps two of them from missing each other's. All but `mark_all` flush,
never commit.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from fieldapp.core.database import db, transacted
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.places.queries import site_names
from fieldapp.review.attention import reasons
from fieldapp.review.models import ReviewMark, ReviewRead
from fieldapp.sync.sequence import take_seqs

WAITS = ("submitted", "returned")
A_TIME = 100
Row = dict[str, Any]


def mark(session: Session, shift_ids: Collection[str]) -> None:
    """Make the marks of these passes anew: one for each that waits, none for the others."""
    waiting = _rows(session, Shift, Shift.id.in_(shift_ids), Shift.status.in_(WAITS))
    session.execute(delete(ReviewMark).where(ReviewMark.shift_id.in_(shift_ids)))
    if waiting:
        session.execute(insert(ReviewMark), _marks_of(session, waiting))


def mark_all() -> int:
    """Make every mark anew, as after an upgrade; return how many passes were looked at. Commits in chunks (PL2)."""
    waiting = select(Shift.id).where(Shift.status.in_(WAITS))
    ids = sorted({*db.session.scalars(waiting), *db.session.scalars(select(ReviewMark.shift_id))})
    for start in range(0, len(ids), A_TIME):
        transacted(partial(_mark_some, ids[start : start + A_TIME]))
    return len(ids)


def clear(session: Session, shift_ids: Collection[str]) -> None:
    """Clear what is kept beside passes that are disposed of."""
    session.execute(delete(ReviewMark).where(ReviewMark.shift_id.in_(shift_ids)))
    session.execute(delete(ReviewRead).where(ReviewRead.shift_id.in_(shift_ids)))


def _mark_some(shift_ids: Collection[str]) -> None:
    session = db.session()
    take_seqs(session, 1)  # holds off whoever changes a pass meanwhile
    mark(session, shift_ids)


def _marks_of(session: Session, shifts: Sequence[Row]) -> list[Row]:
    visits, observations = defaultdict(list), defaultdict(list)
    for visit in _rows(session, Visit, Visit.shift_id.in_([shift["id"] for shift in shifts])):
        visits[visit["shift_id"]].append(visit)
    shift_of = {visit["id"]: shift_id for shift_id, some in visits.items() for visit in some}
    for observation in _rows(session, Observation, Observation.visit_id.in_(shift_of)) if shift_of else ():
        observations[shift_of[observation["visit_id"]]].append(observation)
    places = site_names(session)
    found = []
    for shift in shifts:
        why = reasons(shift, visits[shift["id"]], observations[shift["id"]], places)
        plain = {name: shift[name] for name in ("team_id", "district", "status", "started_at")}
        found.append({"shift_id": shift["id"], **plain, "looks_closer": bool(why), "reasons": why})
    return found


def _rows(session: Session, model: type[Shift | Visit | Observation], *conditions: ColumnElement[bool]) -> list[Row]:
    table: Any = model.__table__
    return [dict(row) for row in session.execute(select(table).where(*conditions, ~table.c.deleted)).mappings()]
