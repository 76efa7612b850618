"""What is kept beside passes because it is not in effect – held, late, refused – and which pass it belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.sync.models import ConflictRow, Waiting

HELD_SHOWN_AFTER = timedelta(hours=24)


def late_on(session: Session, shift: Mapping[Any, Any], ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return what came late for a shift, its parts and what is itself late for it (PU11), oldest first."""
    table: Any = Waiting.__table__
    query = select(table).where(
        table.c.kind == "late", table.c.state == "waiting", table.c.unit_id == shift["team_id"], ~table.c.deleted
    )
    known, found = set(ids), []
    for row in session.execute(query.order_by(table.c.received_at, table.c.device_seq)).mappings():
        if {row["record_id"], *_parents_named(row)} & known:
            known.add(row["record_id"])
            found.append(dict(row))
    return found


def held_long(session: Session, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return what has waited for its parent for a day in the teams the actor leads (PU9), oldest first."""
    table: Any = Waiting.__table__
    query = select(table).where(
        table.c.kind == "held",
        table.c.state == "waiting",
        ~table.c.deleted,
        table.c.received_at <= now - HELD_SHOWN_AFTER,
        table.c.unit_id.in_(actor.teams("team_lead")),
    )
    return [dict(row) for row in session.execute(query.order_by(table.c.received_at, table.c.device_seq)).mappings()]


def shift_of_record(session: Session, kept: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    """Return the shift that a kept mutation belongs to, None when it can't be told."""
    return shifts_of_records(session, [kept]).get(kept["id"])


def shifts_of_records(session: Session, kept: Sequence[Mapping[Any, Any]]) -> dict[str, Mapping[Any, Any]]:
    """Return the shifts that kept mutations or conflicts belong to, by the id of the kept row, where they are known."""
    named = {row["id"]: {row["record_id"], *_parents_named(row)} for row in kept}
    named = _seen_through(session, named)
    ids = set[str]().union(*named.values())
    visits = select(Visit.id, Visit.shift_id).where(Visit.id.in_(ids))
    noted = select(Observation.id, Visit.shift_id).join(Visit, Visit.id == Observation.visit_id)
    shift_of = {shift_id: shift_id for shift_id in ids}
    for query in (visits, noted.where(Observation.id.in_(ids))):
        shift_of |= {row.id: row.shift_id for row in session.execute(query)}
    table: Any = Shift.__table__
    known = session.execute(select(table).where(table.c.id.in_(set(shift_of.values())))).mappings()
    shifts = {row["id"]: row for row in known}
    belongs = {
        row_id: next((shifts[shift_of[one]] for one in some if shift_of.get(one) in shifts), None)
        for row_id, some in named.items()
    }
    return {row_id: shift for row_id, shift in belongs.items() if shift is not None}


def _seen_through(session: Session, named: Mapping[Any, set[str]]) -> dict[Any, set[str]]:
    """Add what records belong to that are a choice about another one, or wait or were left out themselves.

    And what that belongs to, as far up as it goes: an observation may wait, and its visit too.
    """
    found = {key: set(some) for key, some in named.items()}
    asked: set[str] = set()
    while ids := set[str]().union(*found.values()) - asked:
        leads_to = _leads_to(session, ids)
        for some in found.values():
            some.update(*(leads_to.get(one, ()) for one in tuple(some)))
        asked |= ids
    return found


def _leads_to(session: Session, ids: set[str]) -> dict[str, set[str]]:
    about = select(ConflictRow.id, ConflictRow.record_id).where(ConflictRow.id.in_(ids))
    leads_to: dict[str, set[str]] = {row.id: {row.record_id} for row in session.execute(about)}
    table: Any = Waiting.__table__
    waited = and_(table.c.record_id.in_(ids), table.c.op == "create")
    for row in session.execute(select(table).where(waited)).mappings():
        leads_to.setdefault(row["record_id"], set()).update(_parents_named(row))
    return leads_to


def _parents_named(kept: Mapping[Any, Any]) -> set[str]:
    sent = kept.get("fields")
    fields = sent if isinstance(sent, dict) else {}
    named = (kept.get("waits_for"), fields.get("shift_id"), fields.get("visit_id"))
    return {value for value in named if isinstance(value, str)}
