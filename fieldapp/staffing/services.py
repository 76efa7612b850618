"""Writes of staffing: a unit's lead enters a month. Flush, never commit; each entry is in the audit log."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Conflict, Invalid, NotAllowed
from fieldapp.staffing.models import Staffing
from fieldapp.staffing.queries import unit
from fieldapp.staffing.rules import posts_faults


def enter(
    session: Session,
    *,
    actor: Actor,
    team_id: str,
    month: date,
    posts: int,
    filled: int,
    version: int,
    now: datetime,
) -> None:
    """Enter a unit's posts of a month, in hundredths, against the version that was read (0: nothing entered).

    Raises `NotFound` for a unit that is not the actor's, `NotAllowed` for one that they don't lead, `Invalid` for more
    filled than there are, `Conflict` when somebody else entered it meanwhile; the same once more changes nothing.
    """
    if not unit(session, actor, team_id)["may_write"]:
        raise NotAllowed
    faults = posts_faults(posts, filled)
    if faults:
        raise Invalid(fields=faults)
    take_turn(session, f"staffing:{team_id}")
    entered = session.get(Staffing, (team_id, month), populate_existing=True)
    before = (entered.posts_hundredths, entered.filled_hundredths) if entered else None
    if before == (posts, filled):
        return
    if (entered.version if entered else 0) != version:
        raise Conflict
    if entered is None:
        entered = Staffing(team_id=team_id, month=month, version=0)
        session.add(entered)
    entered.posts_hundredths, entered.filled_hundredths = posts, filled
    entered.version, entered.entered_at, entered.entered_by = version + 1, now, actor.user_id
    session.flush()
    noted: dict[str, Any] = {"month": month.isoformat()[:7], "posts": posts / 100, "filled": filled / 100}
    if before:
        noted |= {"posts_before": before[0] / 100, "filled_before": before[1] / 100}
    audit.record(session, action="staffing.entered", actor_id=actor.user_id, subject=team_id, **noted)
