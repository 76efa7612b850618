"""What the queue's pages show of passes: who, what, whether it is the reader's to review. Writes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import leads_of, names_of_teams
from fieldapp.core.access import Actor
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import content_versions
from fieldapp.outreach.shift_reads import known_names, totals_of
from fieldapp.review.reads import reads_at
from fieldapp.review.returned import last_returns, told
from fieldapp.review.rules import nobody_can
from fieldapp.review.services import reviewable

Json = dict[str, Any]
PLAIN = ("id", "team_id", "district", "status", "started_at", "ended_at", "participant_ids")
NOT_SAID: Json = {"due_on": None, "deliveries": []}  # sent back before rounds were kept


def shown_passes(session: Session, actor: Actor, marks: Sequence[Json], now: datetime) -> list[Json]:
    """Return the passes of marks as the queue lists them, in the same order.

    Beside what a list of passes says: `reasons`, `content_version`, `may_review`, `is_read` (opened by the reader with
    these contents), and `nobody_can`, where each of the team's leads was on it.
    """
    ids = [mark["shift_id"] for mark in marks]
    table: Any = Shift.__table__
    rows = {row["id"]: row for row in session.execute(select(table).where(table.c.id.in_(ids))).mappings()}
    versions, opened, totals = content_versions(session, ids), reads_at(session, actor, ids), totals_of(session, ids)
    names = known_names(session, actor, now, {person for row in rows.values() for person in row["participant_ids"]})
    team_ids = {row["team_id"] for row in rows.values()}
    teams, leads = names_of_teams(session, team_ids), leads_of(session, team_ids, now)
    mine = reviewable(session, actor, list(rows.values()))
    return [
        {
            **{name: rows[key][name] for name in PLAIN},
            "team": teams.get(rows[key]["team_id"]),
            "people": [names[person] for person in rows[key]["participant_ids"] if person in names],
            "n_people": len(rows[key]["participant_ids"]),
            "totals": totals[key],
            "reasons": mark["reasons"],
            "content_version": versions[key],
            "may_review": key in mine,
            "is_read": opened.get(key) == versions[key],
            "nobody_can": nobody_can(rows[key], leads[rows[key]["team_id"]]),
        }
        for mark in marks
        if (key := mark["shift_id"]) in rows
    ]


def returned_passes(session: Session, actor: Actor, marks: Sequence[Json], now: datetime) -> list[Json]:
    """Return the passes of marks that were sent back, each with its `due_on` and `told`, whom it has reached.

    `told`: `{who, arrived_at, opened_at}` of each on the pass; `who` is None for whom the reader does not know.
    """
    passes = shown_passes(session, actor, marks, now)
    sent = last_returns(session, [one["id"] for one in passes])
    rows = {one["id"]: sent.get(one["id"], NOT_SAID) for one in passes}
    came = {one["id"]: told(one["participant_ids"], rows[one["id"]]["deliveries"]) for one in passes}
    names = known_names(session, actor, now, {row["user_id"] for some in came.values() for row in some})
    return [
        {
            **one,
            "due_on": rows[one["id"]]["due_on"],
            "told": [{**row, "who": names.get(row["user_id"])} for row in came[one["id"]]],
        }
        for one in passes
    ]
