"""Lets the demo's leaders approve the older of the invented evenings, by the decision that the pages take.

So approved versions, history and the log stand as after real mornings, and summaries have figures.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import leads_of, person_of
from fieldapp.core.access import Actor
from fieldapp.demo.sending import DEMO_PHONES
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import tree_of
from fieldapp.review.models import Review
from fieldapp.review.rules import APPROVE
from fieldapp.review.services import may_review, review_shift
from fieldapp.sync.models import History

LEFT_WAITING = 3  # newest passes of each team, so that the queue has work
Row = Mapping[Any, Any]


def approve_evenings(session: Session, people: Mapping[str, str], now: datetime) -> int:
    """Approve what the demo's phones sent and nobody has decided on, but each team's newest; return how many.

    Each by the first of the team's leads who took no part; without one it waits. `people` holds user ids by the name
    before the @, a lead before the deputy. Flush, never commit. Safe to repeat.
    """
    leads = _leads(session, people, now)
    approved = 0
    for shift in _older(session):
        lead = next((lead for lead in leads[shift["team_id"]] if may_review(session, lead, shift)), None)
        if lead is None:
            continue
        review_shift(
            session,
            actor=lead,
            shift_id=shift["id"],
            decision=APPROVE,
            content_version=max(tree_of(session, shift["id"]).values()),
            comment="",
            field_comments=(),
            now=now,
        )
        approved += 1
    return approved


def _older(session: Session) -> list[Row]:
    """Return the submitted passes that were never decided on, oldest first, without each team's newest."""
    table: Any = Shift.__table__
    sent = select(History.record_id).where(
        History.collection == "shifts", History.op == "create", History.device_id.startswith(DEMO_PHONES)
    )
    query = select(table).where(table.c.id.in_(sent), ~table.c.deleted).order_by(table.c.started_at, table.c.id)
    of_team: defaultdict[str, list[Row]] = defaultdict(list)
    for row in session.execute(query).mappings():
        of_team[row["team_id"]].append(row)
    decided = set(session.scalars(select(Review.shift_id)))
    older = [shift for shifts in of_team.values() for shift in shifts[:-LEFT_WAITING]]
    return [shift for shift in older if shift["status"] == "submitted" and shift["id"] not in decided]


def _leads(session: Session, people: Mapping[str, str], now: datetime) -> dict[str, list[Actor]]:
    """Return the demo people who lead each team now, in the order of `people`."""
    teams: Collection[str] = set(session.scalars(select(Shift.team_id)))
    of_team = leads_of(session, teams, now)
    known = {user_id: person_of(session, user_id).at(now) for user_id in people.values()}
    return {team: [lead for user_id, lead in known.items() if user_id in of_team[team]] for team in teams}
