"""Shifts of the same people at the same time: one evening that became two, told to who reads them. Writes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts.queries import names_of_teams
from fieldapp.core.access import Actor
from fieldapp.outreach import rules
from fieldapp.outreach.models import Shift, ShiftParticipant
from fieldapp.outreach.queries import visible_shifts

Json = dict[str, Any]


def overlaps(
    session: Session, actor: Actor, now: datetime, shifts: Sequence[Mapping[str, Any]]
) -> dict[str, list[Json]]:
    """Return, by id of those of the shifts that have any, the others that share a person and a time with them.

    Only others that the actor may know of, oldest first: `id, team, started_at, ended_at`, and `people`, the ids of
    those on both.
    """
    spans = {shift["id"]: rules.span(shift) for shift in shifts}
    if not spans:
        return {}
    earliest = min(start for start, _ in spans.values()) - rules.LONGEST_SHIFT
    latest = max(end for _, end in spans.values())
    mine, theirs = aliased(ShiftParticipant), aliased(ShiftParticipant)
    query = (
        select(mine.shift_id.label("beside"), mine.user_id, Shift.id, Shift.team_id, Shift.started_at, Shift.ended_at)
        .join(theirs, theirs.user_id == mine.user_id)
        .join(Shift, Shift.id == theirs.shift_id)
        .where(
            mine.shift_id.in_(spans),
            Shift.id != mine.shift_id,
            Shift.deleted.is_(False),
            Shift.started_at.between(earliest, latest),
            visible_shifts(actor, now),
        )
        .order_by(Shift.started_at, Shift.id, mine.user_id)
    )
    together = [dict(row) for row in session.execute(query).mappings()]
    rows = [row for row in together if rules.meet(spans[row["beside"]], rules.span(row))]
    teams = names_of_teams(session, {row["team_id"] for row in rows})
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        plain = {name: row[name] for name in ("id", "started_at", "ended_at")}
        others = found.setdefault(row["beside"], {})
        other = others.setdefault(row["id"], {**plain, "team": teams.get(row["team_id"]), "people": []})
        other["people"].append(row["user_id"])
    return {shift_id: list(others.values()) for shift_id, others in found.items()}
