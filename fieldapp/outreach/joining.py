"""Joining a pass by its short code: whoever was told it puts themselves on the pass, whatever their team.

Six digits can be guessed: wrong ones are counted per person in the database, where every worker sees them (trap 6).
Flushes, never commits.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldapp.accounts.rules import retry_after_s
from fieldapp.audit import services as audit
from fieldapp.core.access import Actor, Grant
from fieldapp.core.database import take_turn
from fieldapp.core.errors import NotFound, TooMany
from fieldapp.core.ids import new_id
from fieldapp.outreach import queries, rules
from fieldapp.outreach.models import Shift, WrongCode
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.desk import Edit, write


class CodeUnknown(NotFound):
    """No pass under way has the code, or two of them have (404)."""

    slug = "code_unknown"


def join_by_code(session: Session, registry: Registry, *, actor: Actor, code: str, now: datetime) -> str | None:
    """Put the actor on the pass under way that has the code, and return its id; on it already, nothing is written.

    None where there is no such pass: the try is counted, so the caller commits before it says so. Raises `TooMany`.
    """
    take_turn(session, f"join code:{actor.user_id}")
    wrong = queries.wrong_codes(session, actor.user_id, now)
    wait = retry_after_s(now, wrong, most=rules.MOST_WRONG_CODES, window=rules.WRONG_CODES_WINDOW)
    if wait is not None:
        raise TooMany(retry_after_s=wait)
    shift = _shift_with(session, code, now)
    if shift is None:
        _count_wrong(session, actor, now)
        return None
    if actor.user_id not in shift["participant_ids"]:
        _join(session, registry, actor, shift, now)
    return str(shift["id"])


def _shift_with(session: Session, code: str, now: datetime) -> Row | None:
    """Return the one pass under way with the code, its row locked: who ends it meanwhile is waited for."""
    under_way = queries.under_way(now)
    found = [shift_id for shift_id in session.scalars(select(Shift.id).where(*under_way)) if _has(shift_id, code)]
    if len(found) != 1:
        return None
    locked = select(Shift.__table__).where(Shift.id == found[0], *under_way).with_for_update()
    row = session.execute(locked).mappings().one_or_none()
    return dict(row) if row else None


def _has(shift_id: str, code: str) -> bool:
    return rules.join_code(shift_id) == code


def _join(session: Session, registry: Registry, actor: Actor, shift: Row, now: datetime) -> None:
    """For this one write the code makes its bearer one of the team; `rules.joins` judges them as any colleague."""
    guest = Grant("field_worker", shift["district"], shift["team_id"], now, None)
    bearer = replace(actor, grants=(*actor.grants, guest))
    fields = {"participant_ids": [*shift["participant_ids"], actor.user_id]}
    write(
        session,
        registry,
        actor=bearer,
        edits=[Edit("shifts", shift["id"], "update", fields, shift["version"])],
        now=now,
    )
    audit.record(session, action="shift.joined_by_code", actor_id=actor.user_id, subject=shift["id"])


def _count_wrong(session: Session, actor: Actor, now: datetime) -> None:
    session.execute(delete(WrongCode).where(WrongCode.at <= now - rules.WRONG_CODES_WINDOW))
    session.add(WrongCode(id=new_id(), user_id=actor.user_id, at=now))
    session.flush()
    audit.record(session, action="shift.code_refused", actor_id=actor.user_id)
