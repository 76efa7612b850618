"""Reads of the audit log. Who may read it is the routes' to say; writes nothing."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit.models import AuditRow
from fieldapp.core.clock import local_day_bounds

MAX_LIMIT = 1000
FAR_PAST, FAR_FUTURE = date(2000, 1, 1), date(2200, 1, 1)
COLUMNS = (
    AuditRow.number, AuditRow.at, AuditRow.actor_id, AuditRow.action, AuditRow.subject, AuditRow.details,
    AuditRow.previous_hash, AuditRow.row_hash,
)  # fmt: skip


def entries(
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 100,
    after: int | None = None,
) -> dict[str, Any]:
    """Return a page of rows, newest first; dates are Stockholm's, both included. `after`: the last number had."""
    equal = {AuditRow.actor_id: actor, AuditRow.action: action, AuditRow.subject: subject}
    conditions = [column == wanted for column, wanted in equal.items() if wanted is not None]
    if first or last:
        start, end = local_day_bounds(first or FAR_PAST, last or FAR_FUTURE)
        conditions += [AuditRow.at >= start, AuditRow.at < end]
    if after is not None:
        conditions.append(AuditRow.number < after)
    size = max(1, min(limit, MAX_LIMIT))
    query = select(*COLUMNS).where(*conditions).order_by(AuditRow.number.desc()).limit(size + 1)
    rows = [dict(row) for row in session.execute(query).mappings()]
    return {"items": rows[:size], "next": str(rows[size - 1]["number"]) if len(rows) > size else None}
