"""Refusals: that a signed-in person was turned away (403) at a route, at most once a minute for each of both.

In a transaction of its own, after the answer was made; a log that is busy never changes an answer.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldapp.audit.models import AuditRow
from fieldapp.audit.services import record
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, take_turn, transacted
from fieldapp.core.errors import Unavailable

REFUSED = "access.refused"
ONCE_IN = timedelta(minutes=1)
log = structlog.get_logger()


def note_refusal(actor_id: str, endpoint: str) -> None:
    """Log that a person was refused at an endpoint, named as the routes are: never the path, never what was sent."""
    session, now = db.session(), utc_now()
    try:
        session.rollback()
        if not _is_noted(session, actor_id, endpoint, now):  # asked first without a lock: many refusals cost no write
            transacted(lambda: _note(session, actor_id, endpoint, now))
    except (Unavailable, DBAPIError) as error:
        session.rollback()
        log.warning("refusal_not_noted", kind=type(error).__name__, endpoint=endpoint)


def _note(session: Session, actor_id: str, endpoint: str, now: datetime) -> None:
    take_turn(session, f"refusals of {actor_id} at {endpoint}")
    if not _is_noted(session, actor_id, endpoint, now):
        record(session, action=REFUSED, actor_id=actor_id, subject=endpoint)


def _is_noted(session: Session, actor_id: str, endpoint: str, now: datetime) -> bool:
    since = now.replace(microsecond=0) - ONCE_IN  # rows are stored in whole seconds
    of_both = (AuditRow.actor_id == actor_id, AuditRow.subject == endpoint, AuditRow.action == REFUSED)
    return session.scalars(select(AuditRow.number).where(*of_both, AuditRow.at >= since).limit(1)).first() is not None
