"""Disposal of old rows: up to a checkpoint, so that what is left stays verifiable; that it was done is itself a row."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fieldapp.audit.checkpoints import mac_of, stored_checkpoints
from fieldapp.audit.models import AuditRow
from fieldapp.audit.services import record
from fieldapp.audit.verifying import DISPOSED, seal_of_disposal
from fieldapp.core.clock import local_date, local_day_bounds, utc_now
from fieldapp.core.errors import Invalid

# Pages read back what was handed over lately, and refusals are counted; what is younger stays, whatever is asked.
KEPT_AT_LEAST = timedelta(days=31)


class Gone(NamedTuple):
    """How many rows went, and the number of the last one."""

    rows: int
    up_to: int


def dispose(session: Session, *, before: date) -> Gone | None:
    """Delete the rows up to the last checkpoint from before a Stockholm date; None where there is nothing to delete.

    The chain must have been verified. Raises `Invalid` for a date that is too near.
    """
    if before > local_date(utc_now()) - KEPT_AT_LEAST:
        raise Invalid(fields={"before": ["too_near"]})
    bound, _ = local_day_bounds(before, before)
    old = [one for one in stored_checkpoints(session) if one.is_ours and one.at and one.at < bound]
    if not old:
        return None
    last = old[-1]
    goes = AuditRow.number <= last.number
    count = session.scalar(select(func.count()).select_from(AuditRow).where(goes)) or 0
    if not count:
        return None
    seal = mac_of(seal_of_disposal(last.number, last.row_hash))
    details: dict[str, Any] = {"up_to": last.number, "row_hash": last.row_hash, "seal": seal, "rows": count}
    record(session, action=DISPOSED, actor_id=None, **details)
    session.execute(delete(AuditRow).where(goes))
    return Gone(count, last.number)
