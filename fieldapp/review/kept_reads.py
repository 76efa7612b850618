"""What is not in effect, as a leader reads it: refused, held, late, in conflict, of the units one leads.

Writes nothing.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import to_wire
from fieldapp.core.errors import NotFound
from fieldapp.outreach.kept import HELD_SHOWN_AFTER, shifts_of_records
from fieldapp.review.paging import Place, page
from fieldapp.review.services import reviewable
from fieldapp.sync.models import ConflictRow, History, Rejection, Waiting
from fieldapp.sync.world import OPEN_STATES

REJECTIONS: Any = Rejection.__table__
WAITING: Any = Waiting.__table__
CONFLICTS: Any = ConflictRow.__table__
SETTLED_SHOWN = 50
A_QUESTION = 200
Json = dict[str, Any]
Page = tuple[list[Json], str | None]  # rows, and where the page after them begins


def rejections(session: Session, unit_ids: Collection[str], after: Place | None = None) -> Page:
    """Return the next of what was refused and is not decided on, oldest first."""
    return _page(session, REJECTIONS, unit_ids, after, *_open_rejections())


def held(session: Session, unit_ids: Collection[str], now: datetime, after: Place | None = None) -> Page:
    """Return the next of what has waited a day for what it belongs to (PU9), oldest first."""
    return _page(session, WAITING, unit_ids, after, *_held_long(now))


def late(session: Session, actor: Actor, unit_ids: Collection[str], after: Place | None = None) -> Page:
    """Return the next of what came after its pass was approved (PU11), oldest first.

    Each with `may_settle`: nobody settles what came for their own pass.
    """
    found, following = _page(session, WAITING, unit_ids, after, *_waits("late"))
    shifts = shifts_of_records(session, found)
    mine = reviewable(session, actor, list(shifts.values()))
    theirs = {row_id for row_id, shift in shifts.items() if shift["id"] not in mine}
    return [{**row, "may_settle": row["id"] not in theirs} for row in found], following


def conflicts(session: Session, unit_ids: Collection[str], after: Place | None = None) -> Page:
    """Return the next places where two values met and nobody has chosen (PU5), oldest first."""
    return _page(session, CONFLICTS, unit_ids, after, *_open_conflicts())


def conflict(session: Session, unit_ids: Collection[str], conflict_id: str) -> Json:
    """Return one conflict, settled or not. Raises `NotFound`."""
    known = (CONFLICTS.c.id == conflict_id, ~CONFLICTS.c.deleted, CONFLICTS.c.unit_id.in_(unit_ids))
    row = session.execute(select(CONFLICTS).where(*known)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return dict(row)


def choice_of(session: Session, conflict: Mapping[str, Any]) -> Json | None:
    """Return who chose in a conflict and when, `{by, at}`; None while it is open."""
    if conflict["state"] == "open":
        return None
    of_it = (History.record_id == conflict["id"], History.collection == "conflicts")
    query = select(History.user_id, History.received_at).where(*of_it, History.version == conflict["version"])
    row = session.execute(query).one_or_none()
    return None if row is None else {"by": row.user_id, "at": row.received_at}


def settled_of_pass(session: Session, unit_id: str, ids: Collection[str]) -> dict[str, list[Json]]:
    """Return what of a pass was settled, newest first: `conflicts`, `rejections` put away, tried again or corrected."""
    some = sorted(ids)[:A_QUESTION]
    asked = {
        "conflicts": (CONFLICTS, (CONFLICTS.c.state != "open", ~CONFLICTS.c.deleted)),
        "rejections": (REJECTIONS, (REJECTIONS.c.state.not_in(OPEN_STATES), ~REJECTIONS.c.deleted)),
    }
    found = {}
    for name, (table, conditions) in asked.items():
        of_pass = (table.c.unit_id == unit_id, table.c.record_id.in_(some), *conditions)
        query = select(table).where(*of_pass).order_by(table.c.seq.desc()).limit(SETTLED_SHOWN)
        found[name] = [dict(row) for row in session.execute(query).mappings()]
    return found


def record(session: Session, table: Any, record_id: str) -> Json | None:
    """Return a record as it stands, its times as they travel: beside a conflict that the caller may read."""
    row = session.execute(select(table).where(table.c.id == record_id)).mappings().one_or_none()
    if row is None:
        return None
    return {name: to_wire(value) if isinstance(value, datetime) else value for name, value in row.items()}


def counts(session: Session, unit_ids: Collection[str], now: datetime) -> dict[str, int]:
    """Return how many there are of each, whether shown at once or not."""
    asked = {
        "conflicts": (CONFLICTS, _open_conflicts()),
        "rejections": (REJECTIONS, _open_rejections()),
        "held": (WAITING, _held_long(now)),
        "late": (WAITING, _waits("late")),
    }
    return {
        name: session.scalar(select(func.count()).select_from(table).where(table.c.unit_id.in_(unit_ids), *conditions))
        or 0
        for name, (table, conditions) in asked.items()
    }


def counts_of_pass(session: Session, unit_id: str, ids: Collection[str]) -> dict[str, int]:
    """Return how many `conflicts` and `rejections` there are of one pass, however much waits beside it.

    `ids`: of all its records. What was refused is of the pass as well where it names one of them as its parent.
    """
    known, conflicts, refused = sorted(ids), 0, set()
    text_of = cast(REJECTIONS.c.fields, Text)  # PostgreSQL looks into no JSON that holds "\u0000"
    columns = [REJECTIONS.c[name] for name in ("id", "record_id", "waits_for", "fields")]
    for at in range(0, len(known), A_QUESTION):
        some = known[at : at + A_QUESTION]
        met = (CONFLICTS.c.unit_id == unit_id, CONFLICTS.c.record_id.in_(some), *_open_conflicts())
        conflicts += session.scalar(select(func.count()).select_from(CONFLICTS).where(*met)) or 0
        named = or_(
            REJECTIONS.c.record_id.in_(some),
            REJECTIONS.c.waits_for.in_(some),
            *(text_of.contains(f'"{one}"') for one in some),
        )
        query = select(*columns).where(REJECTIONS.c.unit_id == unit_id, named, *_open_rejections())
        refused |= {row["id"] for row in session.execute(query).mappings() if _is_of(row, ids)}
    return {"conflicts": conflicts, "rejections": len(refused)}


def _is_of(row: Mapping[Any, Any], ids: Collection[str]) -> bool:
    """Say whether a refusal is of one of the records, or of something that belongs to one."""
    sent = row["fields"] if isinstance(row["fields"], dict) else {}
    said = (row["record_id"], row["waits_for"], sent.get("shift_id"), sent.get("visit_id"))
    return any(isinstance(one, str) and one in ids for one in said)


def _open_conflicts() -> tuple[Any, ...]:
    return CONFLICTS.c.state == "open", ~CONFLICTS.c.deleted


def _open_rejections() -> tuple[Any, ...]:
    return REJECTIONS.c.state.in_(OPEN_STATES), ~REJECTIONS.c.deleted


def _held_long(now: datetime) -> tuple[Any, ...]:
    return *_waits("held"), WAITING.c.received_at <= now - HELD_SHOWN_AFTER


def _waits(kind: str) -> tuple[Any, ...]:
    return WAITING.c.kind == kind, WAITING.c.state == "waiting", ~WAITING.c.deleted


def _page(session: Session, table: Any, unit_ids: Collection[str], after: Place | None, *conditions: Any) -> Page:
    query = select(table).where(table.c.unit_id.in_(unit_ids), *conditions)
    return page(session, query, (table.c.received_at, table.c.id), after)
