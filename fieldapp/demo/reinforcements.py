"""The demo's reinforcements: one worked, as the invented evenings have it, and one that waits for an answer."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import person_of
from fieldapp.core.clock import local_date
from fieldapp.outreach.models import Shift
from fieldapp.reinforcements.models import Reinforcement
from fieldapp.reinforcements.rules import ACCEPT, BEHIND
from fieldapp.reinforcements.services import answer, ask

STARTS, ENDS = time(18), time(0)


def seed_reinforcements(session: Session, people: dict[str, str], now: datetime) -> int:
    """Ask and answer where nobody has asked yet; return how many were made. Flush, never commit."""
    if session.scalar(select(Reinforcement.id).limit(1)):
        return 0
    lead, jour = person_of(session, people["ledare"]).at(now), person_of(session, people["jourledare"]).at(now)
    words: dict[str, Any] = {
        "district": "farsta",
        "requested_by": None,
        "event": None,
        "starts": STARTS,
        "ends": ENDS,
        "now": now,
    }
    ahead = local_date(now) + timedelta(days=7)
    ask(session, actor=lead, day=ahead, place_words="Demo torget", reason="Demo: många unga ute", **words)
    query = select(Shift.team_id, Shift.started_at).where(
        Shift.assignment == "reinforcement", Shift.requested_by == "farsta", Shift.started_at > now - BEHIND
    )
    worked = session.execute(query.order_by(Shift.started_at.desc())).first()
    if worked is None:
        return 1
    day = local_date(worked.started_at)
    made = ask(session, actor=lead, day=day, place_words="", reason="Demo: oroligt i centrum", **words)
    chosen: dict[str, Any] = {"teams": [worked.team_id], "words": "Demo: vi kommer", "action": ACCEPT, "version": 1}
    answer(session, actor=jour, reinforcement_id=made, now=now, **chosen)
    return 2
