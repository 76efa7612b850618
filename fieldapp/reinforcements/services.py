"""Writes of reinforcements: one is asked for, answered, withdrawn. Flush, never commit; each is in the audit log."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team
from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.plans.services import local_span
from fieldapp.reinforcements import queries
from fieldapp.reinforcements.codes import OTHER_REQUESTERS
from fieldapp.reinforcements.models import Reinforcement, ReinforcementTeam
from fieldapp.reinforcements.rules import ACCEPT, WITHDRAW, request_faults, state_after, team_faults

Row = dict[str, Any]


def may_ask(actor: Actor, *, district: str, requested_by: str) -> bool:
    """Say whether it is the actor's to ask: a district's lead for it; for others, a lead of the whole city."""
    if requested_by in OTHER_REQUESTERS:
        return queries.leads_the_city(actor)
    return requested_by == district and district in queries.led_districts(actor)


def may_withdraw(actor: Actor, *, requested_by: str) -> bool:
    """Say whether it is the actor's to take back: of the side that asked."""
    return may_ask(actor, district=requested_by, requested_by=requested_by)


def ask(
    session: Session,
    *,
    actor: Actor,
    district: str,
    requested_by: str | None,
    event: str | None,
    day: date,
    starts: time,
    ends: time,
    place_words: str,
    reason: str,
    now: datetime,
    key: str | None = None,
) -> str:
    """Ask for a reinforcement; return its id. `requested_by` is the district itself unless police or own.

    Local times; an end before the start lies on the next day. `key` becomes its id: asked again under the same one, it
    is the same. Raises `NotAllowed`, `Invalid`; `Conflict` where somebody else used the key.
    """
    asker = requested_by or district
    if not may_ask(actor, district=district, requested_by=asker):
        raise NotAllowed(fields={"district": ["not_allowed"]})
    if key is not None and _is_asked(session, actor, key):
        return key
    if starts == ends:
        raise Invalid(fields={"ends": ["ended_before_started"]})
    starts_at, ends_at = local_span(day, starts, ends)
    faults = request_faults(day, starts_at, ends_at, local_date(now))
    if faults:
        raise Invalid(fields=faults)
    made = key or new_id()
    row = {
        "id": made,
        "district": district,
        "requested_by": asker,
        "requested_by_user": actor.user_id,
        "event": event,
        "date": day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place_words": place_words,
        "reason": reason,
        "state": "requested",
        "created_at": now,
        "answer_words": "",
        "version": 1,
    }
    session.execute(insert(Reinforcement), [row])
    audit.record(session, action="reinforcement.ask", actor_id=actor.user_id, subject=made, requested_by=asker)
    return made


def answer(
    session: Session,
    *,
    actor: Actor,
    reinforcement_id: str,
    version: int,
    action: str,
    teams: Sequence[str],
    words: str,
    now: datetime,
) -> None:
    """Accept a reinforcement with teams, or decline it, against the version that was read.

    Raises `NotFound`, `NotAllowed` for others than a lead of the whole city, `Conflict` when it has moved, `Invalid`.
    """
    found = _locked(session, actor, reinforcement_id)
    if not queries.leads_the_city(actor):
        raise NotAllowed
    state = _next_state(found, version, action)
    chosen = list(dict.fromkeys(teams)) if action == ACCEPT else []
    if action == ACCEPT:
        _choose(session, found, chosen)
    else:
        session.execute(_teams_of(found))
    answered = {"answered_by": actor.user_id, "answered_at": now, "answer_words": words}
    _move(session, found, state=state, **answered)
    audit.record(
        session, action=f"reinforcement.{action}", actor_id=actor.user_id, subject=found["id"], teams=len(chosen)
    )


def withdraw(session: Session, *, actor: Actor, reinforcement_id: str, version: int) -> None:
    """Take back what was asked for; the teams chosen still read that it was. Raises as `answer`."""
    found = _locked(session, actor, reinforcement_id)
    if not may_withdraw(actor, requested_by=found["requested_by"]):
        raise NotAllowed
    _move(session, found, state=_next_state(found, version, WITHDRAW))
    audit.record(session, action="reinforcement.withdraw", actor_id=actor.user_id, subject=found["id"])


def _is_asked(session: Session, actor: Actor, key: str) -> bool:
    take_turn(session, f"reinforcement:{key}")
    asked_by = session.scalar(select(Reinforcement.requested_by_user).where(Reinforcement.id == key))
    if asked_by not in (None, actor.user_id):
        raise Conflict
    return asked_by is not None


def _locked(session: Session, actor: Actor, reinforcement_id: str) -> Row:
    """Return the reinforcement as it stands, its row kept from others until commit."""
    known = (Reinforcement.id == reinforcement_id, queries.visible_reinforcements(actor))
    if session.scalar(select(Reinforcement.id).where(*known).with_for_update()) is None:
        raise NotFound
    return queries.reinforcement(session, actor, reinforcement_id)


def _next_state(found: Row, version: int, action: str) -> str:
    if version != found["version"]:
        raise Conflict
    state = state_after(found["state"], action)
    if state is None:
        raise Conflict("wrong_status")
    return state


def _choose(session: Session, found: Row, chosen: Sequence[str]) -> None:
    # Whoever chooses the same team at the same moment waits, so that both see who was first.
    same = select(Team.id).where(Team.id.in_(chosen)).order_by(Team.id)
    session.execute(same.with_for_update(key_share=True)).all()
    faults = team_faults(chosen, queries.city_teams(session), queries.busy_teams(session, found))
    if faults:
        raise Invalid(fields=faults)
    session.execute(_teams_of(found))
    rows = [{"reinforcement_id": found["id"], "team_id": team} for team in chosen]
    session.execute(insert(ReinforcementTeam), rows)


def _teams_of(found: Row) -> Any:
    return delete(ReinforcementTeam).where(ReinforcementTeam.reinforcement_id == found["id"])


def _move(session: Session, found: Row, **values: Any) -> None:
    changed = update(Reinforcement).where(Reinforcement.id == found["id"])
    session.execute(changed.values(**values, version=found["version"] + 1))
