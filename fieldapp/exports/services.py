"""Writes of exports: asked for, taken by a maker, made or failed, sent, forgotten. What was made is in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.database import after_commit, take_turn
from fieldapp.core.errors import TooMany
from fieldapp.core.ids import new_id
from fieldapp.exports import rules
from fieldapp.exports.models import Export
from fieldapp.exports.queries import makers

TURN = "exports"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """What a file came to: rows without headers, bytes, checksum, and what its figures rest on."""

    rows: int
    size: int
    sha256: str
    facts: Json


@dataclass(frozen=True)
class Taken:
    """An export that a maker has taken."""

    id: str
    user_id: str
    reach: list[Any]
    form: str
    asked: Json


def ask(session: Session, actor: Actor, *, form: str, asked: Json, file_name: str, folder: Path, now: datetime) -> str:
    """Ask for a file that is made outside the request and return its id; one under way that is the same is joined.

    Raises `TooMany` for more than a person may have waiting, or have asked for in a day.
    """
    take_turn(session, TURN)
    forget(session, folder=folder, now=now)
    own = select(Export.id, Export.form, Export.asked, Export.reach, Export.state).where(
        Export.user_id == actor.user_id, Export.is_kept
    )
    rows = session.execute(own).all()
    unfinished = [row for row in rows if row.state in ("waiting", "running")]
    for row in unfinished:
        if (row.form, row.asked) == (form, asked) and rules.still_reaches(row.reach, actor.reach):
            return str(row.id)
    if len(unfinished) >= rules.MOST_WAITING or len(rows) >= rules.MOST_A_DAY:
        raise TooMany("too_many_exports", retry_after_s=60)
    made = _row(actor, form=form, asked=asked, file_name=file_name, now=now)
    session.add(made)
    session.flush()
    return made.id


def note_sent(
    session: Session,
    actor: Actor,
    *,
    export_id: str,
    form: str,
    asked: Json,
    file_name: str,
    made: Made,
    folder: Path,
    now: datetime,
) -> None:
    """Note a file that was sent while it was made: its manifest can be had, the file itself is kept nowhere."""
    forget(session, folder=folder, now=now)
    row = _row(actor, form=form, asked=asked, file_name=file_name, now=now)
    row.id, row.is_kept = export_id, False
    _done(row, made, now)
    session.add(row)
    session.flush()
    _log(session, actor.user_id, row)


def note_broken_off(session: Session, actor: Actor, *, export_id: str, form: str, asked: Json, rows: int) -> None:
    """Note that somebody got the beginning of a file."""
    audit.record(
        session, action="export.broken_off", actor_id=actor.user_id, subject=export_id, form=form, rows=rows, **asked
    )


def note_fetched(session: Session, actor: Actor, export_id: str) -> None:
    """Note that whoever asked has fetched the file."""
    audit.record(session, action="export.fetched", actor_id=actor.user_id, subject=export_id)


def wake(session: Session, export_id: str, now: datetime) -> bool:
    """Say whether a maker is to be started for an export, and note that it is."""
    take_turn(session, TURN)
    row = session.get(Export, export_id)
    if row is None or not rules.wakes(row.state, row.lease_until, row.woken_at, makers(session, now), now):
        return False
    row.woken_at = now
    session.flush()
    return True


def take(session: Session, *, holder: str, now: datetime) -> Taken | None:
    """Take the export that has waited longest, None where there is none or enough makers are at work.

    One whose makers are gone too often has failed.
    """
    take_turn(session, TURN)
    free = or_(Export.state == "waiting", and_(Export.state == "running", Export.lease_until <= now))
    given_up = update(Export).where(free, Export.tries >= rules.MOST_TRIES)
    session.execute(given_up.values(state="failed", error="export_failed", finished_at=now, holder=None))
    if makers(session, now) >= rules.MOST_MAKERS:
        return None
    row = session.scalar(
        select(Export).where(free, Export.expires_at > now).order_by(Export.asked_at, Export.id).limit(1)
    )
    if row is None:
        return None
    row.state, row.holder, row.lease_until = "running", holder, now + rules.LEASE
    row.tries, row.progress = row.tries + 1, 0
    session.flush()
    return Taken(row.id, row.user_id, row.reach, row.form, row.asked)


def tell(session: Session, *, export_id: str, holder: str, progress: int, now: datetime) -> bool:
    """Note how far an export is and that its maker lives; False where somebody else has taken it over."""
    held = _held(export_id, holder).values(progress=progress, lease_until=now + rules.LEASE)
    return _touched(session, held)


def finish(session: Session, *, export_id: str, holder: str, made: Made, now: datetime) -> bool:
    """Note that an export is made; False where somebody else has taken it over."""
    row = session.scalar(select(Export).where(Export.id == export_id, Export.holder == holder))
    if row is None:
        return False
    _done(row, made, now)
    session.flush()
    _log(session, row.user_id, row)
    return True


def fail(session: Session, *, export_id: str, holder: str, error: str, now: datetime) -> bool:
    """Note why an export can't be made; False where somebody else has taken it over."""
    held = _held(export_id, holder).values(state="failed", error=error, finished_at=now, holder=None)
    return _touched(session, held)


def forget(session: Session, *, folder: Path, now: datetime) -> int:
    """Forget exports past their day, files too once that is committed; returns how many."""
    gone = list(session.scalars(select(Export.id).where(Export.expires_at <= now)))
    if not gone:
        return 0
    session.execute(delete(Export).where(Export.id.in_(gone)))
    after_commit(session, lambda: _unlink(folder, gone))
    return len(gone)


def _unlink(folder: Path, ids: list[str]) -> None:
    for one in ids:
        for path in folder.glob(f"{one}*"):
            path.unlink(missing_ok=True)


def _row(actor: Actor, *, form: str, asked: Json, file_name: str, now: datetime) -> Export:
    return Export(
        id=new_id(),
        user_id=actor.user_id,
        reach=[list(one) for one in actor.reach],
        form=form,
        asked=dict(asked),
        file_name=file_name,
        asked_at=now,
        expires_at=now + rules.KEPT_FOR,
    )


def _done(row: Export, made: Made, now: datetime) -> None:
    row.state, row.progress, row.holder, row.lease_until = "done", 100, None, None
    row.rows, row.size, row.sha256, row.facts = made.rows, made.size, made.sha256, dict(made.facts)
    row.finished_at, row.expires_at = now, now + rules.KEPT_FOR


def _log(session: Session, actor_id: str, row: Export) -> None:
    audit.record(
        session,
        action="export.made",
        actor_id=actor_id,
        subject=row.id,
        form=row.form,
        rows=row.rows,
        sha256=row.sha256,
        **row.asked,
    )


def _held(export_id: str, holder: str) -> Any:
    return update(Export).where(Export.id == export_id, Export.holder == holder, Export.state == "running")


def _touched(session: Session, statement: Any) -> bool:
    result: Any = session.execute(statement)
    return bool(result.rowcount)
