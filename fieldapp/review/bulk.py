"""Approving several passes that were opened: each decided by itself, none hides what became of another."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import names_of_teams
from fieldapp.core.access import Actor
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import Conflict, DomainError, NotAllowed, NotFound, Unavailable
from fieldapp.core.ports import port
from fieldapp.outreach.models import Shift
from fieldapp.review.codes import APPROVED
from fieldapp.review.reads import reads_at
from fieldapp.review.rules import APPROVE
from fieldapp.review.services import review_shift

Chosen = tuple[str, int]  # a pass, and the contents that were shown
Json = dict[str, Any]


class NotOpened(DomainError):
    """Nobody approves what they have not opened as it stands (409)."""

    slug, status = "not_opened", 409


def approve_each(actor: Actor, chosen: Sequence[Chosen], now: datetime) -> list[Json]:
    """Approve each pass against the contents that were opened; commits one by one.

    Returns, in the same order, `{id, team, started_at, result}`: `approved`, or the slug of what kept it from being
    so. Of a pass that is not the actor's to know nothing else is told.
    """
    results = [(shift_id, _result(actor, shift_id, version, now)) for shift_id, version in chosen]
    told = _named(db.session(), [shift_id for shift_id, result in results if result != NotFound.slug])
    return [{"id": shift_id, "result": result, **told.get(shift_id, {})} for shift_id, result in results]


def _result(actor: Actor, shift_id: str, version: int, now: datetime) -> str:
    try:
        transacted(partial(_approve, actor, shift_id, version, now))
    except (NotFound, NotAllowed, Conflict, NotOpened, Unavailable) as error:
        return error.slug
    return APPROVED


def _approve(actor: Actor, shift_id: str, version: int, now: datetime) -> None:
    session = db.session()
    port("still_signed_in")(session, actor)
    opened = reads_at(session, actor, [shift_id]).get(shift_id)
    review_shift(
        session,
        actor=actor,
        shift_id=shift_id,
        decision=APPROVE,
        content_version=version,
        comment="",
        field_comments=(),
        now=now,
    )
    if opened != version:  # said last, so that what is not one's to know stays so
        raise NotOpened


def _named(session: Session, shift_ids: Sequence[str]) -> dict[str, Json]:
    query = select(Shift.id, Shift.team_id, Shift.started_at).where(Shift.id.in_(shift_ids))
    rows = session.execute(query).all()
    teams = names_of_teams(session, {row.team_id for row in rows})
    return {row.id: {"team": teams.get(row.team_id), "started_at": row.started_at} for row in rows}
